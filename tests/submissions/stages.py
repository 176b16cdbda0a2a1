"""Makers of people, calls and checked submissions in any state, through the services of the product."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from results.models import Round
from submissions.models import Call, Event, Membership, Organisation, Submission, User, Version
from submissions.services.storage import store
from submissions.services.validate import check_path, keep
from tests.makers import make_submission

PASSWORD = "a long enough password 7"


def person(name: str, **columns: Any) -> User:
    """An active account with the address ``<name>@example.org``."""
    return User.objects.create_user(
        f"{name}@example.org", PASSWORD, name=name, **{"is_active": True, **columns}
    )


def organisation(name: str = "Example Lab", **members: User) -> Organisation:
    """An organisation with members by role: ``owner=…, submitter=…, viewer=…``."""
    made = Organisation.objects.create(name=name, slug=name.lower().replace(" ", "-"))
    for role, user in members.items():
        Membership.objects.create(user=user, organisation=made, role=role)
    return made


def call(round_id: str = "v1.1", *, opened_for: timedelta = timedelta(hours=1)) -> Call:
    """An open call that closes in a day and publishes in two."""
    now = timezone.now()
    return Call.objects.create(
        round=Round.objects.get(pk=round_id), opens_at=now - opened_for, closes_at=now + timedelta(days=1),
        publishes_at=now + timedelta(days=2),
    )  # fmt: skip


def checked_version(
    submission: Submission,
    user: User,
    folder: Path,
    *,
    extra: Mapping[str, str] | None = None,
    **changes: Any,
) -> Version:
    """A further version of ``submission`` that has been read and judged; ``extra`` are texts by path in the archive."""
    number = submission.versions.count() + 1
    root = folder / f"{submission.public_id}-{number}"
    make_submission(root, **changes)
    for place, text in (extra or {}).items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)
    path = folder / f"{submission.public_id}-{number}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(p for p in root.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(root).as_posix())
    version = Version.objects.create(
        submission=submission, archive=store(path), number=number, uploaded_by=user, filename=path.name
    )
    submission.current_version = version
    submission.save()
    keep(version, check_path(path, round_id=submission.round))
    submission.refresh_from_db()
    return version


def valid_submission(of: Organisation, user: User, of_call: Call, folder: Path, **changes: Any) -> Submission:
    """A submission whose first version was found valid."""
    submission = Submission.objects.create(
        kind="round",
        organisation=of,
        created_by=user,
        call=of_call,
        round=of_call.round_id,
        submitter="example_lab",
    )
    checked_version(submission, user, folder, **changes)
    assert submission.state == "valid", submission.current_version.findings
    return submission


def put(submission: Submission, state: str) -> Submission:
    """``submission`` as if it had come to ``state``; for tests of what may be done there."""
    submission.state = state
    submission.handed_in_at = submission.handed_in_at or timezone.now()
    submission.save()
    return submission


def steps_of(submission: Submission) -> list[tuple[str, str, str]]:
    """(kind, from, to) of every event in order."""
    return list(
        Event.objects.filter(submission=submission)
        .order_by("pk")
        .values_list("kind", "from_state", "to_state")
    )
