"""The archive behind a published result: everybody's while it stands as published, nobody else's before and after."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test import Client

from results.models import Run
from results.services import changes
from submissions.services import publish
from submissions.services.transitions import perform
from submissions.workflow.states import Action
from tests.results.makers import make_publication, make_run, make_system
from tests.submissions.stages import call, checked_version, organisation, person, put, valid_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None, tmp_path: Path, settings) -> SimpleNamespace:
    settings.ARCHIVE_DIR = tmp_path / "archives"
    call_command("load_catalogue", verbosity=0)
    owner, reviewer = person("owner"), person("reviewer", is_reviewer=True)
    submission = valid_submission(organisation(owner=owner), owner, call(), tmp_path)
    publish.publish_site(submission)
    put(submission, "published")
    run = Run.objects.get()
    return SimpleNamespace(
        submission=submission, owner=owner, reviewer=reviewer, run=run, folder=tmp_path,
        address=f"/results/{run.public_id}/archive",
    )  # fmt: skip


def sha256_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return hashlib.sha256(b"".join(answer.streaming_content)).hexdigest()


def test_everybody_can_download_what_a_published_result_was_read_from(
    scene: SimpleNamespace, client: Client
) -> None:
    answer = client.get(scene.address)
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == scene.submission.published_version.archive_id
    assert any(name.endswith("results.txt") for name in zipfile.ZipFile(BytesIO(content)).namelist())
    name = f'attachment; filename="{scene.submission.public_id}-version-1.zip"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_page_and_data_of_the_result_lead_to_it(scene: SimpleNamespace, client: Client) -> None:
    page = client.get(scene.run.get_absolute_url()).content.decode()
    assert f'href="{scene.address}"' in page
    assert scene.submission.published_version.archive_id in page
    assert client.get(f"/results/{scene.run.public_id}.json").json()["archive"] == scene.address


def test_a_correction_is_public_only_once_it_is_accepted(scene: SimpleNamespace, client: Client) -> None:
    first = scene.submission.published_version.archive_id
    checked_version(scene.submission, scene.owner, scene.folder, iterations=1200)
    assert sha256_of(client, scene.address) == first
    perform(scene.submission, Action.HAND_IN, scene.owner)
    assert sha256_of(client, scene.address) == first
    perform(scene.submission, Action.ACCEPT, scene.reviewer)
    assert sha256_of(client, scene.address) == scene.submission.current_version.archive_id != first


def test_the_archive_of_a_withdrawn_result_is_not_public_any_more(
    scene: SimpleNamespace, client: Client
) -> None:
    perform(scene.submission, Action.WITHDRAW, scene.owner, comment="The wrong board.")
    assert client.get(scene.address).status_code == 404
    assert "archive as submitted" not in client.get(scene.run.get_absolute_url()).content.decode()
    assert client.get(f"/results/{scene.run.public_id}.json").json()["archive"] is None


def test_the_archive_of_a_removed_result_is_not_public_any_more(
    scene: SimpleNamespace, client: Client
) -> None:
    changes.remove(scene.run, actor="reviewer", text="It broke a rule.")
    assert client.get(scene.address).status_code == 404


def test_an_imported_result_leads_to_its_public_repository_instead(
    scene: SimpleNamespace, client: Client
) -> None:
    run = make_run(system=make_system(make_publication()), public_id="imported")
    assert client.get(f"/results/{run.public_id}/archive").status_code == 404
    for unknown in ("no-such-result", "a%00b"):
        assert client.get(f"/results/{unknown}/archive").status_code == 404
