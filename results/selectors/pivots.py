"""Systems side by side: every software stack on one board, and every board that runs one software."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, QuerySet

from results.analysis.comparing import Difference
from results.analysis.pivots import Beside, Sample, beside
from results.analysis.uncertainty import overall
from results.domain.metrics import METRICS
from results.domain.parameters import Problem, QueryError
from results.domain.pivots import BY_ROUND, COLUMNS, SystemsQuery, software_slug
from results.models import Benchmark, Device, LeaderboardEntry, Round
from results.services.subjects import spread_of, subject_of

from .snapshot import current_snapshot
from .snapshot.counting import counted_everywhere, kept

MOST_SYSTEMS = 200
"""Systems that one page holds, the newest rounds first; the page says how many more there are."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The best result of a system on one benchmark. ``beside`` is None where it is the chosen system's own, or where
    one of the two was not measured. ``of`` counts the system's results on the benchmark."""

    entry: LeaderboardEntry
    value: float | None
    beside: Beside | None
    of: int


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system: an entry that names it, its cells by benchmark, and the verdict over all of them (``none`` for the
    chosen system, and where nothing compares). ``differences`` are those of the conditions, each once."""

    entry: LeaderboardEntry
    cells: Mapping[str, Cell]
    verdict: str
    differences: tuple[Difference, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class SystemsView:
    """Systems against the chosen one. ``left_out`` counts systems beyond :data:`MOST_SYSTEMS`."""

    query: SystemsQuery
    benchmarks: tuple[Benchmark, ...]
    rows: tuple[SystemRow, ...]
    left_out: int

    @property
    def column(self) -> str:
        """The metric id of the values; all of them are better when lower."""
        return COLUMNS[self.query.metric]

    @property
    def chosen(self) -> SystemRow | None:
        """None where no system has the metric."""
        return next((row for row in self.rows if row.chosen), None)


@dataclass(frozen=True, slots=True)
class Software:
    """A framework with what was measured with it; ``slug`` is empty where its name gives no address."""

    slug: str
    name: str
    results: int
    with_energy: int
    devices: int
    versions: int
    first_round: str
    last_round: str


class UnknownSoftware(LookupError):
    """No published result names software of that slug."""


def stacks_of(slug: str, query: SystemsQuery) -> tuple[Device, SystemsView]:
    """Every software stack on one device, over all rounds. Device.DoesNotExist; QueryError."""
    device = Device.objects.get(slug=slug)
    return device, systems_view(LeaderboardEntry.objects.filter(device_slug=slug), query)


def boards_of(slug: str, query: SystemsQuery) -> tuple[tuple[str, ...], SystemsView]:
    """The names that the software goes by, and every system that runs it. UnknownSoftware; QueryError."""
    frameworks = sorted(name for (name,) in counted_everywhere(current_snapshot(), "framework"))
    names = tuple(name for name in frameworks if name and software_slug(name) == slug)
    if not names:
        raise UnknownSoftware(slug)
    return names, systems_view(LeaderboardEntry.objects.filter(framework__in=names), query)


def software_list() -> list[Software]:
    """Every framework that published results name, by name. Two queries once per data generation."""
    return list(kept(current_snapshot().kept, ("software",), _software_list))


def _software_list() -> list[Software]:
    rounds = dict(Round.objects.values_list("position", "pk"))
    counted = LeaderboardEntry.objects.exclude(framework="").values("framework").annotate(
        results=Count("pk"), with_energy=Count("energy_uj_per_inf"), devices=Count("device_slug", distinct=True),
        versions=Count("software", distinct=True), first=Min("round_position"), last=Max("round_position"),
    )  # fmt: skip
    return [
        Software(
            slug=software_slug(group["framework"]),
            name=group["framework"],
            results=group["results"],
            with_energy=group["with_energy"],
            devices=group["devices"],
            versions=group["versions"],
            first_round=rounds[group["first"]],
            last_round=rounds[group["last"]],
        )
        for group in counted.order_by("framework")
    ]


def unnamed_software_count() -> int:
    """How many results name no framework."""
    return counted_everywhere(current_snapshot(), "framework")["",]


def systems_view(entries: QuerySet[LeaderboardEntry], query: SystemsQuery) -> SystemsView:
    """The systems of ``entries`` against the chosen one; QueryError where the chosen one is none of them."""
    if query.division:
        entries = entries.filter(division=query.division)
    held, left_out = _held_systems(entries, query)
    groups: dict[int, list[LeaderboardEntry]] = defaultdict(list)
    for entry in (
        entries.filter(system_id__in=held)
        .select_related("run")
        .order_by("round_position", "submitter_slug", "pk")
    ):
        groups[entry.system_id].append(entry)
    column = COLUMNS[query.metric]
    best = {system: _best(group, column) for system, group in groups.items()}
    chosen = query.to if query.to is not None else _default(best, column)
    rows = [_row(groups[system], best[system], best.get(chosen), column) for system in groups]
    run = {name for cells in best.values() for name in cells}
    benchmarks = tuple(benchmark for benchmark in Benchmark.objects.all() if benchmark.pk in run)
    return SystemsView(query, benchmarks, tuple(_sorted(rows, query)), left_out)


def _held_systems(entries: QuerySet[LeaderboardEntry], query: SystemsQuery) -> tuple[list[int], int]:
    """The systems of the newest rounds, with the chosen one, and how many there are beyond them."""
    keys = entries.order_by("-round_position", "submitter_slug", "system_id")
    newest = keys.values_list("round_position", "submitter_slug", "system_id").distinct()[:MOST_SYSTEMS]
    held = [system for _, _, system in newest]
    if query.to is not None and query.to not in held:
        if not entries.filter(system_id=query.to).exists():
            raise QueryError([Problem("to", str(query.to), "is none of the systems of this view")])
        held.append(query.to)
    if len(held) < MOST_SYSTEMS:
        return held, 0
    return held, entries.values("system_id").distinct().count() - len(held)


def _best(entries: Iterable[LeaderboardEntry], column: str) -> dict[str, LeaderboardEntry]:
    """By benchmark the entry with the lowest value; one without a value only where there is no other."""
    best: dict[str, LeaderboardEntry] = {}
    for entry in entries:
        held = best.setdefault(entry.benchmark, entry)
        own, value = getattr(entry, column), getattr(held, column)
        if own is not None and (value is None or own < value):
            best[entry.benchmark] = entry
    return best


def _default(best: Mapping[int, Mapping[str, LeaderboardEntry]], column: str) -> int | None:
    """The system with most benchmarks measured; of several the earliest, then the one published first."""
    measured = {
        system: sum(getattr(entry, column) is not None for entry in entries.values())
        for system, entries in best.items()
    }
    able = [system for system, number in measured.items() if number]
    return min(
        able,
        key=lambda system: (-measured[system], next(iter(best[system].values())).round_position, system),
        default=None,
    )


def _row(
    entries: Sequence[LeaderboardEntry],
    best: Mapping[str, LeaderboardEntry],
    chosen: Mapping[str, LeaderboardEntry] | None,
    column: str,
) -> SystemRow:
    is_chosen = best is chosen
    others = {} if chosen is None or is_chosen else chosen
    cells = {
        name: Cell(
            entry=entry,
            value=getattr(entry, column),
            beside=_beside(entry, others.get(name), column),
            of=sum(other.benchmark == name for other in entries),
        )
        for name, entry in best.items()
    }
    compared = [cell.beside for cell in cells.values() if cell.beside is not None]
    differences = dict.fromkeys(difference for one in compared for difference in one.comparison.differences)
    return SystemRow(
        entry=entries[0],
        cells=cells,
        verdict=str(overall(one.verdict for one in compared)),
        differences=tuple(differences),
        chosen=is_chosen,
    )


def _beside(own: LeaderboardEntry, other: LeaderboardEntry | None, column: str) -> Beside | None:
    if other is None:
        return None
    samples = _sample(own, column), _sample(other, column)
    if samples[0] is None or samples[1] is None:
        return None
    return beside(column, METRICS[column].direction, samples[0], samples[1])


def _sample(entry: LeaderboardEntry, column: str) -> Sample | None:
    """None where it was not measured."""
    value = spread_of(entry, column)
    return None if value is None else Sample(subject_of(entry), value, entry.round_position)


def _sorted(rows: Iterable[SystemRow], query: SystemsQuery) -> list[SystemRow]:
    """By round as they came, or by the value on one benchmark, what was not measured last."""
    if query.sort == BY_ROUND:
        return list(rows)

    def key(row: SystemRow) -> tuple[bool, float]:
        cell = row.cells.get(query.sort)
        value = cell.value if cell else None
        return value is None, value or 0.0

    return sorted(rows, key=key)
