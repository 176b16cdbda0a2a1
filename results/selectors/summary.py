"""Benchmarks with the best that was shown on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from results.analysis.comparability import comparability
from results.models import Benchmark, LeaderboardEntry

from .snapshot import Part, current_snapshot
from .snapshot.counting import counted, first_rows, kept, largest_group, rounds_in_order, rows_with

BEST_METRICS = {"latency_ms": "latency", "energy_uj_per_inf": "energy", "average_power_mw": "power"}
"""Column of an entry → its sort."""


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


@dataclass(frozen=True, slots=True)
class BestRun:
    """A :class:`Best` before its entry is read."""

    metric: str
    run: int
    group: str
    of: int


def benchmark_summaries() -> tuple[BenchmarkSummary, ...]:
    """Every benchmark in the order of the catalogue. Three queries at most, whatever is published."""
    snapshot = current_snapshot()
    parts = {one: snapshot.part(one.pk) for one in Benchmark.objects.select_related("reference_model")}
    entries = LeaderboardEntry.objects.in_bulk(
        [best.run for part in parts.values() for best in best_runs(part)]
    )
    return tuple(summarise(one, part, entries) for one, part in parts.items())


def best_runs(part: Part) -> tuple[BestRun, ...]:
    """The closed best of a benchmark per metric that was measured."""
    return kept(part.kept, ("best runs",), lambda: tuple(_best_runs(part)))


def summarise(benchmark: Benchmark, part: Part, entries: Mapping[int, LeaderboardEntry]) -> BenchmarkSummary:
    """The summary of a benchmark; ``entries`` hold those of :func:`best_runs`, by run."""
    rounds = rounds_in_order(part)
    return BenchmarkSummary(
        benchmark=benchmark,
        total=len(part),
        with_energy=counted(part, "energy_measured")[True,],
        best={best.metric: _best(best, entries[best.run]) for best in best_runs(part) if best.run in entries},
        counts=counted(part, "round", "division"),
        first_round=rounds[0] if rounds else "",
        last_round=rounds[-1] if rounds else "",
    )


def _best(best: BestRun, entry: LeaderboardEntry) -> Best:
    label = comparability().label(best.group)
    return Best(best.metric, entry, getattr(entry, best.metric), best.group, label, best.of)


def _best_runs(part: Part) -> Iterator[BestRun]:
    closed = rows_with(part, "division", "closed")
    for metric, sort in BEST_METRICS.items():
        found = largest_group(part, metric, sort, closed)
        if found:
            group, rows, number = found
            yield BestRun(metric, int(part.runs[first_rows(part, sort, rows, 1)[0]]), group, number)
