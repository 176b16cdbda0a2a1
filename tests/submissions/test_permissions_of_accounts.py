"""Who may write what beside submissions: accounts, tokens, members, invitations, objections, checks, calls; by role,
cell by cell. Written out by hand, like the table of submissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from results.models import Run
from submissions.models import Membership, Objection, Organisation, Submission
from submissions.services import organisations, publish
from submissions.services.objections import decide, open_objection
from submissions.services.tokens import create_token
from tests.submissions.model_analyses import kept, pruned_model
from tests.submissions.reports import make_check
from tests.submissions.stages import (
    PASSWORD,
    call,
    checked_version,
    organisation,
    person,
    put,
    valid_submission,
)
from tests.submissions.test_permissions import CELLS as CELLS_OF_SUBMISSIONS

ROLES = ["anonymous", "stranger", "objector", "viewer", "submitter", "owner", "reviewer", "reviewer-member", "former", "staff"]  # fmt: skip
ACCOUNTS = set(ROLES) - {"anonymous"}
MEMBERS = {"viewer", "submitter", "owner", "reviewer-member"}
MANAGERS = {"owner", "staff"}
SPEAKERS = {"objector", "submitter", "owner", "reviewer", "staff"}
"""Who takes part in the objection; a former member of the submitter, who sent a version, does not judge it."""
JUDGES = {"reviewer", "staff"}
LOG_IN = "log-in"
Answer = int | str


@dataclass(frozen=True)
class Row:
    """One request, and what each role is answered; ``otherwise`` to accounts that are not named."""

    method: str
    address: str
    expected: Mapping[str, Answer]
    body: Mapping[str, object] = field(default_factory=dict)

    def wanted(self, role: str) -> Answer:
        return self.expected[role]


def answers(*, anonymous: Answer, otherwise: Answer, **sets: tuple[set[str], Answer]) -> dict[str, Answer]:
    """Role → answer: that of the first set which holds the role, else ``otherwise``."""
    found: dict[str, Answer] = {"anonymous": anonymous}
    for role in ACCOUNTS:
        found[role] = next((answer for roles, answer in sets.values() if role in roles), otherwise)
    return found


def all_alike(answer: Answer) -> dict[str, Answer]:
    return dict.fromkeys(ROLES, answer)


@dataclass(frozen=True)
class Scene:
    people: Mapping[str, object]
    token: int
    viewer: int
    elsewhere: int
    invitation: int
    secret: str
    result: str
    objection: int
    check: str
    lab: Organisation
    own_analysis: str
    analysis: str


@pytest.fixture
def scene(db: None, tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Scene:
    settings.ARCHIVE_DIR = tmp_path / "archives"
    call_command("load_catalogue", verbosity=0)
    people = {name: person(name) for name in ("stranger", "objector", "viewer", "submitter", "owner")}
    people |= {name: person(name, is_reviewer=True) for name in ("reviewer", "reviewer-member", "former")}
    people["staff"] = person("staff", is_staff=True)
    lab = organisation(owner=people["owner"], submitter=people["submitter"], viewer=people["viewer"])
    Membership.objects.create(user=people["reviewer-member"], organisation=lab, role="viewer")
    other = organisation("Other Lab", owner=person("somebody"))
    submission = valid_submission(lab, people["submitter"], call(), tmp_path)
    checked_version(submission, people["former"], tmp_path, benchmarks=("kws", "ad"))
    publish.publish_site(submission)
    put(submission, "published")
    run = Run.objects.first()
    statement = {"rule_code": "perf.window-too-short", "statement": "Short.", "evidence": "results.txt:26"}
    objection = open_objection(run, people["objector"], **statement)
    monkeypatch.setattr(organisations.secrets, "token_urlsafe", lambda size: "a-secret-of-the-invitation")
    invitation = organisations.invite(
        lab,
        email="stranger@example.org",
        role="submitter",
        invited_by=people["owner"],
        origin="http://testserver",
    )
    monkeypatch.undo()
    token, _ = create_token(people["owner"], name="nightly")
    return Scene(
        people, token.pk, lab.memberships.get(user=people["viewer"]).pk, other.memberships.get().pk, invitation.pk,
        "a-secret-of-the-invitation", run.public_id, objection.pk, make_check().pk, lab,
        kept(pruned_model(), owner=people["owner"]).pk, kept(pruned_model()).pk,
    )  # fmt: skip


def writes(scene: Scene) -> list[Row]:
    """Every POST, with a body that somebody who may do it would send."""
    page = answers(anonymous=LOG_IN, otherwise=302)
    managers = answers(anonymous=LOG_IN, otherwise=404, managers=(MANAGERS, 302))
    lab, objection = f"/organisations/{scene.lab.slug}/", f"/objections/{scene.objection}/"
    text = {"rule_code": "perf.window-too-short", "statement": "Short.", "evidence": "results.txt:26"}
    speak = answers(anonymous=LOG_IN, otherwise=403, speakers=(SPEAKERS, 302))
    judge = answers(anonymous=LOG_IN, otherwise=403, judges=(JUDGES, 302))
    take_back = answers(anonymous=LOG_IN, otherwise=403, objector=({"objector"}, 302))
    decision = {"outcome": "upheld", "decision": "It stands."}
    return [
        Row("post", "/account/profile/", page, {"name": "Another"}),
        Row("post", "/account/tokens/", answers(anonymous=LOG_IN, otherwise=200), {"token-name": "x", "token-days": 9}),
        Row("post", f"/account/tokens/{scene.token}/revoke/",
            answers(anonymous=LOG_IN, otherwise=404, own=({"owner"}, 302))),
        Row("post", "/account/delete/", answers(anonymous=LOG_IN, otherwise=200), {"password": f"not {PASSWORD}"}),
        Row("post", "/organisations/new/", page, {"name": "A Third Lab"}),
        Row("post", f"{lab}invitations/", managers, {"email": "new@example.org", "role": "viewer"}),
        Row("post", f"{lab}invitations/{scene.invitation}/revoke/", managers),
        Row("post", f"{lab}members/{scene.viewer}/", managers, {"role": "submitter"}),
        Row("post", f"{lab}members/{scene.viewer}/remove/", managers),
        Row("post", f"{lab}members/{scene.elsewhere}/", answers(anonymous=LOG_IN, otherwise=404), {"role": "viewer"}),
        Row("post", f"{lab}members/{scene.elsewhere}/remove/", answers(anonymous=LOG_IN, otherwise=404)),
        Row("post", f"{lab}leave/", answers(anonymous=LOG_IN, otherwise=404, members=(MEMBERS, 302))),
        Row("post", f"/invitations/{scene.secret}/", answers(anonymous=200, otherwise=302)),
        Row("post", f"/results/{scene.result}/object/",
            answers(anonymous=LOG_IN, otherwise=302, again=({"objector"}, 409)), text),
        Row("post", f"{objection}statements/", speak, {"body": "A word."}),
        Row("post", f"{objection}retract/", take_back),
        Row("post", f"{objection}decision/", judge, decision),
        Row("post", "/check/", all_alike(400)),
        Row("post", "/models/analyse/", all_alike(400)),
        Row("post", "/submissions/new/", answers(anonymous=LOG_IN, otherwise=400)),
        Row("post", "/submissions/new/self-reported/", answers(anonymous=LOG_IN, otherwise=422), {"way": "table"}),
        Row("post", "/review/calls/", answers(anonymous=LOG_IN, otherwise=404, staff=({"staff"}, 400))),
    ]  # fmt: skip


def api_writes(scene: Scene) -> list[Row]:
    """Every POST of the API beside those of a submission."""
    objection = f"/api/v1/objections/{scene.objection}/"
    text = {"rule_code": "perf.window-too-short", "statement": "Short.", "evidence": "results.txt:26"}
    decision = {"outcome": "upheld", "decision": "It stands."}
    return [
        Row("post", "/api/v1/objections/", answers(anonymous=401, otherwise=201, again=({"objector"}, 409)),
            {"result": scene.result, **text}),
        Row("post", "/api/v1/submissions/", answers(anonymous=401, otherwise=415), {"round": "v1.1"}),
        Row("post", f"{objection}statements/", answers(anonymous=401, otherwise=403, speakers=(SPEAKERS, 201)),
            {"body": "A word."}),
        Row("post", f"{objection}retraction/",
            answers(anonymous=401, otherwise=403, objector=({"objector"}, 200))),
        Row("post", f"{objection}decision/", answers(anonymous=401, otherwise=403, judges=(JUDGES, 200)), decision),
    ]  # fmt: skip


def reads(scene: Scene) -> list[Row]:
    """What is public, what is one's own, and what is no address to read."""
    own = answers(anonymous=LOG_IN, otherwise=200)
    lab, objection = f"/organisations/{scene.lab.slug}/", f"/objections/{scene.objection}/"
    public = [
        objection, "/objections/", f"/invitations/{scene.secret}/", f"/check/{scene.check}/", f"/check/{scene.check}.json",
        f"/api/v1/checks/{scene.check}/", "/api/v1/objections/", f"/api/v1/objections/{scene.objection}/",
        "/api/v1/calls/", f"/results/{scene.result}/", f"/results/{scene.result}/archive", "/models/analyse/",
        f"/models/analyse/{scene.analysis}/", f"/api/v1/models/analyse/{scene.analysis}/",
        f"/find/hardware/?analysis={scene.analysis}", f"/api/v1/find/hardware/?analysis={scene.analysis}",
    ]  # fmt: skip
    unknown = [
        "/models/analyse/abcdefghjkmnpqrstuvwxyz2/", "/find/hardware/?analysis=abcdefghjkmnpqrstuvwxyz2", "/objections/999999/", "/invitations/no-such-secret/", "/check/abcdefghjkmnpqrstuvwxyz2/",
        "/api/v1/objections/999999/", "/results/no-such-result/archive",
    ]  # fmt: skip
    analyses = [
        f"/models/analyse/{scene.own_analysis}/", f"/models/analyse/{scene.own_analysis}.json",
        f"/models/analyse/{scene.own_analysis}.csv", f"/api/v1/models/analyse/{scene.own_analysis}/",
        f"/find/hardware/?analysis={scene.own_analysis}", f"/find/hardware.json?analysis={scene.own_analysis}",
    ]  # fmt: skip
    refused = ["statements", "retract", "decision"]
    guarded = [f"{lab}invitations/", f"{lab}members/{scene.viewer}/", f"{lab}leave/", "/account/profile/"]
    return [
        Row("post", "/api/v1/checks/", all_alike(415), {"round": "v1.1"}),
        Row("post", "/api/v1/models/analyse/", all_alike(415), {"model": "x"}),
        *(
            Row("get", address, answers(anonymous=404, otherwise=404, own=({"owner"}, 200)))
            for address in analyses
        ),
        *(Row("get", address, all_alike(200)) for address in public),
        *(Row("get", address, all_alike(404)) for address in unknown),
        *(Row("get", f"{objection}{rest}/", all_alike(405)) for rest in refused),
        *(Row("get", address, answers(anonymous=LOG_IN, otherwise=405)) for address in guarded),
        Row("get", "/account/export/", own),
        Row("get", "/account/delete/", own),
        Row("get", f"/results/{scene.result}/object/", own),
        Row("get", lab, answers(anonymous=LOG_IN, otherwise=404, inside=(MEMBERS | {"staff"}, 200))),
    ]


