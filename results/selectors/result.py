"""One result with everything that is known of it: numbers, evidence, findings, the system, how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from results.domain.findings import SEVERITY_ORDER, Severity
from results.models import LeaderboardEntry, Measurement, PublishedFinding, Run, System


@dataclass(frozen=True, slots=True)
class Standing:
    """How a result stands among all of its benchmark and division, whatever a reader filters.

    ``faster`` counts results with a lower latency; ``best_latency_ms`` is the lowest. Both ignore withdrawn results.
    """

    results: int
    faster: int
    best_latency_ms: float


@dataclass(frozen=True, slots=True)
class ResultDetail:
    """A run and what belongs to it. ``entry`` is None for a withdrawn run and until the recomputation has run.

    ``findings`` concern this run, its system or the whole submission, the gravest first. ``siblings`` are the other
    results of the same system.
    """

    run: Run
    entry: LeaderboardEntry | None
    measurements: Mapping[str, Measurement]
    findings: tuple[PublishedFinding, ...]
    standing: Standing | None
    siblings: tuple[LeaderboardEntry, ...]

    @property
    def withdrawn(self) -> bool:
        return self.run.status == Run.Status.WITHDRAWN

    @property
    def has_excerpts(self) -> bool:
        """Whether the lines themselves are stored, not only where they stand."""
        return any(place.excerpt for row in self.measurements.values() for place in row.evidence.all())


def result_detail(public_id: str) -> ResultDetail:
    """The result of that public id; Run.DoesNotExist when there is none. Six queries whatever it holds."""
    run = (
        Run.objects.select_related(
            "system__publication__round",
            "system__publication__submitter",
            "system__device",
            "benchmark__reference_model",
            "neural_model",
            "entry",
        )
        .prefetch_related(Prefetch("measurements", Measurement.objects.prefetch_related("evidence")))
        .get(public_id=public_id)
    )
    entry = getattr(run, "entry", None)
    return ResultDetail(
        run=run,
        entry=entry,
        measurements={row.metric: row for row in run.measurements.all()},
        findings=findings_about(run.system, run),
        standing=_standing(entry) if entry else None,
        siblings=tuple(
            LeaderboardEntry.objects.filter(system=run.system)
            .exclude(pk=run.pk)
            .order_by("benchmark", "variant")
        ),
    )


def findings_about(system: System, run: Run | None = None) -> tuple[PublishedFinding, ...]:
    """Findings on ``run``, on ``system`` as such, and on the submission as a whole; the gravest first.

    Without ``run`` those of single runs are left out.
    """
    concerns = Q(run=None, system=system) | Q(run=None, system=None)
    if run is not None:
        concerns |= Q(run=run)
    found: QuerySet[PublishedFinding] = PublishedFinding.objects.filter(
        concerns, publication=system.publication_id
    )
    return tuple(sorted(found, key=lambda finding: (SEVERITY_ORDER[Severity(finding.severity)], finding.pk)))


def _standing(entry: LeaderboardEntry) -> Standing | None:
    """None where the result has no latency, so that there is nothing to stand by."""
    if entry.latency_ms is None:
        return None
    rivals = LeaderboardEntry.objects.filter(
        benchmark=entry.benchmark, division=entry.division, latency_ms__isnull=False
    )
    counted = rivals.aggregate(
        results=Count("pk"),
        faster=Count("pk", filter=Q(latency_ms__lt=entry.latency_ms)),
        best=Min("latency_ms"),
    )
    return Standing(counted["results"], counted["faster"], counted["best"])
