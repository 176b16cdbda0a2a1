"""Intake: what an account sends becomes a submission or a new version of one, and is handed to the worker.

The bytes are stored first; everything else is one transaction. Sending the same again gives what is there already.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from submissions.models import (
    Archive,
    Call,
    Event,
    Membership,
    Organisation,
    OrganisationRole,
    Progress,
    Submission,
    User,
    Version,
)  # fmt: skip
from submissions.workflow.states import Action, State

from .storage import StorageFailed, StorageFull, is_full, store
from .transitions import NotAllowed, begin, finish

Kind = Submission.Kind
SENDING_KINDS = (Kind.ROUND, Kind.SELF_REPORTED)
FILENAME_MAX_CHARS, KEY_MAX_CHARS, NOTE_MAX_CHARS = 200, 80, 4000

__all__ = ["Intake", "KeyReused", "StorageFailed", "StorageFull", "TooLarge", "add_version", "submit"]


class TooLarge(NotAllowed):
    """More bytes than the site takes."""


class KeyReused(NotAllowed):
    """The Idempotency-Key stands for something else that the same account sent before."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What was sent, as the site has it. ``created`` is False when it was there already."""

    submission: Submission
    version: Version
    created: bool


def submit(
    path: Path, *, user: User, organisation: Organisation, kind: str, call: Call | None = None, round_id: str,
    division: str = "", filename: str, note: str = "", idempotency_key: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Intake:  # fmt: skip
    """Receive the archive at ``path`` as a new submission of ``organisation``.

    The same key of the same account, or the same bytes from the same organisation for the same round and kind, give
    the submission that is there; one that could not be checked is checked again. Raises NotAllowed (TooLarge,
    KeyReused), StorageFull, StorageFailed; then nothing is kept.
    """
    role = _sender_role(user, organisation)
    if kind not in SENDING_KINDS or (kind == Kind.ROUND) != (call is not None):
        raise NotAllowed(
            "a submission is sent to an open call of a round, or is a self-reported result without one"
        )
    if division not in ("", "closed", "open"):
        raise NotAllowed("the division is closed or open, or left out where the archive says it")
    round_id = call.round_id if call is not None else round_id
    with _prepared(path, kind) as source:
        archive = _stored(source, note, idempotency_key)
        with transaction.atomic():
            _one_at_a_time(user, organisation)
            there = _by_key(user, idempotency_key) or _by_bytes(archive, organisation, round_id, kind)
            if there is not None:
                same = there.submission
                if (same.organisation_id, same.round, same.kind) != (organisation.pk, round_id, kind):
                    raise _reused(there)
                return _again(there, archive)
            if call is not None:
                _is_open(call)
            submission = Submission.objects.create(
                kind=kind, organisation=organisation, created_by=user, call=call, round=round_id, division=division,
                metadata=dict(metadata or {}),
            )  # fmt: skip
            version = _add(submission, archive, user, filename, note, idempotency_key)
            submission.current_version = version
            submission.save(update_fields=["current_version"])
            Event.objects.create(
                submission=submission, version=version, actor=user, role=role, kind="received",
                to_state=State.RECEIVED, detail=f"archive {archive.sha256}", data={"version": 1},
            )  # fmt: skip
    return Intake(submission, version, created=True)


def add_version(
    submission: Submission, path: Path, *, user: User, filename: str, note: str = "", idempotency_key: str = ""
) -> Intake:  # fmt: skip
    """Receive the archive at ``path`` as the next version of ``submission``.

    Bytes that the submission has already give the version that holds them; the newest version stays the newest.
    Raises NotVisible, NotAllowed (TooLarge, KeyReused), StorageFull, StorageFailed; then nothing is kept.
    """
    with transaction.atomic():
        begin(submission, Action.UPLOAD, user)  # before anything is stored
    with _prepared(path, submission.kind) as source:
        archive = _stored(source, note, idempotency_key)
        with transaction.atomic():
            _one_at_a_time(user)
            step = begin(submission, Action.UPLOAD, user)
            row = step.submission
            there = _by_key(user, idempotency_key) or row.versions.filter(archive=archive).first()
            if there is not None:
                if there.submission_id != row.pk:
                    raise _reused(there)
                return _again(there, archive)
            if row.call is not None and step.state is not State.PUBLISHED:
                _takes_versions(row)
            before = row.current_version
            version = _add(row, archive, user, filename, note, idempotency_key)
            row.current_version = version
            finish(
                step, detail=f"archive {archive.sha256}",
                data={"from_version": before.number if before else None, "version": version.number},
            )  # fmt: skip
    submission.refresh_from_db()
    return Intake(submission, version, created=True)


def _sender_role(user: User, organisation: Organisation) -> str:
    role = (
        Membership.objects.filter(user=user, organisation=organisation).values_list("role", flat=True).first()
    )
    if not user.is_active or role not in (OrganisationRole.SUBMITTER, OrganisationRole.OWNER):
        raise NotAllowed(f"only submitters and owners of {organisation} send submissions for it")
    return str(role)


def _is_open(call: Call) -> None:
    now = timezone.now()
    if now < call.opens_at:
        raise NotAllowed(f"the call for {call.round_id} opens on {call.opens_at:%Y-%m-%d %H:%M} UTC")
    if now >= call.closes_at or call.published_at is not None:
        raise NotAllowed(f"the call for {call.round_id} closed on {call.closes_at:%Y-%m-%d %H:%M} UTC")


def _takes_versions(row: Submission) -> None:
    """Until the call closes; after that as an answer to the reviewers, until it is published."""
    assert row.call is not None
    limit = row.call.publishes_at if row.handed_in_at else row.call.closes_at
    if timezone.now() >= limit or row.call.published_at is not None:
        raise NotAllowed(f"the call for {row.round} closed on {limit:%Y-%m-%d %H:%M} UTC")


def _stored(source: Path, note: str, idempotency_key: str) -> Archive:
    if len(idempotency_key) > KEY_MAX_CHARS:
        raise NotAllowed(f"an Idempotency-Key has at most {KEY_MAX_CHARS} characters")
    if len(note) > NOTE_MAX_CHARS:
        raise NotAllowed(f"a note has at most {NOTE_MAX_CHARS} characters")
    size_bytes = source.stat().st_size
    if size_bytes == 0:
        raise NotAllowed("the file is empty; send a .zip or .tar.gz archive")
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(f"the file has {size_bytes} bytes; at most {settings.UPLOAD_MAX_BYTES} are taken")
    return store(source)


@contextlib.contextmanager
def _prepared(path: Path, kind: str) -> Iterator[Path]:
    """The archive to store: ``path`` itself, or a self-reported table that came alone, packed."""
    if kind != Kind.SELF_REPORTED:
        yield path
        return
    # Imported here: the service of self-reported results sends what its form made through this module.
    from .self_reported import as_archive

    try:
        packed = as_archive(path)
    except OSError as problem:
        raise (StorageFull if is_full(problem) else StorageFailed)() from problem
    with packed as source:
        yield source


def _one_at_a_time(user: User, organisation: Organisation | None = None) -> None:
    """Wait for others who send as the same account or organisation: the same archive twice at once is one."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if organisation is not None:
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _by_key(user: User, key: str) -> Version | None:
    if not key:
        return None
    return Version.objects.filter(uploaded_by=user, idempotency_key=key).select_related("submission").first()


def _by_bytes(archive: Archive, organisation: Organisation, round_id: str, kind: str) -> Version | None:
    same = Version.objects.filter(
        archive=archive,
        submission__organisation=organisation,
        submission__round=round_id,
        submission__kind=kind,
    )
    return (
        same.exclude(submission__state=State.WITHDRAWN).select_related("submission").order_by("-pk").first()
    )


def _reused(version: Version) -> KeyReused:
    return KeyReused(
        f"this Idempotency-Key stands for another upload of {version.created_at:%Y-%m-%d %H:%M} UTC"
    )


def _again(version: Version, archive: Archive) -> Intake:
    """What is there already. A check that ended without a report is due again: its sender was asked to send again."""
    if version.archive_id != archive.pk:
        raise _reused(version)
    submission = Submission.objects.select_for_update().get(pk=version.submission_id)
    failed = Version.objects.filter(pk=version.pk, progress=Progress.FAILED)
    if failed.update(progress=Progress.QUEUED, attempts=0, claimed_at=None, finished_at=None, failure=""):
        moves = submission.current_version_id == version.pk and submission.state == State.FAILED
        if moves:
            submission.state = State.RECEIVED
            submission.save(update_fields=["state"])
        Event.objects.create(
            submission=submission, version=version, kind="sent-again",
            from_state=State.FAILED if moves else "", to_state=State.RECEIVED if moves else "",
        )  # fmt: skip
        _hand_over(version.pk)
    version.refresh_from_db()
    version.submission = submission
    return Intake(submission, version, created=False)


def _add(
    submission: Submission, archive: Archive, user: User, filename: str, note: str, idempotency_key: str
) -> Version:  # fmt: skip
    newest = submission.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = Version.objects.create(
        submission=submission, number=newest + 1, archive=archive, filename=base_name(filename), note=note.strip(),
        uploaded_by=user, idempotency_key=idempotency_key,
    )  # fmt: skip
    _hand_over(version.pk)
    return version


def base_name(filename: str) -> str:
    """The last part of a file's name as its sender's machine wrote it, without what cannot be shown."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[-FILENAME_MAX_CHARS:]


def _hand_over(version_pk: int) -> None:
    """Tell the worker once the transaction has committed; a message that is lost is made up for by the sweep."""
    # Imported here: tasks import the services.
    from submissions.tasks import check_version

    transaction.on_commit(lambda: check_version.delay(version_pk), robust=True)
