"""Charts: what a drawing says, and that it can be drawn for any values."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.charts import marks
from results.charts.history import HistoryPoint, best_so_far, history_chart
from results.charts.labels import Box, LabelWish, place_labels
from results.charts.regions import Limit
from results.charts.ruler import ruler_decades, ruler_head, ruler_row
from results.charts.scales import linear_scale, log_scale
from results.charts.scatter import Axis, Point, Scatter, draw
from results.charts.strips import StripMark, strip_head, strip_row, strip_scale

CLASSES = (
    "mcu", "mcu-npu", "mcu-dsp", "npu", "fpga", "fpga-softcore", "linux-soc", "mobile-npu", "in-memory",
    "event-based",
)  # fmt: skip
ROUNDS = ["v0.5", "v0.7", "v1.0", "v1.1"]
positive = st.floats(min_value=1e-4, max_value=1e8, allow_nan=False)

LATENCY = Axis("latency, ms per inference", lower_is_better=True, log=True)
ENERGY = Axis("energy, µJ per inference", lower_is_better=True, log=True)
ACCURACY = Axis("Top-1, %", lower_is_better=False, log=False, target=80.0)


def _point(x: float, y: float, **changes: object) -> Point:
    held = {"key": f"{x}/{y}", "device_class": "mcu", "title": "a board", **changes}
    return Point(x=x, y=y, **held)


def _scatter(points: list[Point], **changes: object) -> Scatter:
    return Scatter(**{"x": LATENCY, "y": ENERGY, "points": points, "aria_label": "a plot", **changes})


def _parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in _parsed(svg).iter("text")]


def test_every_device_class_has_its_own_shape():
    shapes = {marks.class_mark(name, 6, 6).replace(f"m-{name}", "") for name in CLASSES}
    assert len(shapes) == len(CLASSES)


def test_a_class_without_a_shape_is_drawn_as_unknown():
    assert "m-unknown" in marks.class_mark("uncurated", 6, 6)


def test_a_hollow_mark_says_so_in_its_class():
    assert 'class="m m-npu hollow"' in marks.class_mark("npu", 6, 6, hollow=True)


def test_the_ruler_of_the_best_has_no_length():
    assert "rl" not in ruler_row(1, "mcu")
    assert 'class="rl"' in ruler_row(1.5, "mcu")


def test_the_ruler_refuses_a_value_better_than_the_best():
    with pytest.raises(ValueError, match="at least 1"):
        ruler_row(0.5, "mcu")


@pytest.mark.parametrize(("worst", "decades"), [(1, 4), (3.2, 4), (10_000, 4), (10_001, 5), (3e6, 7)])
def test_the_ruler_holds_every_ratio_of_its_table(worst, decades):
    assert ruler_decades(worst) == decades


def test_the_ruler_names_every_second_decade():
    assert _texts(ruler_head(6)) == ["×1", "100", "10k", "1M"]


@given(st.lists(positive, min_size=1, max_size=30))
def test_a_log_scale_holds_its_values_and_has_ticks(values):
    scale = log_scale(values, 0, 500)
    assert all(-0.01 <= scale(value) <= 500.01 for value in values)
    assert len(scale.ticks()) >= 2


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6, allow_nan=False), min_size=1, max_size=30))
def test_a_linear_scale_holds_its_values_and_has_ticks(values):
    scale = linear_scale(values, 0, 500)
    assert all(-0.01 <= scale(value) <= 500.01 for value in values)
    assert 2 <= len(scale.ticks()) <= 14


def test_a_log_scale_cannot_hold_zero_alone():
    with pytest.raises(ValueError, match="above 0"):
        log_scale([0.0], 0, 1)


def test_ticks_of_a_log_axis_are_powers_of_ten():
    assert [tick.text for tick in log_scale([1.1, 900], 0, 1).ticks()] == ["1", "10", "100", "1\u202f000"]


def test_a_narrow_log_axis_is_ticked_at_two_and_five_as_well():
    assert [tick.text for tick in log_scale([60, 400], 0, 1).ticks()] == ["50", "100", "200", "500"]


def test_a_plot_has_two_drawings_with_its_message():
    drawings = draw(_scatter([_point(1.2, 40), _point(600, 24_000)]))
    for svg in (drawings.wide, drawings.narrow):
        assert _parsed(svg).attrib["aria-label"] == "a plot"
        assert "← latency, ms per inference" in _texts(svg)


def test_a_plot_has_no_inline_style_and_no_script():
    svg = draw(_scatter([_point(1.2, 40, title='<script>"&')])).wide
    assert "style=" not in svg
    assert "<script" not in svg


def test_another_energy_scope_is_hollow():
    svg = draw(_scatter([_point(1, 2), _point(3, 4, hollow=True)])).wide
    assert svg.count("hollow") == 1


def test_the_front_steps_and_is_never_interpolated():
    points = [_point(1.0, 100, on_front=True), _point(10.0, 20, on_front=True)]
    svg = draw(_scatter(points, fronts=[[(1.0, 100), (10.0, 20)]])).wide
    front = next(e for e in _parsed(svg).iter("path") if e.attrib["class"] == "front").attrib["d"]
    assert "L" not in front
    assert front.count("V") == 2
    assert front.count("H") == 2


def test_equal_power_lines_are_labelled_in_watts():
    svg = draw(_scatter([_point(1, 10), _point(1000, 100_000)], lines="power")).wide
    assert {"10 mW", "100 mW"} <= set(_texts(svg))


def test_lines_of_equal_energy_delay_fall_and_are_named_by_their_product():
    scatter = _scatter([_point(1, 10), _point(1000, 100_000)], lines="energy-delay")
    svg = draw(scatter).wide
    assert {"1 µJ·s", "10 mJ·s"} <= set(_texts(svg))
    for line in re.findall(r'class="iso" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', svg):
        x1, y1, x2, y2 = map(float, line)
        assert x1 < x2
        assert y1 < y2


def test_equal_power_is_the_same_line_when_the_axes_change_places():
    turned = _scatter(
        [_point(10, 1), _point(100_000, 1000)], x=ENERGY, y=LATENCY, lines="power", energy_across=True
    )
    assert {"10 mW", "100 mW"} <= set(_texts(draw(turned).wide))


def test_a_limit_is_a_line_with_its_value_and_shades_what_it_leaves_out():
    points = [_point(1, 10), _point(100, 1000)]
    inside = Limit(on_x=True, is_least=False, value=20, text="≤ 20 ms")
    far = Limit(on_x=False, is_least=False, value=10_000_000, text="≤ 10 J")
    svg = draw(_scatter(points, limits=[inside, far])).wide
    assert "≤ 20 ms" in _texts(svg)
    assert "≤ 10 J" not in _texts(svg)
    assert svg.count('class="beyond"') == 1


def test_several_fronts_differ_in_their_dashes_and_are_named_where_they_end():
    points = [_point(1, 100), _point(10, 20)]
    fronts = [[(1.0, 100.0)], [(10.0, 20.0)]]
    svg = draw(_scatter(points, fronts=fronts, front_names=["MCU", "NPU"])).wide
    assert 'class="front front-1"' in svg
    assert 'class="front front-2"' in svg
    assert {"MCU", "NPU"} <= set(_texts(svg))


def test_an_axis_with_a_target_shows_margins_and_the_target_only_where_it_lies_inside():
    inside = draw(_scatter([_point(1, 79), _point(2, 85)], y=ACCURACY)).wide
    outside = draw(_scatter([_point(1, 84), _point(2, 85)], y=ACCURACY)).wide
    assert "refline" in inside
    assert "refline" not in outside
    assert "+4" in _texts(inside)


def test_a_plot_without_a_point_is_refused():
    with pytest.raises(ValueError, match="needs a point"):
        draw(_scatter([]))


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=25))
def test_any_results_can_be_drawn(places):
    points = [_point(x, y, label=f"board {k}", sublabel="maker") for k, (x, y) in enumerate(places)]
    drawings = draw(_scatter(points, lines="power"))
    for svg in (drawings.wide, drawings.narrow):
        drawn = [e for e in _parsed(svg).iter("circle") if e.attrib["class"] == "m m-mcu"]
        assert len(drawn) == len(points)
        assert "nan" not in svg


def test_labels_cover_neither_points_nor_each_other():
    inside = Box(0, 0, 400, 300)
    obstacles = [Box.around(100, 100, 5), Box.around(140, 100, 5)]
    wishes = [LabelWish("GAP9", "", 100, 100, 9), LabelWish("NDP9120", "", 140, 100, 9)]
    placed = place_labels(wishes, obstacles, inside)
    assert [label.text for label in placed] == ["GAP9", "NDP9120"]
    assert placed[0].anchor == "end"


def test_a_label_without_a_free_place_is_left_out():
    assert place_labels([LabelWish("a long name", "", 10, 10, 9)], [], Box(0, 0, 30, 30)) == []


def test_the_best_so_far_never_gets_worse_and_skips_rounds_before_the_first_result():
    points = [HistoryPoint("v0.7", 200), HistoryPoint("v1.0", 250), HistoryPoint("v1.1", 90)]
    assert best_so_far(points, ROUNDS) == [("v0.7", 200), ("v1.0", 200), ("v1.1", 90)]


def test_a_history_says_how_the_best_went():
    svg = history_chart(
        [HistoryPoint("v0.5", 600.6), HistoryPoint("v1.1", 98.8)], rounds=ROUNDS, name="Visual wake words"
    )
    assert _parsed(svg).attrib["aria-label"] == (
        "Visual wake words: best latency went from 601 ms in v0.5 to 98.8 ms by v1.1"
    )


def test_a_history_without_results_draws_nothing():
    assert history_chart([], rounds=ROUNDS, name="Keyword spotting") == ""


@given(st.lists(st.tuples(st.sampled_from(ROUNDS), positive), min_size=1, max_size=20))
def test_any_history_can_be_drawn(rows):
    svg = history_chart([HistoryPoint(*row) for row in rows], rounds=ROUNDS, name="x")
    assert len([e for e in _parsed(svg).iter("circle") if e.attrib["class"] == "pt"]) == len(rows)


def test_a_strip_scale_always_holds_the_reference():
    scale = strip_scale([3.9, 5.1])
    assert (scale.low, scale.high) == (-1, 3)
    assert _texts(strip_head(scale)) == ["½", "×1", "×2", "×4", "×8"]


def test_marks_that_nearly_coincide_are_lifted_apart():
    scale = strip_scale([2.0])
    apart = strip_row([StripMark(0, 2.0), StripMark(1, 2.0)], None, scale)
    heights = {
        e.attrib["d"].split("m")[0].split()[1]
        for e in _parsed(apart).iter("path")
        if e.attrib["class"][0] == "k"
    }
    assert len(heights) == 2


def test_a_strip_without_a_score_has_no_tick():
    scale = strip_scale([2.0])
    assert "geo" not in strip_row([StripMark(0, 2.0)], None, scale)
    assert "geo" in strip_row([StripMark(0, 2.0)], 2.0, scale)
