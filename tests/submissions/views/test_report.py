"""The report of a version: for members and reviewers, 404 for all others; the archive only ever as a file to save."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from submissions.models import User, Version
from submissions.services.storage import archive_storage, name_of
from tests.makers import make_submission
from tests.query_counts import assert_query_count
from tests.submissions.reports import make_user, make_version, report_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> User:
    return make_user()


@pytest.fixture
def version(owner: User, tmp_path: Path, settings) -> Version:
    settings.ARCHIVE_DIR = tmp_path / "archives"
    call_command("load_catalogue", verbosity=0)
    make_submission(tmp_path / "round", benchmarks=("kws", "ad"), energy_uj_per_inf=250.0)
    return make_version(owner, report_on(tmp_path / "round"))


def address(version: Version, end: str = "/") -> str:
    return f"/submissions/{version.submission.public_id}/versions/{version.number}{end}"


def test_the_owner_reads_report_and_preview(client: Client, owner: User, version: Version) -> None:
    client.force_login(owner)
    page = client.get(address(version)).content.decode()
    assert "How it would stand" in page
    assert "What was understood" in page
    assert "ours.zip" in page


def test_the_json_is_the_public_shape(client: Client, owner: User, version: Version) -> None:
    client.force_login(owner)
    content = json.loads(client.get(address(version, ".json")).content)
    assert content["state"] == "done"
    assert content["findings"] == version.findings
    assert content["runs"] == version.runs


@pytest.mark.parametrize("end", ["/", ".json", "/archive"])
def test_a_stranger_learns_no_more_than_that_there_is_no_such_page(
    client: Client, version: Version, end: str
) -> None:
    client.force_login(make_user("eve@else.example"))
    hidden = client.get(address(version, end))
    unknown = client.get(f"/submissions/abcdefghjkmn/versions/1{end}")
    assert (hidden.status_code, unknown.status_code) == (404, 404)


@pytest.mark.parametrize("end", ["/", ".json", "/archive"])
def test_without_an_account_every_version_leads_to_the_log_in(
    client: Client, version: Version, end: str
) -> None:
    for path in (address(version, end), f"/submissions/abcdefghjkmn/versions/1{end}"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/log-in/")


def test_a_reviewer_sees_it_once_it_was_handed_in(client: Client, version: Version) -> None:
    client.force_login(make_user("rev@else.example", is_reviewer=True))
    assert client.get(address(version)).status_code == 404
    version.submission.state = "in-review"
    version.submission.save()
    assert client.get(address(version)).status_code == 200


def test_an_unknown_version_is_not_found(client: Client, owner: User, version: Version) -> None:
    client.force_login(owner)
    assert client.get(address(version).replace("/versions/1/", "/versions/2/")).status_code == 404


def test_the_archive_comes_back_byte_for_byte_as_a_file_to_save(
    client: Client, owner: User, version: Version
) -> None:
    sent = b"PK<html><script>alert(1)</script>"
    archive_storage().save(name_of(version.archive_id), io.BytesIO(sent))
    Version.objects.filter(pk=version.pk).update(filename='a"b.html')
    client.force_login(owner)
    answer = client.get(address(version, "/archive"))
    assert b"".join(answer.streaming_content) == sent
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_the_queries_of_a_version_are_counted(client: Client, owner: User, version: Version) -> None:
    client.force_login(owner)
    assert_query_count(client, "version", address(version))


def test_a_number_beyond_every_column_is_not_found(client: Client, owner: User, version: Version) -> None:
    client.force_login(owner)
    far = address(version).replace("/versions/1/", f"/versions/{10**30}/")
    assert client.get(far).status_code == 404
