"""The served schema is valid, says what is offered and nothing else, and every answer conforms to it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, settings
from schemathesis.checks import positive_data_acceptance

from tinysite.wsgi import application

SCHEMA = "/api/v1/schema/?format=json"
PATHS = {
    "/api/v1/benchmarks/",
    "/api/v1/benchmarks/{id}/",
    "/api/v1/devices/",
    "/api/v1/devices/{slug}/",
    "/api/v1/leaderboards/{benchmark}/",
    "/api/v1/models/",
    "/api/v1/models/{slug}/",
    "/api/v1/pareto/{benchmark}/",
    "/api/v1/results/",
    "/api/v1/results/{public_id}/",
    "/api/v1/rounds/",
    "/api/v1/rounds/{id}/",
    "/api/v1/rules/",
    "/api/v1/rules/{code}/",
    "/api/v1/submitters/",
    "/api/v1/submitters/{slug}/",
    "/api/v1/systems/",
    "/api/v1/systems/{id}/",
}


@pytest.fixture
def api_schema(world: None) -> schemathesis.schemas.BaseSchema:
    return schemathesis.openapi.from_wsgi(SCHEMA, application)


served = schemathesis.pytest.from_fixture("api_schema")


@served.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
def test_every_answer_conforms_to_the_served_schema(case: schemathesis.Case) -> None:
    # Filters may contradict each other (a minimum above its maximum), which a schema cannot say.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])


def test_the_schema_is_valid_and_names_exactly_what_is_offered(client: Client) -> None:
    schema = client.get(SCHEMA).json()
    validate_schema(schema)
    assert set(schema["paths"]) == PATHS
    assert all(set(operations) == {"get"} for operations in schema["paths"].values())


@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_operation_documents_its_errors(client: Client, path: str) -> None:
    responses: dict[str, Any] = client.get(SCHEMA).json()["paths"][path]["get"]["responses"]
    assert set(responses) == {"200", "304", "400", "404", "405", "406", "414", "429"}
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
            "application/vnd.oai.openapi+json; charset=utf-8",
        ),
    ],
)
def test_the_schema_comes_as_yaml_and_json(
    client: Client, address: str, accept: str, media_type: str
) -> None:
    answer = client.get(address, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
