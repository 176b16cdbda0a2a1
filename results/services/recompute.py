"""Recompute: what a publication makes due is claimed, run, retried and swept. A lost message costs a delay only."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from results.models import DataGeneration, Publication, Recomputation

from . import aggregate, background

logger = logging.getLogger(__name__)

PUBLICATION = "publication"
FULL = "full"
MAX_ATTEMPTS = 5
STALE_AFTER = timedelta(minutes=10)
"""A recomputation takes seconds; one that has been running this long was left behind by a crash."""

_State = Recomputation.State
_FOLLOWED = "observed-generation"


def schedule(publication: Publication | None, kind: str = PUBLICATION) -> Recomputation:
    """Make a recomputation due, in the caller's transaction, and hand it to the worker once that has committed."""
    row = Recomputation.objects.create(kind=kind, publication=publication)
    # robust: with the broker gone the publication has still been committed, and the sweep finds the row.
    # A function with a name, not a partial: Django logs that name when it fails.
    transaction.on_commit(lambda: _hand_over(row.pk), robust=True)
    return row


def claim_and_run(recomputation_id: int) -> bool:
    """Run a due recomputation; False when it is not due (done, or claimed by another worker) or fails.

    A failure is kept on the row, which is due again until it has failed :data:`MAX_ATTEMPTS` times.
    """
    claimed = Recomputation.objects.filter(pk=recomputation_id, state=_State.DUE).update(
        state=_State.RUNNING, claimed_at=timezone.now(), attempts=F("attempts") + 1
    )
    if claimed != 1:
        return False
    row = Recomputation.objects.get(pk=recomputation_id)
    try:
        with transaction.atomic():
            _run(row)
            _finish(row, state=_State.DONE, finished_at=timezone.now(), error="")
    except Exception:  # whatever it is, it must stand on the row: nobody watches the worker
        logger.exception("recomputation %s failed, attempt %s", row.pk, row.attempts)
        state = _State.DUE if row.attempts < MAX_ATTEMPTS else _State.FAILED
        _finish(row, state=state, finished_at=timezone.now(), error=traceback.format_exc())
        return False
    return True


def follow_up() -> None:
    """Bring up to date what speaks of the whole field, unless that was done for the data of now or is being done.

    It reads far more than a publication and is a task of its own, so that publications do not wait for it. A failure
    leaves the publication shown; the next sweep tries again.
    """
    if cache.get(_FOLLOWED) == _generation():
        return
    with background.turn("findings") as is_ours:
        if not is_ours:
            return
        try:
            # Only what was looked at counts as followed: another publication may have come meanwhile.
            followed = aggregate.follow_up()
            if followed is not None:
                cache.set(_FOLLOWED, followed, None)
        except Exception:  # the publication is done and shown; the sweep takes the findings again
            logger.exception("the findings of the home page were not brought up to date")


def _generation() -> int | None:
    return DataGeneration.objects.values_list("number", flat=True).first()


def sweep(stale_after: timedelta = STALE_AFTER) -> int:
    """Run everything that is due, and what a crash left running for longer than ``stale_after``; how many were done."""
    stale = Recomputation.objects.filter(state=_State.RUNNING, claimed_at__lt=timezone.now() - stale_after)
    stale.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=_State.FAILED,
        finished_at=timezone.now(),
        error=f"the worker stopped in each of {MAX_ATTEMPTS} attempts",
    )
    stale.update(state=_State.DUE)
    due = list(Recomputation.objects.filter(state=_State.DUE).values_list("pk", flat=True))
    done = sum(claim_and_run(pk) for pk in due)
    follow_up()
    return done


def _run(row: Recomputation) -> None:
    if row.kind == FULL or row.publication_id is None:
        aggregate.recompute_all()
    else:
        aggregate.recompute_publication(row.publication_id)


def _finish(row: Recomputation, **columns: object) -> None:
    """Close the attempt that ``row`` stands for, unless the sweep has handed it to another worker meanwhile."""
    Recomputation.objects.filter(pk=row.pk, state=_State.RUNNING, attempts=row.attempts).update(**columns)


def _hand_over(recomputation_id: int) -> None:
    # Imported here: tasks import this module.
    from results.tasks import recompute

    recompute.delay(recomputation_id)
