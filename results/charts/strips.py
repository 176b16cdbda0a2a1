"""Dot strips: the ratios of one system's benchmarks to the reference on a log axis, the score as a tick."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from results.charts.marks import benchmark_mark, coordinate

_WIDTH, _HEIGHT, _START, _END = 304, 24, 10.0, 294.0
_MIDDLE = _HEIGHT / 2
_CLOSE = 6.0  # marks nearer than this would hide each other
_LIFT = 4.0


@dataclass(frozen=True, slots=True)
class StripMark:
    """One benchmark of a system: its position in the legend, reference ÷ value, and words for the pointer."""

    position: int
    ratio: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class StripScale:
    """From 2**low to 2**high; one scale serves every row of a table."""

    low: int
    high: int

    def place(self, ratio: float) -> float:
        share = (math.log2(ratio) - self.low) / (self.high - self.low)
        return _START + share * (_END - _START)

    def steps(self) -> list[int]:
        """Exponents that are ruled: at most seven, and always 0."""
        stride = max(1, math.ceil((self.high - self.low) / 6))
        return [power for power in range(self.low, self.high + 1) if power % stride == 0]


def strip_scale(ratios: Iterable[float]) -> StripScale:
    """Powers of two that hold every ratio, ×1, and a step to each side of it."""
    powers = [math.log2(ratio) for ratio in ratios]
    return StripScale(
        low=min(-1, *(math.floor(power) for power in powers), -1),
        high=max(1, *(math.ceil(power) for power in powers), 1),
    )


def strip_head(scale: StripScale) -> str:
    """The scale over the column: ½, ×1, ×2 …"""
    parts = []
    for power in scale.steps():
        x = coordinate(scale.place(2.0**power))
        parts.append(
            f'<path class="rg{"0" if power == 0 else ""}" d="M{x} 17V24"/>'
            f'<text class="rt" x="{x}" y="12" text-anchor="middle">{_power_text(power)}</text>'
        )
    return _svg("".join(parts))


def strip_row(marks: Sequence[StripMark], score: float | None, scale: StripScale) -> str:
    """One system: a line over its ratios, a mark per benchmark, a tick at the score if there is one.

    Marks that nearly coincide are lifted above and below the line, so that each can be seen.
    """
    grid = "".join(
        f'<path class="rg{"0" if power == 0 else ""}" d="M{x} 0V{_HEIGHT}"/>'
        for power in scale.steps()
        for x in (coordinate(scale.place(2.0**power)),)
    )
    places = [scale.place(mark.ratio) for mark in marks]
    span = ""
    if len(places) > 1:
        first, last = coordinate(min(places)), coordinate(max(places))
        span = f'<path class="rl" d="M{first} {coordinate(_MIDDLE)}H{last}"/>'
    tick = f'<path class="geo" d="M{coordinate(scale.place(score))} 2V22"/>' if score else ""
    return _svg(grid + span + tick + "".join(_drawn_marks(marks, places)))


def _drawn_marks(marks: Sequence[StripMark], places: Sequence[float]) -> Iterable[str]:
    last, lifted = -math.inf, 0
    for index in sorted(range(len(marks)), key=places.__getitem__):
        crowded = places[index] - last < _CLOSE
        lifted = (lifted + 1) % 3 if crowded else 0
        last = places[index]
        yield benchmark_mark(marks[index].position, places[index], _MIDDLE + (0, -_LIFT, _LIFT)[lifted])


def _power_text(power: int) -> str:
    if power >= 0:
        return f"×{2**power}"
    return {-1: "½", -2: "¼", -3: "⅛"}.get(power, f"1/{2**-power}")


def _svg(content: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{content}</svg>'
