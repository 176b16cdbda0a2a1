"""Benchmarks: the tasks, how many results each has, and who leads it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.models import Benchmark, LeaderboardEntry

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
    energies of different scopes are not ranked together, so ``thriftiest`` holds those of the largest group alone,
    which ``energy_scope`` and ``supply_mv`` name."""

    row: BenchmarkRow
    entries: tuple[LeaderboardEntry, ...]
    fastest: tuple[LeaderboardEntry, ...]
    thriftiest: tuple[LeaderboardEntry, ...]
    energy_scope: str
    supply_mv: float | None

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
    scope, supply = _largest_energy_group(closed)
    alike = [entry for entry in closed if _energy_group(entry) == (scope, supply)] if scope else []
    return BenchmarkDetail(
        row=_row(benchmark, entries),
        entries=tuple(entries),
        fastest=tuple(entry for entry in closed if entry.latency_ms is not None)[:LEADERS],
        thriftiest=tuple(sorted(alike, key=lambda entry: (entry.energy_uj_per_inf or 0.0, entry.pk)))[
            :LEADERS
        ],
        energy_scope=scope,
        supply_mv=supply,
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


def _energy_group(entry: LeaderboardEntry) -> tuple[str, float | None]:
    return (
        (entry.energy_scope, entry.supply_voltage_mv) if entry.energy_uj_per_inf is not None else ("", None)
    )


def _largest_energy_group(entries: Sequence[LeaderboardEntry]) -> tuple[str, float | None]:
    groups = Counter(_energy_group(entry) for entry in entries)
    groups.pop(("", None), None)
    return groups.most_common(1)[0][0] if groups else ("", None)
