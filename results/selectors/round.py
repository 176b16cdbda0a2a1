"""Rounds: what was published in each, by whom, and what the rules find in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from results.domain.findings import SEVERITY_ORDER, Severity
from results.models import LeaderboardEntry, Publication, PublishedFinding, Round

from .submitter import PublicationRow, publication_rows


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
    publications: tuple[PublicationRow, ...]
    benchmarks: Mapping[str, Mapping[str, int]]
    codes: tuple[CodeCount, ...]
    previous: Round | None
    next: Round | None


def round_list() -> list[RoundRow]:
    """Every round of the catalogue, the newest first. Four queries."""
    return _rows(list(Round.objects.order_by("-position")))


def round_detail(round_id: str) -> RoundDetail:
    """One round; Round.DoesNotExist when the catalogue has none of that id. Eight queries."""
    rounds = list(Round.objects.order_by("-position"))
    row = next((row for row in _rows(rounds) if row.round.pk == round_id), None)
    if row is None:
        raise Round.DoesNotExist(round_id)
    place = rounds.index(row.round)
    benchmarks: dict[str, dict[str, int]] = defaultdict(dict)
    for group in (
        LeaderboardEntry.objects.filter(round=round_id)
        .values("benchmark", "division")
        .annotate(results=Count("pk"))
    ):
        benchmarks[group["benchmark"]][group["division"]] = group["results"]
    codes = (
        PublishedFinding.objects.filter(publication__round=round_id)
        .values("code", "severity")
        .annotate(findings=Count("pk"))
    )
    return RoundDetail(
        row=row,
        publications=publication_rows(round=row.round),
        benchmarks=benchmarks,
        codes=tuple(
            sorted(
                (CodeCount(**group) for group in codes),
                key=lambda count: (SEVERITY_ORDER[Severity(count.severity)], -count.findings, count.code),
            )
        ),
        previous=rounds[place + 1] if place + 1 < len(rounds) else None,
        next=rounds[place - 1] if place else None,
    )


def _rows(rounds: list[Round]) -> list[RoundRow]:
    """The rounds with their counts: three queries for all of them."""
    divisions: dict[str, dict[str, int]] = defaultdict(dict)
    with_energy: Counter[str] = Counter()
    for group in LeaderboardEntry.objects.values("round", "division").annotate(
        results=Count("pk"), energy=Count("energy_uj_per_inf")
    ):
        divisions[group["round"]][group["division"]] = group["results"]
        with_energy[group["round"]] += group["energy"]
    submitters = dict(
        Publication.objects.values_list("round").annotate(number=Count("submitter", distinct=True)).order_by()
    )
    findings: dict[str, dict[str, int]] = defaultdict(dict)
    for group in PublishedFinding.objects.values("publication__round", "severity").annotate(
        number=Count("pk")
    ):
        findings[group["publication__round"]][group["severity"]] = group["number"]
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
