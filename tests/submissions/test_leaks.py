"""Before its moment nothing of a submission shows: not in pages, data, counts and searches, nor in how it is refused."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from results.models import Run
from results.services.aggregate import recompute_all
from submissions.models import Submission
from submissions.services import publish
from tests.submissions.stages import call, organisation, person, put, valid_submission

pytestmark = pytest.mark.django_db

PUBLIC = (
    "/", "/leaderboards/", "/leaderboards/kws/", "/leaderboards/kws.json", "/leaderboards/kws.csv",
    "/leaderboards/kws/?q=second", "/leaderboards/kws/?device=second-board", "/leaderboards/kws/?submitter=second-lab",
    "/scores/", "/scores.json", "/scores.csv?metric=energy", "/api/v1/scores/", "/pareto/", "/pareto/kws/", "/pareto/kws.svg", "/pareto/kws.json", "/pareto/kws.csv", "/find/hardware/",
    "/find/hardware/?benchmark=kws", "/find/model/", "/find/performance/", "/benchmarks/", "/benchmarks/kws/",
    "/devices/", "/devices/?q=second", "/devices/second-board/", "/devices/second-board.json", "/models/",
    "/models/kws01/", "/models/analyse/", "/figures/", "/figures.csv", "/figures.json", "/figures/about/", "/api/v1/figures/", "/systems/2/", "/submitters/", "/submitters/second-lab/", "/rounds/", "/rounds/v1.1/",
    "/rounds/v1.1.json", "/rounds/v1.1.csv", "/data/", "/data.json", "/data/results.csv", "/data/measurements.json", "/results.atom",
    "/embed/leaderboards/kws/", "/embed/pareto/kws/", "/changes/", "/changes.json", "/changes.atom", "/objections/", "/method/",
    "/coverage/", "/coverage.json", "/coverage/devices/", "/coverage/devices.csv", "/api/v1/coverage/",
    "/projections/", "/projections.json?level=class", "/projections/backtest/", "/projections/1/kws01/",
    "/api/v1/projections/", "/api/v1/projections/backtest.json", "/api/v1/coverage/devices/", "/rules/", "/check/", "/api/v1/results/", "/api/v1/results/?q=second", "/api/v1/results.csv",
    "/api/v1/results/?submitter=second-lab", "/api/v1/submitters/", "/api/v1/submitters/second-lab/",
    "/api/v1/changes/", "/api/v1/systems/", "/api/v1/devices/", "/api/v1/devices/second-board/", "/api/v1/models/",
    "/api/v1/benchmarks/", "/api/v1/rounds/", "/api/v1/rounds/v1.1/", "/api/v1/leaderboards/kws/",
    "/api/v1/pareto/kws/", "/api/v1/calls/", "/api/v1/objections/", "/api/v1/schema/",
)  # fmt: skip
_SAID_ANEW = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def scene(db: None, tmp_path: Path, settings) -> SimpleNamespace:
    """A site on which another submission is public already, and one that is handed in."""
    settings.ARCHIVE_DIR = tmp_path / "archives"
    call_command("load_catalogue", verbosity=0)
    opened, one, two = call(), person("one"), person("two")
    first = valid_submission(
        organisation("First Lab", owner=one), one, opened, tmp_path, system="first_board"
    )
    publish.publish_site(first)
    put(first, "published")
    recompute_all()
    return SimpleNamespace(call=opened, two=two, lab=organisation("Second Lab", owner=two), folder=tmp_path)


def send(scene: SimpleNamespace) -> Submission:
    return valid_submission(
        scene.lab, scene.two, scene.call, scene.folder, system="second_board",
        system_fields={"system_name": "Second Board", "processor": "Second Processor"},
    )  # fmt: skip


def read_all(client: Client) -> dict[str, tuple[int, str]]:
    found = {}
    for address in PUBLIC:
        cache.clear()
        answer = client.get(address)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[address] = (answer.status_code, _SAID_ANEW.sub("", text.decode()))
    return found


def clients() -> dict[str, Client]:
    stranger = Client()
    stranger.force_login(person("stranger"))
    return {"anonymous": Client(), "stranger": stranger}


def test_the_public_site_is_the_same_with_and_without_an_accepted_submission(scene: SimpleNamespace) -> None:
    readers = clients()
    before = {name: read_all(client) for name, client in readers.items()}
    assert {status for status, _ in before["anonymous"].values()} == {200, 400, 404}, (
        "unknown names are asked as well"
    )
    assert '"first' in before["anonymous"]["/leaderboards/kws.json"][1].lower()
    submission = send(scene)
    for state in ("valid", "in-review", "returned", "accepted"):
        put(submission, state)
        for name, client in readers.items():
            after = read_all(client)
            differs = [address for address in PUBLIC if after[address] != before[name][address]]
            assert differs == [], f"{name} can tell that a submission is {state}"


def test_the_same_comparison_sees_a_publication(scene: SimpleNamespace) -> None:
    before = read_all(Client())
    submission = send(scene)
    publish.publish_site(submission)
    put(submission, "published")
    recompute_all()
    after = read_all(Client())
    differs = {address for address in PUBLIC if after[address] != before[address]}
    assert {"/", "/leaderboards/kws/", "/leaderboards/kws.csv", "/pareto/kws/", "/api/v1/results/", "/changes.atom",
            "/submitters/", "/rounds/v1.1/", "/api/v1/rounds/v1.1/"} <= differs  # fmt: skip


READS = (
    "",
    "versions/1/",
    "versions/1.json",
    "versions/1/archive",
    "compare/?from=1&to=2",
    "compare/",
    "edit/",
)
API_READS = ("", "versions/", "versions/1/", "versions/1/archive/", "versions/1/preview/", "compare/?from=1&to=2",
             "messages/", "events/")  # fmt: skip
STATES_BLIND = {"anonymous": "accepted", "stranger": "accepted", "former": "in-review", "reviewer": "valid"}
"""Who sees nothing, with a state in which they see nothing."""


def said(response: HttpResponse, name: str) -> tuple[int, dict[str, str], set[str], str]:
    """Status, headers, names of cookies and body of an answer, with the name that was asked for taken out.

    The ETag hashes a body with a CSRF token in it, which is another in every answer.
    """
    text = _SAID_ANEW.sub("", response.content.decode()).replace(name, unknown(name))
    headers = {
        key: value.replace(name, unknown(name)) for key, value in response.headers.items() if key != "ETag"
    }
    return response.status_code, headers, set(response.cookies), text


def unknown(name: str) -> str:
    """A name as long as ``name`` that nothing has."""
    return "z" * len(name)


@pytest.mark.parametrize("role", STATES_BLIND)
def test_what_somebody_may_not_see_answers_like_what_is_not_there(scene: SimpleNamespace, role: str) -> None:
    submission = send(scene)
    client = Client()
    if role != "anonymous":
        user = person(role, is_reviewer=role in ("former", "reviewer"))
        client.force_login(user)
        if role == "former":
            submission.versions.update(uploaded_by=user)
    put(submission, STATES_BLIND[role])
    page, api = "/submissions/{}/", "/api/v1/submissions/{}/"
    requests = [("get", page + rest, None) for rest in READS] + [
        ("get", api + rest, None) for rest in API_READS
    ]
    requests += [("head", page, None), ("post", page, {}), ("post", f"{page}actions/", {"action": "accept"})]
    requests += [("post", f"{page}actions/", {"action": "no-such"}), ("post", f"{page}edit/", {"title": "x"})]
    json = {"content_type": "application/json"}
    requests += [("post", f"{api}actions/", {"action": "accept"}), ("post", f"{api}messages/", {"body": "x"})]
    requests += [
        ("patch", api, {"title": "x", "reason": "y"}),
        ("post", f"{api}actions/", {"action": "no-such"}),
    ]
    requests += [("post", f"{api}versions/", {})]
    for method, address, body in requests:
        sent = (
            json
            if address.startswith(api) and method not in ("get", "head") and "versions" not in address
            else {}
        )
        answers = []
        for name in (submission.public_id, unknown(submission.public_id)):
            cache.clear()
            with transaction.atomic():
                answers.append(said(getattr(client, method)(address.format(name), body, **sent), name))
                transaction.set_rollback(True)
        assert answers[0] == answers[1], f"{method} {address}"
        assert answers[0][0] in ((302, 401, 403) if role == "anonymous" else (404,)), f"{method} {address}"


def test_an_organisation_and_a_token_of_others_answer_like_unknown_ones(scene: SimpleNamespace) -> None:
    client = clients()["stranger"]
    for address in ("", "invitations/", "leave/", "members/1/", "members/1/remove/"):
        method, names = client.post if address else client.get, ("second-lab", unknown("second-lab"))
        theirs, none = (said(method(f"/organisations/{name}/{address}"), name) for name in names)
        assert theirs[0] == 404
        assert theirs == none, address


def test_a_result_that_is_not_public_yet_cannot_be_guessed(scene: SimpleNamespace) -> None:
    submission = put(send(scene), "accepted")
    key = (
        Run.objects.get().public_id.replace("first_board", "second_board").replace("first-lab", "second-lab")
    )
    guessed = f"{key.rsplit('-', 1)[0]}-{submission.public_id}"
    stranger = clients()["stranger"]
    for address in (
        "/results/{}/",
        "/results/{}.json",
        "/results/{}/archive",
        "/results/{}/object/",
        "/api/v1/results/{}/",
    ):
        theirs = said(stranger.get(address.format(guessed)), guessed)
        assert theirs == said(stranger.get(address.format(unknown(guessed))), unknown(guessed)), address
        assert theirs[0] == 404
