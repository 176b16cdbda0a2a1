"""The roofline of a device on log axes: what its peak and bandwidth allow, and what was measured below it.

Operations are counted as 2 per MAC. The sloped part is drawn dashed and the flat part solid, benchmarks differ by
shape: the drawing reads without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from results.charts.frame import Frame, grid, text
from results.charts.labels import Box, LabelWish, place_labels
from results.charts.marks import benchmark_mark, coordinate
from results.charts.scales import LogScale, log_scale
from results.charts.scatter import Drawings

_MARK_RADIUS = 5.0


@dataclass(frozen=True, slots=True)
class RooflinePoint:
    """One measured result: ``intensity`` in operations per byte moved, ``gops`` attained, both above 0.

    ``position`` is that of its benchmark in the legend; ``title`` is what the pointer shows.
    """

    intensity: float
    gops: float
    position: int
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Roof:
    """``peak_gops`` in 10⁹ operations per second, ``bandwidth_gb_per_s`` in 10⁹ bytes per second, both above 0."""

    peak_gops: float
    bandwidth_gb_per_s: float

    @property
    def ridge(self) -> float:
        """The intensity in operations per byte from which the peak, and no longer the bandwidth, is the limit."""
        return self.peak_gops / self.bandwidth_gb_per_s

    def at(self, intensity: float) -> float:
        """The most that can be attained at an intensity, in 10⁹ operations per second."""
        return min(self.peak_gops, self.bandwidth_gb_per_s * intensity)


def roofline_chart(points: Sequence[RooflinePoint], roof: Roof, *, aria_label: str) -> Drawings:
    """The drawing for desks (640 by 360) and for phones (358 by 300); ValueError without a point."""
    if not points:
        raise ValueError("a roofline without a measured point says nothing of the device")
    frames = (Frame(640, 360, 58, 16), Frame(358, 300, 46, 10))
    wide, narrow = (_drawing(points, roof, frame, aria_label) for frame in frames)
    return Drawings(wide, narrow)


def _drawing(points: Sequence[RooflinePoint], roof: Roof, frame: Frame, aria_label: str) -> str:
    x = log_scale([roof.ridge, *(point.intensity for point in points)], frame.left, frame.end)
    y = log_scale([roof.peak_gops, *(point.gops for point in points)], frame.base, frame.top)
    content = "".join(
        (
            grid(x, y, frame),
            _roof_lines(roof, x, y),
            *(_mark(point, x, y) for point in points),
            _labels(points, roof, x, y, frame),
            text("tx-t", frame.end, frame.height - 7, "→ operations per byte moved", "end"),
            text("tx-t", max(0.0, frame.left - 40), 12, "↑ 10⁹ operations per second", "start"),
        )
    )
    size = f"{coordinate(frame.width)} {coordinate(frame.height)}"
    return f'<svg viewBox="0 0 {size}" role="img" aria-label="{escape(aria_label)}">{content}</svg>'


def _roof_lines(roof: Roof, x: LogScale, y: LogScale) -> str:
    """Bandwidth × intensity up to the ridge (dashed), the peak from there on (solid)."""
    start = max(x.low, y.low / roof.bandwidth_gb_per_s)
    ridge_x, peak_y = coordinate(x(roof.ridge)), coordinate(y(roof.peak_gops))
    slope = f"M{coordinate(x(start))} {coordinate(y(roof.at(start)))}L{ridge_x} {peak_y}"
    flat = f"M{ridge_x} {peak_y}H{coordinate(x(x.high))}"
    return f'<path class="refline" d="{slope}"/><path class="front" d="{flat}"/>'


def _mark(point: RooflinePoint, x: LogScale, y: LogScale) -> str:
    mark = benchmark_mark(point.position, x(point.intensity), y(point.gops))
    return f"<g><title>{escape(point.title)}</title>{mark}</g>"


def _labels(points: Sequence[RooflinePoint], roof: Roof, x: LogScale, y: LogScale, frame: Frame) -> str:
    """Names of the points where there is room; the table beside the drawing names them all."""
    obstacles = [Box.around(x(point.intensity), y(point.gops), _MARK_RADIUS) for point in points]
    peak_y = y(roof.peak_gops)
    obstacles.append(Box(x(roof.ridge), peak_y - 1, frame.end, peak_y + 1))
    wishes = [LabelWish(point.label, "", x(point.intensity), y(point.gops), 9) for point in points]
    inside = Box(frame.left + 2, frame.top - 4, frame.end + 2, frame.base - 2)
    return "".join(
        text("tx-b halo", label.x, label.y, label.text, label.anchor)
        for label in place_labels(wishes, obstacles, inside)
    )
