"""The page of a device: best scores, places, neighbours, and the same as data."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from tests.results.makers import aggregate, make_device, make_run
from tests.results.views.device_data import (
    OWN_MS,
    OWN_UJ,
    known_networks,
    make_device_field,
    measured,
    stated,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def field(db: None) -> None:
    make_device_field()


def page_of(client: Client, slug: str) -> str:
    response = client.get(f"/devices/{slug}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def data_of(client: Client, slug: str) -> dict[str, Any]:
    return client.get(f"/devices/{slug}.json").json()


def section(page: str, name: str) -> str:
    found = re.search(rf'<section[^>]* id="{name}">.*?</section>', page)
    assert found, name
    return found.group()


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_device_without_results_shows_its_specification_and_counts_nothing(
    client: Client, db: None
) -> None:
    stated("silent", "sram_kib", "256", unit="KiB")
    page = page_of(client, "silent")
    assert "of 0" not in page
    assert "Compare with" not in page
    assert '<details class="fold" open><summary>1 property with its source' in page


@pytest.mark.usefixtures("field")
def test_the_best_scores_name_the_system_that_has_them(client: Client) -> None:
    best = {row["metric"]: row for row in data_of(client, "own-board")["best_scores"]}
    assert best["latency_ms"]["score"] > 1
    assert (best["latency_ms"]["covered"], best["latency_ms"]["of"]) == (4, 4)
    cards = section(page_of(client, "own-board"), "scores")
    assert f'href="/systems/{best["latency_ms"]["system"]}/"' in cards
    assert "4 of 4 benchmarks" in text(cards)


@pytest.mark.usefixtures("field")
def test_a_best_score_has_a_band_and_a_place_among_the_devices(client: Client) -> None:
    best = data_of(client, "near-board")["best_scores"][0]
    # 2 % where no timed windows are stated; swift-npu and own-board are faster
    assert best["score_high"] == pytest.approx(best["score"] * 1.02)
    assert (best["among_all"]["rank_first"], best["among_all"]["of"]) == (3, 5)
    assert (best["in_class"]["rank_first"], best["in_class"]["of"]) == (2, 4)
    assert "rank 3 of 5 devices, 2 of 4 MCU" in text(section(page_of(client, "near-board"), "scores"))


@pytest.mark.usefixtures("field")
def test_an_open_score_has_no_place(client: Client) -> None:
    best = data_of(client, "gate-array")["best_scores"][0]
    assert best["score"] is not None
    assert best["among_all"] is None


@pytest.mark.usefixtures("field")
def test_the_nearest_device_is_shown_however_far_it_is(client: Client) -> None:
    assert len(data_of(client, "swift-npu")["neighbours"]) == 1


@pytest.mark.usefixtures("field")
def test_nobody_states_memory_so_there_is_no_memory_score(client: Client) -> None:
    best = {row["metric"]: row for row in data_of(client, "own-board")["best_scores"]}
    assert (best["peak_ram_kib"]["score"], best["peak_ram_kib"]["covered"]) == (None, 0)
    assert "nobody measured the memory that a run needs" in text(
        section(page_of(client, "own-board"), "scores")
    )
    assert "Memory of a run" in section(page_of(client, "own-board"), "missing")


@pytest.mark.usefixtures("field")
def test_energy_at_another_supply_is_no_score_and_says_why(client: Client) -> None:
    best = {row["metric"]: row for row in data_of(client, "slow-board")["best_scores"]}
    assert best["energy_uj_per_inf"]["score"] is None
    assert "not compared with the 1.8 V reference" in best["energy_uj_per_inf"]["reason"]


@pytest.mark.usefixtures("field")
def test_a_place_is_among_the_class_and_among_all(client: Client) -> None:
    strengths = data_of(client, "own-board")["strengths"]
    kws = next(s for s in strengths if (s["benchmark"], s["metric"]) == ("kws", "latency_ms"))
    # partial-board is as fast: they share the band
    assert (kws["among_all"]["rank_first"], kws["among_all"]["rank_last"], kws["among_all"]["of"]) == (
        2,
        3,
        6,
    )
    assert (kws["in_class"]["rank_first"], kws["in_class"]["of"]) == (1, 5)
    assert kws["result"] == "own-board-kws"
    table = section(page_of(client, "own-board"), "strengths")
    assert 'href="/results/own-board-kws/"' in table
    assert "2–3 of 6" in text(table)


@pytest.mark.usefixtures("field")
def test_energies_have_places_only_among_those_of_the_same_supply(client: Client) -> None:
    own = [s for s in data_of(client, "slow-board")["strengths"] if s["metric"] == "energy_uj_per_inf"]
    assert {s["group"] for s in own} == {"chip rail, 3.0 V"}
    assert {s["among_all"]["of"] for s in own} == {1}
    assert "no other device measured" in text(section(page_of(client, "slow-board"), "strengths"))


@pytest.mark.usefixtures("field")
def test_neighbours_stand_by_shared_benchmarks_and_then_by_distance(client: Client) -> None:
    neighbours = data_of(client, "own-board")["neighbours"]
    assert [row["device"] for row in neighbours] == [
        "near-board", "nucleo-l4r5zi", "slow-board", "partial-board",
    ]  # fmt: skip
    near = neighbours[0]
    assert near["latency_ratios"] == pytest.approx(dict.fromkeys(OWN_MS, 1.1))
    assert near["results"]["ic"] == "near-board-ic"
    assert near["energy_ratios"] == pytest.approx(dict.fromkeys(OWN_UJ, 1.5))
    assert "×1.10" in text(section(page_of(client, "own-board"), "neighbours"))


@pytest.mark.usefixtures("field")
def test_energies_of_another_supply_give_no_distance(client: Client) -> None:
    slow = next(r for r in data_of(client, "own-board")["neighbours"] if r["device"] == "slow-board")
    assert slow["energy_distance"] is None
    assert "no two comparable energies" in text(section(page_of(client, "own-board"), "neighbours"))


@pytest.mark.usefixtures("field")
def test_open_results_have_neither_places_nor_neighbours(client: Client) -> None:
    document = data_of(client, "gate-array")
    assert (document["strengths"], document["neighbours"]) == ([], [])
    assert "open division" in text(section(page_of(client, "gate-array"), "strengths"))
    assert document["why_no_neighbours"] in text(section(page_of(client, "gate-array"), "neighbours"))


@pytest.mark.usefixtures("field")
def test_another_device_of_another_class_moves_no_place_in_the_class(client: Client) -> None:
    def in_class() -> list[Any]:
        return [strength["in_class"] for strength in data_of(client, "own-board")["strengths"]]

    before = in_class()
    measured("second-npu", 0.02, device_class="npu")
    aggregate()
    assert in_class() == before


@pytest.mark.usefixtures("field")
def test_the_csv_has_a_rank_on_the_lowest_result_of_the_device(client: Client) -> None:
    make_run("kws", latency_ms=150.0, device="own-board", public_id="own-slower")
    aggregate()
    rows = csv.DictReader(io.StringIO(client.get("/devices/own-board.csv").content.decode()))
    by_id = {row["id"]: row for row in rows}
    assert (by_id["own-board-kws"]["latency_rank"], by_id["own-board-kws"]["latency_of"]) == ("2–3", "6")
    assert by_id["own-slower"]["latency_rank"] == ""


@pytest.mark.usefixtures("field")
def test_a_device_with_verified_peak_and_bandwidth_has_a_roofline_with_its_results(client: Client) -> None:
    stated("own-board", "accelerator_peak", "0.4 GOPS", "GOPS")
    stated("own-board", "ext_memory_bandwidth_gb_s", "0.05", "GB/s", tier=2)
    known_networks()
    roofline = data_of(client, "own-board")["roofline"]
    assert roofline["refusal"] is None
    kws = roofline["results"][0]
    # 4 million operations at 0.4 giga per second take 10 ms; 50 kB at 0.05 GB/s take 1 ms
    assert (kws["id"], kws["bound_ms"]) == ("own-board-kws", pytest.approx(10.0))
    assert kws["share_of_roofline_pct"] == pytest.approx(10.0)
    shown = section(page_of(client, "own-board"), "roofline")
    assert "kws 10 %" in shown
    assert "https://example.org/accelerator_peak" in shown
    assert 'href="/results/own-board-kws/"' in shown
    assert client.get("/api/v1/devices/own-board/").json()["roofline"]["peak_gops"] == pytest.approx(0.4)


@pytest.mark.usefixtures("field")
def test_without_verified_statements_the_roofline_is_refused_and_what_is_stated_stands_there(
    client: Client,
) -> None:
    stated("own-board", "accelerator_peak", "50", "GOPS", tier=4)
    known_networks()
    assert data_of(client, "own-board")["roofline"]["peak_gops"] is None
    shown = text(section(page_of(client, "own-board"), "roofline"))
    assert "The peak rate is stated by sources that are not verified, and is not used." in shown
    assert "No source states the memory bandwidth." in shown
    assert "https://example.org/accelerator_peak" in shown
    assert "Roofline" in section(page_of(client, "own-board"), "missing")


@pytest.mark.usefixtures("field")
def test_results_that_state_no_numeric_format_have_no_place_below_the_roofline(client: Client) -> None:
    stated("own-board", "accelerator_peak", "0.4 GOPS", "GOPS")
    stated("own-board", "ext_memory_bandwidth_gb_s", "0.05", "GB/s")
    assert "numeric format" in data_of(client, "own-board")["roofline"]["refusal"]


@pytest.mark.usefixtures("field")
def test_the_api_says_what_the_page_says(client: Client) -> None:
    answer, document = client.get("/api/v1/devices/own-board/").json(), data_of(client, "own-board")
    assert [row["device"] for row in answer["neighbours"]] == [r["device"] for r in document["neighbours"]]
    assert [row["result"] for row in answer["strengths"]] == [r["result"] for r in document["strengths"]]
    assert answer["missing"] == document["missing"]
    assert [row["score"] for row in answer["best_scores"]] == [r["score"] for r in document["best_scores"]]


def test_a_device_measured_on_one_benchmark_has_no_neighbours_and_says_so(client: Client) -> None:
    make_run("kws", device="lonely-board")
    make_run("kws", device="other-board")
    aggregate()
    document = data_of(client, "lonely-board")
    assert document["neighbours"] == []
    assert "it takes two" in document["why_no_neighbours"]


def test_a_device_without_a_result_shows_no_scores_and_says_what_is_missing(client: Client) -> None:
    make_device("new-board")
    page = page_of(client, "new-board")
    assert 'id="scores"' not in page
    assert "Nobody has published a result on this device" in section(page, "missing")
