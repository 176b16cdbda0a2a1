"""Values over the rounds as lines, with the boundaries that values do not cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from results.charts.labels import Box, LabelWish, place_labels
from results.charts.marks import coordinate
from results.charts.scales import Scale, linear_scale, log_scale
from results.charts.scatter import Axis, Drawings, Frame
from results.charts.series import chart_text, line_boxes, series_line, series_mark, svg, value_axis, whisker


@dataclass(frozen=True, slots=True)
class RoundPoint:
    """One result in the column ``column`` (from 0), with the ends of its band. ``hollow``: its log was handed in
    before. ``joined``: a line leads here from the point before it in its series."""

    column: int
    value: float
    low: float
    high: float
    title: str
    hollow: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class RoundSeries:
    """One line: its name (empty: not labelled), its points in order, and its place among the marks."""

    label: str
    points: tuple[RoundPoint, ...]
    position: int


@dataclass(frozen=True, slots=True)
class BreakMark:
    """A boundary left of the column ``after``; ``label`` names it in the list below the chart. ``kind``: complete (no
    value crosses), partial (some do not) or not-stated (compared, though the official table does not state it)."""

    after: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class RoundsChart:
    """Everything that the chart says. ``rounds`` are the columns in order, also those without a point."""

    rounds: Sequence[str]
    axis: Axis
    series: Sequence[RoundSeries]
    breaks: Sequence[BreakMark]
    aria_label: str


def draw_rounds(chart: RoundsChart) -> Drawings:
    """Both drawings; ValueError without a point."""
    if not any(series.points for series in chart.series):
        raise ValueError("a chart needs a point")
    wide = Frame(1200, 330, 62, 30, 30, 30, 4.3, True)
    narrow = Frame(358, 300, 46, 8, 30, 28, 3.9, False)
    return Drawings(_drawing(chart, wide), _drawing(chart, narrow))


def _drawing(chart: RoundsChart, frame: Frame) -> str:
    values = [end for series in chart.series for p in series.points for end in (p.value, p.low, p.high)]
    logarithmic = chart.axis.log and min(values) > 0
    scale = (log_scale if logarithmic else linear_scale)(values, *frame.y_span)
    columns = _columns(len(chart.rounds), frame)
    places = [
        [
            (_place(columns, point.column, series.position, chart), scale(point.value))
            for point in series.points
        ]
        for series in chart.series
    ]
    parts = [value_axis(scale, frame, chart.axis)]
    parts += [
        chart_text("tx", x, frame.height - 9, name, "middle")
        for name, x in zip(chart.rounds, columns, strict=True)
    ]
    parts += [_break(mark, columns, frame) for mark in chart.breaks]
    parts += [_series(series, held, scale) for series, held in zip(chart.series, places, strict=True)]
    if frame.sublabels:  # on a phone names would hide the lines; the legend has them
        parts.append(_labels(chart, places, frame))
    return svg(frame, chart.aria_label, parts)


def _columns(count: int, frame: Frame) -> list[float]:
    low, high = frame.x_span
    width = (high - low) / count
    return [low + (k + 0.5) * width for k in range(count)]


def _place(columns: Sequence[float], column: int, position: int, chart: RoundsChart) -> float:
    """Series stand side by side within a column, so that equal values do not hide each other."""
    width = columns[1] - columns[0] if len(columns) > 1 else 120.0
    places = max(series.position for series in chart.series) + 1
    room = min(width * 0.6, 9.0 * places)
    return columns[column] + (room * (position / (places - 1) - 0.5) if places > 1 else 0.0)


def _break(mark: BreakMark, columns: Sequence[float], frame: Frame) -> str:
    """Dashed across the whole height where no value crosses, short from above where only some do not, and dotted
    where values are compared all the same."""
    x = columns[mark.after] - (columns[1] - columns[0]) / 2
    base, top = frame.y_span
    end = top + (base - top) * 0.3 if mark.kind == "partial" else base
    css = "brk" if mark.kind == "not-stated" else "refline"
    line = f'<path class="{css}" d="M{coordinate(x)} {coordinate(top)}V{coordinate(end)}"/>'
    return line + chart_text("tx-t halo", x, top - 4, mark.label, "middle")


def _series(series: RoundSeries, places: Sequence[tuple[float, float]], scale: Scale) -> str:
    parts = []
    for k, (point, (x, y)) in enumerate(zip(series.points, places, strict=True)):
        if point.joined and k:
            parts.append(series_line(series.position, places[k - 1], (x, y)))
        if point.low < point.high:
            parts.append(whisker(x, scale(point.low), scale(point.high)))
    for point, (x, y) in zip(series.points, places, strict=True):
        mark = series_mark(series.position, x, y, hollow=point.hollow)
        parts.append(f"<g><title>{escape(point.title)}</title>{mark}</g>")
    return "".join(parts)


def _labels(chart: RoundsChart, places: Sequence[Sequence[tuple[float, float]]], frame: Frame) -> str:
    """The name of each series at its last point, where there is room; legend and table name them all."""
    obstacles = [Box.around(x, y, 5) for held in places for x, y in held]
    for series, held in zip(chart.series, places, strict=True):
        for k, point in enumerate(series.points):
            if point.joined and k:
                obstacles += line_boxes(held[k - 1], held[k])
    wishes = [
        LabelWish(series.label, "", *held[-1], 9)
        for series, held in zip(chart.series, places, strict=True)
        if series.label and held
    ]
    inside = Box(frame.left, frame.top, frame.x_span[1] + frame.right, frame.y_span[0])
    return "".join(
        chart_text("tx-b halo", label.x, label.y, label.text, label.anchor)
        for label in place_labels(wishes, obstacles, inside)
    )
