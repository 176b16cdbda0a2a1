"""How sure a value is, and whether two values can be told apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from results.domain.metrics import Direction

from .ranking import BAND_TOLERANCE

FLOOR = BAND_TOLERANCE
"""No difference within this share is called one: MLCommons accepts 2 % as noise."""
_STRAY = 0.05
"""Windows whose median lies farther than this from the stated value do not describe it."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A value with its band, all in one unit. ``basis`` is "windows" (smallest to largest of the timed windows) or
    "declared" (the floor on both sides)."""

    value: float
    low: float
    high: float
    basis: str


class Verdict(StrEnum):
    """Of the first value against the second."""

    BETTER = "better"
    UNDECIDED = "undecided"
    WORSE = "worse"


_WORDS = {
    "latency_ms": ("faster", "slower"),
    "throughput_inf_per_s": ("faster", "slower"),
    "energy_uj_per_inf": ("less energy", "more energy"),
    "average_power_mw": ("less power", "more power"),
    "quality": ("more accurate", "less accurate"),
}


def spread(value: float, windows: Sequence[float] = ()) -> Spread:
    """The band of ``value``: that of its ``windows`` where at least two describe it, else ± :data:`FLOOR`.

    ``windows`` are per-window values in the unit of ``value``. The band always holds the value itself. ValueError for
    a value that is negative or not finite.
    """
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"a spread needs a finite value from 0, not {value}")
    known = sorted(one for one in windows if math.isfinite(one) and one > 0)
    if len(known) >= 2 and abs(known[len(known) // 2] - value) <= _STRAY * value:
        return Spread(value, min(value, known[0]), max(value, known[-1]), "windows")
    return Spread(value, value * (1 - FLOOR), value * (1 + FLOOR), "declared")


def verdict(own: Spread, other: Spread, direction: Direction) -> Verdict:
    """Whether ``own`` is better; overlapping bands and a difference within the floor are undecided.

    ValueError where no direction is better.
    """
    if direction is Direction.NONE:
        raise ValueError("a condition is neither better nor worse")
    overlap = own.low <= other.high and other.low <= own.high
    # The last factor forgives the rounding of a product, as in rank bands.
    near = abs(own.value - other.value) <= FLOOR * min(own.value, other.value) * (1 + 1e-12)
    if overlap or near:
        return Verdict.UNDECIDED
    lower = own.value < other.value
    return Verdict.BETTER if lower == (direction is Direction.LOWER) else Verdict.WORSE


def bands(spreads: Sequence[Spread]) -> NDArray[np.float64]:
    """One row of value, low and high for each of ``spreads``."""
    return np.array([(one.value, one.low, one.high) for one in spreads]).reshape(-1, 3)


def sides(own: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.int8]:
    """:func:`verdict` of one row of :func:`bands` against each of ``others``: 0 for undecided, 1 where its own value is
    the lower one, -1 where it is the higher one."""
    value, low, high = own
    values, lows, highs = others.T
    overlap = (low <= highs) & (lows <= high)
    near = np.abs(value - values) <= FLOOR * np.minimum(value, values) * (1 + 1e-12)
    return np.where(overlap | near, 0, np.where(value < values, 1, -1)).astype(np.int8)


def overall(verdicts: Iterable[Verdict | None]) -> str:
    """One word for several: better, worse, undecided; "mixed" for better on one and worse on another, "none" where
    nothing compares. An undecided one beside decided ones changes nothing; None is a pair that does not compare."""
    found = {one for one in verdicts if one is not None}
    if {Verdict.BETTER, Verdict.WORSE} <= found:
        return "mixed"
    for one in (Verdict.BETTER, Verdict.WORSE, Verdict.UNDECIDED):
        if one in found:
            return one.value
    return "none"


def word(one: Verdict, metric: str) -> str:
    """The verdict as a reader says it of ``metric``: faster, more energy, undecided."""
    if one is Verdict.UNDECIDED:
        return one.value
    better, worse = _WORDS.get(metric, ("better", "worse"))
    return better if one is Verdict.BETTER else worse
