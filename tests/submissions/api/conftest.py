from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from submissions.models import Call, Membership, Organisation, Submission, User
from submissions.services import processing
from submissions.services.tokens import create_token
from tests.makers import make_submission
from tests.results.makers import make_round


@dataclass
class Account:
    """A client that sends the token of one account."""

    user: User
    client: Client

    def __getattr__(self, method: str) -> Callable[..., Any]:
        send = getattr(self.client, method)

        def asked(path: str, data: Any = None, **more: Any) -> Any:
            if method in ("post", "patch") and "content_type" not in more and "archive" not in (data or {}):
                more["content_type"] = "application/json"
            return send(f"/api/v1/{path}", data, **more)

        return asked


def uploaded(path: Path) -> SimpleUploadedFile:
    """The file at ``path`` as a client sends it."""
    return SimpleUploadedFile(path.name, path.read_bytes())


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path: Path) -> None:
    """Archives of a test lie in its folder; what earlier tests asked is not counted."""
    cache.clear()
    settings.ARCHIVE_DIR = tmp_path / "archives"
    settings.STORAGES = {
        **settings.STORAGES,
        "archives": {
            "BACKEND": "submissions.archive_storage.ArchiveFolder",
            "OPTIONS": {"location": settings.ARCHIVE_DIR},
        },
    }


@pytest.fixture
def account(db: None) -> Callable[..., Account]:
    def make(name: str, *, organisation: str = "", role: str = "submitter", **columns: Any) -> Account:
        user = User.objects.create_user(f"{name}@example.org", None, name=name, is_active=True, **columns)
        if organisation:
            group, _ = Organisation.objects.get_or_create(slug=organisation, defaults={"name": organisation})
            Membership.objects.create(user=user, organisation=group, role=role)
        _, secret = create_token(user, name="test")
        return Account(user, Client(headers={"Authorization": f"Bearer {secret}"}))

    return make


@pytest.fixture
def sender(account: Callable[..., Account]) -> Account:
    return account("sender", organisation="acme")


@pytest.fixture
def call(db: None) -> Call:
    now = timezone.now()
    return Call.objects.create(
        round=make_round("v1.1"), opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
        publishes_at=now + timedelta(days=2),
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A valid archive of one submitter."""
    make_submission(tmp_path / "round")
    return Path(shutil.make_archive(str(tmp_path / "acme"), "zip", tmp_path / "round"))


@pytest.fixture
def sent(sender: Account, call: Call, archive: Path) -> Submission:
    """A submission that was sent through the API and found valid."""
    call_command("load_catalogue", verbosity=0)  # a hand-in asks whether it could be published
    answer = sender.post("submissions/", {"archive": uploaded(archive), "round": "v1.1"})
    assert answer.status_code == 201, answer.content
    submission = Submission.objects.get(public_id=answer.json()["submission"]["id"])
    processing.claim_and_check(submission.current_version_id)
    submission.refresh_from_db()
    return submission
