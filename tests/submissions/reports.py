"""Reports for tests: checks and versions whose files were read and judged in this process."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from results.models import Round
from submissions.checking.check import check
from submissions.checking.report import Report
from submissions.checking.wire import to_wire
from submissions.models import (
    Archive,
    Call,
    Check,
    Membership,
    Organisation,
    Progress,
    Submission,
    User,
    Version,
)
from submissions.services.validate import earlier_logs, keep


def report_on(folder: Path, round_id: str = "v1.1") -> Report:
    """The report on a round folder, with the lines of each place."""
    return check(
        folder, round_id=round_id, with_excerpts=True, earlier_logs=lambda logs: earlier_logs(round_id, logs)
    )


def make_check(report: Report | None = None, **columns: object) -> Check:
    """A check that is done with ``report``, or still waits without one."""
    done = {} if report is None else {
        "progress": Progress.DONE, "excerpts": to_wire(report.excerpts), **report.as_json(),
    }  # fmt: skip
    values = {
        "round": "v1.1", "filename": "ours.zip", "sha256": "0" * 64, "size_bytes": 1000,
        "expires_at": timezone.now() + timedelta(hours=1), **done, **columns,
    }  # fmt: skip
    return Check.objects.create(**values)


def make_user(email: str = "ada@lab.example", **columns: object) -> User:
    """An account that has confirmed its address."""
    return User.objects.create(
        **{"email": email, "name": email.partition("@")[0], "is_active": True, **columns}
    )


def make_version(
    user: User, report: Report | None = None, *, organisation: Organisation | None = None
) -> Version:
    """A first version of a submission to v1.1, sent by ``user`` for an organisation that they own."""
    if organisation is None:
        organisation = Organisation.objects.create(slug=f"lab-{user.pk}", name=f"Lab {user.pk}")
        Membership.objects.create(user=user, organisation=organisation, role="owner")
    now = timezone.now()
    round_, _ = Round.objects.get_or_create(pk="v1.1", defaults={"position": 3})
    call = Call.objects.filter(round=round_).first() or Call.objects.create(
        round=round_, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
        publishes_at=now + timedelta(days=2),
    )  # fmt: skip
    archive, _ = Archive.objects.get_or_create(sha256="ab" * 32, defaults={"size_bytes": 10})
    submission = Submission.objects.create(
        kind="round",
        organisation=organisation,
        created_by=user,
        call=call,
        round="v1.1",
        submitter="example_lab",
    )
    version = Version.objects.create(
        submission=submission, number=1, archive=archive, filename="ours.zip", uploaded_by=user
    )
    submission.current_version = version
    submission.save()
    if report is not None:
        keep(version, report)
    return version
