"""One result with everything that is known of it: numbers, evidence, findings, the system, how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from results.analysis.ranking import BAND_TOLERANCE
from results.domain.findings import SEVERITY_ORDER, Severity
from results.models import (
    LeaderboardEntry,
    Measurement,
    PublishedFinding,
    Reproduction,
    ResultChange,
    Run,
    System,
)
from results.selectors.changes import history_of
from results.services.entries import entry_of


@dataclass(frozen=True, slots=True)
class Standing:
    """How a result stands among all of its benchmark and division, whatever a reader filters.

    ``faster`` counts results whose latency is lower by more than counts as noise; ``best_latency_ms`` is the lowest.
    Both ignore withdrawn results.
    """

    results: int
    faster: int
    best_latency_ms: float


@dataclass(frozen=True, slots=True)
class ResultDetail:
    """A run and what belongs to it. ``entry`` is None for a run that no longer counts and until the recomputation ran.

    ``findings`` concern this run, its system or the whole submission, the gravest first. ``siblings`` are the other
    results of the same system. ``history`` is the public log, the newest first; ``reproductions`` are published runs
    of other submitters that measured the same again, ``originals`` those that this one measured again.
    """

    run: Run
    entry: LeaderboardEntry | None
    measurements: Mapping[str, Measurement]
    findings: tuple[PublishedFinding, ...]
    standing: Standing | None
    siblings: tuple[LeaderboardEntry, ...]
    history: tuple[ResultChange, ...] = ()
    reproductions: tuple[Run, ...] = ()
    originals: tuple[Run, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether the result takes part in rankings, fronts and scores."""
        return self.run.status == Run.Status.PUBLISHED

    @property
    def removed(self) -> bool:
        return self.run.status == Run.Status.REMOVED

    @property
    def stood_back_at(self) -> datetime | None:
        """When it was withdrawn, removed or moved; None while it counts, and for what happened before the log."""
        wanted = {
            Run.Status.WITHDRAWN: "withdrawn",
            Run.Status.REMOVED: "removed",
            Run.Status.MOVED: "moved-to-open",
        }.get(Run.Status(self.run.status))
        return next((entry.at for entry in self.history if entry.kind == wanted), None)

    @property
    def columns(self) -> LeaderboardEntry:
        """The flat row: the stored one, or the same made for a run that has none."""
        return self.entry or entry_of(self.run, "")

    @property
    def has_excerpts(self) -> bool:
        """Whether the lines themselves are stored, not only where they stand."""
        return any(place.excerpt for row in self.measurements.values() for place in row.evidence.all())


def result_detail(public_id: str) -> ResultDetail:
    """The result of that public id; Run.DoesNotExist when there is none. As many queries whatever it holds."""
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
        history=tuple(history_of(public_id)),
        **_reproductions(run),
    )


def _reproductions(run: Run) -> dict[str, tuple[Run, ...]]:
    """Both ends of the links to published runs, each with submitter, device and measurements."""
    links = list(Reproduction.objects.filter(Q(original=run) | Q(reproduction=run)).order_by("pk"))
    others = {link.original_id for link in links} | {link.reproduction_id for link in links}
    rows = (
        Run.objects.filter(pk__in=others - {run.pk}, status=Run.Status.PUBLISHED)
        .select_related("system__publication__submitter", "system__device", "entry")
        .prefetch_related("measurements")
    )
    known = {row.pk: row for row in rows} if links else {}
    again = (known.get(link.reproduction_id) for link in links if link.original_id == run.pk)
    first = (known.get(link.original_id) for link in links if link.reproduction_id == run.pk)
    return {"reproductions": tuple(filter(None, again)), "originals": tuple(filter(None, first))}


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
        faster=Count("pk", filter=Q(latency_ms__lt=entry.latency_ms / (1 + BAND_TOLERANCE))),
        best=Min("latency_ms"),
    )
    return Standing(counted["results"], counted["faster"], counted["best"])
