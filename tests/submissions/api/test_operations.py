"""The served schema describes every operation of accounts, and every answer to made-up requests conforms to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.specs.openapi.checks import ignored_auth

from submissions.models import Check, Objection, Submission
from submissions.services import checks
from submissions.services.objections import open_objection
from submissions.services.tokens import create_token
from tests.results.makers import make_run
from tinysite.wsgi import application

from .conftest import Account

SCHEMA = "/api/v1/schema/?format=json"
ACCOUNTS = ("checks", "calls", "submissions", "reviews", "objections", "me")
ANALYSES = "/api/v1/models/analyse/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def api_schema(sent: Submission) -> Iterator[schemathesis.schemas.BaseSchema]:
    """The schema as the site serves it; requests leave the test's own connection open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(SCHEMA, application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def objection(account: Callable[..., Account]) -> Objection:
    """An open objection of somebody else."""
    run = make_run("kws", latency_ms=10.0)
    return open_objection(
        run, account("objector").user, rule_code="closed.accuracy-below-target", statement="It is too low.",
        evidence="accuracy/results.txt, line 3",
    )  # fmt: skip


@pytest.fixture
def check(db: None, archive: Path) -> Check:
    """A check without an account."""
    return checks.start(archive, round_id="v1.1", filename=archive.name)


# schemathesis never closes the answers of a WSGI application
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
def test_every_answer_to_an_account_conforms_to_the_schema(
    api_schema: schemathesis.schemas.BaseSchema, sender: Account, sent: Submission, mode: GenerationMode,
    objection: Objection, check: Check, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.allow_request", lambda *_: True)
    _, secret = create_token(sender.user, name="schemathesis")
    for found in api_schema.get_all_operations():
        operation = found.ok()
        if operation.path.split("/")[3] not in ACCOUNTS and not operation.path.startswith(ANALYSES):
            continue

        @settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            number = objection.pk if case.path.startswith("/api/v1/objections/") else 1
            known = {"public_id": sent.public_id, "number": number, "id": check.pk}
            case.path_parameters.update({name: known[name] for name in case.path_parameters})
            case.call_and_validate(
                headers={"Authorization": f"Bearer {secret}"},
                excluded_checks=[positive_data_acceptance, ignored_auth],
            )

        # Where nothing in a request can be wrong (no parameter, no body), no wrong one can be made up.
        with contextlib.suppress(Unsatisfiable):
            ask()


def test_the_schema_is_valid_and_says_who_may_ask(client: Client) -> None:
    schema = client.get(SCHEMA).json()
    validate_schema(schema)
    assert set(schema["components"]["securitySchemes"]) == {"token", "session"}
    post = schema["paths"]["/api/v1/submissions/"]["post"]
    assert post["security"] == [{"token": []}, {"session": []}]
    assert {"200", "201", "401", "409", "413", "415", "422", "507"} <= set(post["responses"])
    assert "security" not in schema["paths"]["/api/v1/checks/"]["post"]
