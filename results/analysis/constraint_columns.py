"""Candidates by the column against limits: counts of all, and the first of each list. What :mod:`constraints` decides
one by one, decided for very many at a time; the tests hold the two equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from results.analysis.constraints import Limit, Objective
from results.analysis.pareto import front_mask
from results.analysis.ranking import RankBand, band_starts
from results.domain.metrics import Direction

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The start of a list of ``count`` candidates: ``places`` of those whose ``keys`` are least, both shape (k,).

    Equal keys stand by place. All that equal the last one wanted are among them, as far as there is room, so that whoever
    knows the names of the candidates can put equal ones in their order.
    """

    count: int
    places: Places
    keys: Values


@dataclass(frozen=True, slots=True)
class ColumnFits:
    """``answers`` by objective, ``failing`` the nearest first, ``unjudged`` by place.

    ``bands`` and ``on_front`` are those of ``answers.places``.
    """

    answers: FirstOf
    bands: tuple[RankBand, ...]
    on_front: Mask
    failing: FirstOf
    unjudged: FirstOf


def column_fits(
    values: Mapping[str, Values],
    parts: npt.NDArray[np.integer],
    limits: Sequence[Limit],
    objective: Objective,
    front: Mapping[str, Direction],
    *,
    wanted: int,
    most: int,
) -> ColumnFits:
    """Judge n candidates as :func:`results.analysis.constraints.find_fits` does, and list the first of each kind.

    ``values`` maps every metric that decides to shape (n,), NaN where it is not known; ``parts`` number the sets that
    fronts are taken in. Of each list the first ``wanted`` are given and what equals them, ``most`` together. ValueError
    for an objective without a direction.
    """
    if objective.direction is Direction.NONE:
        raise ValueError("an objective needs a direction")
    missing = ~np.isfinite(values[objective.metric])
    for metric in {limit.metric for limit in limits} - {objective.metric}:
        missing |= ~np.isfinite(values[metric])
    distance = _distances(values, limits, len(missing))
    fails = distance > 0
    fitting = np.flatnonzero(~fails & ~missing)
    failing = np.flatnonzero(fails)
    unjudged = np.flatnonzero(missing & ~fails)
    sign = -1.0 if objective.direction is Direction.HIGHER else 1.0
    keys = sign * values[objective.metric][fitting]
    answers = _first_of(fitting, keys, wanted, most)
    return ColumnFits(
        answers=answers,
        bands=tuple(_bands(keys, answers.keys, objective.tolerance)),
        on_front=np.isin(answers.places, _front(values, parts, fitting, front)),
        failing=_first_of(failing, distance[failing], wanted, most),
        unjudged=_first_of(unjudged, np.zeros(len(unjudged)), wanted, most),
    )


def _distances(values: Mapping[str, Values], limits: Sequence[Limit], size: int) -> Values:
    """By how much each candidate fails the limit that it fails most, as a share of it; 0 where it fails none."""
    distance = np.zeros(size)
    for limit in limits:
        own = values[limit.metric]
        beyond = np.isfinite(own) & ((own < limit.value) if limit.is_least else (own > limit.value))
        share = np.abs(own[beyond] - limit.value) / (limit.value or 1.0)
        distance[beyond] = np.maximum(distance[beyond], share)
    return distance


def _first_of(places: Places, keys: Values, wanted: int, most: int) -> FirstOf:
    count = len(places)
    if wanted < count:
        last = np.partition(keys, wanted - 1)[wanted - 1]
        near = keys <= last
        places, keys = places[near], keys[near]
    order = np.argsort(keys, kind="stable")[:most]
    return FirstOf(count, places[order], keys[order])


def _bands(keys: Values, shown: Values, tolerance: float) -> list[RankBand]:
    """The bands of some of the ranked ``keys`` among all of them."""
    ranked = np.sort(keys)
    starts = np.append(band_starts(ranked, tolerance), len(ranked))
    own = np.searchsorted(starts, np.searchsorted(ranked, shown), "right") - 1
    return [RankBand(int(starts[band]) + 1, int(starts[band + 1])) for band in own]


def _front(
    values: Mapping[str, Values],
    parts: npt.NDArray[np.integer],
    fitting: Places,
    front: Mapping[str, Direction],
) -> Places:
    """The candidates that no other of their part beats in all metrics of ``front``."""
    found = [fitting[:0]]
    if front:
        table = np.column_stack([values[metric][fitting] for metric in front])
        for part in np.unique(parts[fitting]):
            members = np.flatnonzero(parts[fitting] == part)
            found.append(fitting[members[front_mask(table[members], list(front.values()))]])
    return np.concatenate(found)
