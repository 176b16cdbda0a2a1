"""The pages of submitting ask the database as often for much as for little."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from submissions.models import Archive, Event, Message, Submission, User, Version
from tests.query_counts import assert_query_count
from tests.submissions.stages import call, organisation, person, put, valid_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission(db: None, tmp_path: Path, settings) -> Submission:
    settings.ARCHIVE_DIR = tmp_path / "archives"
    call_command("load_catalogue", verbosity=0)
    owner = person("owner")
    made = valid_submission(organisation(owner=owner), owner, call(), tmp_path)
    return put(made, "in-review")


def _grow(submission: Submission) -> None:
    """More of everything that a page lists: versions, messages, events, submissions."""
    owner = submission.created_by
    for number in range(2, 8):
        archive = Archive.objects.create(sha256=f"{number:064x}", size_bytes=1)
        version = Version.objects.create(
            submission=submission, archive=archive, number=number, uploaded_by=owner, filename="x.zip"
        )
        Message.objects.create(
            submission=submission, version=version, author=owner, role="owner", body="Here."
        )
        Event.objects.create(submission=submission, version=version, actor=owner, role="owner", kind="upload")
        other = organisation(f"Lab {number}", owner=owner)
        for _ in range(2):
            Submission.objects.create(
                kind="round", organisation=other, created_by=owner, call=submission.call, round="v1.1",
                state="in-review", handed_in_at=submission.handed_in_at,
            )  # fmt: skip


@pytest.mark.parametrize("name", ["mine", "submission", "review", "calls"])
def test_the_queries_of_a_page_do_not_grow_with_what_it_lists(
    submission: Submission, client: Client, name: str
) -> None:
    reader = {"mine": "owner", "submission": "owner"}.get(name)
    user = User.objects.get(email=f"{reader}@example.org") if reader else person("staff", is_staff=True)
    address = {
        "mine": "/submissions/", "submission": submission.get_absolute_url(), "review": "/review/",
        "calls": "/review/calls/",
    }[name]  # fmt: skip
    client.force_login(user)
    assert_query_count(client, f"submissions:{name}", address)
    _grow(submission)
    assert_query_count(client, f"submissions:{name}", address)
