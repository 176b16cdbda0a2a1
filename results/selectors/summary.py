"""Benchmarks with the best that was shown on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from results.analysis.comparability import Conditions, comparability
from results.domain.metrics import METRICS, Direction
from results.models import Benchmark, LeaderboardEntry

BEST_METRICS = ("latency_ms", "energy_uj_per_inf", "average_power_mw")


@dataclass(frozen=True, slots=True)
class Best:
    """The best value of one metric in one division and comparison group; ``of`` counts the values it was taken from.

    ``group_label`` is empty when all values compare, else words such as ``chip rail, 1.8 V``.
    """

    metric: str
    entry: LeaderboardEntry
    value: float
    group: str
    group_label: str
    of: int


@dataclass(frozen=True, slots=True)
class BenchmarkSummary:
    """A benchmark with its closed best per metric. ``best`` lacks a metric that nobody measured; for energy and
    power it is that of the comparison group with most values. ``counts`` maps (round, division) to results."""

    benchmark: Benchmark
    total: int
    with_energy: int
    best: Mapping[str, Best]
    counts: Mapping[tuple[str, str], int]
    first_round: str
    last_round: str

    def count(self, division: str) -> int:
        """Results in one division."""
        return sum(count for (_, own), count in self.counts.items() if own == division)


def benchmark_summaries() -> tuple[BenchmarkSummary, ...]:
    """Every benchmark in the order of the catalogue. Two queries."""
    benchmarks = list(Benchmark.objects.select_related("reference_model"))
    entries = list(LeaderboardEntry.objects.order_by("run_id"))
    return tuple(summarise(one, [e for e in entries if e.benchmark == one.pk]) for one in benchmarks)


def summarise(benchmark: Benchmark, entries: list[LeaderboardEntry]) -> BenchmarkSummary:
    """The summary of a benchmark from all of its entries."""
    counts: dict[tuple[str, str], int] = {}
    for entry in entries:
        counts[entry.round, entry.division] = counts.get((entry.round, entry.division), 0) + 1
    by_round = sorted(entries, key=lambda entry: entry.round_position)
    found = (_best(metric, [e for e in entries if e.division == "closed"]) for metric in BEST_METRICS)
    return BenchmarkSummary(
        benchmark=benchmark,
        total=len(entries),
        with_energy=sum(entry.energy_scope != "none" for entry in entries),
        best={best.metric: best for best in found if best},
        counts=counts,
        first_round=by_round[0].round if by_round else "",
        last_round=by_round[-1].round if by_round else "",
    )


def _best(metric: str, entries: Iterable[LeaderboardEntry]) -> Best | None:
    groups: dict[str, list[LeaderboardEntry]] = {}
    for entry in entries:
        conditions = Conditions(
            entry.benchmark, entry.energy_scope, entry.supply_voltage_mv, entry.evaluation_set
        )
        group = comparability().group(metric, conditions)
        if getattr(entry, metric) is not None and group is not None:
            groups.setdefault(group, []).append(entry)
    if not groups:
        return None
    group = max(sorted(groups), key=lambda name: len(groups[name]))
    sign = -1 if METRICS[metric].direction is Direction.HIGHER else 1
    entry = min(groups[group], key=lambda one: (sign * getattr(one, metric), one.run_id))
    label = comparability().label(group)
    return Best(metric, entry, getattr(entry, metric), group, label, len(groups[group]))
