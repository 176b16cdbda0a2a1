"""A system under test: its results, its description as declared, and the other systems on its device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from results.models import DeviceScore, LeaderboardEntry, PublishedFinding, System

from .result import findings_about

MOST_OTHERS = 60
"""Systems of the same publication that the page of a system names."""


@dataclass(frozen=True, slots=True)
class SystemDetail:
    """A system. ``findings`` concern its description or the whole submission; ``others`` are the systems of the
    same publication, one more than :data:`MOST_OTHERS` where there are more."""

    system: System
    entries: tuple[LeaderboardEntry, ...]
    scores: Mapping[str, DeviceScore]
    findings: tuple[PublishedFinding, ...]
    others: tuple[System, ...]


def system_detail(pk: int) -> SystemDetail:
    """One system; System.DoesNotExist when there is none. Five queries."""
    system = System.objects.select_related("publication__round", "publication__submitter", "device").get(
        pk=pk
    )
    return SystemDetail(
        system=system,
        entries=tuple(LeaderboardEntry.objects.filter(system=system).order_by("benchmark", "variant", "pk")),
        scores={score.metric: score for score in system.scores.all()},
        findings=findings_about(system),
        others=tuple(
            System.objects.filter(publication=system.publication_id)
            .exclude(pk=pk)
            .select_related("device")
            .order_by("system_id")[: MOST_OTHERS + 1]
        ),
    )
