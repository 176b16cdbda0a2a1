"""Pivots: stacks on one board, boards of one software, a device over the rounds, operating points."""

import csv
import io

import pytest
from django.test import Client

from results.models import System
from tests.query_counts import assert_query_count
from tests.results.makers import (
    aggregate,
    make_device,
    make_publication,
    make_reference,
    make_run,
    make_system,
)

pytestmark = pytest.mark.django_db

PAGES = {
    "stacks": "/devices/board-a/stacks/",
    "software-index": "/software/",
    "software": "/software/x-cube-ai/",
    "device-history": "/devices/board-a/history/",
    "operating-points": "/devices/board-a/operating-points/",
}


def _system(round_id: str, submitter: str, software: str = "X-CUBE-AI 7.1", **columns: object) -> System:
    framework = software.rsplit(" ", 1)[0]
    described = {"software": software, "framework": framework, "device": "board-a"} | columns
    return make_system(make_publication(round_id, submitter=submitter), **described)


def _stacks() -> dict[str, System]:
    """One board: two rounds of one submitter, a resubmission by another, a system at two operating points."""
    old = _system("v0.7", "maker")
    new = _system("v1.1", "maker", "X-CUBE-AI 8.1")
    other = _system("v1.1", "rival", "Plumerai 2023.05")
    make_run("kws", latency_ms=100.0, energy_uj=5000.0, system=old, public_id="old-kws")
    make_run("vww", latency_ms=250.0, energy_uj=12000.0, system=old, public_id="old-vww")
    make_run("kws", latency_ms=60.0, energy_uj=2800.0, supply_mv=3000.0, system=new, public_id="new-kws")
    make_run("vww", latency_ms=251.0, system=new, public_id="new-vww")
    make_run("kws", latency_ms=150.0, system=other, public_id="other-kws")
    make_run("vww", latency_ms=90.0, system=other, public_id="other-vww")
    aggregate()
    return {"old": old, "new": new, "other": other}


def _page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return " ".join(response.content.decode().split())


def _row(page: str, public_id: str) -> str:
    """The table row that holds the result."""
    return next(row for row in page.split("<tr") if f'/results/{public_id}/"' in row)


@pytest.mark.parametrize("name", PAGES)
def test_every_pivot_says_how_it_is_cited(client: Client, name: str) -> None:
    _stacks()
    page = _page(client, PAGES[name])
    assert "Cite this view" in page
    assert f"http://testserver{PAGES[name]}" in page
    assert "@misc{tinysite-" in page


def test_the_verdict_over_all_benchmarks_is_in_the_words_of_the_metric(client: Client) -> None:
    systems = _stacks()
    page = _page(client, f"/devices/board-a/stacks/?to={systems['other'].pk}&metric=energy")
    assert "not compared<br>" in page
    make_run("vww", latency_ms=1.0, system=_system("v1.1", "third", "New 1"), public_id="quick-vww")
    aggregate()
    row = _row(_page(client, f"/devices/board-a/stacks/?to={systems['old'].pk}"), "quick-vww")
    assert ">faster<br>" in row


def test_a_device_without_results_has_no_operating_point_and_nothing_left_out(client: Client) -> None:
    make_device("silent")
    page = _page(client, "/devices/silent/operating-points/")
    assert "so there is no operating point to draw" in page
    assert "What is left out" not in page


@pytest.mark.parametrize("name", PAGES)
def test_the_queries_of_a_page_do_not_grow_with_its_rows(client: Client, name: str) -> None:
    _stacks()
    assert_query_count(client, name, PAGES[name])
    for k in range(6):
        system = _system("v1.0", f"further-{k}", "X-CUBE-AI 7.3", clock_mhz=100.0 + k)
        make_run("kws", latency_ms=70.0 + k, energy_uj=3000.0 + k, system=system)
    aggregate()
    assert_query_count(client, name, PAGES[name])


def test_every_stack_of_every_round_stands_beside_the_chosen_one(client: Client) -> None:
    systems = _stacks()
    page = _page(client, "/devices/board-a/stacks/")
    assert "3 systems in 2 rounds" in page
    assert "does not state whether v1.1 compares with v0.7" in page
    for public_id in ("old-kws", "old-vww", "new-kws", "new-vww", "other-kws", "other-vww"):
        assert f'href="/results/{public_id}/"' in page
    assert "×1.67 faster" in _row(page, "new-kws")
    assert "×1.00 undecided" in _row(page, "new-vww")
    assert "×0.67 slower" in _row(page, "other-kws")
    assert ">mixed<" in _row(page, "other-kws")
    assert f'href="/systems/{systems["old"].pk}/"' in page


def test_a_reader_chooses_the_stack_and_the_address_holds_the_choice(client: Client) -> None:
    systems = _stacks()
    page = _page(client, f"/devices/board-a/stacks/?to={systems['other'].pk}")
    assert "×2.50 faster" in _row(page, "new-kws")
    assert 'class="chosen"' in page.split("other-kws")[0].rsplit("<tr", 1)[1]


def test_energies_of_different_supplies_are_not_compared(client: Client) -> None:
    _stacks()
    page = _page(client, "/devices/board-a/stacks/?metric=energy")
    row = _row(page, "new-kws")
    assert "not compared" in row
    assert "×" not in row
    assert 'id="pivot-note-a"' in page


