"""The served schema is valid, says what is offered and nothing else, and every answer conforms to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance

from tinysite.wsgi import application

SCHEMA = "/api/v1/schema/?format=json"
PATHS = {
    "/api/v1/benchmarks/",
    "/api/v1/benchmarks/{id}/",
    "/api/v1/changes/",
    "/api/v1/compare/",
    "/api/v1/coverage/",
    "/api/v1/coverage/devices/",
    "/api/v1/devices/",
    "/api/v1/devices/{slug}/",
    "/api/v1/figures/",
    "/api/v1/figures/{key}/",
    "/api/v1/find/hardware/",
    "/api/v1/find/model/",
    "/api/v1/find/performance/",
    "/api/v1/devices/{slug}/history/",
    "/api/v1/devices/{slug}/operating-points/",
    "/api/v1/devices/{slug}/stacks/",
    "/api/v1/leaderboards/{benchmark}/",
    "/api/v1/models/",
    "/api/v1/models/{slug}/",
    "/api/v1/pareto/{benchmark}/",
    "/api/v1/projections/",
    "/api/v1/projections/backtest/",
    "/api/v1/results/",
    "/api/v1/results/{public_id}/",
    "/api/v1/rounds/",
    "/api/v1/rounds/{id}/",
    "/api/v1/rules/",
    "/api/v1/rules/{code}/",
    "/api/v1/scores/",
    "/api/v1/software/",
    "/api/v1/software/{slug}/",
    "/api/v1/submitters/",
    "/api/v1/submitters/{slug}/",
    "/api/v1/systems/",
    "/api/v1/systems/{id}/",
}

KNOWN = {
    "/api/v1/benchmarks/{id}/": "kws",
    "/api/v1/devices/{slug}/": "board-1",
    "/api/v1/devices/{slug}/history/": "board-1",
    "/api/v1/devices/{slug}/operating-points/": "board-1",
    "/api/v1/devices/{slug}/stacks/": "board-1",
    "/api/v1/figures/{key}/": "nothing",
    "/api/v1/leaderboards/{benchmark}/": "kws",
    "/api/v1/models/{slug}/": "kws01",
    "/api/v1/pareto/{benchmark}/": "kws",
    "/api/v1/results/{public_id}/": "v1.1-closed-lab1-kws",
    "/api/v1/rounds/{id}/": "v1.1",
    "/api/v1/rules/{code}/": "closed.accuracy-below-target",
    "/api/v1/software/{slug}/": "tflite-micro",
    "/api/v1/submitters/{slug}/": "lab",
    "/api/v1/systems/{id}/": 1,
}
"""Something that stands at each address with a variable part, for the tests of its query string."""

ODD = [
    "\0",
    "é\0",
    "9" * 400,
    "-1",
    "1e999",
    "NaN",
    "../..",
    "%",
    "'\"<",
    "\ud7ff\U0010ffff",
    " ",
    "[]",
    "\\",
]


@pytest.fixture
def api_schema(world: None) -> Iterator[schemathesis.schemas.BaseSchema]:
    """The schema as the site serves it; requests leave the test's own connection open, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(SCHEMA, application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_answer_conforms_to_the_served_schema(
    api_schema: schemathesis.schemas.BaseSchema, path: str, mode: GenerationMode
) -> None:
    operation = api_schema[path]["GET"]

    @settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        # Filters may contradict each other (a minimum above its maximum), which a schema cannot say.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    ask()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("path", sorted(PATHS))
def test_an_odd_value_anywhere_is_never_a_server_error(client: Client, path: str) -> None:
    operation = client.get(SCHEMA).json()["paths"][path]["get"]
    names = {
        place: [p["name"] for p in operation.get("parameters", []) if p["in"] == place]
        for place in ("path", "query")
    }
    address = path.format(**dict.fromkeys(names["path"], KNOWN.get(path)))
    for odd in ODD:
        answers = [
            client.get(path.format(**{name: quote(odd, safe="") for name in names["path"]}), {"no": odd})
        ]
        answers += [client.get(address, {name: odd}) for name in names["query"]]
        for answer in answers:
            # 200 where the value is a possible text, such as the name of a framework that nobody used
            assert answer.status_code in (200, 400, 404, 406), odd
            if answer.status_code != 200:
                assert answer.headers["Content-Type"] == "application/problem+json", odd


def test_the_schema_is_valid_and_what_is_published_can_only_be_read(client: Client) -> None:
    schema = client.get(SCHEMA).json()
    validate_schema(schema)
    assert set(schema["paths"]) >= PATHS
    assert all(set(schema["paths"][path]) == {"get"} for path in PATHS)


@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_operation_documents_its_errors(client: Client, path: str) -> None:
    responses: dict[str, Any] = client.get(SCHEMA).json()["paths"][path]["get"]["responses"]
    gone = {"410"} if path == "/api/v1/results/{public_id}/" else set()
    assert set(responses) == {"200", "304", "400", "404", "405", "406", "414", "429"} | gone
    for status in ("400", "404", "405", "406", "429"):
        assert list(responses[status]["content"]) == ["application/problem+json"]
    assert set(responses["200"]["content"]) == {"application/json", "text/csv"}
    assert "ETag" in responses["200"]["headers"]


@pytest.mark.parametrize(
    ("address", "accept", "media_type"),
    [
        ("/api/v1/schema/", "*/*", "application/vnd.oai.openapi; charset=utf-8"),
        ("/api/v1/schema/?format=yaml", "*/*", "application/vnd.oai.openapi; charset=utf-8"),
        ("/api/v1/schema/?format=json", "*/*", "application/json"),
        (
            "/api/v1/schema/",
            "application/vnd.oai.openapi+json",
            "application/vnd.oai.openapi+json",
        ),
    ],
)
def test_the_schema_comes_as_yaml_and_json(
    client: Client, address: str, accept: str, media_type: str
) -> None:
    answer = client.get(address, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
