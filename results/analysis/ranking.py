"""Ranks of a view, with bands for what cannot be told apart, and places on the log ruler."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
    starts = band_starts(np.array([values[index] for index in ranked], dtype=float), tolerance).tolist()
    bands: list[RankBand | None] = [None] * len(values)
    for start, stop in zip(starts, [*starts[1:], len(ranked)], strict=False):
        for position in range(start, stop):
            bands[ranked[position]] = RankBand(start + 1, stop)
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


def band_starts(values: npt.NDArray[np.float64], tolerance: float = BAND_TOLERANCE) -> npt.NDArray[np.int64]:
    """Where the bands of ranked ``values``, shape (n,), begin: rising places from 0, none without a value.

    A band costs a search and not a walk over its rows. ValueError as for :func:`rank_bands`.
    """
    steps = np.diff(values)
    falls = bool((steps < 0).any())
    if falls and (steps > 0).any():
        raise ValueError("the values of a ranking rise or fall, they do not turn")
    if not len(values):
        return np.empty(0, np.int64)
    if tolerance == 0:
        return np.concatenate([[0], np.flatnonzero(steps) + 1])
    rising = -values if falls else values
    starts = [0]
    while (start := band_stop(rising, starts[-1], tolerance)) < len(values):
        starts.append(start)
    return np.array(starts, dtype=np.int64)


def band_stop(rising: npt.NDArray[np.float64], start: int, tolerance: float = BAND_TOLERANCE) -> int:
    """Where the band that starts at ``start`` ends (excluded). ``rising`` are the values, negated where they fall."""
    first = abs(float(rising[start]))
    stop = bisect_right(rising, float(rising[start]) + tolerance * first * (1 + 1e-12), start + 1)
    # The bound is rounded: the values next to it decide by the rule itself.
    while stop < len(rising) and _alike(first, abs(float(rising[stop])), tolerance):
        stop += 1
    while stop > start + 1 and not _alike(first, abs(float(rising[stop - 1])), tolerance):
        stop -= 1
    return stop


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