def test_a_benchmark_orders_the_stacks_best_first(client: Client) -> None:
    _stacks()
    page = _page(client, "/devices/board-a/stacks/?sort=vww")
    assert (
        page.index("/results/other-vww/") < page.index("/results/old-vww/") < page.index("/results/new-vww/")
    )


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("/devices/board-a/stacks/?metric=beauty", "latency, energy, power"),
        ("/devices/board-a/stacks/?to=x", "number of a system"),
        ("/devices/board-a/stacks/?to=999999", "none of the systems of this view"),
        ("/devices/board-a/history/?benchmark=xyz", "kws, vww"),
        ("/devices/board-a/operating-points/?division=both", "closed, open"),
        ("/software/?colour=red", "no parameter of this view"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_is_allowed(client: Client, url: str, allowed: str) -> None:
    _stacks()
    response = client.get(url)
    assert response.status_code == 400
    assert allowed in response.content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/devices/nothing/stacks/",
        "/devices/nothing/history/",
        "/devices/nothing/operating-points/",
        "/software/nothing/",
        "/devices/nothing/stacks.json",
        "/software/nothing.csv",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, url: str) -> None:
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("page", ["stacks", "history", "operating-points"])
def test_a_device_without_results_says_so(client: Client, page: str) -> None:
    make_system(device="bare-board")
    assert "No published result" in _page(client, f"/devices/bare-board/{page}/")


def test_software_leads_to_every_board_that_runs_it(client: Client) -> None:
    _stacks()
    elsewhere = make_system(
        make_publication("v1.1"), software="X-CUBE-AI 8.1", framework="X-CUBE-AI", device="board-b"
    )
    make_run("kws", latency_ms=20.0, system=elsewhere, public_id="elsewhere-kws")
    aggregate()
    assert 'href="/software/x-cube-ai/"' in _page(client, "/software/")
    page = _page(client, "/software/x-cube-ai/")
    assert "×5.00 faster" in _row(page, "elsewhere-kws")
    assert "/results/other-kws/" not in page


def test_a_line_joins_the_rounds_and_breaks_where_the_supply_changed(client: Client) -> None:
    _stacks()
    latency = client.get("/devices/board-a/history.json?benchmark=kws").json()
    new = next(row for row in latency["results"] if row["id"] == "new-kws")
    assert new["previous"] == "old-kws"
    assert new["against_previous"]["times_better"] == pytest.approx(100 / 60)
    energy = client.get("/devices/board-a/history.json?benchmark=kws&metric=energy").json()
    assert [(found["before"], found["after"], found["kind"]) for found in energy["breaks"]] == [
        ("v0.7", "v1.1", "complete")
    ]
    assert energy["not_measured"] == [{"benchmark": "kws", "count": 1}]
    page = _page(client, "/devices/board-a/history/?benchmark=kws&metric=energy")
    assert "v0.7 | v1.1" in page
    assert "No value crosses." in page


def test_the_changed_test_set_breaks_the_quality_of_image_classification(client: Client) -> None:
    for round_id, evaluation_set in (("v0.5", "ic01-v0.5"), ("v0.7", "ic01-v0.7")):
        make_run("ic", round_id=round_id, device="board-a", evaluation_set=evaluation_set)
    aggregate()
    found = client.get("/devices/board-a/history.json?metric=quality").json()
    assert [(one["benchmark"], one["kind"]) for one in found["breaks"]] == [("ic", "complete")]


def test_a_log_that_was_handed_in_again_is_marked(client: Client) -> None:
    for round_id in ("v1.0", "v1.1"):
        make_run("kws", latency_ms=50.0, round_id=round_id, log="a" * 64, public_id=f"again-{round_id}")
    aggregate()
    page = _page(client, "/devices/board-a/history/")
    assert 'same log as <a href="/results/again-v1.0/">' in page


def test_operating_points_are_joined_where_only_clock_and_supply_differ(client: Client) -> None:
    slow = _system("v1.0", "maker", clock_mhz=30.0)
    fast = _system("v1.0", "maker", clock_mhz=100.0)
    rival = _system("v1.0", "maker", "Plumerai 2022", clock_mhz=100.0)
    make_run("kws", latency_ms=4.4, energy_uj=31.5, supply_mv=900.0, system=slow, public_id="slow")
    make_run("kws", latency_ms=1.5, energy_uj=43.8, supply_mv=1100.0, system=fast, public_id="fast")
    make_run("kws", latency_ms=1.2, energy_uj=40.0, supply_mv=1100.0, system=rival, public_id="rival")
    make_run("kws", latency_ms=1.1, system=rival, public_id="no-energy", variant="b")
    aggregate()
    answer = client.get("/devices/board-a/operating-points.json").json()
    curves = {row["id"]: row["curve"] for row in answer["results"]}
    assert curves == {"slow": 1, "fast": 1, "rival": 2}
    fast_row = next(row for row in answer["results"] if row["id"] == "fast")
    assert fast_row["latency"]["verdict"] == "better"
    assert fast_row["energy"]["times_better"] is None
    assert fast_row["energy"]["reasons"]
    assert answer["without_energy"] == 1
    page = _page(client, "/devices/board-a/operating-points/")
    assert "stroke-dasharray" in page
    assert "1 of 2 systems measured at more than one operating point" in page


@pytest.mark.parametrize("name", PAGES)
def test_csv_and_json_hold_the_same_rows(client: Client, name: str) -> None:
    _stacks()
    url = PAGES[name].rstrip("/")
    rows = list(csv.DictReader(io.StringIO(client.get(f"{url}.csv").content.decode())))
    document = client.get(f"{url}.json").json()
    assert len(rows) == len(document["results"]) > 0
    assert document["view"] == PAGES[name]
    api = client.get(f"/api/v1{PAGES[name]}").json()
    assert api["results"] == document["results"]


def test_empty_fields_of_a_form_lead_to_the_short_address(client: Client) -> None:
    make_reference()
    aggregate()
    response = client.get("/devices/nucleo-l4r5zi/stacks/?metric=latency&division=&sort=kws")
    assert response.status_code == 302
    assert response.headers["Location"] == "/devices/nucleo-l4r5zi/stacks/?sort=kws"
