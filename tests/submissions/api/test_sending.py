"""Archives through the API: received once, checked, reported; refusals say what, where and how to mend."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

from submissions.models import Call, Check, Submission
from submissions.services import checks
from submissions.services.validate import check_path

from .conftest import Account, uploaded

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def test_an_archive_becomes_a_submission_whose_report_is_that_of_the_command(
    sender: Account, sent: Submission, archive: Path
) -> None:
    version = sender.get(f"submissions/{sent.public_id}/versions/1/").json()
    told = check_path(archive, round_id="v1.1").as_json()
    assert version["state"] == "done"
    assert {name: version[name] for name in told} == told
    assert sender.get(f"submissions/{sent.public_id}/").json()["state"] == "valid"


def test_the_same_bytes_again_are_the_same_submission(
    sender: Account, sent: Submission, archive: Path
) -> None:
    answer = sender.post("submissions/", {"archive": uploaded(archive), "round": "v1.1"})
    assert answer.status_code == 200
    assert answer.json()["submission"]["id"] == sent.public_id
    assert answer.headers["Location"] == f"/api/v1/submissions/{sent.public_id}/versions/1/"


def test_who_has_colleagues_still_sends_for_one_organisation(
    account: Callable[..., Account], sender: Account, call: Call, archive: Path
) -> None:
    account("colleague", organisation="acme", role="owner")
    answer = sender.post("submissions/", {"archive": uploaded(archive), "round": "v1.1"})
    assert answer.status_code == 201
    assert Submission.objects.get().organisation.slug == "acme"


def test_a_viewer_does_not_send_in_the_place_of_a_colleague(
    account: Callable[..., Account], sender: Account, call: Call, archive: Path
) -> None:
    viewer = account("viewer", organisation="acme", role="viewer")
    answer = viewer.post("submissions/", {"archive": uploaded(archive), "round": "v1.1"})
    assert answer.status_code == 422
    assert not Submission.objects.exists()


def test_the_same_key_with_other_bytes_is_a_conflict(sender: Account, call: Call, archive: Path) -> None:
    key = {"headers": {"Idempotency-Key": "build-17"}}
    first = sender.post("submissions/", {"archive": uploaded(archive), "round": "v1.1"}, **key)
    other = sender.post("submissions/", {"archive": io.BytesIO(b"other"), "round": "v1.1"}, **key)
    assert (first.status_code, other.status_code) == (201, 409)
    assert other.headers["Content-Type"] == PROBLEM


def test_the_archive_comes_back_byte_for_byte(sender: Account, sent: Submission, archive: Path) -> None:
    answer = sender.get(f"submissions/{sent.public_id}/versions/1/archive/")
    assert b"".join(answer.streaming_content) == archive.read_bytes()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"archive"}),
        ({"round": "v9.9"}, {"archive"}),
        ({"archive": b"x", "round": "v9.9"}, {"round"}),
        ({"archive": b"x"}, {"call"}),
        ({"archive": b"x", "round": "v1.1", "organisation": "others"}, {"organisation"}),
        ({"archive": b"x", "round": "v1.1", "colour": "red"}, {"colour"}),
        ({"archive": b"x", "round": "v1.1", "kind": "import"}, {"kind"}),
    ],
)
def test_every_field_that_cannot_be_used_is_named(
    sender: Account, call: Call, fields: dict[str, object], wrong: set[str]
) -> None:
    sent = {name: io.BytesIO(value) if isinstance(value, bytes) else value for name, value in fields.items()}
    for file in (value for value in sent.values() if isinstance(value, io.BytesIO)):
        file.name = "x.zip"
    answer = sender.client.post("/api/v1/submissions/", sent)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, PROBLEM)
    assert {error["parameter"] for error in answer.json()["errors"]} == wrong


def test_a_submission_can_say_its_title_and_whom_to_ask(sender: Account, call: Call, archive: Path) -> None:
    said = {"title": "Second board", "contact": "lab@example.org"}
    answer = sender.post("submissions/", {"archive": uploaded(archive), "round": "v1.1", **said})
    address = f"submissions/{answer.json()['submission']['id']}/"
    assert sender.get(address).json()["metadata"] == said


def test_an_archive_over_the_limit_is_refused(sender: Account, call: Call, archive: Path, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    answer = sender.post("submissions/", {"archive": uploaded(archive), "round": "v1.1"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, PROBLEM)
    assert Submission.objects.count() == 0


def test_json_is_no_archive(sender: Account, call: Call) -> None:
    answer = sender.post("submissions/", {"round": "v1.1"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (415, PROBLEM)


def test_too_many_archives_are_told_when_to_come_back(
    sender: Account, call: Call, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        SimpleRateThrottle, "THROTTLE_RATES", {"submissions": "1/hour", "anon": None, "user": None}
    )
    cache.clear()
    statuses = [
        sender.post("submissions/", {"archive": uploaded(archive), "round": "v1.1"}).status_code
        for _ in range(2)
    ]
    assert statuses == [201, 429]


def test_a_viewer_sends_nothing(account: Callable[..., Account], sent: Submission, archive: Path) -> None:
    viewer = account("viewer", organisation="acme", role="viewer")
    assert (
        viewer.post(f"submissions/{sent.public_id}/versions/", {"archive": uploaded(archive)}).status_code
        == 403
    )


def test_a_check_needs_no_account_and_can_be_read_by_its_address(client: Client, archive: Path) -> None:
    answer = client.post("/api/v1/checks/", {"archive": uploaded(archive), "round": "v1.1"})
    assert answer.status_code == 202
    assert answer.json()["state"] == "queued"
    checks.run(Check.objects.get().pk)
    report = client.get(answer.headers["Location"]).json()
    assert (report["state"], report["verdict"], len(report["runs"])) == ("done", "valid", 1)
    assert report["expires_at"]


def test_a_check_by_an_unknown_round_is_refused(client: Client, archive: Path) -> None:
    answer = client.post("/api/v1/checks/", {"archive": uploaded(archive), "round": "v9.9"})
    assert answer.status_code == 422
    assert Check.objects.count() == 0


def test_an_unknown_check_is_not_found(client: Client) -> None:
    assert client.get("/api/v1/checks/nothing/").status_code == 404


def test_calls_are_public(client: Client, call: Call) -> None:
    rows = client.get("/api/v1/calls/").json()["results"]
    assert [(row["round"], row["state"]) for row in rows] == [("v1.1", "open")]
