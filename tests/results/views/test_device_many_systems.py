"""The page of a device with more systems than it shows: a stated part of them, and counts over all."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from results.selectors.device import MOST_SYSTEMS
from results.selectors.snapshot import current_snapshot
from tests.results.makers import (
    aggregate,
    make_device,
    make_publication,
    make_reference,
    make_run,
    make_system,
)
from tests.results.views.device_data import OWN_MS
from tests.results.views.test_device_page import data_of, page_of, section, text

pytestmark = pytest.mark.django_db

LEFT_OUT = 5
SYSTEMS = MOST_SYSTEMS + LEFT_OUT


def fill_board(systems: int, device: str = "busy-board") -> None:
    """``systems`` systems, each a hundredth slower than the one before, the last one alone with an energy; every
    fifth states no clock."""
    make_device(device)
    publication = make_publication(submitter=device)
    for number in range(systems):
        system = make_system(
            publication,
            device=device,
            software=f"Stack {number:02d}",
            clock_mhz=None if number % 5 == 0 else 120.0,
        )
        for benchmark, latency_ms in OWN_MS.items():
            make_run(
                benchmark, latency_ms=latency_ms * (1 + number / 100), system=system, quality=0.9,
                energy_uj=4000.0 if number == systems - 1 else None, public_id=f"{device}-{number}-{benchmark}",
            )  # fmt: skip


@pytest.fixture
def busy(db: None) -> None:
    make_reference()
    fill_board(SYSTEMS)
    aggregate()


@pytest.mark.usefixtures("busy")
def test_the_page_says_how_many_of_how_many_it_shows_and_leads_to_the_rest(client: Client) -> None:
    page = page_of(client, "busy-board")
    assert f"one device, {MOST_SYSTEMS} of {SYSTEMS} systems" in page
    rest = text(page[page.index('id="rest"') :][:1500])
    assert f"{MOST_SYSTEMS} of {SYSTEMS} systems: those of the greatest latency scores" in rest
    assert f"kws, {SYSTEMS} results" in rest
    assert 'href="/leaderboards/kws/?device=busy-board"' in page
    assert client.get("/leaderboards/kws/?device=busy-board").status_code == 200


@pytest.mark.usefixtures("busy")
def test_the_greatest_scores_are_shown(client: Client) -> None:
    stacks = section(page_of(client, "busy-board"), "stacks")
    assert "Stack 00" in stacks
    assert f"Stack {MOST_SYSTEMS - 1:02d}" in stacks
    assert f"Stack {MOST_SYSTEMS:02d}" not in stacks


@pytest.mark.usefixtures("busy")
def test_counts_and_gaps_are_over_all_systems(client: Client) -> None:
    page = page_of(client, "busy-board")
    facts = text(page[page.index('<dl class="facts">') :][:900])
    assert f"Systems {SYSTEMS}" in facts
    assert f"Results {SYSTEMS * 4} closed" in facts
    assert f"With energy 4 of {SYSTEMS * 4}" in facts  # of the one system that the page does not show
    missing = text(section(page, "missing"))
    assert f"{(SYSTEMS + 4) // 5} of {SYSTEMS} systems on this device state none" in missing
    assert f"{(SYSTEMS - 1) * 4} of {SYSTEMS * 4} results on this device have none" in missing


@pytest.mark.usefixtures("busy")
def test_a_best_that_no_shown_system_has_stands_on_the_page(client: Client) -> None:
    data = data_of(client, "busy-board")
    energy = next(one for one in data["strengths"] if one["metric"] == "energy_uj_per_inf")
    assert energy["result"].startswith(f"busy-board-{SYSTEMS - 1}-")
    best = next(one for one in data["best_scores"] if one["metric"] == "energy_uj_per_inf")
    assert best["system"] not in {row["system"] for row in data["results"]}
    assert best["covered"] == 4


@pytest.mark.usefixtures("busy")
def test_the_charts_draw_the_lowest_latencies_of_each_round(client: Client) -> None:
    history = section(page_of(client, "busy-board"), "history")
    assert f"The 3 lowest latencies of each round, out of {SYSTEMS * 4} in all" in text(history)
    assert history.count('class="pt"') == 4 * 3
    assert "TFLite Micro, Busy-Board" in history


@pytest.mark.usefixtures("busy")
def test_the_data_say_what_they_hold_and_csv_holds_everything(client: Client) -> None:
    shown = data_of(client, "busy-board")["shown"]
    assert shown == {
        "systems": MOST_SYSTEMS, "systems_total": SYSTEMS, "results": MOST_SYSTEMS * 4, "results_total": SYSTEMS * 4,
        "rest": "/devices/busy-board.csv",
    }  # fmt: skip
    answer: Any = client.get(shown["rest"])
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == SYSTEMS * 4
    slowest = [row for row in rows if row["software"] == f"Stack {SYSTEMS - 1:02d}"]
    assert all(float(row["latency_ratio"]) > 0 and float(row["latency_score"]) > 0 for row in slowest)
    assert slowest[0]["energy_rank"]


@pytest.mark.usefixtures("busy")
def test_the_api_says_what_it_holds(client: Client) -> None:
    answer = client.get("/api/v1/devices/busy-board/").json()
    assert answer["results"] == SYSTEMS * 4
    assert len(answer["systems"]) == MOST_SYSTEMS
    assert answer["shown"]["systems_total"] == SYSTEMS
    assert answer["shown"]["rest"] == "/api/v1/results/?device=busy-board"
    assert client.get(answer["shown"]["rest"]).status_code == 200


def test_a_board_at_the_bound_is_shown_whole(client: Client, db: None) -> None:
    make_reference()
    fill_board(MOST_SYSTEMS)
    aggregate()
    page = page_of(client, "busy-board")
    assert f"one device, {MOST_SYSTEMS} systems" in page
    assert 'id="rest"' not in page
    assert "Every result on this device; the line is the best so far." in page
    assert data_of(client, "busy-board")["shown"]["rest"] is None
    assert len(list(csv.reader(io.StringIO(client.get("/devices/busy-board.csv").content.decode())))) == (
        MOST_SYSTEMS * 4 + 1
    )


def test_queries_do_not_grow_with_the_systems(client: Client, db: None) -> None:
    make_reference()
    fill_board(MOST_SYSTEMS + 1, "large-board")
    fill_board(MOST_SYSTEMS + 12, "larger-board")
    aggregate()
    current_snapshot()
    counts = []
    for slug in ("large-board", "large-board", "larger-board"):  # the first fills what is kept until a change
        with CaptureQueriesContext(connection) as captured:
            page_of(client, slug)
        counts.append(len(captured))
    assert counts[1] == counts[2]
