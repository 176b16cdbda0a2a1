"""The pages of objections."""

from __future__ import annotations

import pytest
from django.test import Client

from results.models import Run
from submissions.models import Objection, User
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
FORM = {"rule_code": RULE, "statement": "The windows are short.", "evidence": "results.txt:26"}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_a_result_page_leads_to_the_form(client: Client):
    published()
    assert 'href="/results/one/object/"' in text(client, "/results/one/")


def test_whoever_is_not_logged_in_is_sent_to_log_in(client: Client):
    published()
    response = client.get("/results/one/object/")
    assert (response.status_code, "next=/results/one/object/" in response["Location"]) == (302, True)


def test_an_objection_is_opened_by_a_form_and_public_at_once(client: Client):
    published()
    response = as_(account("ann")).post("/results/one/object/", FORM)
    made = Objection.objects.get()
    assert response["Location"] == f"/objections/{made.pk}/"
    page = text(client, f"/objections/{made.pk}/")
    assert "The windows are short." in page
    assert "Opened by an account holder" in page
    assert "Ann" not in page


def test_what_was_typed_stays_when_something_is_missing():
    published()
    response = as_(account("ann")).post("/results/one/object/", FORM | {"rule_code": ""})
    assert response.status_code == 400
    assert "The windows are short." in response.content.decode()


def test_a_second_objection_is_answered_beside_the_form():
    run, ann = published(), account("ann")
    objection(run, ann)
    response = as_(ann).post("/results/one/object/", FORM)
    assert response.status_code == 409
    assert "You have an open objection to this result already" in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/results/none/object/",
        "/results/a%00b/object/",
        "/objections/99/",
        "/objections/99999999999999999999/",
    ],
)
def test_what_is_not_there_is_not_found(address: str):
    assert as_(account("ann")).get(address).status_code == 404


def test_a_stranger_sees_no_form_and_can_send_none():
    made = objection(published(), account("ann"))
    stranger = as_(account("else"))
    assert '<form method="post"' not in text(stranger, made.get_absolute_url()).split("<main", 1)[1]
    for step, form in (
        ("statements", {"body": "x"}),
        ("retract", {}),
        ("decision", {"outcome": "upheld", "decision": "x"}),
    ):
        assert stranger.post(f"/objections/{made.pk}/{step}/", form).status_code == 403
    made.refresh_from_db()
    assert made.state == "open"


def test_the_submitter_answers_under_its_organisation(client: Client):
    run, member = published(), account("member")
    sent_by(organisation("lab-org", member), run)
    made = objection(run, account("ann"))
    as_(member).post(f"/objections/{made.pk}/statements/", {"body": "The windows are long enough."})
    page = text(client, made.get_absolute_url())
    assert "Lab-Org" in page
    assert "The windows are long enough." in page


def test_a_reviewer_removes_the_result_and_its_page_is_gone(client: Client):
    made = objection(published(), account("ann"))
    as_(reviewer()).post(
        f"/objections/{made.pk}/decision/", {"outcome": "removed", "decision": "Another board."}
    )
    assert Run.objects.get(public_id="one").status == "removed"
    assert "Another board." in text(client, "/results/one/", 410)
    assert "result removed" in text(client, made.get_absolute_url())


def test_moving_is_offered_for_closed_results_only():
    judge = as_(reviewer())
    closed = objection(published(), account("ann"))
    opened = objection(published("two", "open"), account("bob"))
    assert 'value="moved-to-open"' in text(judge, closed.get_absolute_url())
    assert 'value="moved-to-open"' not in text(judge, opened.get_absolute_url())


def test_the_list_is_filtered_by_state(client: Client):
    objection(published(), account("ann"))
    assert "/results/one/" in text(client, "/objections/")
    assert "/results/one/" in text(client, "/objections/?state=open")
    assert "/results/one/" not in text(client, "/objections/?state=removed")
    assert client.get("/objections/?state=lost").status_code == 400
    assert client.get("/objections/?before=x").status_code == 400


def test_what_is_written_is_shown_as_text_and_not_as_html(client: Client):
    made = objection(published(), account("ann"), statement="<script>alert(1)</script>")
    page = text(client, made.get_absolute_url())
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
