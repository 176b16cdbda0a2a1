"""Pages of benchmarks, devices, models, systems, submitters and rounds."""

import csv
import io
import json

import pytest
from django.test import Client

from results.models import Device, Run
from results.selectors.benchmark import benchmark_detail
from tests.query_counts import assert_query_count
from tests.results.makers import aggregate, make_finding, make_publication, make_run, make_system
from tests.results.views.detail_data import FOLDER, RESULT, make_world

pytestmark = pytest.mark.django_db

PAGES = {
    "benchmarks": "/benchmarks/",
    "benchmark": "/benchmarks/vww/",
    "devices": "/devices/",
    "device": "/devices/board-a/",
    "models": "/models/",
    "model": "/models/vww01/",
    "system": "/systems/{system}/",
    "submitters": "/submitters/",
    "submitter": "/submitters/lab/",
    "rounds": "/rounds/",
    "round": "/rounds/v1.1/",
}


def _page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return b"".join(response).decode()


@pytest.mark.parametrize("name", PAGES)
def test_the_queries_of_a_page_do_not_grow_with_its_rows(client: Client, name: str) -> None:
    run = make_world()
    url = PAGES[name].format(system=run.system_id)
    assert_query_count(client, name, url)
    for submitter in ("second", "third"):
        for benchmark in ("kws", "ad"):
            make_finding(make_run(benchmark, submitter=submitter, energy_uj=10.0), "perf.window-too-short")
    make_run("kws", system=run.system)
    aggregate()
    assert_query_count(client, name, url)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers_before_anything_was_published(client: Client, name: str) -> None:
    if name in ("benchmark", "device", "model", "system", "submitter", "round"):
        assert client.get(PAGES[name].format(system=1)).status_code == 404
    else:
        assert client.get(PAGES[name]).status_code == 200


def test_benchmarks_stand_under_their_input_kind_with_the_taxonomy(client: Client) -> None:
    make_world()
    page = _page(client, "/benchmarks/")
    assert "Physiological and behavioural" in page
    assert "MLPerf Tiny has no benchmark of this kind." in page
    assert "Speech Commands" in page
    assert 'href="/benchmarks/vww/"' in page


def test_a_benchmark_states_its_target_and_its_fastest_results(client: Client) -> None:
    make_world()
    page = _page(client, "/benchmarks/vww/")
    assert "Top-1 of at least 80 %" in page
    assert f'href="/results/{RESULT}/"' in page


def test_a_resubmitted_log_leads_a_benchmark_once(client: Client) -> None:
    make_run("vww", latency_ms=1.0, log="a" * 64, round_id="v1.0", public_id="first")
    make_run("vww", latency_ms=1.0, log="a" * 64, round_id="v1.1", public_id="again")
    aggregate()
    page = _page(client, "/benchmarks/vww/")
    assert "/results/first/" in page
    assert "/results/again/" not in page


def test_a_benchmark_without_a_result_says_so(client: Client) -> None:
    make_world()
    Run.objects.filter(benchmark="kws").delete()
    aggregate()
    assert "None of the rounds held here has a result" in _page(client, "/benchmarks/kws/")


def test_devices_show_the_best_latency_of_each_benchmark_by_class(client: Client) -> None:
    make_world()
    page = _page(client, "/devices/")
    assert "MCU" in page
    assert f'/results/{RESULT}/">119</a>' in page
    assert "not run" in page


def test_a_device_that_only_a_submission_names_waits_for_a_curator(client: Client) -> None:
    Device.objects.create(
        slug="unknown-board",
        name="Unknown board",
        short_name="Unknown",
        device_class="uncurated",
        curated=False,
    )
    make_run("kws", device="unknown-board")
    aggregate()
    page = _page(client, "/devices/")
    assert "a curator decides" in page
    assert "Unknown board" in page
    assert "not yet classified" in _page(client, "/devices/unknown-board/")


def test_a_score_stands_only_at_full_coverage(client: Client) -> None:
    make_world()
    assert "<b>1.00</b>" in _page(client, "/devices/nucleo-l4r5zi/")
    page = _page(client, "/devices/board-a/")
    assert "1 of 4" in page
    assert "no score" in page


def test_an_energy_at_another_supply_says_why_it_is_not_compared(client: Client) -> None:
    make_world()
    system = make_system(make_publication(), "at-3v", device="board-3v")
    for benchmark in ("kws", "vww", "ic", "ad"):
        make_run(benchmark, system=system, energy_uj=50.0, supply_mv=3000.0, quality=0.9)
    aggregate()
    assert "not compared with the 1.8" in _page(client, "/devices/board-3v/").replace("\u202f", " ")


