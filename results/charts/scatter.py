"""Scatter plots of two metrics: log axes, stepped fronts, feasible region, labels with halos, two drawings.

The wide drawing is for desks, the narrow one for phones: text keeps its 12 px in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from results.charts.iso_lines import iso_lines
from results.charts.labels import Box, LabelWish, PlacedLabel, place_labels, text_width
from results.charts.marks import class_mark, coordinate
from results.charts.regions import Limit, reach, region_marks
from results.charts.scales import Scale, linear_scale, log_scale
from results.presentation import points_text


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis. ``title`` names quantity and unit; ``target`` in that unit adds a scale of margins."""

    title: str
    lower_is_better: bool
    log: bool
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One result. ``hollow``: another energy scope than the one compared, shown and not ranked; ``faint``: beyond a
    limit. ``key`` finds the mark again in the drawing."""

    key: str
    x: float
    y: float
    device_class: str
    title: str
    hollow: bool = False
    faint: bool = False
    on_front: bool = False
    ringed: bool = False
    label: str = ""
    sublabel: str = ""


@dataclass(frozen=True, slots=True)
class Scatter:
    """Everything a plot says; ``fronts`` hold (x, y) from the best x to the worst, one per set that compares, first
    those that the plot is about: ``front_names`` names each of these where there are several.

    ``lines`` is a kind of :mod:`results.charts.iso_lines`, for energy in µJ against latency in ms only;
    ``energy_across``: the energy is on x.
    """

    x: Axis
    y: Axis
    points: Sequence[Point]
    aria_label: str
    fronts: Sequence[Sequence[tuple[float, float]]] = field(default=())
    front_names: Sequence[str] = field(default=())
    lines: str = ""
    energy_across: bool = False
    limits: Sequence[Limit] = field(default=())

    def values(self, *, on_x: bool) -> list[float]:
        """What an axis has to hold: the points, and the limits near them."""
        held = [point.x if on_x else point.y for point in self.points]
        ends = [limit.value for limit in self.limits if limit.on_x == on_x]
        return reach(held, ends, log=(self.x if on_x else self.y).log)


@dataclass(frozen=True, slots=True)
class Drawings:
    """The same plot for desks and for phones, as SVG text."""

    wide: str
    narrow: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing's size and margins in px; ``sublabels``: whether front labels take a second line."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    radius: float
    sublabels: bool

    @property
    def x_span(self) -> tuple[float, float]:
        return self.left, self.width - self.right

    @property
    def y_span(self) -> tuple[float, float]:
        """From the bottom up, because greater values stand higher."""
        return self.height - self.bottom, self.top


def draw(scatter: Scatter, *, wide_width: int = 1200, wide_height: int = 460) -> Drawings:
    """Both drawings; ValueError without a point."""
    if not scatter.points:
        raise ValueError("a plot needs a point")
    margin = 52 if scatter.y.target is not None else 18
    wide = Frame(wide_width, wide_height, 62, margin, 26, 52, 4.3, wide_width > 900)
    narrow = Frame(358, 350, 46, 38 if scatter.y.target is not None else 10, 26, 46, 3.9, False)
    return Drawings(_drawing(scatter, wide), _drawing(scatter, narrow))


def target_place(axis: Axis, values: Sequence[float]) -> str:
    """Where the axis's target lies in a plot of ``values``: ``below``, ``inside`` or ``above``; empty without one."""
    if axis.target is None:
        return ""
    scale = _scale(axis, values, (0.0, 1.0))
    return "below" if axis.target <= scale.low else "above" if axis.target >= scale.high else "inside"


def _drawing(scatter: Scatter, frame: Frame) -> str:
    x = _scale(scatter.x, scatter.values(on_x=True), frame.x_span)
    y = _scale(scatter.y, scatter.values(on_x=False), frame.y_span)
    content = "".join(
        (
            region_marks(scatter.limits, x, y, frame.x_span, frame.y_span),
            _fronts_area(scatter, x, y, frame),
            _x_axis(x, frame),
            _y_axis(y, frame),
            _target(scatter.y, y, frame),
            _iso_lines(scatter, x, y, frame) if scatter.lines else "",
            _front_lines(scatter, x, y, frame),
            _points(scatter.points, x, y, frame),
            _labels(scatter, x, y, frame),
            _front_names(scatter, x, y, frame) if frame.sublabels else "",
            _titles(scatter, frame),
        )
    )
    size = f"{coordinate(frame.width)} {coordinate(frame.height)}"
    return f'<svg viewBox="0 0 {size}" role="img" aria-label="{escape(scatter.aria_label)}">{content}</svg>'


