"""One system under test: its results, scores, findings and description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from results.models import DeviceScore, LeaderboardEntry, PublishedFinding, System

from .result import findings_about


@dataclass(frozen=True, slots=True)
class SystemDetail:
    """A system with device, publication, submitter and round loaded; ``scores`` by metric id; findings on the system
    and its submission, the gravest first (those of single runs stand with the runs)."""

    system: System
    entries: tuple[LeaderboardEntry, ...]
    scores: Mapping[str, DeviceScore]
    findings: tuple[PublishedFinding, ...]


def system_detail(pk: int) -> SystemDetail:
    """The system of that id; System.DoesNotExist when there is none. Four queries."""
    system = System.objects.select_related("device", "publication__submitter", "publication__round").get(pk=pk)
    return SystemDetail(
        system=system,
        entries=tuple(LeaderboardEntry.objects.filter(system=system).order_by("benchmark", "variant")),
        scores={score.metric: score for score in system.scores.all()},
        findings=findings_about(system),
    )
