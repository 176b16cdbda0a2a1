"""Coverage: which cells have results, which nobody has measured, and why; as pages and as data."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from results.models import Device
from tests.query_counts import assert_query_count
from tests.results.coverage_field import BOARD, make_field
from tests.results.makers import aggregate, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def field(db: None) -> None:
    make_field()


def cells(client: Client, query: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    document = client.get(f"/coverage/devices.json{query}").json()
    return {(row["device"], row["benchmark"]): row for row in document["results"]}


def rows(client: Client, query: str = "") -> list[dict[str, Any]]:
    return client.get(f"/coverage.json{query}").json()["results"]


def test_a_measured_cell_of_the_taxonomy_counts_results_systems_devices_and_rounds(client: Client) -> None:
    (row,) = [row for row in rows(client, "?state=measured") if row["benchmark"] == "kws"]
    assert row["use_case"] == "Keyword spotting"
    assert (row["model_type"], row["dataset"]) == ("CNN", "Speech Commands")
    assert (row["results"], row["systems"], row["devices"], row["rounds"]) == (2, 1, 1, ["v1.1"])


def test_a_result_of_an_unstated_network_stands_in_no_cell_and_is_named(client: Client) -> None:
    apart = client.get("/coverage.json").json()["not_placed"]
    assert apart == [
        {"benchmark": "kws", "model_type": None, "results": 1, "systems": 1, "devices": 1, "rounds": ["v0.7"]}
    ]
    page = client.get("/coverage/").content.decode()
    assert "Results that stand in no cell" in page
    assert "1 result, 1 device, v0.7" in page


def test_a_benchmark_without_results_differs_from_no_benchmark(client: Client) -> None:
    bare = rows(client, "?state=no-result")
    assert {(row["benchmark"], row["dataset"]) for row in bare} == {
        ("sww", "Speech Commands"), ("sww", "MUSAN"), ("ad", "ToyADMOS"),
    }  # fmt: skip
    assert all(row["results"] == 0 and row["rounds"] == [] for row in bare)
    uncovered = rows(client, "?state=no-benchmark&input=physiological")
    assert len(uncovered) == 3 * 5 * 4
    assert all(row["benchmark"] is None for row in uncovered)


def test_the_counts_are_those_of_all_cells_whatever_the_states_asked_for(client: Client) -> None:
    document = client.get("/coverage.json?state=measured").json()
    assert document["counts"] == {"cells": 436, "measured": 3, "no_result": 3, "no_benchmark": 430}


def test_the_page_says_why_a_benchmark_has_no_result_and_where_the_taxonomy_is_from(client: Client) -> None:
    page = client.get("/coverage/").content.decode()
    assert "came with v1.3, a round of which no result is held here" in page
    assert "comes with v1.4, a round that the catalogue does not hold" in page
    assert "no benchmark on any of the 4 datasets" in page
    assert "arXiv:2003.04821" in page
    assert "Of v0.5, v1.2, v1.3 no result is held here" in page


def test_a_filter_of_the_taxonomy_leaves_out_kinds_and_cells(client: Client) -> None:
    page = client.get("/coverage/?input=audio&state=measured").content.decode()
    assert 'id="kind-audio"' in page
    assert 'id="kind-image"' not in page
    assert "Context recognition</th>" not in page
    assert "another state than this view asks for" in page


def test_a_filled_cell_says_what_was_measured_in_which_divisions_and_rounds(client: Client) -> None:
    cell = cells(client)[BOARD, "kws"]
    assert (cell["results"], cell["with_latency"], cell["with_energy"], cell["with_quality"]) == (3, 3, 1, 3)
    assert (cell["closed"], cell["open"], cell["rounds"]) == (2, 1, ["v0.7", "v1.1"])
    assert cell["reason"] is None
    page = client.get("/coverage/devices/").content.decode()
    assert "latency, energy 1 of 3, quality" in page
    assert "2 closed, 1 open; v0.7, v1.1" in page
    assert "latency, no energy, no quality" in page


@pytest.mark.parametrize(
    ("device", "benchmark", "query", "reason"),
    [
        (BOARD, "vww", "?metric=energy", "metric-not-measured"),
        (BOARD, "vww", "?division=open", "outside-view"),
        (BOARD, "ad", "", "withdrawn"),
        (BOARD, "ic", "?round=v1.0", "device-outside-view"),
        (BOARD, "sww", "", "benchmark-later"),
        (BOARD, "ic", "", "not-run"),
        ("vcu128", "kws", "", "round-not-held"),
        ("apollo3-evb", "kws", "", "specification-only"),
        ("unheard-of", "kws", "", "no-result"),
    ],
)
def test_an_empty_cell_gives_the_reason_that_the_data_hold(
    client: Client, device: str, benchmark: str, query: str, reason: str
) -> None:
    cell = cells(client, query)[device, benchmark]
    assert cell["reason"] == reason
    assert cell["results"] == 0
    assert cell["because"]


def test_every_device_that_the_catalogue_knows_has_a_cell_for_each_benchmark(client: Client) -> None:
    held = cells(client)
    assert {device for device, _ in held} == set(Device.objects.values_list("slug", flat=True))
    assert len(held) == Device.objects.count() * 6


def test_measured_and_empty_cells_are_all_cells(client: Client) -> None:
    measured, empty = cells(client, "?cells=measured"), cells(client, "?cells=empty")
    assert set(measured) == {(BOARD, "kws"), (BOARD, "vww"), ("zcu106", "ic")}
    assert measured.keys().isdisjoint(empty)
    assert measured | empty == cells(client)


def test_a_reason_asked_for_shows_its_cells_alone(client: Client) -> None:
    asked = cells(client, "?cells=withdrawn")
    assert set(asked) == {(BOARD, "ad")}
    page = client.get("/coverage/devices/?cells=withdrawn").content.decode()
    assert "<h2>1 device</h2>" in page
    assert "1 result, withdrawn or removed after publication." in page


def test_class_and_benchmark_leave_out_rows_and_columns(client: Client) -> None:
    held = cells(client, "?class=fpga&benchmark=ic,kws")
    classes = set(Device.objects.filter(slug__in={d for d, _ in held}).values_list("device_class", flat=True))
    assert classes == {"fpga"}
    assert {benchmark for _, benchmark in held} == {"ic", "kws"}


def test_a_filled_cell_leads_to_exactly_its_results_on_the_leaderboard(client: Client) -> None:
    page = client.get("/coverage/devices/?metric=energy&division=closed&round=v1.1").content.decode()
    link = f"/leaderboards/kws/?division=closed&amp;round=v1.1&amp;device={BOARD}&amp;energy=measured"
    assert f'href="{link}"' in page
    board = json.loads(client.get(link.replace("/?", ".json?").replace("&amp;", "&")).getvalue())
    assert (
        board["count"] == cells(client, "?metric=energy&division=closed&round=v1.1")[BOARD, "kws"]["results"]
    )


def test_devices_with_results_stand_before_the_others_of_their_class(client: Client) -> None:
    order = list(dict.fromkeys(device for device, _ in cells(client, "?class=mcu")))
    assert order[0] == BOARD
    names = [Device.objects.get(slug=slug).name.casefold() for slug in order[1:]]
    assert names == sorted(names)


def test_a_reason_that_stands_for_a_whole_row_is_said_once(client: Client) -> None:
    page = client.get("/coverage/devices/?class=fpga").content.decode()
    assert page.count("First submitted in v1.2, a round of which this site holds no result.") == 1


@pytest.mark.parametrize("name", ["coverage", "coverage/devices"])
def test_csv_and_json_hold_the_same_cells(client: Client, name: str) -> None:
    document = client.get(f"/{name}.json").json()
    table = list(csv.DictReader(io.StringIO(client.get(f"/{name}.csv").content.decode())))
    assert len(table) == len(document["results"])
    assert [row["benchmark"] for row in table] == [row["benchmark"] or "" for row in document["results"]]
    assert [row["results"] for row in table] == [str(row["results"]) for row in document["results"]]
    assert client.get(document["view"]).status_code == 200
    assert client.get(f"/api/v1/{name}/").json()["results"] == document["results"]


@pytest.mark.parametrize("path", ["/coverage", "/coverage/devices"])
def test_a_wrong_parameter_is_named_on_the_page_in_the_data_and_by_the_api(client: Client, path: str) -> None:
    page = client.get(f"{path}/?nonsense=1")
    assert page.status_code == 400
    assert "nonsense" in page.content.decode()
    assert client.get(f"{path}.json?nonsense=1").json()["problems"][0]["parameter"] == "nonsense"
    assert client.get(f"/api/v1{path}/?nonsense=1").status_code == 400


def test_empty_fields_of_the_form_lead_to_the_plain_address(client: Client) -> None:
    answer = client.get("/coverage/devices/?class=&round=v1.1&metric=")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/coverage/devices/?round=v1.1")
    assert client.get("/coverage/?input=audio&state=").headers["Location"] == "/coverage/?input=audio"


def test_other_pages_lead_here(client: Client) -> None:
    for page in ("/", "/benchmarks/"):
        assert 'href="/coverage/"' in client.get(page).content.decode()
    assert 'href="/coverage/devices/"' in client.get("/devices/").content.decode()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("coverage", "/coverage/"),
        ("coverage.csv", "/coverage.csv"),
        ("coverage devices", "/coverage/devices/"),
        ("coverage devices.csv", "/coverage/devices.csv"),
    ],
)
def test_the_queries_do_not_grow_with_results(client: Client, name: str, url: str) -> None:
    assert_query_count(client, name, url)
    for benchmark in ("kws", "vww", "ic", "ad"):
        make_run(benchmark, device=f"more-{benchmark}", quality=0.9)
    aggregate()
    assert_query_count(client, name, url)


def test_a_new_generation_of_data_is_counted_anew(client: Client) -> None:
    before = cells(client)[BOARD, "ic"]["results"]
    make_run("ic", device=BOARD)
    aggregate()
    assert (before, cells(client)[BOARD, "ic"]["results"]) == (0, 1)


def test_the_pages_stand_while_nothing_is_published(client: Client) -> None:
    from results.models import Run

    Run.objects.all().delete()
    aggregate()
    assert "No round has results here yet." in client.get("/coverage/").content.decode()
    assert "No round has results here yet." in client.get("/coverage/devices/").content.decode()
    assert cells(client, "?cells=measured") == {}
