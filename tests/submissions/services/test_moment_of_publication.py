"""The moment of publication when more than one thing happens at it, and who is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from results.models import LeaderboardEntry, ResultChange, Run
from submissions.models import Call, CallEvent, Event
from submissions.services import calls
from submissions.services.calls import publish_due
from submissions.services.transitions import perform
from submissions.workflow.states import Action
from tests.submissions.stages import call, organisation, person, put, valid_submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def scene(tmp_path: Path) -> SimpleNamespace:
    owner, reviewer, opened = person("owner"), person("reviewer", is_reviewer=True), call()
    submission = valid_submission(organisation(owner=owner), owner, opened, tmp_path)
    return SimpleNamespace(
        submission=submission,
        owner=owner,
        reviewer=reviewer,
        moment=opened.publishes_at + timedelta(seconds=1),
    )


def in_a_thread(work: Callable[[], object], answers: list[object]) -> threading.Thread:
    """``work`` on a connection of its own, its answer appended to ``answers``."""

    def run() -> None:
        try:
            answers.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_workers_at_the_same_moment_publish_once(scene: SimpleNamespace) -> None:
    put(scene.submission, "accepted")
    start, answers = threading.Barrier(2), []

    def work() -> int:
        start.wait()
        return len(publish_due(scene.moment))

    for thread in [in_a_thread(work, answers) for _ in range(2)]:
        thread.join()
    assert sorted(answers) == [0, 1]
    assert CallEvent.objects.filter(kind="published").count() == 1
    assert Event.objects.filter(kind="published").count() == 1
    assert ResultChange.objects.filter(kind="published").count() == Run.objects.count() == 1


def test_a_withdrawal_that_comes_while_the_call_is_being_published_takes_the_results_back(
    scene: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(scene.submission, "accepted")
    real, answers, threads = calls.publish.publish_site, [], []

    def withdraw() -> object:
        return perform(scene.submission, Action.WITHDRAW, scene.owner, comment="The wrong board.")

    def publish_and_meet_a_withdrawal(submission) -> int:
        runs = real(submission)
        threads.append(in_a_thread(withdraw, answers))  # waits for the row, which this transaction has locked
        return runs

    monkeypatch.setattr(calls.publish, "publish_site", publish_and_meet_a_withdrawal)
    assert len(publish_due(scene.moment)) == 1
    threads[0].join()
    assert [(event.from_state, event.to_state) for event in answers] == [("published", "withdrawn")]
    assert Run.objects.get().status == "withdrawn"
    assert not LeaderboardEntry.objects.exists()


def test_what_is_being_withdrawn_at_the_moment_does_not_appear(scene: SimpleNamespace) -> None:
    put(scene.submission, "accepted")
    answers: list[object] = []
    with transaction.atomic():
        perform(scene.submission, Action.WITHDRAW, scene.owner, comment="The wrong board.")
        thread = in_a_thread(lambda: publish_due(scene.moment), answers)
    thread.join()
    scene.submission.refresh_from_db()
    assert scene.submission.state == "withdrawn"
    assert not Run.objects.exists()


def test_what_is_accepted_after_the_moment_appears_at_the_next_beat(scene: SimpleNamespace) -> None:
    perform(scene.submission, Action.HAND_IN, scene.owner)
    publish_due(scene.moment)
    published_at = Call.objects.get().published_at
    assert published_at is not None
    assert not Run.objects.exists()
    perform(scene.submission, Action.ACCEPT, scene.reviewer)
    assert not Run.objects.exists()
    assert len(publish_due(scene.moment + timedelta(minutes=1))) == 1
    assert Run.objects.get().status == "published"
    assert Call.objects.get().published_at == published_at


def test_a_call_that_moves_is_published_at_its_new_moment(scene: SimpleNamespace) -> None:
    put(scene.submission, "accepted")
    row = Call.objects.get()
    calls.change_dates(
        row, actor=scene.reviewer, reason="More time.", opens_at=row.opens_at, closes_at=row.closes_at,
        publishes_at=row.publishes_at + timedelta(days=1),
    )  # fmt: skip
    assert publish_due(scene.moment) == []
    assert len(publish_due(scene.moment + timedelta(days=1))) == 1


def test_acceptance_and_publication_are_told_to_those_who_sent(scene: SimpleNamespace) -> None:
    perform(scene.submission, Action.HAND_IN, scene.owner)
    mail.outbox.clear()
    perform(scene.submission, Action.ACCEPT, scene.reviewer)
    publish_due(scene.moment)
    told = [(message.to, message.subject.rsplit(": ", 1)[-1]) for message in mail.outbox]
    name = f"submission {scene.submission.public_id}"
    assert told == [(["owner@example.org"], f"{name} accepted"), (["owner@example.org"], f"{name} published")]
    assert "It is now accepted, waiting for publication." in mail.outbox[0].body
    assert "It is now published." in mail.outbox[1].body


def test_nobody_is_told_of_a_publication_that_failed(
    scene: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(scene.submission, "accepted")

    def fails(pk: int, now: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(CallEvent.objects, "create", fails)
        broken.setattr(calls, "_keep_failure", lambda pk, problem: None)
        assert publish_due(scene.moment) == []
    assert mail.outbox == []
    assert not Run.objects.exists()
    assert publish_due(timezone.now() + timedelta(days=9)) != []
    assert [message.to for message in mail.outbox] == [["owner@example.org"]]
