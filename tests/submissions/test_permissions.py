"""Who may reach what: every address of a submission × every role × every state, cell by cell, and the leaks.

The table below is written out by hand on purpose: it does not ask the product's own table what it promises.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from submissions.models import Membership
from tests.submissions.stages import call, checked_version, organisation, person, put, valid_submission

STATES = ["received", "valid", "invalid", "unreadable", "failed", "in-review", "returned", "accepted", "marked-invalid", "published", "correcting", "withdrawn"]  # fmt: skip
REVIEWED = {"in-review", "returned", "accepted", "marked-invalid", "published", "correcting"}
ROLES = [
    "anonymous",
    "stranger",
    "viewer",
    "submitter",
    "owner",
    "reviewer",
    "reviewer-member",
    "former",
    "staff",
]
MEMBERS, SENDERS = {"viewer", "submitter", "owner", "reviewer-member"}, {"submitter", "owner"}
JUDGES = {"reviewer", "staff"}
SEES = {role: set(STATES) for role in MEMBERS | {"staff"}} | {"reviewer": REVIEWED}
"""States in which a role sees a submission; roles that are left out (anonymous, stranger, former) see none."""

OPEN = {"received", "valid", "invalid", "unreadable", "failed", "in-review", "returned", "marked-invalid"}
MAY = {
    "hand-in": (SENDERS, {"valid", "returned", "published"}),
    "withdraw": (SENDERS, OPEN | {"accepted", "published", "correcting"}),
    "publish": (set(), set()),
    "accept": (JUDGES, {"in-review", "correcting"}),
    "return": (JUDGES, {"in-review", "correcting", "accepted"}),
    "request-evidence": (JUDGES, {"in-review"}),
    "move-to-open": (JUDGES, {"in-review"}),
    "mark-invalid": (JUDGES, {"in-review", "accepted"}),
}
"""Action → roles and states in which it is taken; ``publish`` is for self-reported results, not for a round."""

PAGES = ("", "versions/1/", "versions/1.json", "versions/1/archive", "compare/?from=1&to=2")
API_READS = ("", "versions/", "versions/1/", "versions/1/archive/", "versions/1/preview/", "compare/?from=1&to=2",
             "messages/", "events/")  # fmt: skip
CELLS_PER_ROLE_AND_STATE = len(PAGES) + len(API_READS) + 2 * (len(MAY) + 1) + 4
CELLS = CELLS_PER_ROLE_AND_STATE * len(ROLES) * len(STATES)

SUBMISSION_ROUTES = {
    "submissions/<slug:public_id>/", "submissions/<slug:public_id>/compare/", "submissions/<slug:public_id>/edit/",
    "submissions/<slug:public_id>/actions/", "submissions/<slug:public_id>/versions/<int:number>.json",
    "submissions/<slug:public_id>/versions/<int:number>/", "submissions/<slug:public_id>/versions/<int:number>/archive",
    *(f"api/v1/submissions/<str:public_id>/{rest}" for rest in (
        "", "versions/", "versions/<int:number>/", "versions/<int:number>/archive/", "versions/<int:number>/preview/",
        "compare/", "messages/", "events/", "actions/")),
}  # fmt: skip
PUBLIC_PREFIXES = (
    "api/v1/benchmarks", "api/v1/rounds", "api/v1/devices", "api/v1/models", "api/v1/systems", "api/v1/submitters",
    "api/v1/results", "api/v1/changes", "api/v1/leaderboards", "api/v1/pareto", "api/v1/scores", "api/v1/compare", "api/v1/find", "api/v1/schema/", "api/v1/docs/",
    "api/v1/rules", "rules", "data/", "data.json", "embed/", "compare/", "compare.", "scores", "leaderboards/", "pareto/", "find/", "benchmarks/", "devices/", "models/", "systems/",
    "submitters/", "rounds/", "changes", "figures", "api/v1/figures", "method/", "comparability/", "accessibility/", "account/sign-up/", "account/confirm/",
    "account/log-in/", "account/log-out/", "account/password/reset/", "software", "api/v1/software",
    "coverage", "api/v1/coverage", "projections", "api/v1/projections",
)  # fmt: skip
PUBLIC = {"", "healthz", "theme/", "api/", "check/", "check/<slug:check_id>.json", "check/<slug:check_id>/",
          "api/v1/checks/", "api/v1/checks/<str:id>/", "api/v1/calls/", "objections/", "objections/<int:number>/",
          "api/v1/objections/<int:number>/", "results/<str:result>/archive", "results/<public_id:public_id>/",
          "submissions/table.schema.json", "submissions/table.example.csv",
          "results/<public_id:public_id>.<data_format:data_format>", "results/<public_id:public_id>/badge.svg",
          "results/<public_id:public_id>.bib", "results/<public_id:public_id>.csl.json", "results.atom",
          "devices.<data_format:data_format>"}  # fmt: skip
OWN_PAGES = {"submissions/", "submissions/new/", "submissions/new/self-reported/", "account/", "account/export/",
             "account/password/", "organisations/new/"}  # fmt: skip
OWN_WRITES = {"account/profile/", "account/tokens/", "account/tokens/<int:pk>/revoke/", "account/delete/",
              "organisations/<slug:slug>/invitations/", "organisations/<slug:slug>/invitations/<int:pk>/revoke/",
              "organisations/<slug:slug>/members/<int:pk>/", "organisations/<slug:slug>/members/<int:pk>/remove/",
              "organisations/<slug:slug>/leave/", "objections/<int:number>/statements/",
              "objections/<int:number>/retract/", "objections/<int:number>/decision/",
              "api/v1/objections/<int:number>/statements/", "api/v1/objections/<int:number>/decision/",
              "api/v1/objections/<int:number>/retraction/"}  # fmt: skip
BY_ROLE = {"organisations/<slug:slug>/", "review/", "review/calls/", "invitations/<str:token>/",
           "results/<str:public_id>/object/", "api/v1/submissions/", "api/v1/reviews/", "api/v1/objections/",
           "api/v1/me/"}  # fmt: skip


@pytest.fixture
def scene(catalogue: None, tmp_path: Path, settings):
    settings.ARCHIVE_DIR = tmp_path / "archives"
    people = {name: person(name) for name in ("stranger", "viewer", "submitter", "owner")}
    people["reviewer"] = person("reviewer", is_reviewer=True)
    people["reviewer-member"] = person("reviewer-member", is_reviewer=True)
    people["former"] = person("former", is_reviewer=True)
    people["staff"] = person("staff", is_staff=True)
    lab = organisation(owner=people["owner"], submitter=people["submitter"], viewer=people["viewer"])
    Membership.objects.create(user=people["reviewer-member"], organisation=lab, role="viewer")
    submission = valid_submission(lab, people["submitter"], call(), tmp_path)
    checked_version(submission, people["former"], tmp_path, benchmarks=("kws", "ad"))
    return people, submission


@pytest.fixture
def catalogue(db: None) -> None:
    from django.core.management import call_command

    call_command("load_catalogue", verbosity=0)


def client_of(people: dict, role: str) -> Client:
    client = Client()
    if role != "anonymous":
        client.force_login(people[role])
    return client


def ask(client: Client, method: str, address: str, data: dict | None = None) -> int:
    """The status of one request whose effects are rolled back."""
    cache.clear()  # a throttle is no permission
    json = {"content_type": "application/json"} if address.startswith("/api/") and method != "get" else {}
    with transaction.atomic():
        response = getattr(client, method)(address, data, **json)
        transaction.set_rollback(True)
    if response.streaming:
        list(response)  # read to its end, which closes the file
    return response.status_code


def expected_read(role: str, state: str, *, api: bool) -> int:
    if role == "anonymous":
        return 401 if api else 302
    return 200 if state in SEES.get(role, ()) else 404


def expected_action(action: str, role: str, state: str, *, api: bool) -> set[int]:
    if state not in SEES.get(role, ()):
        return {expected_read(role, state, api=api)}
    roles, states = MAY[action]
    if role in roles and state in states:
        return {200} if api else {302}
    return {403, 409} if api else {409}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_permission_table(scene, role: str, state: str) -> None:
    people, submission = scene
    put(submission, state)
    client, page, api = (
        client_of(people, role),
        submission.get_absolute_url(),
        f"/api/v1{submission.get_absolute_url()}",
    )
    answers: list[tuple[str, set[int], int]] = []
    for rest in PAGES:
        answers.append(
            (page + rest, {expected_read(role, state, api=False)}, ask(client, "get", page + rest))
        )
    for rest in API_READS:
        answers.append((api + rest, {expected_read(role, state, api=True)}, ask(client, "get", api + rest)))
    for action in MAY:
        body = {"action": action, "comment": "why"}
        for base, is_api in ((page, False), (api, True)):
            wanted = expected_action(action, role, state, api=is_api)
            answers.append((f"{action} {base}", wanted, ask(client, "post", f"{base}actions/", body)))
    sees, blind = state in SEES.get(role, ()), (302, 401) if role == "anonymous" else (404, 404)
    writes = sees and (role in SENDERS or (role in JUDGES and state in REVIEWED))
    comment = {"action": "comment", "comment": "why"}
    answers.append(
        (
            "comment",
            {302 if writes else 409} if sees else {blind[0]},
            ask(client, "post", f"{page}actions/", comment),
        )
    )
    answers.append(
        (
            "api comment",
            {200} if writes else {403, 409} if sees else {blind[1]},
            ask(client, "post", f"{api}actions/", comment),
        )
    )
    edits = role in SENDERS and state != "withdrawn"
    answers.append(("edit", {200 if edits else blind[0]}, ask(client, "get", f"{page}edit/")))
    change = {"title": "Another title", "reason": "a slip"}
    answers.append(
        (
            "api edit",
            {200} if edits else {403, 409} if sees else {blind[1]},
            ask(client, "patch", api, change),
        )
    )
    uploads = role in SENDERS and state in OPEN | {"published"}
    answers.append(("upload", {400 if uploads else 409} if sees else {blind[0]}, ask(client, "post", page)))
    answers.append(
        (
            "get actions",
            {blind[0] if role == "anonymous" else 405} | {405},
            ask(client, "get", f"{page}actions/"),
        )
    )
    assert len(answers) == CELLS_PER_ROLE_AND_STATE
    wrong = [f"{what}: {got}, not {sorted(wanted)}" for what, wanted, got in answers if got not in wanted]
    assert wrong == []


def test_the_table_has_as_many_cells_as_it_says() -> None:
    assert CELLS == 35 * 9 * 12 == 3780


def routes(resolver=None, prefix: str = ""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from routes(entry, route)
        else:
            yield route


def test_every_address_of_the_site_has_a_decision() -> None:
    decided = SUBMISSION_ROUTES | PUBLIC | OWN_PAGES | OWN_WRITES | BY_ROLE
    undecided = [r for r in routes() if r not in decided and not r.startswith(PUBLIC_PREFIXES)]
    assert undecided == []
    assert decided - set(routes()) == set(), "an address of the table that is not there any more"


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_ones_own_and_of_a_role(scene, role: str) -> None:
    people, submission = scene
    client, anonymous = client_of(people, role), role == "anonymous"
    answers = [
        (r, 302 if anonymous else 200, ask(client, "get", f"/{r}"))
        for r in sorted(OWN_PAGES - {"account/export/"})
    ]
    reviews = role in ("reviewer", "reviewer-member", "former", "staff")
    answers.append(("review/", 302 if anonymous else 200 if reviews else 404, ask(client, "get", "/review/")))
    answers.append(
        ("calls", 302 if anonymous else 200 if role == "staff" else 404, ask(client, "get", "/review/calls/"))
    )
    for address in ("/api/v1/me/", "/api/v1/submissions/"):
        answers.append((address, 401 if anonymous else 200, ask(client, "get", address)))
    answers.append(
        ("reviews", 401 if anonymous else 200 if reviews else 404, ask(client, "get", "/api/v1/reviews/"))
    )
    address = f"/organisations/{submission.organisation.slug}/"
    inside = role in MEMBERS | {"staff"}
    answers.append((address, 302 if anonymous else 200 if inside else 404, ask(client, "get", address)))
    assert [f"{what}: {got}, not {wanted}" for what, wanted, got in answers if got != wanted] == []