def _scale(axis: Axis, values: Sequence[float], span: tuple[float, float]) -> Scale:
    if axis.log and min(values) > 0:
        return log_scale(values, *span)
    return linear_scale(values, *span, ticks=6)


def _x_axis(scale: Scale, frame: Frame) -> str:
    base, top = (coordinate(v) for v in frame.y_span)
    parts = [
        f'<path class="ax ax-minor" d="M{coordinate(scale(value))} {base}v3"/>'
        for value in scale.minor_ticks()
    ]
    for tick in scale.ticks():
        x = coordinate(scale(tick.value))
        parts.append(f'<path class="gr" d="M{x} {top}V{base}"/>')
        parts.append(_text("tx", scale(tick.value), frame.y_span[0] + 17, tick.text, "middle"))
    return "".join(parts)


def _y_axis(scale: Scale, frame: Frame) -> str:
    left, right = (coordinate(v) for v in frame.x_span)
    parts = [
        f'<path class="ax ax-minor" d="M{left} {coordinate(scale(value))}h-3"/>'
        for value in scale.minor_ticks()
    ]
    for tick in scale.ticks():
        y = scale(tick.value)
        parts.append(f'<path class="gr" d="M{left} {coordinate(y)}H{right}"/>')
        parts.append(_text("tx", frame.left - 7, y + 4, tick.text, "end"))
    base, top = (coordinate(v) for v in frame.y_span)
    parts.append(f'<path class="ax" d="M{left} {top}V{base}H{right}"/>')
    return "".join(parts)


def _target(axis: Axis, scale: Scale, frame: Frame) -> str:
    """The margin to the target at the right of each grid line, and the target itself where it lies inside."""
    if axis.target is None:
        return ""
    right = frame.x_span[1]
    decimals = max(len(tick.text.partition(".")[2]) for tick in scale.ticks())
    parts = [
        _text(
            "tx", right + 7, scale(tick.value) + 4, points_text(tick.value - axis.target, decimals), "start"
        )
        for tick in scale.ticks()
    ]
    parts.append(_text("tx-t", frame.width, 12, "margin", "end"))
    if scale.low < axis.target < scale.high:
        y = coordinate(scale(axis.target))
        parts.append(f'<path class="refline" d="M{coordinate(frame.left)} {y}H{coordinate(right)}"/>')
    return "".join(parts)


def _iso_lines(scatter: Scatter, x: Scale, y: Scale, frame: Frame) -> str:
    taken = [(x(point.x), y(point.y)) for point in scatter.points]
    for label in _placed_labels(scatter, x, y, frame):
        # a text is taken for marks along its middle, from its anchor to its far end
        reach_px = text_width(label.text) * (1 if label.anchor == "start" else -1)
        taken += [(label.x + reach_px * share / 6, label.y - 4) for share in range(7)]
    return iso_lines(scatter.lines, x, y, taken, energy_across=scatter.energy_across)


def _front_path(
    front: Sequence[tuple[float, float]], scatter: Scatter, x: Scale, y: Scale, frame: Frame
) -> str:
    """From the worst edge of y at the best x, by steps, to the worst edge of x: nothing is interpolated."""
    y_worst = frame.y_span[1] if scatter.y.lower_is_better else frame.y_span[0]
    x_worst = frame.x_span[1] if scatter.x.lower_is_better else frame.x_span[0]
    path = f"M{coordinate(x(front[0][0]))} {coordinate(y_worst)}V{coordinate(y(front[0][1]))}"
    path += "".join(f"H{coordinate(x(px))}V{coordinate(y(py))}" for px, py in front[1:])
    return f"{path}H{coordinate(x_worst)}"


def _front_lines(scatter: Scatter, x: Scale, y: Scale, frame: Frame) -> str:
    """The fronts that the plot is about, each with a dash of its own; the others in a lighter line below them."""
    main = max(1, len(scatter.front_names))
    lines = [
        f'<path class="{front_css(k, main)}" d="{_front_path(front, scatter, x, y, frame)}"/>'
        for k, front in enumerate(scatter.fronts)
    ]
    return "".join(reversed(lines))


def front_css(position: int, main: int) -> str:
    """The class of the front at ``position`` when the first ``main`` are those that the plot is about."""
    if position >= main:
        return "front front-other"
    return f"front front-{position + 1}" if main > 1 else "front"


def _fronts_area(scatter: Scatter, x: Scale, y: Scale, frame: Frame) -> str:
    y_worst = frame.y_span[1] if scatter.y.lower_is_better else frame.y_span[0]
    return "".join(
        f'<path class="front-area" d="{_front_path(front, scatter, x, y, frame)}V{coordinate(y_worst)}z"/>'
        for front in scatter.fronts[: 0 if len(scatter.front_names) > 1 else 1]
    )


