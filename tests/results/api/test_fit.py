"""The fit finder of the API: the judgement of every result, as JSON and CSV."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def _ids(rows, verdict: str) -> list[str]:
    return [row["id"] for row in rows if row["verdict"] == verdict]


def test_hardware_is_ranked_within_the_limits_and_failures_are_numbers(client: Client) -> None:
    answer = client.get("/api/v1/find/hardware/?model=kws01&latency_max=20&objective=latency").json()
    (cell,) = answer["cells"]
    assert _ids(cell["results"], "fits") == ["v1.1-closed-lab1-kws", "v1.1-closed-lab2-kws"]
    (failed,) = [row for row in cell["results"] if row["verdict"] == "fails"]
    assert failed["fails"] == [
        {"limit": "latency_max", "unit": "ms", "value": 30.0, "allowed": 20.0, "excess": 10.0, "share": 0.5}
    ]
    assert failed["distance"] == 0.5


def test_what_was_not_measured_is_neither_null_as_a_rank_nor_a_failure_but_named(client: Client) -> None:
    answer = client.get("/api/v1/find/hardware/?benchmark=kws&objective=energy").json()
    assert answer["group"] == "chip-rail@1800"
    (row,) = [row for row in answer["cells"][0]["results"] if row["verdict"] == "not-judged"]
    assert row["not_known"] == [{"metric": "energy", "reason": "energy not measured"}]
    assert row["rank_first"] is None


def test_a_device_answers_task_by_task(client: Client) -> None:
    answer = client.get("/api/v1/find/model/?device=board-1").json()
    assert [(cell["benchmark"], cell["device"], cell["fits"]) for cell in answer["cells"]] == [
        ("kws", "board-1", 1),
        ("vww", "board-1", 1),
    ]


def test_average_power_at_a_frame_rate_is_computed_with_the_sleep_power_of_the_reader(client: Client) -> None:
    url = "/api/v1/find/performance/?device=board-1&model=kws01&fps=10&sleep_power=1&objective=average-power"
    (row,) = client.get(url).json()["cells"][0]["results"]
    assert row["power_at_fps_mw"] == pytest.approx(100 * 10 / 1000 + 1 * (1 - 0.1))


def test_csv_holds_the_results_of_every_cell(client: Client) -> None:
    text = client.get("/api/v1/find/model.csv?device=board-1,board-3").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4
    assert {row["verdict"] for row in rows} == {"fits"}


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("hardware/", "model"),
        ("model/", "device"),
        ("performance/?model=kws01", "device"),
        ("hardware/?model=kws01&page_size=60", "page_size"),
        ("hardware/?model=kws01&latency_max=", "latency_max"),
        ("hardware/?model=kws01&objective=average-power", "objective"),
        ("hardware/?model=nothing", "model"),
        ("model/?device=nothing", "device"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_its_parameter(
    client: Client, address: str, parameter: str
) -> None:
    response = client.get(f"/api/v1/find/{address}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [error["parameter"] for error in response.json()["errors"]] == [parameter]
