"""The drawing of a badge."""

import xml.etree.ElementTree as ET

import pytest

from results.charts.badge import badge


@pytest.mark.parametrize("tone", ["plain", "unreviewed", "removed"])
def test_a_badge_is_xml_with_a_name_for_readers_of_screens(tone: str) -> None:
    drawing = ET.fromstring(badge("MLPerf Tiny v1.1 closed kws", "latency 2.6 ms", tone))
    assert drawing.get("aria-label") == "MLPerf Tiny v1.1 closed kws: latency 2.6 ms"
    assert drawing.get("role") == "img"


def test_a_longer_value_makes_a_wider_badge() -> None:
    short, long = (ET.fromstring(badge("kws", value)) for value in ("1 ms", "1234.567 ms"))
    assert float(long.get("width")) > float(short.get("width"))


def test_markup_in_a_text_is_shown_and_not_read() -> None:
    drawing = badge("<script>", 'a"&b')
    assert "<script>" not in drawing
    ET.fromstring(drawing)
