"""The home page: the state of the field in numbers that follow the data."""

from __future__ import annotations

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
from .summary import BenchmarkSummary, benchmark_summaries, summarise

PLOT = ParetoQuery(
    benchmark="vww", x="latency", y="energy", filters={"division": ("closed",)}, lines="power", log_y=True
)
"""The one plot of the home page: energy against latency of the visual wake words."""


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
    """Every benchmark with its closed best per metric, in the order of the catalogue. Two queries."""
    return benchmark_summaries()


def home_view() -> HomeView:
    """Everything of the home page. Eight queries."""
    benchmarks = list(Benchmark.objects.select_related("reference_model"))
    entries = list(LeaderboardEntry.objects.order_by("run_id"))
    return HomeView(
        benchmarks=tuple(summarise(one, [e for e in entries if e.benchmark == one.pk]) for one in benchmarks),
        results=len(entries),
        systems=len({entry.system_id for entry in entries}),
        device_choices=tuple(
            sorted(
                {(e.device_slug, e.device_short_name) for e in entries}, key=lambda pair: pair[1].casefold()
            )
        ),
        submitters=len({entry.submitter_slug for entry in entries}),
        rounds=len({entry.round for entry in entries}),
        with_energy=sum(entry.energy_scope != "none" for entry in entries),
        latest=_latest(benchmarks, entries),
        plot=pareto_view(PLOT) if any(entry.benchmark == PLOT.benchmark for entry in entries) else None,
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


def _latest(benchmarks: list[Benchmark], entries: list[LeaderboardEntry]) -> RoundNews | None:
    if not entries:
        return None
    position = max(entry.round_position for entry in entries)
    own = [entry for entry in entries if entry.round_position == position]
    return RoundNews(
        round=Round.objects.get(pk=own[0].round),
        results=len(own),
        systems=len({entry.system_id for entry in own}),
        submitters=len({entry.submitter_slug for entry in own}),
        with_energy=sum(entry.energy_scope != "none" for entry in own),
        records=tuple(
            (benchmark, *record)
            for benchmark in benchmarks
            if (record := _record(benchmark, entries, position))
        ),
    )


def _record(
    benchmark: Benchmark, entries: list[LeaderboardEntry], position: int
) -> tuple[LeaderboardEntry, LeaderboardEntry | None] | None:
    """(new best, best before) when the round of ``position`` has the fastest closed result of the benchmark.

    A result that cannot be told apart from the best before is no record.
    """
    closed = [
        entry
        for entry in entries
        if entry.benchmark == benchmark.pk and entry.division == "closed" and entry.latency_ms is not None
    ]
    before = min((e for e in closed if e.round_position < position), key=_latency, default=None)
    newest = min((e for e in closed if e.round_position == position), key=_latency, default=None)
    if newest is None or (before is not None and not _faster(newest, before)):
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
