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

from django.db import transaction

from results.models import (
    DataChange,
    DataGeneration,
    GoneRun,
    LeaderboardEntry,
    Publication,
    Run,
)

from . import observations, pareto_points, scores
from .entry_store import write_entries

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
    write_entries(Run.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=50_000))
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


def _runs_with_shared_logs(runs: Collection[int], gone: Collection[str]) -> set[int]:
    """Runs elsewhere whose ``duplicate_of`` may change: they repeat a log of ``runs``, or name one of them or a run
    that is ``gone``."""
    own = list(Run.objects.filter(pk__in=runs).values_list("public_id", "performance_log_sha256"))
    sharing = Run.objects.filter(performance_log_sha256__in={log for _, log in own if log})
    # The first run itself may have got an earlier round, another log or may be withdrawn: look at its followers too.
    names = [*(public_id for public_id, _ in own), *gone]
    followers = LeaderboardEntry.objects.exclude(duplicate_of="").filter(duplicate_of__in=names)
    return set(sharing.values_list("pk", flat=True)) | set(followers.values_list("pk", flat=True))
