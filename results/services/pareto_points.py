"""The stored Pareto fronts: per benchmark, division and comparison group, on each trade-off, without any filter.

Only what is on a front is stored, so that a publication costs as much with a million results as with a thousand: what
enters is compared with the front, and a set is read again only when something has left its front.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet

from results.analysis.comparability import Conditions, comparability
from results.analysis.pareto import front_mask
from results.domain.metrics import METRICS, Direction
from results.models import Division, LeaderboardEntry, ParetoPoint

QUALITY_IDS = {"top1": "top1_pct", "auc": "auc", "fp_fn": "fp_fn"}
_COLUMNS = (
    "run_id", "benchmark", "division", "energy_scope", "supply_voltage_mv", "evaluation_set", "quality_metric",
    "quality_value", "latency_ms", "energy_uj_per_inf", "average_power_mw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredFront:
    """What one stored front is of; the metrics are ids, never ``quality``."""

    benchmark: str
    division: str
    x_metric: str
    y_metric: str
    scope: str


Points = dict[int, tuple[float, float]]
"""Run → (x, y)."""


def write_all() -> None:
    """Compute every front again and replace the stored ones."""
    ParetoPoint.objects.all().delete()
    for benchmark, division in sorted(
        set(LeaderboardEntry.objects.values_list("benchmark", "division").distinct())
    ):
        _write_set(benchmark, division)


def update(runs: Collection[int], benchmarks_of_gone_runs: Collection[str]) -> None:
    """Bring the fronts up to date after the entries of ``runs`` were written again.

    A deleted run took its points along, so nobody knows whether it was on a front: those of its benchmark are computed
    again, as are those that one of ``runs`` has left.
    """
    fresh = _points_of(LeaderboardEntry.objects.filter(run__in=runs))
    again = {(benchmark, division) for benchmark in benchmarks_of_gone_runs for division in Division.values}
    for point in ParetoPoint.objects.filter(run__in=runs):
        if fresh.get(_front_of(point), {}).get(point.run_id) != (point.x, point.y):
            again.add((point.benchmark, point.division))
    for benchmark, division in sorted(again):
        _write_set(benchmark, division)
    for front, points in fresh.items():
        if (front.benchmark, front.division) not in again:
            held = {point.run_id: (point.x, point.y) for point in _stored(front)}
            _write(front, held | points)


def trade_offs(benchmark: str) -> tuple[tuple[str, str], ...]:
    """The (x, y) that are stored. The streaming wakeword states power where the others state energy per inference."""
    cost = "average_power_mw" if benchmark == "sww" else "energy_uj_per_inf"
    return ((cost, "quality"), ("latency_ms", "quality"), (cost, "latency_ms"))


def conditions(entry: LeaderboardEntry) -> Conditions:
    """What decides with which other values those of ``entry`` compare."""
    return Conditions(entry.benchmark, entry.energy_scope, entry.supply_voltage_mv, entry.evaluation_set)


def direction(metric: str) -> Direction:
    """Which way is better; error counts of the streaming wakeword have no entry of their own among the metrics."""
    return Direction.LOWER if metric == "fp_fn" else METRICS[metric].direction


def _write_set(benchmark: str, division: str) -> None:
    """Every front of one benchmark and division, from all of its entries."""
    fronts = _points_of(LeaderboardEntry.objects.filter(benchmark=benchmark, division=division))
    for point in ParetoPoint.objects.filter(benchmark=benchmark, division=division):
        fronts.setdefault(_front_of(point), {})
    for front, points in fronts.items():
        _write(front, points)


def _points_of(entries: QuerySet[LeaderboardEntry]) -> dict[StoredFront, Points]:
    """The points of ``entries`` by what they compare with; one that compares with nothing is in no front.

    A log that was handed in again is left out: one measurement is drawn once.
    """
    found: dict[StoredFront, Points] = defaultdict(dict)
    rows = entries.filter(duplicate_of="").order_by("run_id").values_list(*_COLUMNS)
    for row in rows.iterator(chunk_size=10_000):
        values = dict(zip(_COLUMNS, row, strict=True))
        for names in trade_offs(values["benchmark"]):
            x, y = (_value(values, name) for name in names)
            if x is not None and y is not None and (front := _compared_in(values, names)):
                found[front][values["run_id"]] = (x, y)
    return dict(found)


def _compared_in(values: Mapping[str, Any], names: tuple[str, str]) -> StoredFront | None:
    ids = tuple(QUALITY_IDS[values["quality_metric"]] if name == "quality" else name for name in names)
    own = Conditions(
        values["benchmark"], values["energy_scope"], values["supply_voltage_mv"], values["evaluation_set"]
    )
    scope = comparability().trade_off_group(ids, own)
    return StoredFront(values["benchmark"], values["division"], *ids, scope) if scope else None


def _value(values: Mapping[str, Any], metric: str) -> float | None:
    return values["quality_value"] if metric == "quality" else values[metric]


def _front_of(point: ParetoPoint) -> StoredFront:
    return StoredFront(point.benchmark, point.division, point.x_metric, point.y_metric, point.scope)


def _stored(front: StoredFront) -> QuerySet[ParetoPoint]:
    return ParetoPoint.objects.filter(
        benchmark=front.benchmark, division=front.division, x_metric=front.x_metric, y_metric=front.y_metric,
        scope=front.scope,
    )  # fmt: skip


def _write(front: StoredFront, points: Points) -> None:
    """Make the stored front that of ``points``, touching only what differs."""
    runs = list(points)
    values = np.array([points[run] for run in runs]).reshape(len(runs), 2)
    mask = front_mask(values, [direction(front.x_metric), direction(front.y_metric)])
    wanted = {run: points[run] for run, is_on_front in zip(runs, mask, strict=True) if is_on_front}
    held = {point.run_id: point for point in _stored(front)}
    gone = [point.pk for run, point in held.items() if wanted.get(run) != (point.x, point.y)]
    if gone:
        ParetoPoint.objects.filter(pk__in=gone).delete()
    _insert(front, (run for run in wanted if run not in held or held[run].pk in gone), wanted)


def _insert(front: StoredFront, runs: Iterable[int], points: Points) -> None:
    ParetoPoint.objects.bulk_create(
        ParetoPoint(
            run_id=run, benchmark=front.benchmark, division=front.division, x_metric=front.x_metric,
            y_metric=front.y_metric, scope=front.scope, x=points[run][0], y=points[run][1],
        )
        for run in runs
    )  # fmt: skip
