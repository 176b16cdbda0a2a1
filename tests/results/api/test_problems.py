from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.throttling import AnonRateThrottle

from tests.results.makers import make_benchmark

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def test_every_wrong_parameter_is_named_at_once(client: Client) -> None:
    answer = client.get("/api/v1/results/?colour=red&sort=luck&round=first")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == PROBLEM
    body = answer.json()
    assert body["type"] == "urn:tinysite:problem:invalid-parameter"
    assert body["status"] == 400
    assert body["instance"] == "/api/v1/results/"
    assert {(error["parameter"], error["value"]) for error in body["errors"]} == {
        ("colour", "red"),
        ("sort", "luck"),
        ("round", "first"),
    }


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/api/v1/results/?round=", "round"),
        ("/api/v1/results/?benchmark=nothing", "benchmark"),
        ("/api/v1/results/?reference=x", "reference"),
        ("/api/v1/results/?col=latency", "col"),
        ("/api/v1/leaderboards/vww/?col=latency", "col"),
        ("/api/v1/leaderboards/vww/?benchmark=kws", "benchmark"),
        ("/api/v1/leaderboards/vww/?reference=nothing", "reference"),
        ("/api/v1/pareto/vww/?log_x=1", "log_x"),
        ("/api/v1/pareto/vww/?x=energy&y=energy", "y"),
        ("/api/v1/devices/?page_size=1000000000000000000000", "page_size"),
        ("/api/v1/devices/?page_size=30&page_size=60", "page_size"),
        ("/api/v1/benchmarks/vww/?sort=latency", "sort"),
        ("/api/v1/rules/?area=energy", "area"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused(client: Client, address: str, parameter: str) -> None:
    make_benchmark("vww")
    answer = client.get(address)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/",
        "/api/v1/nothing/",
        "/api/v1/nothing/at/all/",
        "/api/v1/benchmarks/nothing/",
        "/api/v1/results/nothing/",
        "/api/v1/results/%00/",
        "/api/v1/results/%FF%FE/",
        "/api/v1/systems/0/",
        "/api/v1/systems/999999999999999999999999999999/",
        "/api/v1/leaderboards/nothing/",
        "/api/v1/pareto/nothing/",
        "/api/v1/rules/nothing/",
        "/api/v1/rounds/v9.9/",
    ],
)
def test_nothing_at_an_address_is_a_problem_and_not_a_page(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.json()["status"] == 404


def test_an_address_without_its_last_slash_leads_to_the_one_with_it(client: Client) -> None:
    answer = client.get("/api/v1/results?benchmark=kws")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/results/?benchmark=kws")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_only_reading_is_allowed(client: Client, method: str) -> None:
    answer = getattr(client, method)("/api/v1/results/")
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_head_request_has_the_headers_and_no_body(client: Client) -> None:
    answer = client.head("/api/v1/results/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == client.get("/api/v1/results/").headers["ETag"]


@pytest.mark.parametrize("address", ["/api/v1/results/?format=xml", "/api/v1/results/?format="])
def test_an_unknown_format_is_refused(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 406
    assert answer.headers["Content-Type"] == PROBLEM
    assert "json, csv" in answer.json()["detail"]


def test_an_unknown_media_type_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/results/", headers={"Accept": "image/png"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (406, PROBLEM)


def test_an_error_is_json_even_where_csv_was_asked_for(client: Client) -> None:
    assert client.get("/api/v1/results.csv?sort=luck").headers["Content-Type"] == PROBLEM


def test_too_many_requests_are_told_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "2/minute"})
    statuses = [client.get("/api/v1/benchmarks/").status_code for _ in range(2)]
    answer = client.get("/api/v1/benchmarks/")
    assert statuses == [200, 200]
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, PROBLEM)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
