"""Calibration of projections: claimed against actual coverage, and projected against measured values on log axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from results.charts.frame import Frame, axes, grid, text
from results.charts.marks import coordinate
from results.charts.scales import LinearScale, LogScale, log_scale
from results.charts.scatter import Drawings

_FACTOR = 2.0
"""Dotted lines of the scatter: where a projection is this many times too high or too low."""


class Coverage(Protocol):
    """One level of a calibration curve: bands that claim ``level`` per cent held ``actual`` per cent of values."""

    @property
    def level(self) -> int: ...
    @property
    def actual(self) -> float: ...
    @property
    def stated(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ScatterPoint:
    """One hidden cell, values above 0 in one unit. ``answered`` false: it would not have been shown (drawn hollow)."""

    measured: float
    projected: float
    answered: bool
    title: str


_FRAMES = (Frame(480, 400, 52, 16), Frame(358, 330, 46, 12))


def coverage_chart(points: Sequence[Coverage], *, aria_label: str) -> Drawings:
    """Drawings for desks (480 by 400) and phones (358 by 330); ValueError without a point.

    The dashed diagonal is a band that holds what it claims: below it bands are too narrow, above it too wide. Levels
    that are stated on pages are filled marks, others hollow.
    """
    if not points:
        raise ValueError("a calibration without a point says nothing")
    wide, narrow = (_coverage(points, frame, aria_label) for frame in _FRAMES)
    return Drawings(wide, narrow)


def projected_chart(points: Sequence[ScatterPoint], *, unit: str, aria_label: str) -> Drawings:
    """Drawings for desks (480 by 400) and phones (358 by 330); ValueError without a point."""
    if not points:
        raise ValueError("a scatter without a point says nothing")
    wide, narrow = (_scatter(points, unit, frame, aria_label) for frame in _FRAMES)
    return Drawings(wide, narrow)


def _coverage(points: Sequence[Coverage], frame: Frame, aria_label: str) -> str:
    x = LinearScale(0, 100, frame.left, frame.end, 20)
    y = LinearScale(0, 100, frame.base, frame.top, 20)
    curve = "L".join(_at(x(point.level), y(point.actual)) for point in points)
    marks = "".join(
        f"<g><title>{escape(f'claimed {p.level} %, held {p.actual:.0f} %')}</title>"
        f'<circle class="{"cal" if p.stated else "cal cal-h"}" cx="{coordinate(x(p.level))}" '
        f'cy="{coordinate(y(p.actual))}" r="{5 if p.stated else 3.5}"/></g>'
        for p in points
    )
    content = (
        grid(x, y, frame)
        + f'<path class="refline" d="M{_at(x(0), y(0))}L{_at(x(100), y(100))}"/>'
        + f'<path class="cal-line" d="M{curve}"/>{marks}'
        + text("tx halo", x(76), y(96), "bands too wide", "end")
        + text("tx halo", x(96), y(30), "bands too narrow", "end")
        + axes(frame, "→ claimed, %", "↑ held, %")
    )
    return _svg(frame, aria_label, content)


def _scatter(points: Sequence[ScatterPoint], unit: str, frame: Frame, aria_label: str) -> str:
    values = [value for point in points for value in (point.measured, point.projected)]
    x, y = log_scale(values, frame.left, frame.end), log_scale(values, frame.base, frame.top)
    lines = "".join(_ratio_line(x, y, factor, css) for factor, css in (
        (1.0, "refline"), (_FACTOR, "iso"), (1 / _FACTOR, "iso")))  # fmt: skip
    marks = "".join(
        f"<g><title>{escape(p.title)}</title>"
        f'<circle class="{"cal" if p.answered else "cal cal-h"}" cx="{coordinate(x(p.measured))}" '
        f'cy="{coordinate(y(p.projected))}" r="3.5"/></g>'
        for p in sorted(points, key=lambda point: point.answered)
    )
    content = grid(x, y, frame) + lines + marks + axes(frame, f"→ measured, {unit}", f"↑ projected, {unit}")
    return _svg(frame, aria_label, content)


def _ratio_line(x: LogScale, y: LogScale, factor: float, css: str) -> str:
    """Where the projected value is ``factor`` times the measured one, inside the frame."""
    low, high = max(x.low, x.low / factor), min(x.high, x.high / factor)
    return f'<path class="{css}" d="M{_at(x(low), y(low * factor))}L{_at(x(high), y(high * factor))}"/>'


def _at(x: float, y: float) -> str:
    return f"{coordinate(x)} {coordinate(y)}"


def _svg(frame: Frame, aria_label: str, content: str) -> str:
    size = f"{coordinate(frame.width)} {coordinate(frame.height)}"
    return f'<svg viewBox="0 0 {size}" role="img" aria-label="{escape(aria_label)}">{content}</svg>'