def _points(points: Sequence[Point], x: Scale, y: Scale, frame: Frame) -> str:
    parts = []
    # hollow marks first and the front last, so that what is compared lies on top
    for point in sorted(points, key=lambda p: (not p.faint, not p.hollow, p.on_front)):
        px, py = x(point.x), y(point.y)
        if point.ringed:
            parts.append(f'<circle class="ring" cx="{coordinate(px)}" cy="{coordinate(py)}" r="8"/>')
        radius = frame.radius + (0.7 if point.on_front else 0)
        mark = class_mark(point.device_class, px, py, radius, hollow=point.hollow, faint=point.faint)
        parts.append(f'<g data-key="{escape(point.key)}"><title>{escape(point.title)}</title>{mark}</g>')
    return "".join(parts)


def _front_boxes(
    front: Sequence[tuple[float, float]], scatter: Scatter, x: Scale, y: Scale, frame: Frame
) -> list[Box]:
    """Thin boxes along the steps of a front, which labels keep clear of."""
    y_worst = frame.y_span[1] if scatter.y.lower_is_better else frame.y_span[0]
    x_worst = frame.x_span[1] if scatter.x.lower_is_better else frame.x_span[0]
    corners = [(x(front[0][0]), y_worst)]
    for (px, py), (next_x, _) in zip(front, [*front[1:], (None, None)], strict=True):
        corners += [(x(px), y(py)), (x_worst if next_x is None else x(next_x), y(py))]
    return [
        Box(min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, max(a[0], b[0]) + 1, max(a[1], b[1]) + 1)
        for a, b in zip(corners, corners[1:], strict=False)
    ]


def _placed_labels(scatter: Scatter, x: Scale, y: Scale, frame: Frame) -> list[PlacedLabel]:
    """Names of the points that carry one, where there is room; the table twin names the rest."""
    main = max(1, len(scatter.front_names))
    obstacles = [Box.around(x(p.x), y(p.y), frame.radius + 1) for p in scatter.points]
    obstacles += [box for front in scatter.fronts[:main] for box in _front_boxes(front, scatter, x, y, frame)]
    wishes = [
        LabelWish(p.label, p.sublabel if frame.sublabels else "", x(p.x), y(p.y), 12 if p.ringed else 9)
        for p in sorted(scatter.points, key=lambda p: (not p.ringed, not p.on_front))
        if p.label
    ]
    low, high = frame.x_span
    inside = Box(low + 2, frame.y_span[1] - 6, high + 4, frame.y_span[0] - 2)
    return place_labels(wishes, obstacles, inside)


def _labels(scatter: Scatter, x: Scale, y: Scale, frame: Frame) -> str:
    parts = []
    for placed in _placed_labels(scatter, x, y, frame):
        parts.append(_text("tx-b halo", placed.x, placed.y, placed.text, placed.anchor))
        if placed.subtext:
            parts.append(_text("tx halo", placed.x, placed.y + 13, placed.subtext, placed.anchor))
    return "".join(parts)


def _front_names(scatter: Scatter, x: Scale, y: Scale, frame: Frame) -> str:
    """The name of each of several fronts where its line ends, one below the other where they meet."""
    if len(scatter.front_names) < 2:
        return ""
    left, right = frame.x_span
    at, anchor = (right - 4, "end") if scatter.x.lower_is_better else (left + 4, "start")
    ends = sorted(
        (y(front[-1][1]), name) for front, name in zip(scatter.fronts, scatter.front_names, strict=False)
    )
    parts, last = [], frame.y_span[1]
    for height, name in ends:
        last = max(last + 13, height - 4)
        parts.append(_text("tx-t halo", at, last, name, anchor))
    return "".join(parts)


def _titles(scatter: Scatter, frame: Frame) -> str:
    x_title = f"{'←' if scatter.x.lower_is_better else '→'} {scatter.x.title}"
    y_title = f"{'↓' if scatter.y.lower_is_better else '↑'} {scatter.y.title}"
    left = max(0.0, frame.left - 8)
    room = frame.x_span[1] - left
    left = left if text_width(y_title) <= room else 0.0
    return _text("tx-t", frame.x_span[1], frame.height - 7, x_title, "end") + _text(
        "tx-t", left, 12, y_title, "start"
    )


def _text(css: str, x: float, y: float, text: str, anchor: str) -> str:
    place = f'x="{coordinate(x)}" y="{coordinate(y)}"'
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{css}" {place}{anchored}>{escape(text)}</text>'
