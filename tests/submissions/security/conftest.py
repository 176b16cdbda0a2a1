from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from submissions.models import Call, Organisation, Submission, User
from submissions.services import intake, processing
from tests.submissions.stages import call, organisation, person


@dataclass
class Scene:
    """An organisation with an open call, people who have nothing to do with it, and a way to send an archive."""

    lab: Organisation
    owner: User
    reviewer: User
    staff: User
    stranger: User
    call: Call
    folder: Path
    send: Callable[..., Submission]

    def client(self, name: str) -> Client:
        """A browser in which ``name`` is logged in."""
        client = Client()
        client.force_login(getattr(self, name))
        return client


@pytest.fixture
def scene(db: None, tmp_path: Path, settings) -> Scene:
    cache.clear()
    call_command("load_catalogue", verbosity=0)
    settings.ARCHIVE_DIR, settings.INCOMING_DIR = tmp_path / "archives", tmp_path / "incoming"
    place = {
        "BACKEND": "submissions.archive_storage.ArchiveFolder",
        "OPTIONS": {"location": settings.ARCHIVE_DIR},
    }
    settings.STORAGES = settings.STORAGES | {"archives": place}
    owner = person("owner")
    lab, opened = organisation(owner=owner), call()

    def send(root: Path, kind: str = "round") -> Submission:
        """The folder ``root`` as an archive that was sent for the lab and checked."""
        done = intake.submit(
            zipped(root), user=owner, organisation=lab, kind=kind, call=opened if kind == "round" else None,
            round_id=opened.round_id, filename="archive.zip",
        )  # fmt: skip
        processing.claim_and_check(done.version.pk)
        done.submission.refresh_from_db()
        return done.submission

    return Scene(
        lab, owner, person("reviewer", is_reviewer=True), person("staff", is_staff=True), person("stranger"), opened,
        tmp_path, send,
    )  # fmt: skip


def zipped(root: Path) -> Path:
    """The files below ``root`` as a zip beside it."""
    path = root.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(one for one in root.rglob("*") if one.is_file()):
            archive.write(file, file.relative_to(root).as_posix())
    return path