def test_contradicting_sources_stand_side_by_side_and_agreeing_ones_together(client: Client) -> None:
    make_world()
    page = _page(client, "/devices/board-a/")
    assert "2 values" in page
    assert "1 more source with this value" in page
    for position in range(3):
        assert f"https://example.org/{position}" in page


def test_the_identity_of_a_device_is_as_declared_with_its_line(client: Client) -> None:
    make_world()
    page = _page(client, "/devices/board-a/")
    assert "BOARD-A" in page
    assert "https://github.com/example/results_v1.1/blob/c32ef94/closed/Lab/systems/board.json#L6" in page


def test_what_is_missing_on_a_device_is_said_in_words(client: Client) -> None:
    make_world()
    make_run("kws", device="board-a")
    aggregate()
    page = _page(client, "/devices/board-a/")
    assert "1 of 2 results on this device have none" in page
    assert "have not been run here" in page
    assert "No source states it, so the energy at a frame rate cannot be given." in page


def test_a_device_as_data_is_the_page(client: Client) -> None:
    make_world()
    document = json.loads(_page(client, "/devices/board-a.json"))
    assert document["results"][0]["id"] == RESULT
    assert document["results"][0]["latency_ratio"] == pytest.approx(600.601 / 118.694)
    assert [fact["value"] for fact in document["specifications"]] == ["640", "512", "640"]
    rows = list(csv.DictReader(io.StringIO(_page(client, "/devices/board-a.csv"))))
    assert rows[0]["id"] == RESULT
    assert rows[0]["latency_score"] == ""


def test_a_model_shows_its_size_and_what_nobody_counted(client: Client) -> None:
    make_world()
    page = _page(client, "/models/vww01/")
    assert "1\u202f000" in page
    assert "nobody has stated or counted it" in page
    assert f"/results/{RESULT}/" in page


def test_a_model_states_sparsity_and_footprint_by_the_names_of_neurobench(client: Client) -> None:
    make_world()
    page = _page(client, "/models/vww01/")
    assert "Connection sparsity" in page
    assert "82.8" in page
    assert "219\u202f064" in page
    answer = client.get("/api/v1/models/vww01/").json()
    assert answer["connection_sparsity"] == pytest.approx(172_258 / 208_112)
    assert answer["footprint_bytes_int8"] == 219_064


def test_a_system_shows_operating_point_results_and_description(client: Client) -> None:
    run = make_world()
    page = _page(client, f"/systems/{run.system_id}/")
    assert "120 MHz" in page
    assert "X-CUBE-AI 8.1.0" in page
    assert "1 more field of the description is empty" in page


def test_submitters_have_a_column_per_round(client: Client) -> None:
    make_world()
    page = _page(client, "/submitters/")
    assert "took no part" in page
    assert 'href="/submitters/lab/"' in page


def test_a_submitter_shows_submissions_with_their_public_folder(client: Client) -> None:
    make_world()
    page = _page(client, "/submitters/lab/")
    assert "https://github.com/example/results_v1.1/tree/c32ef94/closed/Lab" in page
    assert "1 warning" in page


def test_rounds_count_divisions_and_findings(client: Client) -> None:
    make_world()
    make_run("kws", division="open")
    aggregate()
    assert "1 warning" in _page(client, "/rounds/")
    page = _page(client, "/rounds/v1.1/")
    assert "1 closed, 1 open" in page
    assert "energy.window-too-short" in page
    assert "Apache-2.0" in page


def test_a_round_as_csv_is_the_export(client: Client) -> None:
    make_world()
    rows = list(csv.DictReader(io.StringIO(_page(client, "/rounds/v1.1.csv"))))
    assert [row["id"] for row in rows] == [RESULT]
    assert rows[0]["folder"] == FOLDER
    assert json.loads(_page(client, "/rounds/v1.1.json"))[0]["latency_ms"] == 118.694


def test_the_pages_carry_no_inline_style_or_script(client: Client) -> None:
    run = make_world()
    for url in [*PAGES.values(), f"/results/{RESULT}/"]:
        page = _page(client, url.format(system=run.system_id))
        assert "style=" not in page
        assert "<style" not in page
        assert "onclick" not in page


def test_energies_that_compare_with_nothing_lead_no_benchmark(client: Client) -> None:
    for k in range(4):
        make_run(energy_uj=1.0 + k, supply_mv=None, public_id=f"unstated-{k}")
    make_run(energy_uj=50.0, supply_mv=4944.0, scope="board", public_id="board-a")
    make_run(energy_uj=40.0, supply_mv=4951.0, scope="board", public_id="board-b")
    make_run(energy_uj=30.0, public_id="chip")
    aggregate()
    detail = benchmark_detail("vww")
    assert [entry.public_id for entry in detail.thriftiest] == ["board-b", "board-a"]
    assert detail.energy_group == "whole board, 4.95 V"
