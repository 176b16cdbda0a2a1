"""Benchmarks: the tasks, how many results each has, and who leads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from results.analysis.comparability import comparability
from results.domain.vocabulary import SORTS
from results.models import Benchmark, LeaderboardEntry

from .snapshot import Part, current_snapshot
from .snapshot.counting import counted, first_rows, kept, largest_group, rounds_in_order, rows_with

LEADERS = 5
MOST_IN_HISTORY = 400
"""Results that the chart of a benchmark shows."""


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
class HistoryResult:
    """A closed result of the history: its latency in ms, and whose it is."""

    round: str
    latency_ms: float
    device_name: str
    submitter_name: str


@dataclass(frozen=True, slots=True)
class BenchmarkDetail:
    """A benchmark with its closed results. ``fastest`` and ``thriftiest`` are the first few by latency and energy;
    energies of different scopes are not ranked together, so ``thriftiest`` holds those of the largest comparison group
    alone, which ``energy_group`` names in words (empty without one).

    ``devices`` and ``submitters`` count those with a result, ``rounds`` are theirs, the oldest first. ``history`` holds
    the closed results with a latency, the fastest first; of more than :data:`MOST_IN_HISTORY` an even choice by rank in
    each round, the fastest among them. ``history_of`` counts all of them.
    """

    row: BenchmarkRow
    devices: int
    submitters: int
    rounds: tuple[str, ...]
    history: tuple[HistoryResult, ...]
    history_of: int
    fastest: tuple[LeaderboardEntry, ...]
    thriftiest: tuple[LeaderboardEntry, ...]
    energy_group: str

    @property
    def benchmark(self) -> Benchmark:
        return self.row.benchmark


def benchmark_list() -> list[BenchmarkRow]:
    """Every benchmark in catalogue order. Three queries at most, whatever is published."""
    snapshot = current_snapshot()
    parts = {one: snapshot.part(one.pk) for one in Benchmark.objects.select_related("reference_model")}
    entries = LeaderboardEntry.objects.in_bulk([run for part in parts.values() for run in _fastest(part)[:1]])
    return [_row(one, part, entries) for one, part in parts.items()]


def benchmark_detail(benchmark_id: str) -> BenchmarkDetail:
    """One benchmark; Benchmark.DoesNotExist when there is none of that id. Three queries at most."""
    benchmark = Benchmark.objects.select_related("reference_model").get(pk=benchmark_id)
    part = current_snapshot().part(benchmark.pk)
    fastest, (group, thriftiest) = _leaders(part)
    entries = LeaderboardEntry.objects.in_bulk({*_fastest(part), *fastest, *thriftiest})
    history, history_of = kept(part.kept, ("history",), lambda: _history(part))
    return BenchmarkDetail(
        row=_row(benchmark, part, entries),
        devices=len(counted(part, "device")),
        submitters=len(counted(part, "submitter")),
        rounds=tuple(rounds_in_order(part)),
        history=history,
        history_of=history_of,
        fastest=tuple(entries[run] for run in fastest if run in entries),
        thriftiest=tuple(entries[run] for run in thriftiest if run in entries),
        energy_group=comparability().label(group),
    )


def _row(benchmark: Benchmark, part: Part, entries: Mapping[int, LeaderboardEntry]) -> BenchmarkRow:
    divisions = Counter({division: number for (division,), number in counted(part, "division").items()})
    best = next((entries[run] for run in _fastest(part) if run in entries), None)
    return BenchmarkRow(benchmark, divisions, counted(part, "has_energy_or_power")[True,], best)


def _fastest(part: Part) -> list[int]:
    """The fastest closed run, none where no latency was measured."""
    closed = rows_with(part, "division", "closed")
    return kept(part.kept, ("fastest",), lambda: part.runs[first_rows(part, "latency", closed, 1)].tolist())


def _leaders(part: Part) -> tuple[list[int], tuple[str, list[int]]]:
    """The runs that lead by latency, and the largest comparison group of energies with those that lead in it."""
    return kept(part.kept, ("leaders",), lambda: _find_leaders(part))


def _find_leaders(part: Part) -> tuple[list[int], tuple[str, list[int]]]:
    # A log that was published before is no second measurement: one measurement leads once.
    distinct = rows_with(part, "division", "closed") & ~part.repeated
    fastest = part.runs[first_rows(part, "latency", distinct, LEADERS)].tolist()
    found = largest_group(part, "energy_uj_per_inf", "energy", distinct)
    if found is None:
        return fastest, ("", [])
    group, rows, _ = found
    return fastest, (group, part.runs[first_rows(part, "energy", rows, LEADERS)].tolist())


def _history(part: Part) -> tuple[tuple[HistoryResult, ...], int]:
    order = part.order("latency", SORTS["latency"])
    drawn = rows_with(part, "division", "closed") & ~np.isnan(part.values["latency"])
    rows = order[drawn[order]]
    if len(rows) > MOST_IN_HISTORY:
        codes = part.codes["round"][rows]
        places = [np.flatnonzero(codes == code) for code in np.unique(codes)]
        each = max(2, MOST_IN_HISTORY // len(places))
        even = [own[np.unique(np.linspace(0, len(own) - 1, each).astype(int))] for own in places]
        chosen = rows[np.sort(np.concatenate(even))]
    else:
        chosen = rows
    names = {name: part.words[name] for name in ("round", "device_name", "submitter_name")}
    return tuple(
        HistoryResult(
            names["round"][part.codes["round"][row]],
            float(part.values["latency"][row]),
            names["device_name"][part.codes["device_name"][row]],
            names["submitter_name"][part.codes["submitter_name"][row]],
        )
        for row in chosen
    ), len(rows)
