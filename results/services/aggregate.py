"""Aggregate: published runs become leaderboard entries, Pareto points, device scores and the home page's findings.

One publication touches its own entries, the entries of runs that repeat one of its logs, the Pareto sets that hold
any of these, and the scores of its systems; the reference publication touches every score. The findings of the home
page speak of the whole field and are taken again each time. The result is the same as that of a full rebuild, which a
test proves. Everything happens in one transaction, so that a reader sees the old state or the new one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from results.models import (
    DataGeneration,
    LeaderboardEntry,
    Measurement,
    ParetoPoint,
    Publication,
    PublishedFinding,
    Run,
)

from . import observations, pareto_points, scores
from .entries import entry_of

BATCH = 500


@transaction.atomic
def recompute_publication(publication_id: int) -> None:
    """Bring up to date what follows from one publication; Publication.DoesNotExist when it is gone."""
    generation = lock_generation()
    publication = Publication.objects.get(pk=publication_id)
    runs = set(Run.objects.filter(system__publication=publication).values_list("pk", flat=True))
    runs |= _runs_with_shared_logs(runs)
    before = _pareto_sets(runs)
    _write_entries(runs)
    pareto_points.write(before | _pareto_sets(runs) | pareto_points.sets_with_a_gone_rival())
    scores.write(None if scores.is_reference(publication) else publication)
    observations.write()
    next_generation(generation)


@transaction.atomic
def recompute_all() -> None:
    """Throw every derived row away and compute it again."""
    generation = lock_generation()
    LeaderboardEntry.objects.all().delete()
    ParetoPoint.objects.all().delete()
    _write_entries(Run.objects.values_list("pk", flat=True))
    pareto_points.write(set(LeaderboardEntry.objects.values_list("benchmark", "division").distinct()))
    scores.write(None)
    observations.write()
    next_generation(generation)


def lock_generation() -> DataGeneration:
    """The one row that every recomputation locks first: two of them never compute from each other's half."""
    DataGeneration.objects.bulk_create([DataGeneration(id=1)], ignore_conflicts=True)
    return DataGeneration.objects.select_for_update().get(pk=1)


def next_generation(generation: DataGeneration) -> None:
    """Count the locked ``generation`` up: every page and answer that was kept is asked for again."""
    generation.number += 1
    generation.save()


def _write_entries(runs: Iterable[int]) -> None:
    """Replace the entries of ``runs``; a withdrawn run has none."""
    pks = list(runs)
    LeaderboardEntry.objects.filter(run__in=pks).delete()
    earlier = _earlier_runs(pks)
    for start in range(0, len(pks), BATCH):
        rows = _with_everything(
            Run.objects.filter(pk__in=pks[start : start + BATCH], status=Run.Status.PUBLISHED)
        )
        LeaderboardEntry.objects.bulk_create([entry_of(run, earlier.get(run.pk, "")) for run in rows])


def _with_everything(runs: QuerySet[Run]) -> QuerySet[Run]:
    return runs.select_related(
        "benchmark",
        "neural_model",
        "system__device",
        "system__publication__round",
        "system__publication__submitter",
    ).prefetch_related(
        Prefetch("measurements", Measurement.objects.order_by("pk")),
        Prefetch("findings", PublishedFinding.objects.order_by("pk")),
        # A finding on the whole system concerns each of its runs; one on another run of the system does not.
        Prefetch("system__findings", PublishedFinding.objects.filter(run=None).order_by("pk")),
    )


def _runs_with_shared_logs(runs: Collection[int]) -> set[int]:
    """Runs elsewhere whose ``duplicate_of`` may change: they repeat a log of ``runs``, or name a run that is gone."""
    logs = Run.objects.filter(pk__in=runs).exclude(performance_log_sha256="").values("performance_log_sha256")
    sharing = Run.objects.filter(performance_log_sha256__in=logs).values_list("pk", flat=True)
    known = Run.objects.filter(status=Run.Status.PUBLISHED).values("public_id")
    orphaned = LeaderboardEntry.objects.exclude(duplicate_of="").exclude(duplicate_of__in=known)
    # The first run itself may have got an earlier round, another log or may be withdrawn: look at its followers too.
    names = Run.objects.filter(pk__in=runs).values("public_id")
    followers = LeaderboardEntry.objects.filter(duplicate_of__in=names)
    return set(sharing) | set((orphaned | followers).values_list("pk", flat=True))


def _earlier_runs(pks: Collection[int]) -> dict[int, str]:
    """Public id of the first published run with the same log, benchmark by benchmark, for runs of later rounds."""
    logs = Run.objects.filter(pk__in=pks).exclude(performance_log_sha256="").values("performance_log_sha256")
    same_log = (
        Run.objects.filter(performance_log_sha256__in=logs, status=Run.Status.PUBLISHED)
        .order_by("system__publication__round__position", "public_id")
        .values_list(
            "pk", "public_id", "benchmark", "performance_log_sha256", "system__publication__round__position"
        )
    )
    first: dict[tuple[str, str], tuple[str, int]] = {}
    earlier: dict[int, str] = {}
    for pk, public_id, benchmark, log, position in same_log:
        first_id, first_position = first.setdefault((benchmark, log), (public_id, position))
        if position > first_position:
            earlier[pk] = first_id
    return earlier


def _pareto_sets(runs: Collection[int]) -> set[tuple[str, str]]:
    """(benchmark, division) of the sets that hold ``runs`` now, by entry or by an old point."""
    by_entry = LeaderboardEntry.objects.filter(run__in=runs).values_list("benchmark", "division")
    by_point = ParetoPoint.objects.filter(run__in=runs).values_list("benchmark", "division")
    return set(by_entry) | set(by_point)
