"""The value of a result on an axis of a Pareto plot, what it compares with, and which limits it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from results.analysis.comparability import comparability
from results.analysis.derived import Measured, derive
from results.domain.trade_offs import METRICS, ParetoQuery
from results.domain.vocabulary import RANGES
from results.models import DeviceClass, LeaderboardEntry, NeuralModel
from results.querysets import VALUE_COLUMNS
from results.services.pareto_points import conditions

from .snapshot import current_snapshot
from .snapshot.view import view_of

ENERGY = "energy_uj_per_inf"
DERIVED_AXES = {
    "inferences-per-joule": "inferences_per_joule",
    "energy-delay": "energy_delay_product_uj_ms",
    "macs-per-cycle": "macs_per_cycle",
}
"""Names of derived axes in addresses → ids of derived metrics."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A limit that a result fails; ``value`` None when it has no measured value to meet it with."""

    metric: str
    is_least: bool
    limit: float
    value: float | None


@dataclass(frozen=True, slots=True)
class LimitCount:
    """One limit: ``failing`` results lie beyond it, ``not_measured`` have no value; neither meets it."""

    metric: str
    is_least: bool
    limit: float
    failing: int
    not_measured: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a view. ``within`` of the ``of`` results that its other filters leave meet them all."""

    counts: tuple[LimitCount, ...]
    within: int
    of: int


def dense_macs(query: ParetoQuery) -> dict[str, int]:
    """Slug of a neural model → its dense MACs, where an axis needs them: one query, else none."""
    if "macs-per-cycle" not in (query.x, query.y):
        return {}
    models = NeuralModel.objects.filter(macs__gt=0)
    return dict(models.values_list("slug", "macs"))


def axis_value(entry: LeaderboardEntry, name: str, macs: Mapping[str, int]) -> float | None:
    """The value of ``entry`` in the unit of the axis; None when any input was not measured or is not stated."""
    if not METRICS[name].derived:
        return getattr(entry, VALUE_COLUMNS[name])
    measured = Measured(
        energy_uj=entry.energy_uj_per_inf,
        latency_ms=entry.latency_ms,
        clock_mhz=entry.clock_mhz,
        dense_macs=macs.get(entry.neural_model),
        event_based=entry.device_class == DeviceClass.EVENT_BASED,
    )
    return derive(DERIVED_AXES[name], measured).value


def column(name: str) -> str:
    """The field of an entry that holds a measured metric, or the id of a derived one."""
    return METRICS[name].derived or VALUE_COLUMNS[name]


def group_of(entry: LeaderboardEntry, query: ParetoQuery) -> str | None:
    """The comparison group of an entry on both metrics of the plot."""
    metrics = tuple(compared_as(name) for name in (query.x, query.y))
    return comparability().trade_off_group(metrics, conditions(entry))


def part_of(entry: LeaderboardEntry, by: str) -> str | None:
    """What divides the fronts further: empty where nothing does, None when nobody states it of ``entry``."""
    if by == "division":
        return ""
    if by == "supply":
        return comparability().group(ENERGY, conditions(entry))
    stated = {"class": entry.device_class, "device": entry.device_slug, "framework": entry.framework}[by]
    return stated or None


def failures(entry: LeaderboardEntry, query: ParetoQuery) -> tuple[Failure, ...]:
    """The limits of ``query`` that ``entry`` fails, in the order of the ranges."""
    failed = []
    for name, is_least, limit in limits_of(query):
        value = getattr(entry, VALUE_COLUMNS[name])
        if value is None or (value < limit if is_least else value > limit):
            failed.append(Failure(name, is_least, limit, value))
    return tuple(failed)


def limits_of(query: ParetoQuery) -> list[tuple[str, bool, float]]:
    """Every limit of ``query`` as (metric, whether it is the least value, limit)."""
    return [
        (name, is_least, limit)
        for name in RANGES
        if (ends := query.ranges.get(name))
        for is_least, limit in ((True, ends.low), (False, ends.high))
        if limit is not None
    ]


def limit_counts(query: ParetoQuery) -> Limits | None:
    """How many results meet the limits and fail each; None without a limit."""
    found = limits_of(query)
    if not found:
        return None
    part = current_snapshot().part(query.benchmark)
    others = view_of(part, replace(query, ranges={}))
    rows = others.rows()
    counts = []
    for name, is_least, limit in found:
        values = part.values[name] if rows is None else part.values[name][rows]
        failing = np.count_nonzero(values < limit if is_least else values > limit)
        counts.append(
            LimitCount(name, is_least, limit, int(failing), int(np.count_nonzero(np.isnan(values))))
        )
    return Limits(counts=tuple(counts), within=view_of(part, query).count(), of=others.count())


def compared_as(name: str) -> str:
    """The metric by whose rules the values of an axis compare; a derived one by that of its inputs."""
    if name == "quality":
        return "top1"
    return ENERGY if METRICS[name].needs_energy else column(name)
