"""Benchmarks: the tasks, how many results each has, and who leads it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.analysis.comparability import comparability
from results.models import Benchmark, LeaderboardEntry
from results.services.pareto_points import conditions

LEADERS = 5


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """A benchmark of the list: results per division, and its fastest closed result (None: no result yet)."""

    benchmark: Benchmark
    divisions: Mapping[str, int]
    with_energy: int
    best: LeaderboardEntry | None

    @property
    def results(self) -> int:
        return sum(self.divisions.values())


@dataclass(frozen=True, slots=True)
class BenchmarkDetail:
    """A benchmark with its closed results. ``fastest`` and ``thriftiest`` are the first few by latency and energy;
    energies of different scopes are not ranked together, so ``thriftiest`` holds those of the largest comparison group
    alone, which ``energy_group`` names in words (empty without one)."""

    row: BenchmarkRow
    entries: tuple[LeaderboardEntry, ...]
    fastest: tuple[LeaderboardEntry, ...]
    thriftiest: tuple[LeaderboardEntry, ...]
    energy_group: str

    @property
    def benchmark(self) -> Benchmark:
        return self.row.benchmark


def benchmark_list() -> list[BenchmarkRow]:
    """Every benchmark in catalogue order. Two queries."""
    entries: dict[str, list[LeaderboardEntry]] = defaultdict(list)
    for entry in LeaderboardEntry.objects.order_by("latency_ms", "pk"):
        entries[entry.benchmark].append(entry)
    benchmarks = Benchmark.objects.select_related("reference_model")
    return [_row(benchmark, entries[benchmark.pk]) for benchmark in benchmarks]


def benchmark_detail(benchmark_id: str) -> BenchmarkDetail:
    """One benchmark; Benchmark.DoesNotExist when there is none of that id. Two queries."""
    benchmark = Benchmark.objects.select_related("reference_model").get(pk=benchmark_id)
    entries = list(LeaderboardEntry.objects.filter(benchmark=benchmark_id).order_by("latency_ms", "pk"))
    closed = _distinct([entry for entry in entries if entry.division == "closed"])
    group, alike = _largest_energy_group(closed)
    return BenchmarkDetail(
        row=_row(benchmark, entries),
        entries=tuple(entries),
        fastest=tuple(entry for entry in closed if entry.latency_ms is not None)[:LEADERS],
        thriftiest=tuple(sorted(alike, key=lambda entry: (entry.energy_uj_per_inf or 0.0, entry.pk)))[
            :LEADERS
        ],
        energy_group=comparability().label(group),
    )


def _row(benchmark: Benchmark, entries: Sequence[LeaderboardEntry]) -> BenchmarkRow:
    closed = (entry for entry in entries if entry.division == "closed" and entry.latency_ms is not None)
    return BenchmarkRow(
        benchmark,
        Counter(entry.division for entry in entries),
        sum(entry.energy_uj_per_inf is not None or entry.average_power_mw is not None for entry in entries),
        next(closed, None),
    )


def _distinct(entries: Sequence[LeaderboardEntry]) -> list[LeaderboardEntry]:
    """Without resubmissions of a log that was published before: one measurement leads once."""
    return [entry for entry in entries if not entry.duplicate_of]


def _largest_energy_group(entries: Sequence[LeaderboardEntry]) -> tuple[str, list[LeaderboardEntry]]:
    """The comparison group with most energies, and its entries; empty where no energy compares with another."""
    groups: dict[str, list[LeaderboardEntry]] = defaultdict(list)
    for entry in entries:
        group = comparability().group("energy_uj_per_inf", conditions(entry))
        if entry.energy_uj_per_inf is not None and group is not None:
            groups[group].append(entry)
    largest = max(sorted(groups), key=lambda name: len(groups[name]), default="")
    return largest, groups.get(largest, [])
