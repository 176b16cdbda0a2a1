"""Marks and lines that tell series apart without colour: ten shapes, four dashes, and hollow marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from results.charts.labels import Box
from results.charts.marks import GLYPH_SIZE, coordinate
from results.charts.scales import Scale
from results.charts.scatter import Axis, Frame

SHAPES = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",  # circle
    "m-3.7-3.7h7.4v7.4h-7.4z",  # square
    "m0-4.9l4.6 8h-9.2z",  # triangle
    "m0-5.2l4.7 5.2l-4.7 5.2l-4.7-5.2z",  # diamond
    "m0 4.9l4.6-8h-9.2z",  # triangle, point down
    "m-4.6-1.5l4.6-3.5l4.6 3.5l-1.8 5.5h-5.6z",  # pentagon
    "m-1.5-4.6h3v3.1h3.1v3h-3.1v3.1h-3v-3.1h-3.1v-3h3.1z",  # plus
    "m-2.4-4.2h4.8l2.4 4.2l-2.4 4.2h-4.8l-2.4-4.2z",  # hexagon
    "m-4.6-3.4h9.2v6.8h-9.2z",  # oblong
    "m-3.4-4.6h6.8v9.2h-6.8z",  # upright oblong
)
_DASHES = ("", "7 3", "2 3", "8 3 2 3")


def series_mark(position: int, x: float, y: float, *, hollow: bool = False) -> str:
    """The mark of the series at ``position`` (from 0; shapes come again after ten)."""
    css = "k" if hollow else "k k-fill"
    return f'<path class="{css}" d="M{coordinate(x)} {coordinate(y)}{SHAPES[position % len(SHAPES)]}"/>'


def series_glyph(position: int, *, hollow: bool = False) -> str:
    """The mark for legends and tables, hidden from screen readers because a name stands beside it."""
    mark = series_mark(position, GLYPH_SIZE / 2, GLYPH_SIZE / 2, hollow=hollow)
    return f'<svg class="glyph" viewBox="0 0 {GLYPH_SIZE} {GLYPH_SIZE}" aria-hidden="true">{mark}</svg>'


def series_line(position: int, start: tuple[float, float], end: tuple[float, float]) -> str:
    """A line between two marks of the series at ``position``."""
    return dashed_line(_DASHES[position // len(SHAPES) % len(_DASHES)], start, end)


def dashed_line(dash: str, start: tuple[float, float], end: tuple[float, float]) -> str:
    """A line from ``start`` to ``end`` in px; ``dash`` is a stroke-dasharray, empty for a solid line."""
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    (x1, y1), (x2, y2) = start, end
    place = f"M{coordinate(x1)} {coordinate(y1)}L{coordinate(x2)} {coordinate(y2)}"
    return f'<path class="lead"{pattern} d="{place}"/>'


def line_boxes(start: tuple[float, float], end: tuple[float, float]) -> list[Box]:
    """Small boxes along a line, which labels keep clear of."""
    (x1, y1), (x2, y2) = start, end
    steps = max(1, round(math.dist(start, end) / 6))
    return [Box.around(x1 + k / steps * (x2 - x1), y1 + k / steps * (y2 - y1), 1.5) for k in range(1, steps)]


def whisker(x: float, y_low: float, y_high: float) -> str:
    """The band of a value as an upright line."""
    return f'<path class="lead" d="M{coordinate(x)} {coordinate(y_low)}V{coordinate(y_high)}"/>'


def value_axis(scale: Scale, frame: Frame, axis: Axis) -> str:
    """Grid, ticks and title of the upright axis."""
    left, right = (coordinate(v) for v in frame.x_span)
    parts = []
    for tick in scale.ticks():
        y = scale(tick.value)
        parts.append(f'<path class="gr" d="M{left} {coordinate(y)}H{right}"/>')
        parts.append(chart_text("tx", frame.left - 7, y + 4, tick.text, "end"))
    base, top = (coordinate(v) for v in frame.y_span)
    parts.append(f'<path class="ax" d="M{left} {top}V{base}H{right}"/>')
    arrow = "↓" if axis.lower_is_better else "↑"
    parts.append(chart_text("tx-t", max(0.0, frame.left - 38), 12, f"{arrow} {axis.title}"))
    return "".join(parts)


def across_axis(scale: Scale, frame: Frame, axis: Axis) -> str:
    """Grid, ticks and title of the axis across."""
    base, top = (coordinate(v) for v in frame.y_span)
    parts = []
    for tick in scale.ticks():
        x = scale(tick.value)
        parts.append(f'<path class="gr" d="M{coordinate(x)} {top}V{base}"/>')
        parts.append(chart_text("tx", x, frame.y_span[0] + 17, tick.text, "middle"))
    arrow = "←" if axis.lower_is_better else "→"
    parts.append(chart_text("tx-t", frame.x_span[1], frame.height - 7, f"{arrow} {axis.title}", "end"))
    return "".join(parts)


def chart_text(css: str, x: float, y: float, text: str, anchor: str = "start") -> str:
    """One line of text of a drawing."""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{css}" x="{coordinate(x)}" y="{coordinate(y)}"{anchored}>{escape(text)}</text>'


def svg(frame: Frame, aria_label: str, parts: Sequence[str]) -> str:
    """The whole drawing, as a picture with its message in words."""
    size = f"{coordinate(frame.width)} {coordinate(frame.height)}"
    return f'<svg viewBox="0 0 {size}" role="img" aria-label="{escape(aria_label)}">{"".join(parts)}</svg>'
