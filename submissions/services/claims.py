"""Claims: who reads and checks something, so that each is done to the end once, whatever dies on the way.

A claim is a conditional update of ``progress``, ``claimed_at`` and ``attempts``. The number of the attempt is the
claim: whatever is written later asks for it, and writes nothing when the claim was taken away meanwhile. A claim is
refreshed while its worker lives; one that is not was left behind by a crash.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from submissions.models import Checked, Progress

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
REFRESH_S = 5
STALE_AFTER = timedelta(seconds=45)
"""Nine refreshes missed: the worker is gone, or stands still for so long that another may begin."""
LOST_AFTER = timedelta(seconds=20)
"""What has waited this long without a claim is handed over again: its message may be lost."""
HANDED_OVER_AT_ONCE = 50
RUNNING = (Progress.READING, Progress.CHECKING)
DATABASE_GONE = (OperationalError, InterfaceError)

C = TypeVar("C", bound=Checked)


def claim(model: type[C], pk: object) -> C | None:
    """Take what waits; None when it does not wait (claimed by another, done, or gone)."""
    taken = model.objects.filter(pk=pk, progress=Progress.QUEUED).update(
        progress=Progress.READING, claimed_at=timezone.now(), attempts=F("attempts") + 1
    )
    return model.objects.get(pk=pk) if taken == 1 else None


def still_claimed(row: C, *, lock: bool = False) -> bool:
    """Whether the claim that ``row`` stands for is still ours; ``lock`` keeps it so until the transaction ends."""
    own = _own(row)
    return (own.select_for_update() if lock else own).exists()


def close(row: C, **columns: object) -> bool:
    """End the claim that ``row`` stands for with ``columns``; False when it was taken away meanwhile.

    A database that went away since the claim was made is asked once more, over a new connection.
    """
    try:
        return _own(row).update(**columns) == 1
    except DATABASE_GONE:
        connection.close()
        return _own(row).update(**columns) == 1


def release(row: C) -> bool:
    """Put what was claimed back, for another attempt."""
    return close(row, progress=Progress.QUEUED, claimed_at=timezone.now())


def show_progress(row: C, stage: str) -> None:
    """Show how far the check has come. A database that is away costs the display, not the check."""
    try:
        _own(row).update(progress=Progress(stage), claimed_at=timezone.now())
    except DATABASE_GONE:
        logger.warning("the progress of %s could not be written", row)
        connection.close()


@contextmanager
def kept_alive(row: C) -> Iterator[None]:
    """Refresh the claim of ``row`` in the background for as long as the context lasts."""
    over = threading.Event()

    def refresh() -> None:
        while not over.wait(REFRESH_S):
            try:
                _own(row).update(claimed_at=timezone.now())
            except DATABASE_GONE:
                connection.close()
        connection.close()

    thread = threading.Thread(target=refresh, name=f"claim of {row.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def stale(model: type[C]) -> list[C]:
    """What a crash left behind and may not be tried again; the rest of it waits anew."""
    left = model.objects.filter(progress__in=RUNNING, claimed_at__lt=timezone.now() - STALE_AFTER)
    left.filter(attempts__lt=MAX_ATTEMPTS).update(progress=Progress.QUEUED)
    return list(left.filter(attempts__gte=MAX_ATTEMPTS))


def waiting(model: type[C]) -> list[object]:
    """The keys of what has waited for too long, oldest first; they count as handed over from now on."""
    now = timezone.now()
    due = (
        model.objects.filter(Q(progress=Progress.QUEUED))
        .annotate(since=Coalesce("claimed_at", "created_at"))
        .filter(since__lt=now - LOST_AFTER)
        .order_by("created_at")
    )
    keys = list(due.values_list("pk", flat=True)[:HANDED_OVER_AT_ONCE])
    model.objects.filter(pk__in=keys, progress=Progress.QUEUED).update(claimed_at=now)
    return keys


def _own(row: C):  # noqa: ANN202 - a query set of the model of ``row``
    return type(row).objects.filter(pk=row.pk, attempts=row.attempts, progress__in=RUNNING)
