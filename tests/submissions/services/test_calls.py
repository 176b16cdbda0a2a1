"""Calls: opening, moving dates, and the moment at which all that was accepted appears or nothing does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from results.models import ResultChange, Run
from submissions.models import Call, CallEvent, Submission
from submissions.services import calls, publish
from submissions.services.calls import CannotCall, change_dates, open_call, publish_due
from tests.submissions.stages import call, organisation, person, put, steps_of, valid_submission

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def scene(tmp_path: Path) -> SimpleNamespace:
    staff, one, two = person("staff", is_staff=True), person("one"), person("two")
    opened = call()
    first = valid_submission(
        organisation("First Lab", owner=one), one, opened, tmp_path, system="first_board"
    )
    second = valid_submission(
        organisation("Second Lab", owner=two), two, opened, tmp_path, system="second_board"
    )
    return SimpleNamespace(call=opened, first=first, second=second, staff=staff)


def dates(**hours: int) -> dict:
    now = timezone.now()
    wanted = {"opens_at": -1, "closes_at": 24, "publishes_at": 48, **hours}
    return {name: now + timedelta(hours=offset) for name, offset in wanted.items()}


def later(scene: SimpleNamespace):
    return scene.call.publishes_at + timedelta(seconds=1)


def test_all_accepted_submissions_of_a_call_appear_at_its_moment(scene: SimpleNamespace) -> None:
    for submission in (scene.first, scene.second):
        put(submission, "accepted")
    assert publish_due(scene.call.publishes_at - timedelta(seconds=1)) == []
    assert not Run.objects.exists()
    assert publish_due(later(scene)) == [scene.call]
    assert set(Submission.objects.values_list("state", flat=True)) == {"published"}
    assert set(Run.objects.values_list("system__publication__provenance", flat=True)) == {"site-reviewed"}
    assert ResultChange.objects.filter(kind="published").count() == Run.objects.count() == 2
    assert steps_of(scene.first)[-1] == ("published", "accepted", "published")


def test_publishing_twice_changes_nothing(scene: SimpleNamespace) -> None:
    put(scene.first, "accepted")
    publish_due(later(scene))
    before = (Run.objects.count(), CallEvent.objects.count(), len(steps_of(scene.first)))
    assert publish_due(later(scene)) == []
    assert (Run.objects.count(), CallEvent.objects.count(), len(steps_of(scene.first))) == before


def test_when_one_submission_cannot_be_published_none_is_and_the_staff_can_read_why(
    scene: SimpleNamespace, client, monkeypatch
) -> None:
    for submission in (scene.first, scene.second):
        put(submission, "accepted")
    real = publish.publish_site

    def fails(submission: Submission) -> int:
        if submission.pk == scene.second.pk:
            raise publish.CannotPublish("no run was understood")
        return real(submission)

    monkeypatch.setattr(calls.publish, "publish_site", fails)
    assert publish_due(later(scene)) == publish_due(later(scene)) == []
    assert not Run.objects.exists()
    assert set(Submission.objects.values_list("state", flat=True)) == {"accepted"}
    scene.call.refresh_from_db()
    assert scene.call.published_at is None
    assert CallEvent.objects.filter(kind="failed").count() == 1
    client.force_login(scene.staff)
    page = client.get("/review/calls/").content.decode()
    assert f"submission {scene.second.public_id}: no run was understood" in page
    monkeypatch.undo()
    assert publish_due(later(scene)) == [scene.call]
    scene.call.refresh_from_db()
    assert scene.call.failure == ""


def test_what_is_still_in_review_stays_and_appears_once_it_is_accepted(
    scene: SimpleNamespace, client
) -> None:
    put(scene.first, "accepted")
    put(scene.second, "in-review")
    publish_due(later(scene))
    assert Submission.objects.get(pk=scene.second.pk).state == "in-review"
    client.force_login(scene.staff)
    assert scene.second.public_id in client.get("/review/calls/").content.decode()
    put(scene.second, "accepted")
    assert publish_due(later(scene)) == [scene.call]
    assert Submission.objects.get(pk=scene.second.pk).state == "published"


def test_dates_move_with_a_reason_until_the_call_is_published(scene: SimpleNamespace) -> None:
    with pytest.raises(CannotCall, match="say why"):
        change_dates(scene.call, actor=scene.staff, reason=" ", **dates())
    with pytest.raises(CannotCall, match="opens before it closes"):
        change_dates(scene.call, actor=scene.staff, reason="x", **dates(closes_at=72))
    change_dates(scene.call, actor=scene.staff, reason="Two labs asked for a week.", **dates(publishes_at=72))
    assert CallEvent.objects.get(kind="dates-changed").detail == "Two labs asked for a week."
    Call.objects.update(published_at=timezone.now())
    with pytest.raises(CannotCall, match="its dates stay"):
        change_dates(scene.call, actor=scene.staff, reason="x", **dates())


def test_a_round_has_one_open_call(scene: SimpleNamespace) -> None:
    with pytest.raises(CannotCall, match="open already"):
        open_call(round_id="v1.1", **dates())
    with pytest.raises(CannotCall, match="no such round"):
        open_call(round_id="v9.9", **dates())
    assert open_call(round_id="v1.2", actor=scene.staff, **dates()).events.get().kind == "opened"


def test_the_command_opens_a_call(capsys) -> None:
    call_command("open_call", "v1.3", "--closes", "2126-03-01T12:00", "--publishes", "2126-04-01T12:00")
    assert "v1.3: open until 2126-03-01 12:00" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no moment"):
        call_command("open_call", "v1.2", "--closes", "soon", "--publishes", "2126-04-01")
