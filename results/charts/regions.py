"""The feasible region of a plot: what limits leave out is shaded, and each limit is a dashed line with its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from results.charts.marks import coordinate
from results.charts.scales import Scale

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit on an axis of the plot: ``is_least`` when values below it fail, else those above; ``text`` names it."""

    on_x: bool
    is_least: bool
    value: float
    text: str


def region_marks(limits: Iterable[Limit], x: Scale, y: Scale, x_span: Span, y_span: Span) -> str:
    """The shaded strips beyond the limits and their lines; a limit off the plot leaves no mark.

    ``x_span`` is (left, right) and ``y_span`` (bottom, top) in px.
    """
    return "".join(_limit_marks(limit, x, y, x_span, y_span) for limit in limits)


def reach(values: list[float], limits: Iterable[float], *, log: bool) -> list[float]:
    """``values`` with the limits that lie near enough to be drawn with them: an axis is not squeezed by a far one."""
    low, high = min(values), max(values)
    if log and low > 0:
        near = [limit for limit in limits if low / 4 <= limit <= high * 4]
    else:
        room = (high - low) or abs(high) or 1.0
        near = [limit for limit in limits if low - room <= limit <= high + room]
    return values + near


def is_drawn(limit: Limit, x: Scale, y: Scale) -> bool:
    """Whether a limit lies within its axis."""
    scale = x if limit.on_x else y
    return scale.low < limit.value < scale.high


def _limit_marks(limit: Limit, x: Scale, y: Scale, x_span: Span, y_span: Span) -> str:
    if not is_drawn(limit, x, y):
        return ""
    (left, right), (bottom, top) = x_span, y_span
    if limit.on_x:
        at = x(limit.value)
        strip = (
            (left, top, at - left, bottom - top) if limit.is_least else (at, top, right - at, bottom - top)
        )
        line = f"M{coordinate(at)} {coordinate(top)}V{coordinate(bottom)}"
        text = (at + 4, top + 12, "start") if limit.is_least else (at - 4, top + 12, "end")
    else:
        at = y(limit.value)
        strip = (
            (left, at, right - left, bottom - at) if limit.is_least else (left, top, right - left, at - top)
        )
        line = f"M{coordinate(left)} {coordinate(at)}H{coordinate(right)}"
        text = (right - 4, at - 5 if limit.is_least else at + 13, "end")
    box = " ".join(
        f'{name}="{coordinate(value)}"'
        for name, value in zip(("x", "y", "width", "height"), strip, strict=True)
    )
    place = f'x="{coordinate(text[0])}" y="{coordinate(text[1])}"'
    anchor = "" if text[2] == "start" else f' text-anchor="{text[2]}"'
    return (
        f'<rect class="beyond" {box}/><path class="limit" d="{line}"/>'
        f'<text class="tx-t halo" {place}{anchor}>{escape(limit.text)}</text>'
    )
