"""What people can do with a submission: every cell of the table, the review, a correction, withdrawal."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection

from results.models import LeaderboardEntry, ResultChange, Run
from results.services.aggregate import recompute_all
from submissions.models import Event, Message
from submissions.services import publish, transitions
from submissions.services.access import role_of, visible_to
from submissions.services.transitions import NotAllowed, NotVisible, perform
from submissions.workflow.states import Action, Role, State, allowed, comment_needed
from tests.submissions.stages import (
    call,
    checked_version,
    organisation,
    person,
    put,
    steps_of,
    valid_submission,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
TAKEN = sorted(set(transitions._EFFECTS), key=str)


@pytest.fixture
def scene(tmp_path: Path) -> SimpleNamespace:
    people = {name: person(name) for name in ("owner", "submitter", "viewer", "stranger")}
    people |= {"reviewer": person("reviewer", is_reviewer=True), "staff": person("staff", is_staff=True)}
    lab = organisation(owner=people["owner"], submitter=people["submitter"], viewer=people["viewer"])
    submission = valid_submission(lab, people["submitter"], call(), tmp_path)
    return SimpleNamespace(submission=submission, lab=lab, folder=tmp_path, **people)


def handed_in(scene: SimpleNamespace):
    perform(scene.submission, Action.HAND_IN, scene.submitter)
    return scene.submission


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ANONYMOUS])
def test_an_action_is_refused_wherever_the_table_does_not_allow_it(
    scene: SimpleNamespace, role: Role
) -> None:
    actor = getattr(scene, role.value)
    for state in State:
        put(scene.submission, state.value)
        assert role_of(actor, scene.submission) is role
        seen = visible_to(actor).filter(pk=scene.submission.pk).exists()
        assert seen is allowed(role, Action.VIEW, state)
        for action in TAKEN:
            if not allowed(role, action, state):
                with pytest.raises(NotAllowed if seen else NotVisible):
                    perform(scene.submission, action, actor, comment="why")
    assert not Event.objects.filter(submission=scene.submission, actor=actor).exists()


@pytest.mark.parametrize("action", [a for a in TAKEN if comment_needed(a)])
def test_a_step_that_needs_a_reason_is_refused_without_one(scene: SimpleNamespace, action: Action) -> None:
    handed_in(scene)
    actor = scene.reviewer if allowed(Role.REVIEWER, action, State.IN_REVIEW) else scene.submitter
    with pytest.raises(NotAllowed, match="say why"):
        perform(scene.submission, action, actor, comment="  ")


def test_review_ends_in_acceptance_and_every_step_is_logged(scene: SimpleNamespace) -> None:
    handed_in(scene)
    perform(scene.submission, Action.RETURN, scene.reviewer, comment="Please state the supply voltage.")
    perform(scene.submission, Action.HAND_IN, scene.submitter)
    perform(scene.submission, Action.ACCEPT, scene.reviewer)
    assert steps_of(scene.submission)[-4:] == [
        ("hand-in", "valid", "in-review"), ("return", "in-review", "returned"),
        ("hand-in", "returned", "in-review"), ("accept", "in-review", "accepted"),
    ]  # fmt: skip
    assert Message.objects.get().body == "Please state the supply voltage."
    assert not Run.objects.exists(), "nothing is public before the call's moment"


@pytest.mark.parametrize("state", ["in-review", "correcting"])
def test_a_reviewer_of_the_same_organisation_cannot_accept(scene: SimpleNamespace, state: str) -> None:
    put(scene.submission, state)
    scene.submitter.is_reviewer = scene.submitter.is_staff = True
    scene.submitter.save()
    with pytest.raises(NotAllowed, match="accept is not for the submitter"):
        perform(scene.submission, Action.ACCEPT, scene.submitter)


def test_a_reviewer_who_sent_a_version_cannot_see_it_after_leaving_the_organisation(
    scene: SimpleNamespace,
) -> None:
    handed_in(scene)
    scene.submitter.memberships.all().delete()
    scene.submitter.is_reviewer = True
    scene.submitter.save()
    with pytest.raises(NotVisible):
        perform(scene.submission, Action.ACCEPT, scene.submitter)


def test_runs_moved_to_open_are_published_in_the_open_division(scene: SimpleNamespace) -> None:
    handed_in(scene)
    with pytest.raises(NotAllowed, match="no closed run"):
        perform(
            scene.submission,
            Action.MOVE_TO_OPEN,
            scene.reviewer,
            comment="x",
            data={"runs": ["closed/no/such"]},
        )
    perform(scene.submission, Action.MOVE_TO_OPEN, scene.reviewer, comment="The model was retrained.")
    publish.publish_site(scene.submission)
    assert set(Run.objects.values_list("system__publication__division", flat=True)) == {"open"}


def test_an_accepted_correction_replaces_the_published_version_and_says_so(scene: SimpleNamespace) -> None:
    handed_in(scene)
    publish.publish_site(scene.submission)
    put(scene.submission, "published")
    checked_version(scene.submission, scene.submitter, scene.folder, iterations=1200)
    with pytest.raises(NotAllowed, match="not possible"):
        perform(scene.submission, Action.ACCEPT, scene.reviewer)
    perform(scene.submission, Action.HAND_IN, scene.submitter)
    assert scene.submission.state == "correcting"
    perform(scene.submission, Action.RETURN, scene.reviewer, comment="Not yet.")
    assert (scene.submission.state, scene.submission.published_version.number) == ("published", 1)
    perform(scene.submission, Action.HAND_IN, scene.submitter)
    perform(scene.submission, Action.ACCEPT, scene.reviewer)
    assert (scene.submission.state, scene.submission.published_version.number) == ("published", 2)
    assert ResultChange.objects.filter(kind="corrected").count() == 1


def test_a_correction_under_another_folder_name_takes_back_what_stood_under_the_old_one(
    scene: SimpleNamespace,
) -> None:
    handed_in(scene)
    publish.publish_site(scene.submission)
    put(scene.submission, "published")
    checked_version(scene.submission, scene.submitter, scene.folder / "again", submitter="renamed_lab")
    perform(scene.submission, Action.HAND_IN, scene.submitter)
    perform(scene.submission, Action.ACCEPT, scene.reviewer)
    standing = dict(Run.objects.values_list("system__publication__submitter_directory", "status"))
    assert standing == {"example_lab": "withdrawn", "renamed_lab": "published"}
    recompute_all()
    assert [entry.submitter_directory for entry in LeaderboardEntry.objects.all()] == ["renamed_lab"]


def test_withdrawing_what_is_published_leaves_tombstones(scene: SimpleNamespace) -> None:
    handed_in(scene)
    publish.publish_site(scene.submission)
    put(scene.submission, "published")
    recompute_all()
    assert LeaderboardEntry.objects.exists()
    perform(scene.submission, Action.WITHDRAW, scene.owner, comment="Measured with the wrong board.")
    assert scene.submission.state == "withdrawn"
    assert Run.objects.get().status == "withdrawn"
    recompute_all()
    assert not LeaderboardEntry.objects.exists()
    assert ResultChange.objects.filter(kind="withdrawn", text="Measured with the wrong board.").exists()


def test_the_organisation_and_the_reviewers_are_told_by_mail(
    scene: SimpleNamespace, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        handed_in(scene)
    assert {m.to[0] for m in mail.outbox} == {"owner@example.org", "reviewer@example.org"}
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        perform(scene.submission, Action.RETURN, scene.reviewer, comment="Please state the voltage & scope.")
    assert {m.to[0] for m in mail.outbox} == {"owner@example.org", "submitter@example.org"}
    assert "Please state the voltage & scope." in mail.outbox[0].body


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_who_accept_at_once_leave_one_event(scene: SimpleNamespace) -> None:
    handed_in(scene)
    second = person("second", is_reviewer=True)
    start, outcomes = threading.Barrier(2), []

    def accept(actor) -> None:
        start.wait()
        try:
            perform(scene.submission, Action.ACCEPT, actor)
            outcomes.append("accepted")
        except NotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(actor,)) for actor in (scene.reviewer, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "refused"]
    assert Event.objects.filter(kind="accept").count() == 1
