"""What somebody sends can neither claim a standing that nobody gave it nor hold up the publication of others."""

from __future__ import annotations

import pytest

from results.models import LeaderboardEntry, Run
from submissions.services.calls import publish_due
from submissions.services.transitions import NotAllowed, perform
from submissions.workflow.states import Action
from tests.makers import make_submission
from tests.submissions.security.conftest import Scene
from tests.submissions.stages import checked_version, person, put, valid_submission


def test_a_closed_folder_that_is_self_reported_appears_in_the_open_division(scene: Scene) -> None:
    make_submission(scene.folder / "round", division="closed")
    submission = scene.send(scene.folder / "round", kind="self-reported")
    perform(submission, Action.PUBLISH, scene.owner)
    run = Run.objects.select_related("system__publication").get()
    assert (run.system.publication.division, run.system.publication.provenance) == ("open", "self-reported")
    assert not LeaderboardEntry.objects.filter(division="closed").exists()


@pytest.mark.parametrize(("names", "reason"), [
    ({"system": "b" * 230}, "at most 200"), ({"submitter": "s" * 150}, "at most 120"),
])  # fmt: skip
def test_a_name_too_long_to_be_published_is_refused_at_the_hand_in(
    scene: Scene, names: dict, reason: str
) -> None:
    make_submission(scene.folder / "round", **names)
    submission = scene.send(scene.folder / "round")
    with pytest.raises(NotAllowed, match=reason):
        perform(submission, Action.HAND_IN, scene.owner)
    submission.refresh_from_db()
    assert submission.state == "valid"


def two_systems_of_one_address(scene: Scene):
    make_submission(scene.folder / "round", system="board_a b")
    make_submission(scene.folder / "round", system="board_a-b")
    return scene.send(scene.folder / "round")


def test_two_systems_that_would_stand_at_one_address_are_refused_at_the_hand_in(scene: Scene) -> None:
    with pytest.raises(NotAllowed, match="one address"):
        perform(two_systems_of_one_address(scene), Action.HAND_IN, scene.owner)


def test_what_cannot_be_published_is_not_accepted_and_does_not_hold_up_the_round(scene: Scene) -> None:
    other = valid_submission(scene.lab, scene.owner, scene.call, scene.folder, system="other_board")
    put(other, "accepted")
    with pytest.raises(NotAllowed, match="one address"):
        perform(put(two_systems_of_one_address(scene), "in-review"), Action.ACCEPT, scene.reviewer)
    assert publish_due(scene.call.publishes_at) == [scene.call]
    assert Run.objects.get().system.system_id == "other_board"


def test_a_run_is_not_moved_onto_the_same_run_of_the_open_division(scene: Scene) -> None:
    make_submission(scene.folder / "round", division="closed")
    make_submission(scene.folder / "round", division="open")
    submission = put(scene.send(scene.folder / "round"), "in-review")
    with pytest.raises(NotAllowed, match="one address"):
        perform(submission, Action.MOVE_TO_OPEN, scene.reviewer, comment="why")
    submission.refresh_from_db()
    assert submission.moved_to_open == []


def test_trying_whether_it_can_be_published_leaves_nothing_behind(scene: Scene) -> None:
    submission = valid_submission(scene.lab, scene.owner, scene.call, scene.folder)
    perform(submission, Action.HAND_IN, scene.owner)
    perform(submission, Action.ACCEPT, scene.reviewer)
    assert not Run.objects.exists()
    assert submission.published_version is None
    assert not submission.publications.exists()


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_reviewer_does_not_accept_a_version_that_came_in_unseen(scene: Scene, way: str) -> None:
    submission = valid_submission(scene.lab, scene.owner, scene.call, scene.folder)
    checked_version(submission, scene.owner, scene.folder, benchmarks=("kws", "ad"))
    put(submission, "in-review")
    client, address = scene.client("reviewer"), f"{submission.get_absolute_url()}actions/"
    decision = {"action": "accept", "version": 1}
    if way == "page":
        answer = client.post(address, decision)
    else:
        answer = client.post(f"/api/v1{address}", decision, content_type="application/json")
    submission.refresh_from_db()
    assert (answer.status_code, submission.state) == (409, "in-review")
    assert "version 2 has come in" in answer.content.decode()


def test_the_decision_on_a_page_names_the_version_that_it_shows(scene: Scene) -> None:
    submission = put(valid_submission(scene.lab, scene.owner, scene.call, scene.folder), "in-review")
    page = scene.client("reviewer").get(submission.get_absolute_url()).content.decode()
    assert '<input type="hidden" name="version" value="1">' in page


def test_somebody_else_s_published_result_is_not_touched_by_the_same_names(scene: Scene) -> None:
    first = valid_submission(scene.lab, scene.owner, scene.call, scene.folder)
    second = valid_submission(scene.lab, person("second"), scene.call, scene.folder)
    put(first, "accepted"), put(second, "accepted")
    publish_due(scene.call.publishes_at)
    addresses = set(Run.objects.values_list("public_id", flat=True))
    assert {address[-12:] for address in addresses} == {first.public_id, second.public_id}
