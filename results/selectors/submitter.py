"""Submitters: who handed in what, in which rounds and divisions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import Count

from results.models import LeaderboardEntry, Publication, PublishedFinding, Run, Submitter, System

from .snapshot import current_snapshot
from .snapshot.counting import counted_everywhere, every_round_in_order, kept, rows_with

MOST_SYSTEMS = 150
"""Systems that the page of a submitter shows."""
MOST_PUBLICATIONS = 200
"""Publications that a page lists."""


@dataclass(frozen=True, slots=True)
class SubmitterRow:
    """A submitter of the list. ``rounds`` maps a round to its number of results, oldest first."""

    submitter: Submitter
    results: int
    with_energy: int
    devices: int
    rounds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """What a submitter published in one division of one round. ``findings`` counts them by severity."""

    publication: Publication
    results: int
    systems: int
    findings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Publications:
    """The first :data:`MOST_PUBLICATIONS` of some publications, ``rows``. ``of`` counts all of them, ``systems`` theirs,
    and ``from_files`` those that were read from their files."""

    rows: tuple[PublicationRow, ...]
    of: int
    systems: int
    from_files: int


@dataclass(frozen=True, slots=True)
class SubmitterDetail:
    """A submitter with every publication and the results of its first :data:`MOST_SYSTEMS` systems, the newest round
    first. ``systems`` counts all of them; ``benchmarks`` are those with results of it."""

    row: SubmitterRow
    publications: Publications
    entries: tuple[LeaderboardEntry, ...]
    systems: int
    benchmarks: tuple[str, ...]

    @property
    def submitter(self) -> Submitter:
        return self.row.submitter


def submitter_list() -> list[SubmitterRow]:
    """Every submitter by name. Two queries at most."""
    return _rows(list(Submitter.objects.order_by("name")))


def submitter_detail(slug: str) -> SubmitterDetail:
    """One submitter; Submitter.DoesNotExist when there is none of that slug. Four queries, and three more once per data
    generation."""
    submitter = Submitter.objects.get(slug=slug)
    entries, systems = _first_entries(slug)
    return SubmitterDetail(
        row=_rows([submitter])[0],
        publications=publication_rows(submitter=submitter),
        entries=entries,
        systems=systems,
        benchmarks=tuple(
            benchmark
            for benchmark, own in counted_everywhere(current_snapshot(), "benchmark", "submitter")
            if own == slug
        ),
    )


def _rows(submitters: list[Submitter]) -> list[SubmitterRow]:
    snapshot = current_snapshot()
    devices = Counter(slug for slug, _ in counted_everywhere(snapshot, "submitter", "device"))
    places = {name: place for place, name in enumerate(every_round_in_order(snapshot))}
    with_energy: Counter[str] = Counter()
    rounds: dict[str, Counter[str]] = defaultdict(Counter)
    counts = counted_everywhere(snapshot, "submitter", "round", "has_energy")
    for (slug, round_id, has_energy), number in sorted(counts.items(), key=lambda item: places[item[0][1]]):
        rounds[slug][round_id] += number
        with_energy[slug] += number if has_energy else 0
    return [
        SubmitterRow(
            one, rounds[one.slug].total(), with_energy[one.slug], devices[one.slug], rounds[one.slug]
        )
        for one in submitters
    ]


def _first_entries(slug: str) -> tuple[tuple[LeaderboardEntry, ...], int]:
    """The entries of the first :data:`MOST_SYSTEMS` systems of a submitter, and how many systems there are. One query."""
    snapshot = current_snapshot()
    parts = [(part, rows_with(part, "submitter", slug)) for part in snapshot.parts.values()]
    if not parts:
        return (), 0
    runs, systems = (
        np.concatenate([getattr(part, name)[own] for part, own in parts]) for name in ("runs", "systems")
    )
    rounds = np.concatenate([part.values["round"][own] for part, own in parts])
    devices = np.concatenate([part.codes["device_name"][own] for part, own in parts])
    # The order of rows as far as the columns know it; whole groups are read, and put in order by the database.
    order = np.lexsort((snapshot.ranks["device_name"][devices], -rounds)) if len(runs) else np.empty(0, int)
    place = np.sort(np.unique(systems[order], return_index=True)[1])
    chosen = order
    if len(place) > MOST_SYSTEMS:
        last = order[place[MOST_SYSTEMS - 1]]
        in_group = (rounds[order] == rounds[last]) & (devices[order] == devices[last])
        chosen = order[: np.flatnonzero(in_group)[-1] + 1]
    entries = LeaderboardEntry.objects.filter(pk__in=runs[chosen].tolist()).order_by(
        "-round_position", "device_name", "software", "benchmark", "variant", "pk"
    )
    by_system: dict[int, list[LeaderboardEntry]] = {}
    for entry in entries:
        by_system.setdefault(entry.system_id, []).append(entry)
    shown = set(list(by_system)[:MOST_SYSTEMS])
    return tuple(entry for own in by_system.values() for entry in own if entry.system_id in shown), len(place)


def publication_rows(**condition: object) -> Publications:
    """The publications that match a filter, the newest round first, with their counts. Two queries, and three more once per
    data generation."""
    counts = current_snapshot().kept
    sizes = kept(counts, ("sizes of publications",), _sizes)
    findings = kept(counts, ("findings of publications",), _findings)
    matching = Publication.objects.filter(**condition)
    every = dict(matching.order_by().values_list("pk", "archive_sha256"))
    first = matching.select_related("round", "submitter").order_by(
        "-round__position", "division", "submitter__name", "submitter_directory", "pk"
    )[:MOST_PUBLICATIONS]
    return Publications(
        rows=tuple(
            PublicationRow(row, *sizes.get(row.pk, (0, 0)), findings.get(row.pk, {})) for row in first
        ),
        of=len(every),
        systems=sum(sizes.get(pk, (0, 0))[1] for pk in every),
        from_files=sum(bool(archive) for archive in every.values()),
    )


def _sizes() -> dict[int, tuple[int, int]]:
    """How many runs, of whatever state, and how many systems each publication has."""
    systems = dict(System.objects.order_by().values_list("publication").annotate(Count("pk")))
    runs = dict(Run.objects.order_by().values_list("system__publication").annotate(Count("pk")))
    return {publication: (runs.get(publication, 0), number) for publication, number in systems.items()}


def _findings() -> dict[int, dict[str, int]]:
    """How many findings of each severity each publication has."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    groups = PublishedFinding.objects.order_by().values_list("publication", "severity")
    for publication, severity, number in groups.annotate(Count("pk")):
        found[publication][severity] = number
    return dict(found)
