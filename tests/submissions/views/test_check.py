"""Checks without an account: the form, what it refuses, the report while it is kept."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from submissions.models import Check
from submissions.services import checks
from submissions.services.intake import TooLarge
from submissions.services.storage import StorageFull
from tests.makers import make_submission
from tests.submissions.reports import make_check, report_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings) -> None:
    settings.ARCHIVE_DIR = tmp_path / "archives"
    settings.INCOMING_DIR = tmp_path / "incoming"
    cache.clear()


def form(content: bytes = b"not an archive", **changes: object) -> dict[str, object]:
    return {"round": "v1.1", "division": "", "archive": SimpleUploadedFile("ours.zip", content), **changes}


def test_the_form_offers_every_round_with_a_rulebook(client: Client) -> None:
    page = client.get("/check/").content.decode()
    for round_id in ("v0.5", "v0.7", "v1.0", "v1.1", "v1.2", "v1.3"):
        assert f'<option value="{round_id}"' in page
    assert "as the archive says" in page


def test_an_archive_gets_a_report_with_an_address_of_its_own(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}

    def start(path: Path, **asked: object) -> Check:
        seen.update(asked, content=path.read_bytes())
        return make_check()

    monkeypatch.setattr(checks, "start", start)
    answer = client.post("/check/", form(division="open"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == Check.objects.get().get_absolute_url()
    assert seen == {
        "round_id": "v1.1",
        "division": "open",
        "filename": "ours.zip",
        "content": b"not an archive",
    }


def test_a_form_without_a_file_is_shown_again(client: Client) -> None:
    answer = client.post("/check/", {"round": "v1.1", "division": ""})
    assert answer.status_code == 400
    assert "This field is required." in answer.content.decode()
    assert not Check.objects.exists()


def test_an_unknown_round_is_refused(client: Client) -> None:
    assert client.post("/check/", form(round="v9.9")).status_code == 400


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (TooLarge("the file has 9 bytes; at most 8 are taken"), 413),
        (checks.TooBusy(), 503),
        (StorageFull(), 507),
    ],
    ids=["too large", "busy", "full"],
)
def test_what_cannot_be_taken_says_why(
    client: Client, monkeypatch: pytest.MonkeyPatch, problem: Exception, status: int
) -> None:
    def start(path: Path, **asked: object) -> Check:
        raise problem

    monkeypatch.setattr(checks, "start", start)
    answer = client.post("/check/", form())
    assert answer.status_code == status
    assert 'class="errorlist' in answer.content.decode()
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_too_many_checks_from_one_address_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from submissions.api.throttles import CheckThrottle

    monkeypatch.setattr(CheckThrottle, "rate", "1/hour", raising=False)
    monkeypatch.setattr(checks, "start", lambda path, **asked: make_check())
    assert client.post("/check/", form()).status_code == 302
    answer = client.post("/check/", form())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/check/").status_code == 200


def test_a_waiting_check_renews_itself_with_and_without_scripts(client: Client) -> None:
    check = make_check()
    page = client.get(check.get_absolute_url()).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    part = client.get(check.get_absolute_url(), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Refresh" not in part.headers


def test_a_page_that_waited_is_loaded_anew_when_the_report_is_there(client: Client, tmp_path: Path) -> None:
    make_submission(tmp_path / "round")
    check = make_check(report_on(tmp_path / "round"))
    assert (
        client.get(check.get_absolute_url(), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    )
    page = client.get(check.get_absolute_url()).content.decode()
    assert "hx-trigger" not in page
    assert 'http-equiv="refresh"' not in page


def test_a_report_says_until_when_it_is_kept_and_is_not_listed(client: Client) -> None:
    check = make_check(filename="ours.zip")
    answer = client.get(check.get_absolute_url())
    assert f"{check.expires_at:%H:%M} UTC" in answer.content.decode()
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_expired_check_is_gone(client: Client) -> None:
    check = make_check(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(check.get_absolute_url()).status_code == 404
    assert client.get(f"/check/{check.pk}.json").status_code == 404


def test_the_report_as_json_has_the_public_shape(client: Client, tmp_path: Path) -> None:
    make_submission(tmp_path / "round")
    report = report_on(tmp_path / "round")
    check = make_check(report)
    answer = client.get(f"/check/{check.pk}.json")
    assert answer.headers["Content-Type"] == "application/json"
    content = json.loads(answer.content)
    assert {key: content[key] for key in ("verdict", "findings", "runs")} == report.as_json()
    assert content["state"] == "done"


def test_nothing_of_an_archive_is_markup(client: Client) -> None:
    hostile = "<script>alert(1)</script>"
    finding = {
        "code": "file.unknown", "severity": "error", "file": hostile, "line": 1, "expected": hostile, "found": hostile,
        "mend": hostile, "submitter": None, "division": None, "system": hostile, "run": None,
    }  # fmt: skip
    run = {
        "division": "closed", "submitter": hostile, "system": hostile, "benchmark": hostile, "variant": hostile,
        "folder": hostile, "runner": None, "valid": False,
        "values": [{"metric": hostile, "value": 1.0, "printed": hostile, "how": hostile, "reading": "stated",
                    "evidence": [{"file": hostile, "line": 1, "sha256": ""}]}],
    }  # fmt: skip
    check = make_check(
        progress="done", verdict="invalid", findings=[finding], runs=[run], filename=hostile,
        excerpts=[[[hostile, 1, None], [[1, hostile, True]]]],
    )  # fmt: skip
    page = client.get(check.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 10


@pytest.mark.django_db(transaction=True)
def test_page_and_command_agree_on_an_archive_that_was_uploaded(client: Client, tmp_path: Path) -> None:
    make_submission(tmp_path / "round", top1_pct=50.0)
    packed = Path(shutil.make_archive(str(tmp_path / "ours"), "zip", tmp_path / "round"))
    answer = client.post("/check/", form(packed.read_bytes()))
    assert answer.status_code == 302
    seen = client.get(answer.headers["Location"].removesuffix("/") + ".json").json()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_submission", str(packed), round="v1.1", json=True, stdout=out)
    assert {key: seen[key] for key in ("verdict", "findings", "runs")} == json.loads(out.getvalue())
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Top-1: 50.0%" in page, "the line itself is shown"
