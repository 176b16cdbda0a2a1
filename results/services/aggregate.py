"""Aggregate: published runs become leaderboard entries, Pareto points, device scores and the home page's findings.

One publication touches its own entries, the entries of runs that repeat one of its logs, the Pareto fronts that these
enter or leave, and the scores of its systems; the reference publication touches every score. What it costs does not
grow with what is published elsewhere. The result is the same as that of a full rebuild, which a test proves. Everything
happens in one transaction, so that a reader sees the old state or the new one, and :class:`DataChange` names the runs
for whoever keeps a copy of the entries. The findings of the home page speak of the whole field: they follow a
publication in a transaction of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from results.models import (
    DataChange,
    DataGeneration,
    GoneRun,
    LeaderboardEntry,
    Measurement,
    Publication,
    PublishedFinding,
    Run,
)

from . import observations, pareto_points, scores
from .entries import entry_of

BATCH = 500
CHANGES_KEPT = 500
"""Generations whose changes are named; whoever is further behind reads everything again."""


@transaction.atomic
def recompute_publication(publication_id: int) -> None:
    """Bring up to date what follows from one publication; Publication.DoesNotExist when it is gone."""
    generation = lock_generation()
    publication = Publication.objects.get(pk=publication_id)
    gone = list(GoneRun.objects.all())
    runs = set(Run.objects.filter(system__publication=publication).values_list("pk", flat=True))
    runs |= _runs_with_shared_logs(runs, [run.public_id for run in gone])
    write_entries(runs)
    pareto_points.update(runs, {run.benchmark for run in gone})
    scores.write(None if scores.is_reference(publication) else publication)
    next_generation(generation, runs | {run.run_id for run in gone})
    GoneRun.objects.filter(pk__in=[run.pk for run in gone]).delete()


@transaction.atomic
def recompute_all() -> None:
    """Throw every derived row away and compute it again."""
    generation = lock_generation()
    LeaderboardEntry.objects.all().delete()
    GoneRun.objects.all().delete()
    write_entries(Run.objects.values_list("pk", flat=True).iterator(chunk_size=50_000))
    write_everything_else()
    next_generation(generation, None)


def follow_up() -> int | None:
    """Take the findings of the home page again, after a publication and outside its transaction: they read far more.

    The data generation that they hold for; None, and nothing is written, when the data moved while they were taken.
    """
    seen = DataGeneration.objects.values_list("number", flat=True).first()
    found = observations.observed()
    with transaction.atomic():
        generation = lock_generation()
        if generation.number != seen:
            return None
        if observations.write(found):
            next_generation(generation, ())
        return generation.number


def write_everything_else() -> None:
    """Compute again what follows from the entries."""
    pareto_points.write_all()
    scores.write(None)
    observations.write(observations.observed())


def lock_generation() -> DataGeneration:
    """The one row that every recomputation locks first: two of them never compute from each other's half."""
    DataGeneration.objects.bulk_create([DataGeneration(id=1)], ignore_conflicts=True)
    return DataGeneration.objects.select_for_update().get(pk=1)


def next_generation(generation: DataGeneration, runs: Iterable[int] | None) -> None:
    """Count the generation up; ``runs`` are those whose entries changed, came or went, None for all of them."""
    generation.number += 1
    generation.save()
    DataChange.objects.create(
        generation=generation.number,
        changed_at=generation.changed_at,
        runs=None if runs is None else sorted(runs),
    )
    DataChange.objects.filter(generation__lte=generation.number - CHANGES_KEPT).delete()


def write_entries(runs: Iterable[int]) -> None:
    """Replace the entries of ``runs``; a withdrawn run has none."""
    remaining = iter(runs)
    while pks := list(islice(remaining, BATCH)):
        LeaderboardEntry.objects.filter(run__in=pks).delete()
        earlier = _earlier_runs(pks)
        rows = _with_everything(Run.objects.filter(pk__in=pks, status=Run.Status.PUBLISHED))
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


def _runs_with_shared_logs(runs: Collection[int], gone: Collection[str]) -> set[int]:
    """Runs elsewhere whose ``duplicate_of`` may change: they repeat a log of ``runs``, or name one of them or a run
    that is ``gone``."""
    own = list(Run.objects.filter(pk__in=runs).values_list("public_id", "performance_log_sha256"))
    sharing = Run.objects.filter(performance_log_sha256__in={log for _, log in own if log})
    # The first run itself may have got an earlier round, another log or may be withdrawn: look at its followers too.
    names = [*(public_id for public_id, _ in own), *gone]
    followers = LeaderboardEntry.objects.exclude(duplicate_of="").filter(duplicate_of__in=names)
    return set(sharing.values_list("pk", flat=True)) | set(followers.values_list("pk", flat=True))


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
