"""A submission's way through the API: who sees it, who moves it, what is refused and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from submissions.models import Call, Submission
from tests.results.makers import aggregate, make_round, make_run
from tests.submissions.stages import call as open_call
from tests.submissions.stages import valid_submission

from .conftest import Account

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
ADDRESSES = [
    "",
    "versions/",
    "versions/1/",
    "versions/1/archive/",
    "versions/1/preview/",
    "compare/?from=1&to=1",
    "messages/",
    "events/",
]


def act(account: Account, submission: Submission, action: str, comment: str = "", **more: Any) -> Any:
    body = {"action": action, "comment": comment, **more}
    return account.post(f"submissions/{submission.public_id}/actions/", body)


def later_call() -> Call:
    make_round("v1.0")
    return open_call("v1.0")


@pytest.fixture
def reviewer(account: Callable[..., Account]) -> Account:
    return account("reviewer", is_reviewer=True)


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_submission_of_others_looks_like_one_that_is_not_there(
    account: Callable[..., Account], reviewer: Account, sent: Submission, path: str
) -> None:
    for other in (account("stranger"), reviewer):
        real = other.get(f"submissions/{sent.public_id}/{path}")
        none = other.get(f"submissions/nothing/{path}")
        assert (real.status_code, real.headers["Content-Type"]) == (404, PROBLEM)
        assert {**real.json(), "instance": ""} == {**none.json(), "instance": ""}


@pytest.mark.parametrize(
    "path", ["submissions/", "me/", "reviews/", *(f"submissions/nothing/{p}" for p in ADDRESSES)]
)
def test_without_an_account_the_way_to_log_in_is_named(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, PROBLEM)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("method", ["delete", "put", "options", "trace", "post"])
@pytest.mark.parametrize("path", ["me/", "objections/1/", "calls/", "submissions/nothing/"])
def test_a_method_that_nobody_can_use_is_refused_without_asking_for_an_account(
    client: Client, path: str, method: str
) -> None:
    answer = getattr(client, method)(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, PROBLEM)
    assert set(answer.headers["Allow"].split(", ")) <= {"GET", "HEAD", "PATCH"}


def test_a_wrong_token_is_told_nothing_but_that(client: Client) -> None:
    answer = client.get("/api/v1/me/", headers={"Authorization": "Bearer tiny_wrong"})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_session_needs_its_csrf_token(sender: Account, sent: Submission) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(sender.user)
    address = f"/api/v1/submissions/{sent.public_id}/messages/"
    assert browser.get(address).status_code == 200
    answer = browser.post(address, {"body": "Hello"}, content_type="application/json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_a_submission_is_handed_in_returned_and_accepted(
    sender: Account, reviewer: Account, sent: Submission
) -> None:
    assert act(sender, sent, "hand-in").json()["state"] == "in-review"
    queue = reviewer.get("reviews/").json()["results"]
    assert [(row["id"], row["may_decide"]) for row in queue] == [(sent.public_id, True)]
    assert act(reviewer, sent, "return", "Which supply voltage?").json()["state"] == "returned"
    said = sender.get(f"submissions/{sent.public_id}/messages/").json()["results"]
    assert [(entry["role"], entry["body"]) for entry in said] == [("reviewer", "Which supply voltage?")]
    assert sender.post(f"submissions/{sent.public_id}/messages/", {"body": "1.8 V"}).status_code == 201
    assert act(sender, sent, "hand-in").json()["state"] == "in-review"
    assert act(reviewer, sent, "accept").json()["event"]["to_state"] == "accepted"
    events = sender.get(f"submissions/{sent.public_id}/events/").json()["results"]
    assert [event["to_state"] for event in events if event["to_state"]] == [
        "received", "valid", "in-review", "returned", "in-review", "accepted",
    ]  # fmt: skip


def test_an_action_that_is_not_for_the_account_is_forbidden_and_one_at_the_wrong_time_a_conflict(
    sender: Account, sent: Submission
) -> None:
    for action, status in (("accept", 403), ("publish", 409)):
        answer = act(sender, sent, action)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)
        assert action in answer.json()["detail"]
    act(sender, sent, "hand-in")
    assert act(sender, sent, "hand-in").status_code == 409


def test_a_reason_is_asked_for_where_one_is_needed(sender: Account, sent: Submission) -> None:
    answer = act(sender, sent, "withdraw")
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json()["errors"]] == ["comment"]


def test_the_queue_begins_with_what_was_handed_in_first(
    sender: Account, reviewer: Account, sent: Submission, call: Call, tmp_path: Path
) -> None:
    organisation = sent.organisation
    later = valid_submission(organisation, sender.user, call, tmp_path, runtimes_s=(12.0,) * 5)
    other_round = valid_submission(organisation, sender.user, later_call(), tmp_path, runtimes_s=(13.0,) * 5)
    for submission in (later, other_round, sent):
        assert act(sender, submission, "hand-in").status_code == 200
    listed = reviewer.get("reviews/").json()["results"]
    assert [row["id"] for row in listed] == [s.public_id for s in (later, other_round, sent)]
    listed = reviewer.get("reviews/?round=v1.1").json()["results"]
    assert [row["id"] for row in listed] == [later.public_id, sent.public_id]
    assert reviewer.get("reviews/?state=received").status_code == 400


def test_the_queue_has_pages(
    sender: Account, reviewer: Account, sent: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(sender, sent, "hand-in")
    monkeypatch.setattr("results.api.pagination.PAGE_SIZES", (1,))
    first = Submission.objects.get()
    second = Submission.objects.create(
        kind="round", organisation=first.organisation, created_by=sender.user, call=first.call, round="v1.1",
        state="in-review", handed_in_at=first.handed_in_at,
    )  # fmt: skip
    page = reviewer.get("reviews/").json()
    assert [row["id"] for row in page["results"]] == [first.public_id]
    page = reviewer.client.get(page["next"]).json()
    assert [row["id"] for row in page["results"]] == [second.public_id]
    page = reviewer.client.get(page["previous"]).json()
    assert [row["id"] for row in page["results"]] == [first.public_id]


def test_only_what_is_possible_for_this_kind_of_submission_is_offered(
    sender: Account, sent: Submission
) -> None:
    told = sender.get(f"submissions/{sent.public_id}/").json()
    assert [action["action"] for action in told["actions"]] == [
        "view", "download", "upload", "edit", "comment", "hand-in", "withdraw",
    ]  # fmt: skip


def test_the_preview_says_where_a_version_would_stand(sender: Account, sent: Submission) -> None:
    make_run("kws", latency_ms=1.0, round_id="v1.0", quality=91.0)
    aggregate()
    preview = sender.get(f"submissions/{sent.public_id}/versions/1/preview/").json()
    (run,) = preview["runs"]
    ranks = {rank["name"]: (rank["rank"], rank["of"]) for rank in run["ranks"]}
    assert (preview["state"], preview["looks"], ranks["Latency"]) == ("done", 0, ("2", 2))


def test_there_is_no_preview_before_the_check_is_done(sender: Account, sent: Submission) -> None:
    sent.versions.update(progress="queued", verdict="")
    preview = sender.get(f"submissions/{sent.public_id}/versions/1/preview/").json()
    assert preview == {"state": "queued", "looks": None, "runs": None}


def test_the_queue_is_not_there_for_others(sender: Account) -> None:
    assert sender.get("reviews/").status_code == 404


def test_what_is_no_evidence_can_be_edited_with_a_reason(sender: Account, sent: Submission) -> None:
    address = f"submissions/{sent.public_id}/"
    assert sender.patch(address, {"title": "Second board"}).status_code == 422
    answer = sender.patch(address, {"title": "Second board", "reason": "It had no title."})
    assert (answer.status_code, answer.json()["metadata"]) == (200, {"title": "Second board"})
    bad = sender.patch(address, {"links": ["javascript:alert(1)"], "reason": "A link."})
    assert [error["parameter"] for error in bad.json()["errors"]] == ["links"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[1]", 422),
        ('{"body": "\\u0000"}', 422),
        ('{"body": "\\ud800"}', 422),
        ("[" * 100_000, 400),
    ],
)
def test_a_body_that_cannot_be_used_is_a_problem(
    sender: Account, sent: Submission, body: str, status: int
) -> None:
    address = f"/api/v1/submissions/{sent.public_id}/messages/"
    answer = sender.client.post(address, body, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)


def test_an_account_sees_itself(sender: Account) -> None:
    told = sender.get("me/").json()
    assert (told["email"], told["organisations"]) == (
        "sender@example.org", [{"organisation": "acme", "name": "acme", "role": "submitter"}],
    )  # fmt: skip


def test_an_objection_is_made_discussed_and_decided(
    account: Callable[..., Account], reviewer: Account, client: Client
) -> None:
    run = make_run("kws", latency_ms=10.0)
    aggregate()
    objector = account("objector")
    body = {
        "result": run.public_id, "rule_code": "closed.accuracy-below-target",
        "statement": "The accuracy is below the target.", "evidence": "accuracy/results.txt line 3",
    }  # fmt: skip
    assert client.post("/api/v1/objections/", body, content_type="application/json").status_code == 401
    made = objector.post("objections/", body)
    assert made.status_code == 201
    number = made.json()["id"]
    assert objector.post("objections/", body).status_code == 409
    assert client.get("/api/v1/objections/").json()["results"][0]["id"] == number
    assert objector.post(f"objections/{number}/statements/", {"body": "See also line 4."}).status_code == 201
    decision = {"outcome": "upheld", "decision": "Line 3 is of another run."}
    assert objector.post(f"objections/{number}/decision/", decision).status_code == 403
    assert reviewer.post(f"objections/{number}/decision/", decision).json()["state"] == "upheld"
    assert objector.post(f"objections/{number}/retraction/").status_code == 409
    assert "objector@" not in client.get(f"/api/v1/objections/{number}/").content.decode()
