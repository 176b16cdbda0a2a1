"""The page of a result."""

import json

import pytest
from django.test import Client

from results.models import Measurement, Run
from tests.query_counts import assert_query_count
from tests.results.makers import aggregate, make_run
from tests.results.views.detail_data import (
    FOLDER,
    LOG_LINE,
    RESULT,
    SHA256,
    make_result,
    make_warning,
    make_world,
)

pytestmark = pytest.mark.django_db
URL = f"/results/{RESULT}/"
ADDRESS = f"https://github.com/example/results_v1.1/blob/c32ef94/{FOLDER}/performance/results.txt#L27"


def _page(client: Client, url: str = URL) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_every_number_has_its_file_line_hash_and_public_address(client: Client) -> None:
    make_world()
    page = _page(client)
    assert "performance/results.txt:27" in page
    assert SHA256 in page
    assert ADDRESS in page


def test_the_excerpt_stands_with_its_line_marked_once_the_files_were_imported(client: Client) -> None:
    make_world()
    assert f'<span class="hit"><i>27</i>{LOG_LINE}</span>' in _page(client)


def test_without_excerpts_the_page_says_where_the_lines_are(client: Client) -> None:
    make_result(excerpts=False)
    aggregate()
    page = _page(client)
    assert 'class="hit"' not in page
    assert "the lines themselves are in the public repository" in page
    assert ADDRESS in page


def test_stated_and_recomputed_values_stand_together_with_their_difference(client: Client) -> None:
    make_world()
    page = _page(client)
    assert "8.425 inf/s" in page
    assert "8.4247 inf/s" in page
    assert '<dd class="same">0.004 %</dd>' in page


def test_a_recomputed_value_that_lies_apart_is_marked(client: Client) -> None:
    make_world()
    Measurement.objects.filter(run__public_id=RESULT, metric="throughput_inf_per_s").update(
        recomputed_value=9.0
    )
    assert '<dd class="differs">6.825 %</dd>' in _page(client)


def test_findings_say_what_was_expected_found_and_how_to_mend(client: Client) -> None:
    make_world()
    page = _page(client)
    for text in ("5 windows of at least 10 s", "5 windows of 5.942 s", "Raise the iteration count."):
        assert text in page
    assert 'href="/rules/#energy.window-too-short"' in page
    assert f"{FOLDER}/energy/results.txt#L26" in page


def test_the_timed_windows_stand_in_a_table(client: Client) -> None:
    make_world()
    page = _page(client)
    assert "Windows of the performance run" in page
    assert "11.870" in page


def test_the_system_description_is_shown_with_lines_and_without_empty_fields(client: Client) -> None:
    make_world()
    page = _page(client)
    assert "Processor(s) Frequencies" in page
    assert "closed/Lab/systems/board.json#L17" in page
    assert "Software Notes" not in page


def test_the_citation_names_submitter_round_division_and_source(client: Client) -> None:
    make_world()
    page = _page(client)
    assert "MLPerf Tiny v1.1, closed division, vww" in page
    assert f"example/results_v1.1 at c32ef94, {FOLDER}" in page
    assert "@misc{tinysite-v1.1-closed-lab-board-vww," in page


def test_energy_never_stands_without_scope_and_supply(client: Client) -> None:
    make_world()
    assert "↓ chip rail, 1.8\u202fV" in _page(client)


def test_a_value_that_is_absent_says_why(client: Client) -> None:
    make_run("vww", quality=None, public_id="bare")
    aggregate()
    page = _page(client, "/results/bare/")
    assert "holds no energy measurement for this benchmark" in page
    assert "state no accuracy" in page
    assert "Numeric format" in page


def test_a_withdrawn_result_keeps_its_page_and_is_struck(client: Client) -> None:
    make_world()
    Run.objects.filter(public_id=RESULT).update(status=Run.Status.WITHDRAWN)
    aggregate()
    page = _page(client)
    assert "This result was withdrawn after publication." in page
    assert 'class="figs struck"' in page
    assert "not verified by MLCommons" in page


