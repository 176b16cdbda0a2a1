"""Where one value stands among others that it compares with, and how firmly: rank band, ratio to the median, band."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from .ranking import BAND_TOLERANCE, RankBand, rank_bands


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
    ordered = sorted([value, *rivals])
    if not all(math.isfinite(number) and number > 0 for number in ordered):
        raise ValueError("places are given to positive and finite values")
    rank = rank_bands(ordered)[bisect_left(ordered, value)]
    assert rank is not None  # every value is ranked: none of them is None
    return Place(rank, len(ordered), value / median(ordered) if rivals else None)


def score_band(score: float, ranges: Iterable[float | None]) -> tuple[float, float]:
    """The least and the greatest score that cannot be told apart from ``score``, a geometric mean of ratios.

    ``ranges`` hold one relative range per benchmark (max / min - 1 of its timed windows); one that is None, or
    narrower than the tolerance of a rank band, counts as that tolerance. ValueError without a range.

    >>> low, high = score_band(2.0, [0.02, 0.02])
    >>> round(low, 3), round(high, 3)
    (1.961, 2.04)
    """
    steps = [math.log1p(max(BAND_TOLERANCE, width or 0.0)) for width in ranges]
    if not steps:
        raise ValueError("a band needs the range of a benchmark")
    factor = math.exp(math.fsum(steps) / len(steps))
    return score / factor, score * factor
