"""Which measured candidates meet a set of limits, in the order of one objective; by how much the others fail.

A value that is not known never meets a limit and never fails one: such a candidate cannot be judged and stands apart.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from results.analysis.pareto import front_mask
from results.analysis.ranking import BAND_TOLERANCE, RankBand, rank_bands
from results.domain.metrics import Direction


@dataclass(frozen=True, slots=True)
class Limit:
    """The greatest value of a metric that is accepted, or the least (``is_least``), in the metric's own unit."""

    metric: str
    is_least: bool
    value: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of one result: ``values`` maps a metric to its value, and an absent metric is not known.

    Fronts are taken among the candidates of one ``part`` (a division).
    """

    key: str
    values: Mapping[str, float]
    part: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """What answers are ranked by. Rank bands hold what differs by at most ``tolerance``, a share of the best."""

    metric: str
    direction: Direction
    tolerance: float = BAND_TOLERANCE


@dataclass(frozen=True, slots=True)
class Failure:
    """A limit that ``value`` does not meet."""

    limit: Limit
    value: float

    @property
    def excess(self) -> float:
        """How far the value lies beyond the limit, in the metric's unit; above 0."""
        return abs(self.value - self.limit.value)

    @property
    def share(self) -> float:
        """The excess as a share of the limit; of 1 where the limit is 0, as a limit on counted errors may be."""
        return self.excess / (self.limit.value or 1.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate against all limits: ``failures`` with the greatest share first, ``missing`` the metrics not known.

    ``band`` is None unless it fits; ``on_front`` is only ever True of what fits.
    """

    candidate: Candidate
    failures: tuple[Failure, ...] = ()
    missing: tuple[str, ...] = ()
    band: RankBand | None = None
    on_front: bool = False

    @property
    def distance(self) -> float:
        """How far it is from fitting: its greatest share beyond a limit; 0 without a failure."""
        return self.failures[0].share if self.failures else 0.0


@dataclass(frozen=True, slots=True)
class Fits:
    """``answers`` in the order of the objective, ``failing`` the nearest first, ``unjudged`` by key.

    A candidate that certainly fails one limit is among ``failing`` even where another cannot be judged.
    """

    answers: tuple[Judged, ...]
    failing: tuple[Judged, ...]
    unjudged: tuple[Judged, ...]


def find_fits(
    candidates: Iterable[Candidate],
    limits: Sequence[Limit],
    objective: Objective,
    front: Mapping[str, Direction],
) -> Fits:
    """Judge every candidate against all ``limits``.

    ``front`` maps the metrics that the Pareto front is taken over to their directions; an answer without one of them is
    on no front. To be an answer, a candidate needs a known value of the objective and of every limited metric.
    ValueError for an objective without a direction.
    """
    if objective.direction is Direction.NONE:
        raise ValueError("an objective needs a direction")
    judged = [judge(candidate, limits, objective.metric) for candidate in candidates]
    failing = sorted(
        (one for one in judged if one.failures), key=lambda one: (one.distance, one.candidate.key)
    )
    unjudged = sorted(
        (one for one in judged if one.missing and not one.failures), key=lambda one: one.candidate.key
    )
    fitting = [one.candidate for one in judged if not one.failures and not one.missing]
    return Fits(tuple(_ranked(fitting, objective, front)), tuple(failing), tuple(unjudged))


def judge(candidate: Candidate, limits: Sequence[Limit], objective: str) -> Judged:
    """One candidate against all limits, without a rank. NaN and infinity count as not known."""
    needed = dict.fromkeys([*(limit.metric for limit in limits), objective])
    values = {
        metric: value
        for metric in needed
        if (value := candidate.values.get(metric)) is not None and math.isfinite(value)
    }
    failures = [
        Failure(limit, values[limit.metric])
        for limit in limits
        if limit.metric in values and _is_beyond(values[limit.metric], limit)
    ]
    failures.sort(key=lambda failure: -failure.share)
    return Judged(candidate, tuple(failures), tuple(metric for metric in needed if metric not in values))


def _is_beyond(value: float, limit: Limit) -> bool:
    return value < limit.value if limit.is_least else value > limit.value


def _ranked(
    fitting: Sequence[Candidate], objective: Objective, front: Mapping[str, Direction]
) -> Iterable[Judged]:
    sign = -1.0 if objective.direction is Direction.HIGHER else 1.0
    ordered = sorted(fitting, key=lambda one: (sign * one.values[objective.metric], one.key))
    bands = rank_bands([one.values[objective.metric] for one in ordered], objective.tolerance)
    on_front = _on_front(ordered, front)
    for candidate, band in zip(ordered, bands, strict=True):
        yield Judged(candidate, band=band, on_front=candidate.key in on_front)


def _on_front(candidates: Sequence[Candidate], front: Mapping[str, Direction]) -> set[str]:
    """The keys of the candidates that no other of their part beats in all metrics of ``front``."""
    if not front:
        return set()
    parts: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        parts[candidate.part].append(candidate)
    found: set[str] = set()
    for members in parts.values():
        values = [[one.values.get(metric, math.nan) for metric in front] for one in members]
        mask = front_mask(values, list(front.values()))
        found.update(one.key for one, held in zip(members, mask, strict=True) if held)
    return found
