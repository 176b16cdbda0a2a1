"""Scales: from values to lengths in a drawing, with the ticks that a reader expects."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from results.presentation import fixed_number, table_number, whole_number

_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis; minor ticks carry no text."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class LogScale:
    """Logarithmic: ``low`` is drawn at ``start``, ``high`` at ``end``; both above 0."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[Tick]:
        """Powers of ten within the scale; the steps 2 and 5 too when that leaves fewer than three."""
        tens = [value for value in self._steps((1.0,)) if self._holds(value)]
        values = tens if len(tens) >= 3 else [value for value in self._steps(_STEPS) if self._holds(value)]
        return [Tick(value, _tick_text(value)) for value in values]

    def minor_ticks(self) -> list[float]:
        """Whole multiples of powers of ten between the labelled ticks."""
        labelled = {round(tick.value, 12) for tick in self.ticks()}
        every = self._steps(tuple(float(step) for step in range(1, 10)))
        return [value for value in every if self._holds(value) and round(value, 12) not in labelled]

    def _holds(self, value: float) -> bool:
        return self.low * (1 - 1e-9) <= value <= self.high * (1 + 1e-9)

    def _steps(self, steps: tuple[float, ...]) -> list[float]:
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        return [step * 10.0**power for power in range(first, last + 1) for step in steps]


@dataclass(frozen=True, slots=True)
class LinearScale:
    """Linear: ``low`` is drawn at ``start``, ``high`` at ``end``; ``step`` is the distance of the ticks."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[Tick]:
        """Multiples of the step, with the decimals that the step needs."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        return [Tick(k * self.step, fixed_number(k * self.step, decimals)) for k in range(first, last + 1)]

    def minor_ticks(self) -> list[float]:
        """None: a linear axis is ruled at its labels."""
        return []


Scale = LogScale | LinearScale


def log_scale(values: Iterable[float], start: float, end: float) -> LogScale:
    """A log scale that ends at steps 1, 2, 5 × 10ⁿ beyond the values; ValueError without one above 0."""
    held = [value for value in values if value > 0]
    if not held:
        raise ValueError("a log scale needs a value above 0")
    low, high = _step_below(min(held) / 1.05), _step_above(max(held) * 1.05)
    return LogScale(low, high, start, end)


def linear_scale(values: Iterable[float], start: float, end: float, ticks: int = 6) -> LinearScale:
    """A linear scale of about so many ticks that holds the values with some room; it need not start at 0."""
    held = list(values)
    low, high = min(held), max(held)
    room = (high - low) * 0.06 or abs(high) * 0.02 or 1.0
    step = _step_above((high - low + 2 * room) / ticks)
    floor = math.floor((low - room) / step) * step
    if low >= 0:
        floor = max(0.0, floor)
    return LinearScale(floor, math.ceil((high + room) / step) * step, start, end, step)


def _step_below(value: float) -> float:
    return max(
        step * 10.0**power for power in _powers(value) for step in _STEPS if step * 10.0**power <= value
    )


def _step_above(value: float) -> float:
    return min(
        step * 10.0**power for power in _powers(value) for step in _STEPS if step * 10.0**power >= value
    )


def _powers(value: float) -> range:
    power = math.floor(math.log10(value))
    return range(power - 1, power + 2)


def _tick_text(value: float) -> str:
    return whole_number(round(value)) if value >= 1 else table_number(value, significant=1)
