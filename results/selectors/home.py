"""The home page: the state of the field in numbers that follow the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from results.analysis.comparing import Answer, compare
from results.analysis.observations import KINDS
from results.analysis.observations import Observation as Observed
from results.analysis.uncertainty import Verdict, spread, verdict
from results.domain.metrics import Direction
from results.domain.query import ParetoQuery
from results.models import Benchmark, LeaderboardEntry, Observation, Round
from results.services.subjects import subject_of

from .pareto import ParetoView, pareto_view
from .snapshot import Part, Snapshot, current_snapshot
from .snapshot.counting import (
    counted_everywhere,
    every_round_in_order,
    first_rows,
    kept,
    number_of_systems,
    rows_with,
    systems_with,
)
from .summary import BenchmarkSummary, benchmark_summaries, best_runs, summarise

PLOT = ParetoQuery(
    benchmark="vww", x="latency", y="energy", filters={"division": ("closed",)}, lines="power", log_y=True
)
"""The one plot of the home page: energy against latency of the visual wake words."""
RecordRuns = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class RoundNews:
    """The latest round with results: counts, and for each benchmark the closed latency record that it set.

    ``records`` hold (benchmark, new best, best of the rounds before or None).
    """

    round: Round
    results: int
    systems: int
    submitters: int
    with_energy: int
    records: tuple[tuple[Benchmark, LeaderboardEntry, LeaderboardEntry | None], ...]


@dataclass(frozen=True, slots=True)
class HomeView:
    """``plot`` and ``latest`` are None while nothing is published; ``device_choices`` hold (slug, short name)."""

    benchmarks: tuple[BenchmarkSummary, ...]
    results: int
    systems: int
    device_choices: tuple[tuple[str, str], ...]
    submitters: int
    rounds: int
    with_energy: int
    latest: RoundNews | None
    plot: ParetoView | None
    observations: tuple[Observed, ...]


def best_so_far() -> tuple[BenchmarkSummary, ...]:
    """Every benchmark with its closed best per metric, in the order of the catalogue. Three queries at most."""
    return benchmark_summaries()


def home_view() -> HomeView:
    """Everything of the home page. Eight queries, none of which reads more entries than the page names."""
    snapshot = current_snapshot()
    benchmarks = list(Benchmark.objects.select_related("reference_model"))
    parts = {one.pk: snapshot.part(one.pk) for one in benchmarks}
    rounds = every_round_in_order(snapshot)
    records = {pk: record for pk, part in parts.items() if (record := _record_runs(part, rounds))}
    named = {best.run for part in parts.values() for best in best_runs(part)}
    named |= {run for pair in records.values() for run in pair if run is not None}
    entries = LeaderboardEntry.objects.in_bulk(named)
    return HomeView(
        benchmarks=tuple(summarise(one, parts[one.pk], entries) for one in benchmarks),
        results=sum(map(len, snapshot.parts.values())),
        systems=number_of_systems(snapshot),
        device_choices=tuple(
            sorted(
                counted_everywhere(snapshot, "device", "device_label"), key=lambda pair: pair[1].casefold()
            )
        ),
        submitters=len(counted_everywhere(snapshot, "submitter")),
        rounds=len(rounds),
        with_energy=counted_everywhere(snapshot, "energy_measured")[True,],
        latest=_latest(benchmarks, snapshot, records, entries),
        plot=kept(snapshot.kept, ("home plot",), lambda: pareto_view(PLOT))
        if PLOT.benchmark in snapshot.parts
        else None,
        observations=observations(),
    )


def observations() -> tuple[Observed, ...]:
    """The findings that the published figures support, as the last recomputation left them. One query.

    A row that an older version of the code wrote with other fields is left out until the next recomputation.
    """
    return tuple(
        kind(**row.values)
        for row in Observation.objects.all()
        if (kind := KINDS.get(row.code)) and {one.name for one in fields(kind)} == set(row.values)
    )


def _latest(
    benchmarks: list[Benchmark],
    snapshot: Snapshot,
    records: Mapping[str, RecordRuns],
    entries: Mapping[int, LeaderboardEntry],
) -> RoundNews | None:
    rounds = every_round_in_order(snapshot)
    if not rounds:
        return None
    newest = rounds[-1]
    by_round = counted_everywhere(snapshot, "round", "submitter", "energy_measured")
    own = {words: number for words, number in by_round.items() if words[0] == newest}
    return RoundNews(
        round=Round.objects.get(pk=newest),
        results=sum(own.values()),
        systems=systems_with(snapshot, "round", newest),
        submitters=len({submitter for _, submitter, _ in own}),
        with_energy=sum(number for (_, _, has_energy), number in own.items() if has_energy),
        records=tuple(
            (benchmark, *record)
            for benchmark in benchmarks
            if (record := _record(records.get(benchmark.pk), entries))
        ),
    )


def _record_runs(part: Part, rounds: Sequence[str]) -> RecordRuns | None:
    """The fastest closed run of the latest round, and that of the rounds before or None; None for none in the latest."""
    if not rounds:
        return None
    return kept(part.kept, ("record runs", rounds[-1]), lambda: _find_record_runs(part, rounds[-1]))


def _find_record_runs(part: Part, newest: str) -> RecordRuns | None:
    closed, latest = rows_with(part, "division", "closed"), rows_with(part, "round", newest)
    new, before = (
        part.runs[first_rows(part, "latency", closed & rows, 1)].tolist() for rows in (latest, ~latest)
    )
    return (new[0], before[0] if before else None) if new else None


def _record(
    runs: RecordRuns | None, entries: Mapping[int, LeaderboardEntry]
) -> tuple[LeaderboardEntry, LeaderboardEntry | None] | None:
    """(new best, best before) when the latest round has the fastest closed result of the benchmark.

    A result that cannot be told apart from the best before is no record.
    """
    if runs is None or any(run not in entries for run in runs if run is not None):
        return None
    newest, before = entries[runs[0]], entries[runs[1]] if runs[1] is not None else None
    if before is not None and not _faster(newest, before):
        return None
    return newest, before


def _faster(one: LeaderboardEntry, other: LeaderboardEntry) -> bool:
    """Whether ``one`` compares with ``other`` and is faster by more than counts as noise."""
    if compare("latency_ms", subject_of(one), subject_of(other)).answer is Answer.NOT_COMPARABLE:
        return False
    bands = spread(_latency(one)), spread(_latency(other))
    return verdict(*bands, Direction.LOWER) is Verdict.BETTER


def _latency(entry: LeaderboardEntry) -> float:
    return entry.latency_ms if entry.latency_ms is not None else float("inf")
