from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from results.analysis.projection.calibration import CoveragePoint
from results.charts.calibration import ScatterPoint, coverage_chart, projected_chart

CURVE = [CoveragePoint(level, level // 10, 10, level >= 80) for level in (20, 50, 80, 90)]


def circles(svg: str) -> list[dict[str, str]]:
    return [node.attrib for node in ElementTree.fromstring(svg).iter() if node.tag == "circle"]


def test_bands_that_hold_what_they_claim_lie_on_the_diagonal() -> None:
    drawn = circles(coverage_chart(CURVE, aria_label="x").wide)
    along = [(float(c["cx"]) - 52) / 412 for c in drawn]
    up = [(352 - float(c["cy"])) / 326 for c in drawn]
    assert along == pytest.approx(up, abs=0.002)
    assert [c["class"] for c in drawn] == ["cal cal-h", "cal cal-h", "cal", "cal"]


def test_a_projection_that_would_not_be_shown_is_hollow_and_names_are_escaped() -> None:
    points = [ScatterPoint(1.0, 2.0, False, "<a & b>"), ScatterPoint(100.0, 100.0, True, "c")]
    drawings = projected_chart(points, unit="ms", aria_label='"x"')
    for svg in (drawings.wide, drawings.narrow):
        assert sorted(c["class"] for c in circles(svg)) == ["cal", "cal cal-h"]
        assert "<a & b>" not in svg


def test_nothing_to_draw_is_an_error() -> None:
    with pytest.raises(ValueError, match="without a point"):
        coverage_chart([], aria_label="x")
    with pytest.raises(ValueError, match="without a point"):
        projected_chart([], unit="ms", aria_label="x")