def test_a_streaming_result_says_that_it_has_no_energy_per_inference(client: Client) -> None:
    make_run("sww", public_id="stream", quality=None)
    aggregate()
    assert "power measurement for this benchmark; power is optional" in _page(client, "/results/stream/")


def test_json_holds_the_same_numbers_evidence_and_reasons(client: Client) -> None:
    make_world()
    document = json.loads(_page(client, f"/results/{RESULT}.json"))
    latency = next(row for row in document["measurements"] if row["metric"] == "latency_ms")
    assert latency["value"] == 118.694
    assert latency["evidence"][0]["address"] == ADDRESS
    assert latency["evidence"][0]["text"] == LOG_LINE
    assert document["findings"][0]["code"] == "energy.window-too-short"
    assert {entry["name"] for entry in document["absent"]} == {"Not computed again"}


def test_csv_has_a_row_per_measurement_and_place(client: Client) -> None:
    make_world()
    lines = _page(client, f"/results/{RESULT}.csv").splitlines()
    assert lines[0].startswith(
        "id,metric,value,printed,unit,how,reading,energy_scope,recomputed_value,file,line"
    )
    assert len(lines) == 1 + Measurement.objects.filter(run__public_id=RESULT).count()


@pytest.mark.parametrize("address", ["/results/nothing-here/", "/results/%00/", "/results/a%00b.json"])
def test_an_unknown_result_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_page_is_not_sent_again_while_nothing_changed(client: Client) -> None:
    make_world()
    etag = client.get(URL)["ETag"]
    assert client.get(URL, headers={"if-none-match": etag}).status_code == 304
    aggregate()
    assert client.get(URL, headers={"if-none-match": etag}).status_code == 200


def test_queries_do_not_grow_with_evidence_and_findings(client: Client) -> None:
    run = make_world()
    assert_query_count(client, "result", URL)
    for _ in range(5):
        make_warning(run)
    assert_query_count(client, "result", URL)


def test_figures_that_follow_stand_with_their_inputs_and_lead_to_their_formula(client: Client) -> None:
    make_run("kws", latency_ms=50.0, energy_uj=2000.0, quality=90.0, public_id="one")
    aggregate()
    page = _page(client, "/results/one/")
    block = page.partition('id="derived"')[2].partition("</section>")[0]
    assert "Inferences per joule" in block
    assert "energy 2\u202f000 µJ" in block.replace("\xa0", "\u202f")
    assert 'href="/method/#energy-delay-product"' in block
    assert "No source states the peak rate. No source states the memory bandwidth." in block
    derived = client.get("/results/one.json").json()["derived"]
    assert derived["inferences_per_joule"]["value"] == pytest.approx(500.0)
    assert derived["energy_delay_product_uj_ms"]["value"] == pytest.approx(100_000.0)
    assert derived["macs_per_cycle"]["inputs"][0] == {"name": "dense MACs", "value": 1000, "unit": "MAC"}
    assert derived["average_power_at_fps_mw"]["value"] is None


def test_without_energy_the_figures_say_what_is_missing(client: Client) -> None:
    make_run("kws", latency_ms=50.0, public_id="one")
    aggregate()
    derived = client.get("/results/one.json").json()["derived"]
    assert derived["inferences_per_joule"]["value"] is None
    assert derived["inferences_per_joule"]["refusal"] == "Its energy was not measured or is not stated."
    assert derived == client.get("/api/v1/results/one/").json()["derived"]


def test_a_result_that_cannot_be_told_apart_from_a_faster_one_is_not_called_slower(client: Client) -> None:
    for latency_ms in (100.0, 101.5, 150.0):
        make_run(latency_ms=latency_ms, public_id=f"at-{latency_ms:g}")
    aggregate()
    assert "the best of 3 closed results" in _page(client, "/results/at-100/")
    assert "within 2 % of the best of 3 closed results" in _page(client, "/results/at-101.5/")
    assert "2 of 3 closed results are faster by over 2 %" in _page(client, "/results/at-150/")
