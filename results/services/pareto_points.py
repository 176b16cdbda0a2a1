"""The stored Pareto points: per benchmark and division, every distinct run on each trade-off, without any filter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from results.analysis.comparability import Conditions, comparability
from results.analysis.pareto import dominated_by, front_mask
from results.domain.metrics import METRICS, Direction
from results.models import LeaderboardEntry, ParetoPoint, Run

Point = tuple[LeaderboardEntry, float, float]

QUALITY_IDS = {"top1": "top1_pct", "auc": "auc", "fp_fn": "fp_fn"}
NOT_COMPARED = "none"
"""Scope of a point that no front may hold: nobody states its energy scope or supply, or its test set."""


def write(sets: Collection[tuple[str, str]]) -> None:
    """Compute the points of each (benchmark, division) again and replace the stored ones."""
    for benchmark, division in sorted(sets):
        ParetoPoint.objects.filter(benchmark=benchmark, division=division).delete()
        entries = list(
            LeaderboardEntry.objects.filter(benchmark=benchmark, division=division).order_by("public_id")
        )
        points = [point for x, y in trade_offs(benchmark) for point in _points(entries, x, y)]
        ParetoPoint.objects.bulk_create(points)


def sets_with_a_gone_rival() -> set[tuple[str, str]]:
    """(benchmark, division) of the sets in which a point is beaten by a run that no longer is published."""
    there = Run.objects.filter(status=Run.Status.PUBLISHED).values("public_id")
    gone = ParetoPoint.objects.exclude(dominated_by="").exclude(dominated_by__in=there)
    return set(gone.values_list("benchmark", "division"))


def trade_offs(benchmark: str) -> tuple[tuple[str, str], ...]:
    """The (x, y) that are stored. The streaming wakeword states power where the others state energy per inference."""
    cost = "average_power_mw" if benchmark == "sww" else "energy_uj_per_inf"
    return ((cost, "quality"), ("latency_ms", "quality"), (cost, "latency_ms"))


def distinct(entries: Iterable[LeaderboardEntry]) -> list[LeaderboardEntry]:
    """Without the resubmissions of a log of an earlier round: one measurement is drawn once."""
    return [entry for entry in entries if not entry.duplicate_of]


def conditions(entry: LeaderboardEntry) -> Conditions:
    """What decides with which other values those of ``entry`` compare."""
    return Conditions(entry.benchmark, entry.energy_scope, entry.supply_voltage_mv, entry.evaluation_set)


def direction(metric: str) -> Direction:
    """Which way is better; error counts of the streaming wakeword have no entry of their own among the metrics."""
    return Direction.LOWER if metric == "fp_fn" else METRICS[metric].direction


def value(entry: LeaderboardEntry, metric: str) -> float | None:
    """The value of a stored metric, or of ``quality``; None when not measured."""
    return entry.quality_value if metric == "quality" else getattr(entry, metric)


def _points(entries: list[LeaderboardEntry], x_metric: str, y_metric: str) -> list[ParetoPoint]:
    """The points of one trade-off, with one front per comparison group."""
    groups: dict[str, list[Point]] = defaultdict(list)
    for entry in distinct(entries):
        x, y = value(entry, x_metric), value(entry, y_metric)
        if x is not None and y is not None:
            names = tuple(_metric_id(metric, entry) for metric in (x_metric, y_metric))
            groups[comparability().trade_off_group(names, conditions(entry)) or NOT_COMPARED].append(
                (entry, x, y)
            )
    return [
        point
        for scope, members in sorted(groups.items())
        for point in _points_of_group(scope, members, x_metric, y_metric)
    ]


def _points_of_group(scope: str, members: list[Point], x_metric: str, y_metric: str) -> list[ParetoPoint]:
    names = [_metric_id(metric, members[0][0]) for metric in (x_metric, y_metric)]
    values = [(x, y) for _, x, y in members]
    directions = [direction(name) for name in names]
    compared = scope != NOT_COMPARED
    on_front = front_mask(values, directions) if compared else [False] * len(members)
    rivals = dominated_by(values, directions) if compared else [None] * len(members)
    return [
        ParetoPoint(
            run_id=entry.run_id,
            benchmark=entry.benchmark,
            division=entry.division,
            x_metric=names[0],
            y_metric=names[1],
            scope=scope,
            x=x,
            y=y,
            on_front=bool(front),
            dominated_by=members[rival.index][0].public_id if rival else "",
        )
        for (entry, x, y), front, rival in zip(members, on_front, rivals, strict=True)
    ]


def _metric_id(metric: str, entry: LeaderboardEntry) -> str:
    return QUALITY_IDS[entry.quality_metric] if metric == "quality" else metric
