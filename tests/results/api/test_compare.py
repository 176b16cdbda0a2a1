"""The comparison of the API."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

PAIR = "run=v1.1-closed-lab1-kws&run=v1.1-closed-lab3-kws"


def test_a_pair_has_ratio_band_and_verdict(client: Client) -> None:
    rows = client.get(f"/api/v1/compare/?{PAIR}&metric=latency").json()["results"]
    other = next(row for row in rows if row["metric"] == "latency_ms" and not row["is_reference"])
    assert other["ratio"] == pytest.approx(1 / 3)
    assert other["ratio_low"] < other["ratio"] < other["ratio_high"]
    assert (other["verdict"], other["verdict_text"]) == ("worse", "slower")


def test_what_was_not_measured_is_null_and_says_so(client: Client) -> None:
    url = "/api/v1/compare/?run=v1.1-closed-lab1-kws&run=v1.1-closed-lab2-kws&metric=energy"
    rows = client.get(url).json()["results"]
    missing = next(row for row in rows if row["metric"] == "energy_uj_per_inf" and not row["is_reference"])
    assert (missing["value"], missing["ratio"], missing["absent"]) == (None, None, "not measured")


def test_the_answer_is_that_of_the_page_s_data(client: Client) -> None:
    assert client.get(f"/api/v1/compare/?{PAIR}").json() == client.get(f"/compare.json?{PAIR}").json()


def test_csv_holds_a_row_per_value(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"/api/v1/compare.csv?{PAIR}").content.decode())))
    assert len(rows) == len(client.get(f"/api/v1/compare/?{PAIR}").json()["results"])
    assert rows[0]["metric"] == "latency_ms"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "run"),
        ("run=v1.1-closed-lab1-kws", "run"),
        ("run=v1.1-closed-lab1-kws&run=none", "run"),
        (f"{PAIR}&device=board-1", "device"),
        (f"{PAIR}&to=none", "to"),
        (f"{PAIR}&on=board-1", "on"),
    ],
)
def test_what_cannot_be_compared_is_refused(client: Client, query: str, parameter: str) -> None:
    answer = client.get(f"/api/v1/compare/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter
