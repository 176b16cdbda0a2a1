"""Who can object, speak and decide, and what a decision does to the result."""

from __future__ import annotations

import pytest

from results.models import ResultChange, Run
from results.services import changes
from submissions.models import Membership, Objection
from submissions.rules.catalogue import RULES
from submissions.services.objections import (
    OBJECTIONS_PER_DAY,
    NotYours,
    Part,
    Refused,
    TooMany,
    add_statement,
    decide,
    part_of,
    retract,
)
from tests.submissions.objections.people import (
    RULE,
    account,
    objection,
    organisation,
    published,
    reviewer,
    sent_by,
)

pytestmark = pytest.mark.django_db


def kinds(run: Run) -> list[str]:
    return list(
        ResultChange.objects.filter(result=run.public_id).order_by("pk").values_list("kind", flat=True)
    )


def test_any_account_can_object_to_an_official_result():
    run = published()
    made = objection(run, account("ann"))
    entry = ResultChange.objects.get()
    assert (made.state, entry.kind, entry.actor, entry.rule_code) == (
        "open",
        "objected",
        "an account holder",
        RULE,
    )
    assert entry.address == made.get_absolute_url()


def test_an_objection_in_the_name_of_an_organisation_shows_its_name():
    ann = account("ann")
    objection(published(), ann, organisation=organisation("board-maker", ann))
    assert ResultChange.objects.get().actor == "Board-Maker"


def test_nobody_speaks_for_an_organisation_of_others():
    with pytest.raises(NotYours):
        objection(published(), account("ann"), organisation=organisation("others"))


def test_the_rule_used_in_these_tests_exists():
    assert RULE in RULES


@pytest.mark.parametrize("change", [{"rule_code": "no.such-rule"}, {"statement": " \0 "}, {"evidence": ""}])
def test_an_objection_needs_a_rule_words_and_evidence(change: dict[str, str]):
    with pytest.raises(Refused):
        objection(published(), account("ann"), **change)


def test_a_result_that_no_longer_counts_is_not_objected_to():
    run = published()
    changes.withdraw(run, actor="Lab", text="Taken back.")
    with pytest.raises(Refused, match="withdrawn"):
        objection(run, account("ann"))


def test_one_account_has_one_open_objection_to_a_result():
    run, ann = published(), account("ann")
    first = objection(run, ann)
    with pytest.raises(Refused, match="open objection"):
        objection(run, ann)
    retract(first, ann)
    assert objection(run, ann).state == "open"


def test_an_account_opens_a_few_objections_a_day():
    ann = account("ann")
    for number in range(OBJECTIONS_PER_DAY):
        objection(published(f"run{number}"), ann)
    with pytest.raises(TooMany):
        objection(published("one-more"), ann)


def test_the_parts_are_told_apart():
    run, ann, member, viewer = published(), account("ann"), account("member"), account("viewer")
    owner = organisation("lab-org", member)
    Membership.objects.create(user=viewer, organisation=owner, role="viewer")
    sent_by(owner, run)
    made = objection(run, ann)
    parts = [part_of(user, made) for user in (ann, member, viewer, reviewer(), account("else"))]
    assert parts == [Part.OBJECTOR, Part.SUBMITTER, Part.NONE, Part.REVIEWER, Part.NONE]


def test_the_organisation_that_speaks_for_a_submitter_answers_for_its_official_results():
    run, member = published(), account("member")
    owner = organisation("lab-org", member)
    owner.submitter = run.system.publication.submitter
    owner.save()
    assert part_of(member, objection(run, account("ann"))) is Part.SUBMITTER


def test_both_sides_and_reviewers_speak_and_nobody_else():
    run, ann, member = published(), account("ann"), account("member")
    sent_by(organisation("lab-org", member), run)
    made = objection(run, ann)
    for user in (ann, member, reviewer()):
        add_statement(made, user, body="What I found.")
    roles = list(made.statements.values_list("role", "organisation__name"))
    assert roles == [("objector", None), ("submitter", "Lab-Org"), ("reviewer", None)]
    with pytest.raises(NotYours):
        add_statement(made, account("else"), body="Me too.")


def test_only_the_objector_takes_an_objection_back():
    run, ann = published(), account("ann")
    made = objection(run, ann)
    with pytest.raises(NotYours):
        retract(made, reviewer())
    retract(made, ann)
    assert kinds(run) == ["objected", "retracted"]


def test_a_reviewer_of_either_side_cannot_decide():
    run, ann = published(), account("ann")
    of_result, of_objector = reviewer("first"), reviewer("second")
    sent_by(organisation("lab-org", of_result), run)
    organisation("ann-org", ann, of_objector)
    made = objection(run, ann)
    for user in (of_result, of_objector, account("else")):
        with pytest.raises(NotYours):
            decide(made, user, outcome="upheld", decision="It stands.")


def test_a_reviewer_who_objects_does_not_decide():
    judge = reviewer()
    with pytest.raises(NotYours):
        decide(objection(published(), judge), judge, outcome="removed", decision="I am right.")


def test_an_upheld_result_stands():
    run = published()
    made = decide(
        objection(run, account("ann")), reviewer(), outcome="upheld", decision="Five windows are there."
    )
    run.refresh_from_db()
    assert (made.state, made.decision, run.status) == ("upheld", "Five windows are there.", "published")
    assert kinds(run) == ["objected", "upheld"]


def test_removal_makes_the_result_a_tombstone_with_its_reason():
    run = published()
    decide(
        objection(run, account("ann")), reviewer(), outcome="removed", decision="The log is of another board."
    )
    run.refresh_from_db()
    assert run.status == "removed"
    assert "The log is of another board." in run.status_reason
    assert kinds(run) == ["objected", "removed"]


def test_a_move_takes_the_new_result_into_its_submission():
    run = published()
    sent = sent_by(organisation("lab-org"), run)
    decide(objection(run, account("ann")), reviewer(), outcome="moved-to-open", decision="Below the target.")
    run.refresh_from_db()
    copy = Run.objects.get(public_id=run.moved_to)
    assert copy.system.publication in sent.publications.all()


def test_an_open_result_is_not_moved_to_open():
    made = objection(published(division="open"), account("ann"))
    with pytest.raises(Refused, match="open division"):
        decide(made, reviewer(), outcome="moved-to-open", decision="Below the target.")
    made.refresh_from_db()
    assert made.state == "open"


def test_corrected_needs_a_correction_that_is_younger_than_the_objection():
    run = published()
    data = {"values": [["latency_ms", "100", "125"]]}
    changes.record(run, "corrected", actor="Lab", text="Corrected before.", data=data)
    made, judge = objection(run, account("ann")), reviewer()
    with pytest.raises(Refused, match="no corrected version"):
        decide(made, judge, outcome="corrected", decision="Done.")
    changes.record(run, "corrected", actor="Lab", text="A corrected version.", data=data)
    assert decide(made, judge, outcome="corrected", decision="Done.").state == "corrected"


def test_a_second_objection_to_a_removed_result_can_be_closed():
    run, judge = published(), reviewer()
    first, second = objection(run, account("ann")), objection(run, account("bob"))
    decide(first, judge, outcome="removed", decision="Another board.")
    with pytest.raises(Refused, match="does not stand"):
        decide(second, judge, outcome="upheld", decision="It stands.")
    assert decide(second, judge, outcome="removed", decision="The same.").state == "removed"


def test_a_closed_objection_takes_nothing_more():
    ann, judge = account("ann"), reviewer()
    made = retract(objection(published(), ann), ann)
    for step in (
        lambda: add_statement(made, ann, body="Still."),
        lambda: retract(made, ann),
        lambda: decide(made, judge, outcome="upheld", decision="It stands."),
    ):
        with pytest.raises(Refused, match="closed"):
            step()
    assert Objection.objects.get().decided_by == ann
