"""Small makers for tests of sending: an organisation with a member, an open call, an archive."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from results.models import Round
from submissions.models import Call, Membership, Organisation, User
from tests.makers import make_submission


def make_member(
    role: str = "submitter", *, email: str = "ada@lab.example", organisation: Organisation | None = None
):
    """An account and the organisation that it belongs to."""
    organisation = organisation or Organisation.objects.get_or_create(slug="lab", defaults={"name": "Lab"})[0]
    user = User.objects.create_user(email, "correct horse battery", name="Ada", is_active=True)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user, organisation


def make_call(round_id: str = "v1.1", *, closed: bool = False) -> Call:
    """An open call; ``closed`` gives one that no longer takes submissions."""
    now = timezone.now()
    return Call.objects.create(
        round=Round.objects.get(pk=round_id), opens_at=now - timedelta(days=2),
        closes_at=now + timedelta(days=-1 if closed else 1), publishes_at=now + timedelta(days=2),
    )  # fmt: skip


def make_zip(folder: Path, *, submitters: tuple[str, ...] = ("Acme",), mark: str = "") -> Path:
    """A .zip of a valid closed folder per submitter; ``mark`` makes its bytes others."""
    root = folder / "round"
    for submitter in submitters:
        make_submission(root, submitter=submitter, system=f"{submitter.lower()}_board")
    out = folder / f"upload{mark}.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(root).as_posix())
        if mark:
            archive.writestr("closed/Acme/code/NOTES.txt", mark)
    return out
