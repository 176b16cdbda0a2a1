"""A device: its systems with scores, its results over the rounds, what its sources say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Prefetch, QuerySet

from results.models import Benchmark, Device, DeviceFact, DeviceScore, LeaderboardEntry, System
from results.services.scores import REFERENCE_NAME


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One system on the device: its entries by benchmark (variants keep their order) and its scores by metric id."""

    system: System
    entries: Mapping[str, tuple[LeaderboardEntry, ...]]
    scores: Mapping[str, DeviceScore]

    @property
    def finding_codes(self) -> tuple[tuple[str, str], ...]:
        """(code, severity) of every finding on its results, each once."""
        pairs = ((code, severity) for own in self.entries.values() for e in own for code, severity in e.finding_codes)
        return tuple(dict.fromkeys(pairs))


@dataclass(frozen=True, slots=True)
class Step:
    """The best latency on the device up to and including a round."""

    round: str
    entry: LeaderboardEntry


@dataclass(frozen=True, slots=True)
class History:
    """Every latency on the device for one benchmark in one division, round by round, and the best so far."""

    benchmark: Benchmark
    entries: tuple[LeaderboardEntry, ...]
    best_so_far: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class FactGroup:
    """What the sources say of one property. ``contradictory``: they do not all say the same."""

    field: str
    facts: tuple[DeviceFact, ...]
    contradictory: bool


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """One key of the system descriptions on this device: its spellings with how many systems use each, most first.

    ``system`` and ``line`` are an example of the most frequent spelling.
    """

    key: str
    spellings: tuple[tuple[str, int], ...]
    systems: int
    system: System
    line: int


@dataclass(frozen=True, slots=True)
class DeviceDetail:
    """Everything of a device page. ``systems`` stand by latency score, best first, then by coverage and round."""

    device: Device
    systems: tuple[SystemRow, ...]
    histories: tuple[History, ...]
    facts: tuple[FactGroup, ...]
    declared: tuple[DeclaredField, ...]
    entries: tuple[LeaderboardEntry, ...]
    benchmarks: tuple[Benchmark, ...]
    reference: str

    @property
    def rounds(self) -> tuple[str, ...]:
        """Rounds with results, oldest first."""
        return tuple(dict.fromkeys(e.round for e in sorted(self.entries, key=lambda e: e.round_position)))

    @property
    def submitters(self) -> tuple[str, ...]:
        """Names of the submitters, in the order of the alphabet."""
        return tuple(sorted({entry.submitter_name for entry in self.entries}))

    @property
    def with_energy(self) -> int:
        """How many results have an energy."""
        return sum(entry.energy_scope != "none" for entry in self.entries)


def device_detail(slug: str) -> DeviceDetail:
    """The device of that slug; Device.DoesNotExist when there is none. Six queries."""
    device = Device.objects.get(slug=slug)
    systems = list(_systems(device))
    entries = list(LeaderboardEntry.objects.filter(device_slug=slug).order_by("round_position", "public_id"))
    benchmarks = list(Benchmark.objects.all())
    return DeviceDetail(
        device=device,
        systems=tuple(sorted(_system_rows(systems, entries), key=_by_score)),
        histories=tuple(_histories(benchmarks, entries)),
        facts=tuple(_fact_groups(device.facts.order_by("field", "position"))),
        declared=tuple(_declared(systems)),
        entries=tuple(entries),
        benchmarks=tuple(benchmarks),
        reference=REFERENCE_NAME,
    )


def device_list() -> QuerySet[Device]:
    """Every device with results first, then those of the catalogue without; ``result_count`` on each. One query."""
    return Device.objects.annotate(result_count=Count("systems__entries")).order_by("-result_count", "name")


def _systems(device: Device) -> QuerySet[System]:
    return (
        System.objects.filter(device=device)
        .select_related("publication__submitter", "publication__round")
        .prefetch_related(Prefetch("scores", DeviceScore.objects.order_by("metric")))
        .order_by("publication__round__position", "publication__division", "system_id")
    )


def _system_rows(systems: Iterable[System], entries: Iterable[LeaderboardEntry]) -> Iterable[SystemRow]:
    own: dict[int, dict[str, list[LeaderboardEntry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        own[entry.system_id][entry.benchmark].append(entry)
    return [
        SystemRow(
            system=system,
            entries={benchmark: tuple(found) for benchmark, found in own[system.pk].items()},
            scores={score.metric: score for score in system.scores.all()},
        )
        for system in systems
        if system.pk in own
    ]


def _by_score(row: SystemRow) -> tuple[float, int, int, str]:
    score = row.scores.get("latency_ms")
    value = score.score if score and score.score is not None else 0.0
    covered = score.covered if score else 0
    return (-value, -covered, -row.system.publication.round.position, row.system.system_id)


def _histories(benchmarks: Iterable[Benchmark], entries: Iterable[LeaderboardEntry]) -> Iterable[History]:
    """Closed results only: an open result may run another network, and then its latency continues no line."""
    for benchmark in benchmarks:
        own = [
            entry
            for entry in entries
            if entry.benchmark == benchmark.pk and entry.division == "closed" and entry.latency_ms is not None
        ]
        if own:
            yield History(benchmark, tuple(own), tuple(_best_so_far(own)))


def _best_so_far(entries: Iterable[LeaderboardEntry]) -> Iterable[Step]:
    best: LeaderboardEntry | None = None
    for name, members in groupby(entries, key=lambda entry: entry.round):
        fastest = min(members, key=_latency)
        best = fastest if best is None or _latency(fastest) < _latency(best) else best
        yield Step(name, best)


def _latency(entry: LeaderboardEntry) -> float:
    return entry.latency_ms if entry.latency_ms is not None else float("inf")


def _fact_groups(facts: Iterable[DeviceFact]) -> Iterable[FactGroup]:
    for name, members in groupby(facts, key=lambda fact: fact.field):
        found = tuple(sorted(members, key=lambda fact: (fact.source_tier, fact.position)))
        said = {(fact.value.strip().casefold(), fact.unit) for fact in found}
        yield FactGroup(name, found, contradictory=len(said) > 1)


def _declared(systems: Iterable[System]) -> Iterable[DeclaredField]:
    """One entry per key that any description fills in, most stated first, then as the descriptions order them."""
    places: dict[str, list[tuple[str, System, int]]] = defaultdict(list)
    for system in systems:
        seen: set[str] = set()
        for key, value, line in system.description:
            if str(value).strip() and key not in seen:
                seen.add(key)
                places[key].append((str(value).strip(), system, line))
    for key, found in sorted(places.items(), key=lambda item: -len(item[1])):
        counts: dict[str, int] = defaultdict(int)
        for value, _, _ in found:
            counts[value] += 1
        spellings = sorted(counts.items(), key=lambda item: -item[1])
        _, system, line = next(place for place in found if place[0] == spellings[0][0])
        yield DeclaredField(key, tuple(spellings), len(found), system, line)
