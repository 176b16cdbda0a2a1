"""Charts of the pivots: lines with breaks, operating points, marks that need no colour."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from results.charts.curves import CurvePoint, CurvesChart, draw_curves
from results.charts.rounds import BreakMark, RoundPoint, RoundsChart, RoundSeries, draw_rounds
from results.charts.scatter import Axis
from results.charts.series import SHAPES, series_glyph, series_line, series_mark

LATENCY = Axis("Latency, ms", lower_is_better=True, log=True)
ENERGY = Axis("Energy, µJ", lower_is_better=True, log=True)


def _rounds(series: list[RoundSeries], breaks: tuple[BreakMark, ...] = (), **changes: object) -> RoundsChart:
    held = {
        "rounds": ["v0.7", "v1.0", "v1.1"],
        "axis": LATENCY,
        "aria_label": "a board over the rounds",
        **changes,
    }
    return RoundsChart(series=series, breaks=breaks, **held)


def _point(column: int, value: float, **changes: object) -> RoundPoint:
    return RoundPoint(
        **{"column": column, "value": value, "low": value, "high": value, "title": "x", **changes}
    )


def _paths(svg: str, css: str) -> list[ET.Element]:
    return [element for element in ET.fromstring(svg).iter("path") if element.get("class") == css]


def test_a_line_is_drawn_between_values_that_compare_and_not_between_others() -> None:
    line = RoundSeries("Maker", (_point(0, 100), _point(1, 60, joined=True), _point(2, 50)), 0)
    for svg in (draw_rounds(_rounds([line])).wide, draw_rounds(_rounds([line])).narrow):
        assert len(_paths(svg, "lead")) == 1
        assert len(_paths(svg, "k k-fill")) == 3


def test_a_break_that_nothing_crosses_is_longer_than_one_that_some_cross() -> None:
    line = RoundSeries("Maker", (_point(0, 100), _point(1, 60), _point(2, 50)), 0)
    svg = draw_rounds(_rounds([line], (BreakMark(1, "complete", "1"), BreakMark(2, "partial", "2")))).wide
    whole, part = (path.get("d", "").split("V") for path in _paths(svg, "refline"))
    assert float(whole[1]) > float(part[1])


def test_a_boundary_that_values_cross_all_the_same_is_dotted() -> None:
    line = RoundSeries("Maker", (_point(0, 100), _point(1, 60, joined=True)), 0)
    svg = draw_rounds(_rounds([line], (BreakMark(1, "not-stated", "1"),))).wide
    assert (len(_paths(svg, "brk")), len(_paths(svg, "refline"))) == (1, 0)


def test_a_log_that_was_handed_in_again_is_hollow() -> None:
    svg = draw_rounds(_rounds([RoundSeries("Maker", (_point(0, 100, hollow=True),), 0)])).wide
    assert len(_paths(svg, "k")) == 1


def test_a_band_from_windows_is_drawn_as_a_whisker() -> None:
    svg = draw_rounds(_rounds([RoundSeries("Maker", (_point(0, 100, low=95, high=104),), 0)])).wide
    assert len(_paths(svg, "lead")) == 1


def test_a_quality_of_zero_is_drawn_on_a_linear_axis() -> None:
    axis = Axis("FP / FN, count", lower_is_better=True, log=True)
    svg = draw_rounds(_rounds([RoundSeries("Maker", (_point(0, 0), _point(1, 3)), 0)], axis=axis)).wide
    assert len(_paths(svg, "k k-fill")) == 2


def test_one_round_alone_can_be_drawn() -> None:
    svg = draw_rounds(
        _rounds([RoundSeries("A", (_point(0, 5),), 0), RoundSeries("B", (_point(0, 5),), 1)], rounds=["v1.1"])
    ).wide
    places = {path.get("d", "").split("m")[0] for path in _paths(svg, "k k-fill")}
    assert len(places) == 2  # side by side, neither hides the other


def test_a_chart_without_a_point_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a point"):
        draw_rounds(_rounds([]))
    with pytest.raises(ValueError, match="needs a point"):
        draw_curves(CurvesChart(LATENCY, ENERGY, [], "nothing"))


def test_a_curve_is_dashed_where_the_supply_differs() -> None:
    points = [
        CurvePoint(4.4, 31.5, 0, "30 MHz", "a"),
        CurvePoint(1.5, 43.8, 0, "98 MHz", "b"),
        CurvePoint(1.2, 60.0, 1, "120 MHz", "c", compared=False),
    ]
    drawings = draw_curves(CurvesChart(LATENCY, ENERGY, [points], "operating points"))
    dashes = [path.get("stroke-dasharray") for path in _paths(drawings.wide, "lead")]
    assert dashes == [None, "5 4"]
    assert "98 MHz" in drawings.wide


def test_ten_series_have_ten_shapes_and_the_eleventh_another_dash() -> None:
    assert len({series_glyph(position) for position in range(10)}) == len(SHAPES) == 10
    assert series_mark(10, 0, 0) == series_mark(0, 0, 0)
    assert series_line(10, (0, 0), (9, 9)) != series_line(0, (0, 0), (9, 9))
