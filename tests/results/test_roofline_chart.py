"""The drawing of a roofline."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.charts.roofline import Roof, RooflinePoint, roofline_chart

positive = st.floats(min_value=1e-3, max_value=1e6, allow_nan=False)


def point(intensity: float, gops: float, position: int = 0) -> RooflinePoint:
    return RooflinePoint(intensity, gops, position, f"b{position}", "kws <1.2 ms>")


def test_the_roof_bends_at_the_ridge() -> None:
    roof = Roof(peak_gops=100.0, bandwidth_gb_per_s=4.0)
    assert roof.ridge == 25.0
    assert (roof.at(5.0), roof.at(25.0), roof.at(1000.0)) == (20.0, 100.0, 100.0)


def test_both_drawings_say_their_message_and_have_a_roof_of_two_kinds_of_line() -> None:
    drawings = roofline_chart([point(50.0, 20.0)], Roof(100.0, 4.0), aria_label="kws reaches 20 %")
    for svg in (drawings.wide, drawings.narrow):
        root = ET.fromstring(svg)
        assert root.attrib["aria-label"] == "kws reaches 20 %"
        classes = [element.attrib.get("class") for element in root.iter("path")]
        assert (classes.count("refline"), classes.count("front")) == (1, 1)
        assert "style=" not in svg


def test_a_roofline_needs_a_measured_point() -> None:
    with pytest.raises(ValueError, match="measured point"):
        roofline_chart([], Roof(100.0, 4.0), aria_label="")


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=6), positive, positive)
def test_any_results_can_be_drawn(places: list[tuple[float, float]], peak: float, bandwidth: float) -> None:
    points = [point(*place, position) for position, place in enumerate(places)]
    drawings = roofline_chart(points, Roof(peak, bandwidth), aria_label="x")
    for svg in (drawings.wide, drawings.narrow):
        assert len(list(ET.fromstring(svg).iter("title"))) == len(points)
        assert "nan" not in svg
