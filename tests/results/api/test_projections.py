"""Projections in the API: one answer per cell that nobody measured, page by page, and never a value that was refused."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from tests.results.makers import make_run
from tests.results.projection_field import (
    DATA,
    WIDE,
    make_backtest,
    make_matrix,
    make_measured,
    make_projection,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/projections/"


def found(client: Client, query: str = "") -> list[dict[str, object]]:
    return client.get(ADDRESS + query).json()["results"]


def test_an_answer_states_value_bands_anchors_engine_and_data(client: Client) -> None:
    one, _ = make_matrix()
    (row,) = found(client, "?device=board-a&state=projected&metric=latency")
    assert (row["system"], row["model"], row["unit"], row["state"]) == (one.pk, "ic01", "ms", "projected")
    assert (row["value"], row["low_90"], row["low_80"]) == (180.0, 90.0, 112.5)
    assert row["anchors"] == ["one-vww", "one-kws", "gone"]
    assert (row["engine"], row["data_sha256"]) == ("tinysite 1", DATA)
    assert row["question_in_words"] == "This system and this network were measured, though not together."
    assert client.get(str(row["page"])).status_code == 200


def test_a_refusal_has_a_reason_and_no_number(client: Client) -> None:
    make_matrix()
    (row,) = found(client, "?state=cannot-project")
    assert row["reason"] == WIDE
    assert [row[name] for name in ("value", "low_80", "high_80", "low_90", "high_90")] == [None] * 5


@pytest.mark.parametrize(
    ("query", "models"),
    [
        ("?metric=energy", ["vww01"]),
        ("?state=does-not-fit,cannot-project", ["ad01", "vww01"]),
        ("?model=ic01&device=board-b", ["ic01"]),
        ("?class=fpga", []),
        ("?system=999999999", []),
    ],
)
def test_filters_leave_what_they_name(client: Client, query: str, models: list[str]) -> None:
    make_matrix()
    assert sorted(str(row["model"]) for row in found(client, query)) == models


def test_every_answer_is_met_once_when_the_pages_are_followed(client: Client) -> None:
    make_measured()
    for number in range(60):
        make_projection(make_run("kws", device=f"board-{number}").system, "ic01", 1.0 + number)
    seen, address = [], ADDRESS
    while address:
        page = client.get(address).json()
        seen += [row["value"] for row in page["results"]]
        address = page["next"]
    assert seen == [1.0 + number for number in range(60)]


def test_wrong_parameters_are_named(client: Client) -> None:
    answer = client.get(ADDRESS + "?metric=speed&system=x&colour=red")
    assert answer.status_code == 400
    for word in ("speed", "system", "colour"):
        assert word in answer.content.decode()
    assert client.get("/api/v1/projections/backtest/?round=v1.1").status_code == 400


def test_the_backtest_has_a_row_per_method_as_json_and_csv(client: Client) -> None:
    make_measured()
    row = make_backtest()
    answer = client.get("/api/v1/projections/backtest/").json()
    assert [(one["method"], one["is_best"]) for one in answer["results"]] == [
        ("tinysite", False),
        ("additive", True),
    ]
    (engine, additive) = csv.DictReader(
        io.StringIO(client.get("/api/v1/projections/backtest.csv").content.decode())
    )
    assert (engine["frozen_sha256"], engine["coverage80"]) == (row.frozen_sha256, "50.0")
    assert additive["coverage80"] == ""