def client_of(scene: Scene, role: str, **options: bool) -> Client:
    client = Client(**options)
    if role != "anonymous":
        client.force_login(scene.people[role])
    return client


def ask(client: Client, row: Row) -> Answer:
    """What is answered to one request whose effects are rolled back."""
    cache.clear()  # a throttle is no permission
    json = (
        {"content_type": "application/json"}
        if row.address.startswith("/api/") and row.method != "get"
        else {}
    )
    with transaction.atomic():
        response = getattr(client, row.method)(row.address, row.body or None, **json)
        transaction.set_rollback(True)
    if response.streaming:
        list(response)
    leads_to = response.headers.get("Location", "")
    return LOG_IN if leads_to.startswith("/account/log-in/") else response.status_code


CELLS = (22 + 5 + 42) * len(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_table(scene: Scene, role: str) -> None:
    rows = [*writes(scene), *api_writes(scene), *reads(scene)]
    assert len(rows) * len(ROLES) == CELLS
    client = client_of(scene, role)
    found = [(row, ask(client, row)) for row in rows]
    wrong = [
        f"{row.method} {row.address}: {got}, not {row.wanted(role)}"
        for row, got in found
        if got != row.wanted(role)
    ]
    assert wrong == []


def test_without_a_csrf_token_nothing_is_written(scene: Scene) -> None:
    client = client_of(scene, "owner", enforce_csrf_checks=True)
    answered = {row.address: ask(client, row) for row in [*writes(scene), *api_writes(scene)]}
    assert {address: answer for address, answer in answered.items() if answer != 403} == {}


def test_a_decided_objection_is_closed_to_everybody(scene: Scene) -> None:
    decide(Objection.objects.get(), scene.people["reviewer"], outcome="upheld", decision="It stands.")
    closed = ("statements/", "retract/", "retraction/", "decision/")
    rows = [row for row in [*writes(scene), *api_writes(scene)] if row.address.endswith(closed)]
    assert len(rows) == 6
    for role in sorted(ACCOUNTS):
        assert {ask(client_of(scene, role), row) for row in rows} == {409}, role


@pytest.mark.parametrize("role", sorted(ACCOUNTS))
def test_an_invitation_makes_a_member_of_its_own_address_only(scene: Scene, role: str) -> None:
    user = scene.people[role]
    before = (
        Membership.objects.filter(user=user, organisation=scene.lab).values_list("role", flat=True).first()
    )
    client_of(scene, role).post(f"/invitations/{scene.secret}/")
    after = (
        Membership.objects.filter(user=user, organisation=scene.lab).values_list("role", flat=True).first()
    )
    assert after == ("submitter" if role == "stranger" else before)


@pytest.mark.parametrize("state", ["published", "correcting", "withdrawn"])
@pytest.mark.parametrize("role", ROLES)
def test_the_public_archive_goes_with_the_publication(scene: Scene, role: str, state: str) -> None:
    put(Submission.objects.get(), state)
    wanted = 404 if state == "withdrawn" else 200
    assert (
        ask(client_of(scene, role), Row("get", f"/results/{scene.result}/archive", all_alike(wanted)))
        == wanted
    )


@pytest.mark.parametrize("role", sorted(ACCOUNTS))
def test_the_copy_of_ones_data_holds_no_address_of_others(scene: Scene, role: str) -> None:
    text = client_of(scene, role).get("/account/export/").content.decode()
    assert scene.people[role].email in text
    invited = {"stranger@example.org"} if role == "owner" else set()  # whom one has invited is one's own data
    others = {other.email for other in scene.people.values() if other != scene.people[role]}
    assert {email for email in others - invited if f'"{email}"' in text} == set()


def test_both_tables_together_are_as_large_as_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\npermission cells: {CELLS_OF_SUBMISSIONS} of submissions, {CELLS} of everything else")
    assert CELLS == 690
