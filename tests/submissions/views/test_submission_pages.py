"""The pages of submitting and reviewing, as the people who use them see them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from results.models import NextMeasurement, System
from submissions.models import Call, Event, Membership
from submissions.services import publish
from tests.results.makers import make_publication, make_system
from tests.results.projection_field import make_generation
from tests.submissions.stages import call, checked_version, organisation, person, put, valid_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None, tmp_path: Path, settings) -> SimpleNamespace:
    settings.ARCHIVE_DIR = tmp_path / "archives"
    call_command("load_catalogue", verbosity=0)
    owner = person("owner")
    reviewer, staff = person("reviewer", is_reviewer=True), person("staff", is_staff=True)
    submission = valid_submission(organisation(owner=owner), owner, call(), tmp_path)
    return SimpleNamespace(
        submission=submission, owner=owner, reviewer=reviewer, staff=staff, folder=tmp_path
    )


def test_a_person_without_an_organisation_is_led_to_make_one(scene: SimpleNamespace, client) -> None:
    client.force_login(person("newcomer"))
    for address in ("/submissions/", "/submissions/new/"):
        assert 'href="/organisations/new/"' in client.get(address).content.decode()


def test_the_list_says_what_comes_next(scene: SimpleNamespace, client) -> None:
    client.force_login(scene.owner)
    assert "can hand it in for review" in client.get("/submissions/").content.decode()


def test_without_an_open_call_the_next_one_is_named(scene: SimpleNamespace, client) -> None:
    now = timezone.now()
    Call.objects.update(opens_at=now + timedelta(hours=1), closes_at=now + timedelta(days=1))
    client.force_login(scene.owner)
    page = client.get("/submissions/new/").content.decode()
    assert "No round takes submissions now." in page
    assert "v1.1" in page


def test_handing_in_is_offered_and_leads_to_the_queue(scene: SimpleNamespace, client) -> None:
    client.force_login(scene.owner)
    address = scene.submission.get_absolute_url()
    assert "Hand in for review" in client.get(address).content.decode()
    assert client.post(f"{address}actions/", {"action": "hand-in"}).url == address
    client.force_login(scene.reviewer)
    assert scene.submission.public_id in client.get("/review/").content.decode()
    assert "Move runs to the open division" in client.get(address).content.decode()


def test_a_refused_action_says_why_and_keeps_what_was_typed(scene: SimpleNamespace, client) -> None:
    put(scene.submission, "in-review")
    client.force_login(scene.reviewer)
    address = f"{scene.submission.get_absolute_url()}actions/"
    answer = client.post(address, {"action": "return", "comment": " "})
    assert answer.status_code == 409
    assert "say why in the comment" in answer.content.decode()


def test_metadata_changes_with_a_reason_and_old_and_new_are_logged(scene: SimpleNamespace, client) -> None:
    client.force_login(scene.owner)
    address = f"{scene.submission.get_absolute_url()}edit/"
    assert client.post(address, {"title": "Second board"}).status_code == 400
    assert (
        client.post(address, {"title": "x", "links": "javascript:alert(1)", "reason": "y"}).status_code == 400
    )
    assert client.post(address, {"title": "Second board", "reason": "The name was wrong."}).status_code == 302
    event = Event.objects.get(kind="edit")
    assert (event.data["old"], event.data["new"]) == ({"title": ""}, {"title": "Second board"})


def test_two_versions_are_compared_by_files_and_values(scene: SimpleNamespace, client) -> None:
    checked_version(scene.submission, scene.owner, scene.folder, iterations=1200)
    client.force_login(scene.owner)
    page = client.get(f"{scene.submission.get_absolute_url()}compare/?from=1&to=2").content.decode()
    assert "performance/results.txt" in page
    assert "Throughput" in page
    assert client.get(f"{scene.submission.get_absolute_url()}compare/?from=1&to=9").status_code == 404


def test_staff_open_a_call_and_move_its_dates(scene: SimpleNamespace, client) -> None:
    client.force_login(scene.staff)
    now = timezone.now()
    moments = {
        name: f"{now + timedelta(days=days):%Y-%m-%dT%H:%M}"
        for name, days in (("opens_at", 1), ("closes_at", 2), ("publishes_at", 3))
    }
    assert client.post("/review/calls/", {"round": "v1.2", **moments}).status_code == 302
    made = Call.objects.get(round="v1.2")
    assert client.post("/review/calls/", {"call": made.pk, **moments}).status_code == 400
    assert (
        client.post("/review/calls/", {"call": made.pk, "reason": "More time.", **moments}).status_code == 302
    )
    assert made.events.last().detail == "More time."


def test_members_and_reviewers_see_the_private_preview_with_the_submission(
    scene: SimpleNamespace, client
) -> None:
    put(scene.submission, "in-review")
    for user in (scene.owner, scene.reviewer):
        client.force_login(user)
        assert "How it would stand" in client.get(scene.submission.get_absolute_url()).content.decode()


def test_a_reviewer_of_the_same_organisation_is_told_that_another_decides(
    scene: SimpleNamespace, client
) -> None:
    put(scene.submission, "in-review")
    words = "You cannot review this one: it is of your own organisation"
    client.force_login(scene.reviewer)
    assert words not in client.get(scene.submission.get_absolute_url()).content.decode()
    Membership.objects.create(user=scene.reviewer, organisation=scene.submission.organisation, role="viewer")
    page = client.get(scene.submission.get_absolute_url()).content.decode()
    assert words in page
    assert "There is no step for you to take now." in page


def test_handing_in_says_that_the_archive_becomes_public(scene: SimpleNamespace, client) -> None:
    client.force_login(scene.owner)
    for address in ("/submissions/new/", scene.submission.get_absolute_url()):
        page = " ".join(client.get(address).content.decode().split())
        assert (
            "the archive of the published version is public" in page or "the archive is public, whole" in page
        )


def test_a_comparison_lists_every_file_of_the_archive(scene: SimpleNamespace, client) -> None:
    beside = scene.folder / "beside"
    checked_version(
        scene.submission, scene.owner, beside, extra={"COPYING": "Licence text.", "open/notes.txt": "x"}
    )
    checked_version(scene.submission, scene.owner, scene.folder, extra={"COPYING": "Another licence."})
    client.force_login(scene.owner)
    address = f"/api/v1{scene.submission.get_absolute_url()}compare/"
    first = client.get(f"{address}?from=1&to=2").json()
    assert (first["files_added"], first["files_removed"]) == (["COPYING", "open/notes.txt"], [])
    second = client.get(f"{address}?from=2&to=3").json()
    assert (second["files_changed"], second["files_removed"]) == (["COPYING"], ["open/notes.txt"])


def test_an_archive_that_was_sent_before_leads_to_its_submission_and_says_so(
    scene: SimpleNamespace, client
) -> None:
    client.force_login(scene.owner)
    page = client.get(f"{scene.submission.get_absolute_url()}?sent=before").content.decode()
    assert "This archive was sent before" in page


def test_the_bytes_of_an_older_version_change_nothing_and_the_page_says_so(
    scene: SimpleNamespace, client
) -> None:
    first = scene.folder / f"{scene.submission.public_id}-1.zip"
    checked_version(scene.submission, scene.owner, scene.folder, iterations=930)
    client.force_login(scene.owner)
    with first.open("rb") as archive:
        page = client.post(scene.submission.get_absolute_url(), {"archive": archive, "note": ""}, follow=True)
    assert scene.submission.versions.count() == 2
    assert "This archive was sent before: it is version 1. Nothing was added" in page.content.decode()


def test_a_published_submission_says_what_to_measure_next_on_its_boards(
    scene: SimpleNamespace, client
) -> None:
    client.force_login(scene.owner)
    address = scene.submission.get_absolute_url()
    assert "What to measure next" not in client.get(address).content.decode()
    publish.publish_site(scene.submission)
    put(scene.submission, "published")
    device = System.objects.get(publication__submissions=scene.submission).device
    reviewed = make_system(make_publication("v1.0"), "reviewed", device=device.slug, software="Stack A 2.0")
    NextMeasurement.objects.create(
        of="system", system=reviewed, model="ic01", metrics=["latency_ms"], place=1, cells=4, share=0.4,
        factor_before=1.8, factor_after=1.5, generation=make_generation(),
    )  # fmt: skip
    page = " ".join(client.get(address).content.decode().split())
    assert "What to measure next" in page
    assert f'<b>ic01</b> on <a href="/systems/{reviewed.pk}/">' in page
    assert "40 %" in page
