"""Rounds: what was published in each, by whom, and what the rules find in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from results.domain.findings import SEVERITY_ORDER, Severity
from results.models import Publication, PublishedFinding, Round

from .snapshot import current_snapshot
from .snapshot.counting import counted_everywhere, kept
from .submitter import Publications, publication_rows


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round of the list, with counts of results per division and of findings per severity."""

    round: Round
    divisions: Mapping[str, int]
    submitters: int
    with_energy: int
    findings: Mapping[str, int]

    @property
    def results(self) -> int:
        return sum(self.divisions.values())


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often one rule found something in a round."""

    code: str
    severity: str
    findings: int


@dataclass(frozen=True, slots=True)
class RoundDetail:
    """A round. ``benchmarks`` maps a benchmark to its results per division. ``codes``: the gravest first."""

    row: RoundRow
    publications: Publications
    benchmarks: Mapping[str, Mapping[str, int]]
    codes: tuple[CodeCount, ...]
    previous: Round | None
    next: Round | None


def round_list() -> list[RoundRow]:
    """Every round of the catalogue, the newest first. Three queries."""
    return _rows(list(Round.objects.order_by("-position")))


def round_detail(round_id: str) -> RoundDetail:
    """One round; Round.DoesNotExist when the catalogue has none of that id. Five queries."""
    rounds = list(Round.objects.order_by("-position"))
    row = next((row for row in _rows(rounds) if row.round.pk == round_id), None)
    if row is None:
        raise Round.DoesNotExist(round_id)
    place = rounds.index(row.round)
    benchmarks: dict[str, dict[str, int]] = defaultdict(dict)
    counts = counted_everywhere(current_snapshot(), "round", "benchmark", "division")
    for (own, benchmark, division), number in counts.items():
        if own == round_id:
            benchmarks[benchmark][division] = number
    codes = [
        CodeCount(code, severity, number)
        for (own, code, severity), number in _finding_counts().items()
        if own == round_id
    ]
    return RoundDetail(
        row=row,
        publications=publication_rows(round=row.round),
        benchmarks=benchmarks,
        codes=tuple(
            sorted(
                codes,
                key=lambda count: (SEVERITY_ORDER[Severity(count.severity)], -count.findings, count.code),
            )
        ),
        previous=rounds[place + 1] if place + 1 < len(rounds) else None,
        next=rounds[place - 1] if place else None,
    )


def _rows(rounds: list[Round]) -> list[RoundRow]:
    """The rounds with their counts: two queries for all of them."""
    divisions: dict[str, dict[str, int]] = defaultdict(dict)
    with_energy: Counter[str] = Counter()
    counts = counted_everywhere(current_snapshot(), "round", "division", "has_energy")
    for (round_id, division, has_energy), number in counts.items():
        divisions[round_id][division] = divisions[round_id].get(division, 0) + number
        with_energy[round_id] += number if has_energy else 0
    submitters = dict(
        Publication.objects.values_list("round").annotate(number=Count("submitter", distinct=True)).order_by()
    )
    findings: dict[str, Counter[str]] = defaultdict(Counter)
    for (round_id, _, severity), number in _finding_counts().items():
        findings[round_id][severity] += number
    return [
        RoundRow(
            round_,
            divisions[round_.pk],
            submitters.get(round_.pk, 0),
            with_energy[round_.pk],
            findings[round_.pk],
        )
        for round_ in rounds
    ]


def _finding_counts() -> dict[tuple[str, str, str], int]:
    """How many findings each rule has made in each round: (round, code, severity). Counted once per generation."""
    return kept(current_snapshot().kept, ("findings of rounds",), _count_findings)


def _count_findings() -> dict[tuple[str, str, str], int]:
    groups = PublishedFinding.objects.order_by().values_list("publication__round", "code", "severity")
    return {(*words,): number for *words, number in groups.annotate(number=Count("pk"))}
