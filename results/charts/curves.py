"""Operating points: latency across, energy up, joined where only clock and supply differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from results.charts.labels import Box, LabelWish, place_labels
from results.charts.scales import Scale, log_scale
from results.charts.scatter import Axis, Drawings, Frame
from results.charts.series import (
    across_axis,
    chart_text,
    dashed_line,
    line_boxes,
    series_mark,
    svg,
    value_axis,
)

OTHER_SUPPLY_DASH = "5 4"


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One operating point. ``shape`` is the place of its supply and scope among the marks; ``compared``: its energy
    compares with that of the point before it, so the line to it is solid."""

    x: float
    y: float
    shape: int
    label: str
    title: str
    compared: bool = True


@dataclass(frozen=True, slots=True)
class CurvesChart:
    """Everything that the chart says; each curve in order of its clock."""

    x: Axis
    y: Axis
    curves: Sequence[Sequence[CurvePoint]]
    aria_label: str


def draw_curves(chart: CurvesChart) -> Drawings:
    """Both drawings; ValueError without a point."""
    if not any(chart.curves):
        raise ValueError("a chart needs a point")
    wide = Frame(1200, 400, 62, 30, 28, 50, 4.3, True)
    narrow = Frame(358, 330, 50, 12, 28, 48, 3.9, False)
    return Drawings(_drawing(chart, wide), _drawing(chart, narrow))


def _drawing(chart: CurvesChart, frame: Frame) -> str:
    points = [point for curve in chart.curves for point in curve]
    x = log_scale([point.x for point in points], *frame.x_span)
    y = log_scale([point.y for point in points], *frame.y_span)
    parts = [across_axis(x, frame, chart.x), value_axis(y, frame, chart.y)]
    parts += [_line(curve, x, y) for curve in chart.curves]
    for point in points:
        mark = series_mark(point.shape, x(point.x), y(point.y))
        parts.append(f"<g><title>{escape(point.title)}</title>{mark}</g>")
    parts.append(_labels(chart, x, y, frame))
    return svg(frame, chart.aria_label, parts)


def _line(curve: Sequence[CurvePoint], x: Scale, y: Scale) -> str:
    return "".join(
        dashed_line("" if b.compared else OTHER_SUPPLY_DASH, (x(a.x), y(a.y)), (x(b.x), y(b.y)))
        for a, b in pairwise(curve)
    )


def _labels(chart: CurvesChart, x: Scale, y: Scale, frame: Frame) -> str:
    places = [[(x(point.x), y(point.y)) for point in curve] for curve in chart.curves]
    obstacles = [Box.around(*place, 5) for held in places for place in held]
    obstacles += [box for held in places for a, b in pairwise(held) for box in line_boxes(a, b)]
    wishes = [
        LabelWish(point.label, "", *place, 9)
        for curve, held in zip(chart.curves, places, strict=True)
        for point, place in zip(curve, held, strict=True)
    ]
    inside = Box(frame.left, frame.top, frame.x_span[1] + frame.right, frame.y_span[0])
    return "".join(
        chart_text("tx-b halo", label.x, label.y, label.text, label.anchor)
        for label in place_labels(wishes, obstacles, inside)
    )
