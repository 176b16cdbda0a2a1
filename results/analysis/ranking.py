"""Ranks of a view, with bands for what cannot be told apart, and places on the log ruler."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from results.domain.metrics import Direction

BAND_TOLERANCE = 0.02
"""MLCommons accepts 2 % as noise between two measurements of one system (preview and available submission)."""

RULER_DECADES = 4


@dataclass(frozen=True, slots=True)
class RankBand:
    """The ranks that a band of rows shares, both inclusive and from 1."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


def rank_bands(values: Sequence[float | None], tolerance: float = BAND_TOLERANCE) -> list[RankBand | None]:
    """The band of each row of an ordered view.

    ``values`` stand in the order of the view, best first or worst first, positive or zero; None is a row that is not
    ranked (not measured, or not comparable) and takes no rank. A band holds the rows that differ from its first row
    by at most ``tolerance`` of it. ValueError when ``values`` are not monotonic: they are no ranking then.
    """
    ranked = [index for index, value in enumerate(values) if value is not None]
    numbers = [float(values[index]) for index in ranked]  # type: ignore[arg-type]
    pairs = list(zip(numbers, numbers[1:], strict=False))
    if not (all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)):
        raise ValueError("the values of a ranking rise or fall, they do not turn")
    bands: list[RankBand | None] = [None] * len(values)
    start = 0
    for stop in range(1, len(numbers) + 1):
        if stop == len(numbers) or not _alike(numbers[start], numbers[stop], tolerance):
            for position in range(start, stop):
                bands[ranked[position]] = RankBand(start + 1, stop)
            start = stop
    return bands


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of what cannot be told apart from it: ``low`` ≤ ``value`` ≤ ``high``."""

    value: float
    low: float
    high: float


def interval_bands(intervals: Sequence[Interval]) -> list[RankBand]:
    """The band of each row of a ranking by values that know their own spread, the greatest value first.

    A band holds the rows whose interval overlaps that of its first row; it ends at the first row that does not
    reach it, so it does not creep. Within a band a difference is undecided. ValueError when the values rise.
    """
    if any(a.value < b.value for a, b in zip(intervals, intervals[1:], strict=False)):
        raise ValueError("the greatest value stands first in a ranking")
    bands: list[RankBand] = []
    start = 0
    for stop in range(1, len(intervals) + 1):
        # The last factor forgives the rounding of a product, so that intervals which touch overlap.
        if stop == len(intervals) or intervals[stop].high * (1 + 1e-12) < intervals[start].low:
            bands += [RankBand(start + 1, stop)] * (stop - start)
            start = stop
    return bands


def ratio(value: float, reference: float, direction: Direction) -> float:
    """How many times worse than ``reference``: 1 is equal, above 1 is worse. Both must be positive (ValueError)."""
    if value <= 0 or reference <= 0:
        raise ValueError("a ratio needs positive values")
    return value / reference if direction is Direction.LOWER else reference / value


def ruler_position(times_worse: float, decades: int = RULER_DECADES) -> float:
    """Where a ratio to the best lies on the log ruler: 0 is the best, 1 is ``decades`` decades away or more."""
    if times_worse <= 1:
        return 0.0
    return min(1.0, math.log10(times_worse) / decades)


def _alike(first: float, other: float, tolerance: float) -> bool:
    # The last term forgives the rounding of a product, so that 100 and 102 stand in one band.
    return abs(other - first) <= tolerance * first * (1 + 1e-12)
