"""Checks without an account: the bytes and the report are kept for an hour, for whoever has the address."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from submissions.checking.wire import to_wire
from submissions.models import Check, Progress
from submissions.models.submission import new_check_id

from . import claims
from .intake import TooLarge, base_name
from .isolated import check_archive
from .storage import ArchiveDamaged, ArchiveMissing, archive_storage, local_copy, save, sender_errors

logger = logging.getLogger(__name__)

FOLDER = "checks"
OPEN = (Progress.QUEUED, *claims.RUNNING)
RETRY_AFTER_S = 120
FAILURE = "The site could not check this archive, through no fault of yours. Send it again."


class TooBusy(Exception):
    """More checks wait, or more bytes are kept for them, than the site allows; to be asked again later."""

    retry_after_s = RETRY_AFTER_S

    def __init__(self) -> None:
        super().__init__("the site is busy with other checks; send it again in a few minutes")


def make_sure_of_room(size_bytes: int = 0) -> None:
    """Raises TooBusy when a check of that size cannot be taken now."""
    waiting = Check.objects.filter(progress__in=OPEN).count()
    kept_bytes = Check.objects.aggregate(total=Sum("size_bytes"))["total"] or 0
    if waiting >= settings.CHECKS_WAITING_MAX or kept_bytes + size_bytes > settings.CHECKS_MAX_BYTES:
        raise TooBusy


def start(path: Path, *, round_id: str, division: str = "", filename: str) -> Check:
    """Keep the file at ``path`` and hand its check to the worker.

    Raises TooBusy, TooLarge, StorageFull, StorageFailed; then nothing is kept.
    """
    size_bytes = path.stat().st_size
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(f"the file has {size_bytes} bytes; at most {settings.UPLOAD_MAX_BYTES} are taken")
    make_sure_of_room(size_bytes)
    check_id = new_check_id()
    with path.open("rb") as incoming:
        sha256 = hashlib.file_digest(incoming, "sha256").hexdigest()
        incoming.seek(0)
        save(_name(check_id), incoming)
    from submissions.tasks import run_check  # imported here: tasks import the services

    with transaction.atomic():
        check = Check.objects.create(
            id=check_id, round=round_id, division=division, filename=base_name(filename), sha256=sha256,
            size_bytes=size_bytes, expires_at=timezone.now() + timedelta(seconds=settings.CHECK_KEPT_S),
        )  # fmt: skip
        transaction.on_commit(lambda: run_check.delay(check.pk), robust=True)
    return check


def find(check_id: str) -> Check:
    """The check at that address. Raises Check.DoesNotExist, also for one that has expired."""
    return Check.objects.get(pk=check_id, expires_at__gt=timezone.now())


def run(check_pk: str) -> bool:
    """Read and check what waits; False when it does not wait, or ends without a report."""
    check = claims.claim(Check, check_pk)
    if check is None:
        return False
    try:
        with claims.kept_alive(check), local_copy(check.sha256, _name(check.pk)) as path:
            report = check_archive(
                path, round_id=check.round, division=check.division or None, submitter=None,
                on_progress=lambda stage: claims.show_progress(check, stage),
            )  # fmt: skip
    except (
        Exception
    ) as problem:  # whatever it is, the check must not stay as it is: nobody watches the worker
        logger.exception("%s failed, attempt %s", check, check.attempts)
        lost = isinstance(problem, ArchiveMissing | ArchiveDamaged)
        if check.attempts < claims.MAX_ATTEMPTS and not lost:
            claims.release(check)
        else:
            _give_up(check)
        return False
    seen = report.as_json()
    excerpts = to_wire(report.excerpts)
    columns = {"progress": Progress.DONE, "finished_at": timezone.now(), "excerpts": excerpts, **seen}
    return claims.close(check, **columns)


def sweep() -> int:
    """Make good for lost messages and killed workers; how many checks were handed over again."""
    from submissions.tasks import run_check

    for check in claims.stale(Check):
        _give_up(check)
    due = claims.waiting(Check)
    for pk in due:
        run_check.delay(pk)
    return len(due)


def expire(now: datetime) -> int:
    """Delete the checks that have had their hour, rows and bytes; how many that were.

    Bytes go first, and bytes whose row was never written go when they are as old.
    """
    over = Check.objects.filter(expires_at__lte=now)
    for pk in (gone := list(over.values_list("pk", flat=True))):
        archive_storage().delete(_name(pk))
    over.filter(pk__in=gone).delete()
    for name in names():
        if not Check.objects.filter(pk=name).exists():
            _delete_old(_name(name), now)
    return len(gone)


def names() -> list[str]:
    """The ids under which bytes of checks are kept."""
    with sender_errors():
        try:
            return archive_storage().listdir(FOLDER)[1]
        except FileNotFoundError:  # there was no check yet
            return []


def _delete_old(name: str, now: datetime) -> None:
    try:
        written_at = archive_storage().get_modified_time(name)
    except FileNotFoundError:
        return
    if written_at < now - timedelta(seconds=settings.CHECK_KEPT_S):
        archive_storage().delete(name)


def _give_up(check: Check) -> None:
    claims.close(check, progress=Progress.FAILED, failure=FAILURE, finished_at=timezone.now())


def _name(check_id: str) -> str:
    return f"{FOLDER}/{check_id}"
