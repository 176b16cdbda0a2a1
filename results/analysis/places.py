"""Where one value stands among others that it compares with, and how firmly: rank band, ratio to the median, band."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from .ranking import BAND_TOLERANCE, Interval, RankBand, band_starts, interval_bands


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one value: ``rank`` of ``of`` values, itself included, 1 is the best.

    ``times_median`` is value ÷ median of all of them, itself included: below 1 is better than the middle. None
    where it stands alone, because a median of itself says nothing.
    """

    rank: RankBand
    of: int
    times_median: float | None


def place(value: float, rivals: Sequence[float]) -> Place:
    """The place of ``value`` beside its ``rivals`` (without itself), for a metric where lower is better.

    Values within the tolerance of the first of their band share a rank (:func:`results.analysis.ranking.rank_bands`).
    ValueError for a value that is not positive and finite.
    """
    ordered = np.sort(np.array([value, *rivals], dtype=float))
    if not (ordered[0] > 0 and math.isfinite(ordered[-1])):  # what is no number is sorted last
        raise ValueError("places are given to positive and finite values")
    starts = [*band_starts(ordered).tolist(), len(ordered)]
    band = bisect_right(starts, int(np.searchsorted(ordered, value))) - 1
    rank = RankBand(starts[band] + 1, starts[band + 1])
    return Place(rank, len(ordered), value / median(ordered.tolist()) if rivals else None)


def score_place(own: Interval, rivals: Sequence[Interval]) -> Place:
    """The place of a score beside its ``rivals`` (without itself); the greatest is the first.

    Ranks are shared as in a ranking of scores (:func:`results.analysis.ranking.interval_bands`). ``times_median`` is
    median ÷ own, so that below 1 is better than the middle, as for the costs that scores stand for. ValueError for a
    score that is not positive and finite.
    """
    if not all(math.isfinite(one.value) and one.value > 0 for one in (own, *rivals)):
        raise ValueError("places are given to positive and finite values")
    ordered = sorted([own, *rivals], key=lambda one: one.value, reverse=True)
    rank = interval_bands(ordered)[next(k for k, one in enumerate(ordered) if one is own)]
    return Place(rank, len(ordered), median(one.value for one in ordered) / own.value if rivals else None)


def score_band(
    score: float, ranges: Iterable[float | None], weights: Sequence[float] | None = None
) -> tuple[float, float]:
    """The least and the greatest score that cannot be told apart from ``score``, a geometric mean of ratios.

    ``ranges`` hold one relative range per benchmark (max / min - 1 of its timed windows); one that is None, or
    narrower than the tolerance of a rank band, counts as that tolerance. ``weights``, one per range, are those of the
    mean, 1 each unless given. ValueError without a range.

    >>> low, high = score_band(2.0, [0.02, 0.02])
    >>> round(low, 3), round(high, 3)
    (1.961, 2.04)
    """
    steps = [math.log1p(max(BAND_TOLERANCE, width or 0.0)) for width in ranges]
    if not steps:
        raise ValueError("a band needs the range of a benchmark")
    shares = weights if weights is not None else [1.0] * len(steps)
    mean = math.fsum(share * step for share, step in zip(shares, steps, strict=True)) / math.fsum(shares)
    factor = math.exp(mean)
    return score / factor, score * factor
