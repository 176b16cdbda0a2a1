"""Processing: a received version is claimed, read and checked in the child, and ends in exactly one final state."""

from __future__ import annotations

import logging
from pathlib import Path

from django.db import connection, transaction

from submissions.checking.report import Report
from submissions.checking.uploads import as_upload
from submissions.models import Submission, Version

from . import claims
from .incoming import remove_leftovers
from .isolated import check_archive
from .storage import ArchiveDamaged, ArchiveMissing, local_copy
from .validate import give_up, keep

logger = logging.getLogger(__name__)

SITE_FAULT = "The site could not check this archive, through no fault of yours. Send it again."
INTERRUPTED = f"The check was interrupted {claims.MAX_ATTEMPTS} times. Send the archive again."
BYTES_LOST = "The site no longer has the bytes that you sent. Send the archive again."


def claim_and_check(version_pk: int) -> bool:
    """Read and check a version that waits; False when it does not wait, or ends without a report.

    A fault of the site is tried again by the sweep, :data:`claims.MAX_ATTEMPTS` times in all; then the sender is
    asked to send again.
    """
    version = claims.claim(Version, version_pk)
    if version is None:
        return False
    try:
        with claims.kept_alive(version), local_copy(version.archive_id) as path:
            report = _check(version, path)
    except (ArchiveMissing, ArchiveDamaged):
        logger.exception("the archive of %s cannot be read", version)
        _finish(version, BYTES_LOST)
        return False
    except Exception:  # whatever it is, the version must not stay as it is: nobody watches the worker
        logger.exception("the check of %s failed, attempt %s", version, version.attempts)
        if version.attempts < claims.MAX_ATTEMPTS:
            claims.release(version)
        else:
            _finish(version, SITE_FAULT)
        return False
    return _finish(version, report)


def sweep() -> int:
    """Make good for lost messages and killed workers; how many versions were handed over again."""
    from submissions.tasks import check_version  # imported here: tasks import the services

    for version in claims.stale(Version):
        _finish(version, INTERRUPTED)
    due = claims.waiting(Version)
    for pk in due:
        check_version.delay(pk)
    remove_leftovers()
    return len(due)


def _check(version: Version, path: Path) -> Report:
    submission = version.submission
    # The folder name that a bare submitter's folder gets; an archive with closed/ or open/ on top tells its own.
    submitter = submission.submitter or (submission.organisation.slug if submission.organisation else "")
    report = check_archive(
        path, round_id=submission.round, division=submission.division or None, submitter=submitter or None,
        absent=version.absent_files, on_progress=lambda stage: claims.show_progress(version, stage),
    )  # fmt: skip
    return as_upload(report)


def _finish(version: Version, outcome: Report | str) -> bool:
    """Keep the report, or say why there is none, once: nothing is written when the claim was taken away.

    A database that went away meanwhile is asked once more; if it stays away, the sweep finds the version.
    """
    try:
        return _write(version, outcome)
    except claims.DATABASE_GONE:
        logger.warning("the database was away at the end of the check of %s", version)
        connection.close()
        return _write(version, outcome)


@transaction.atomic
def _write(version: Version, outcome: Report | str) -> bool:
    submission = Submission.objects.select_for_update().get(pk=version.submission_id)
    if not claims.still_claimed(version, lock=True):
        return False
    if isinstance(outcome, str):
        give_up(version, outcome)
        return True
    _name_owner(submission, outcome)
    keep(version, outcome)
    return True


def _name_owner(submission: Submission, report: Report) -> None:
    """The folder's name and division, where the archive tells them and nobody has said them."""
    records = report.read.submissions
    submitters, divisions = {r.submitter for r in records}, {r.division for r in records}
    if not submission.submitter and len(submitters) == 1:
        submission.submitter = submitters.pop()[:120]
    if not submission.division and len(divisions) == 1 and divisions <= {"closed", "open"}:
        submission.division = divisions.pop()
    submission.save(update_fields=["submitter", "division"])
