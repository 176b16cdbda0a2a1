"""A round: who handed in what, and what the rules say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from results.domain.findings import SEVERITY_ORDER, Severity
from results.models import LeaderboardEntry, Publication, PublishedFinding, Round


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How often a rule spoke in a round."""

    code: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class RoundDetail:
    """``counts`` maps (division, benchmark) to results. ``finding_counts`` stand by severity, then most first."""

    round: Round
    publications: tuple[Publication, ...]
    entries: tuple[LeaderboardEntry, ...]
    counts: Mapping[tuple[str, str], int]
    finding_counts: tuple[FindingCount, ...]
    previous: Round | None
    following: Round | None

    @property
    def with_energy(self) -> int:
        """How many results have an energy."""
        return sum(entry.energy_scope != "none" for entry in self.entries)


def round_detail(round_id: str) -> RoundDetail:
    """The round of that id; Round.DoesNotExist when there is none. Four queries."""
    rounds = list(Round.objects.order_by("position"))
    place = next((index for index, one in enumerate(rounds) if one.pk == round_id), None)
    if place is None:
        raise Round.DoesNotExist(f"no round {round_id}")
    entries = tuple(
        LeaderboardEntry.objects.filter(round=round_id).order_by(
            "division", "submitter_name", "system_label", "benchmark", "variant"
        )
    )
    return RoundDetail(
        round=rounds[place],
        publications=tuple(
            Publication.objects.filter(round=round_id)
            .select_related("submitter")
            .annotate(
                result_count=Count("systems__entries", distinct=True),
                system_count=Count("systems", distinct=True),
                finding_count=Count("findings", distinct=True),
            )
            .order_by("division", "submitter__name", "submitter_directory")
        ),
        entries=entries,
        counts=Counter((entry.division, entry.benchmark) for entry in entries),
        finding_counts=_finding_counts(round_id),
        previous=rounds[place - 1] if place else None,
        following=rounds[place + 1] if place + 1 < len(rounds) else None,
    )


def round_list() -> QuerySet[Round]:
    """Every round, newest first; ``result_count``, ``system_count``, ``submitter_count`` on each. One query."""
    return Round.objects.annotate(
        result_count=Count("publications__systems__entries", distinct=True),
        system_count=Count("publications__systems", distinct=True),
        submitter_count=Count("publications__submitter", distinct=True),
    ).order_by("-position")


def _finding_counts(round_id: str) -> tuple[FindingCount, ...]:
    counted = (
        PublishedFinding.objects.filter(publication__round=round_id)
        .values_list("code", "severity")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found = [FindingCount(code, severity, n) for code, severity, n in counted]
    return tuple(sorted(found, key=lambda one: (SEVERITY_ORDER[Severity(one.severity)], -one.count, one.code)))
