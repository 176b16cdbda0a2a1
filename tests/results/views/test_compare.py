"""The comparison page, its data files and the chooser."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client

from results.models import Evidence, Run, System
from tests.query_counts import assert_query_count
from tests.results.makers import aggregate, make_device, make_publication, make_run, make_system
from tests.results.views.field import make_field, make_many

pytestmark = pytest.mark.django_db


def _page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def field(db: None) -> dict[str, Run]:
    return make_field()


def test_a_faster_result_says_how_many_times_and_within_which_band(client: Client, field) -> None:
    html = _page(client, "/compare/?run=board&run=fast")
    assert "×66.7" not in html
    assert "×67 (64–69) faster" in html


def test_ratios_refer_to_the_chosen_one(client: Client, field) -> None:
    html = _page(client, "/compare/?run=board&run=fast&to=fast")
    assert "Against ACCELERATED" in html
    assert "×0.0150 (0.0144–0.0156) slower" in html


def test_a_difference_within_two_percent_is_undecided(client: Client, field) -> None:
    assert "undecided: no cost can be told apart" in _page(client, "/compare/?run=board&run=twin")


def test_better_in_one_and_worse_in_another_is_called_mixed(client: Client, field) -> None:
    assert "mixed: slower, less energy (2 of 2 costs compared)" in _page(
        client, "/compare/?run=fast&run=thrifty"
    )


def test_energies_of_another_supply_stand_beside_each_other_and_say_why_they_do_not_compare(
    client: Client, field
) -> None:
    html = _page(client, "/compare/?run=board&run=at-3v")
    assert "not compared One energy was measured at 3.0 V, the other at 1.8 V." in html
    assert "6 900" in html.replace("\u202f", " ")


def test_what_differs_is_marked(client: Client, field) -> None:
    html = client.get("/compare/?run=board&run=early").content.decode()
    rows = re.findall(r'<tr class="differs"><th scope="row" class="pin">([^<]*?) <span', html)
    assert "Round" in rows
    assert "Division" not in rows


def test_what_is_not_stated_of_one_is_no_difference(client: Client, field) -> None:
    System.objects.filter(runs__public_id="board").update(compiler="GCC ARM 12.2.1")
    traits = client.get("/compare.json?run=board&run=fast").json()["traits"]
    compiler = next(trait for trait in traits if trait["name"] == "compiler")
    assert (compiler["values"], compiler["differs"]) == (["GCC ARM 12.2.1", None], False)


def test_differences_of_the_conditions_stand_beside_the_verdict(client: Client, field) -> None:
    assert "division: open against closed" in _page(client, "/compare/?run=board&run=open")


def test_what_the_official_table_leaves_open_stands_once_above_the_ratios(client: Client, field) -> None:
    html = _page(client, "/compare/?run=board&run=early&run=open")
    assert html.count("does not state whether one may compare v0.7 with v1.1") == 1
    assert "version: v0.7 against v1.1" in html
    assert "does not state" not in _page(client, "/compare/?run=board&run=open")


def test_each_number_leads_to_its_evidence(client: Client, field) -> None:
    html = client.get("/compare/?run=board&run=fast").content.decode()
    assert 'href="/results/fast/#evidence-latency"' in html
    assert 'id="evidence-latency"' in client.get("/results/fast/").content.decode()


def test_each_number_stands_beside_its_file_and_line(client: Client, field) -> None:
    publication = field["board"].system.publication
    publication.repository, publication.commit = "example/results", "abc"
    publication.save()
    Evidence.objects.create(
        measurement=field["board"].measurements.get(metric="latency_ms"), position=0, line=27, reading="stated",
        path="results/x/performance/results.txt", sha256="f" * 64,
    )  # fmt: skip
    html = client.get("/compare/?run=board&run=fast").content.decode()
    address = "https://github.com/example/results/blob/abc/results/x/performance/results.txt#L27"
    assert f'<a href="{address}">performance/results.txt:27</a>' in html
    rows = client.get("/compare.json?run=board&run=fast&metric=latency").json()["results"]
    places = [(row["id"], row["path"], row["line"]) for row in rows if row["metric"] == "latency_ms"]
    assert places == [("board", "results/x/performance/results.txt", 27), ("fast", None, None)]


def test_results_of_one_board_are_told_apart_by_what_differs(client: Client, db) -> None:
    for software in ("Stack A", "Stack B"):
        system = make_system(make_publication(), software, software=software)
        make_run(system=system, public_id=software.lower().replace(" ", "-"))
    aggregate()
    html = _page(client, "/compare/?run=stack-a&run=stack-b")
    assert "Against BOARD-A, Stack A" in html
    assert "BOARD-A, Stack A and BOARD-A, Stack B compared" in html


def test_results_that_no_fact_tells_apart_are_named_by_their_ids(client: Client, db) -> None:
    make_run(public_id="one")
    make_run(public_id="two")
    aggregate()
    assert "BOARD-A, one and BOARD-A, two compared" in _page(client, "/compare/?run=one&run=two")


def test_what_only_one_ran_is_no_difference(client: Client, db) -> None:
    make_device("board-b")
    for benchmark in ("kws", "vww"):
        make_run(benchmark, device="board-a")
    make_run("kws", device="board-b")
    aggregate()
    traits = client.get("/compare.json?device=board-a&device=board-b").json()["traits"]
    differs = {trait["name"]: trait["differs"] for trait in traits}
    assert (differs["model"], differs["device"]) == (False, True)


def test_metrics_that_nobody_measured_take_one_sentence_and_no_row(client: Client, field) -> None:
    html = client.get("/compare/?run=twin&run=early").content.decode()
    assert "Measured in no result here: vww energy." in html
    assert '<th scope="row" class="pin">vww, Energy' not in html


def test_a_value_that_the_chosen_result_lacks_is_not_said_to_be_unmeasured_on_the_device(
    client: Client, db
) -> None:
    make_run(latency_ms=1.0, device="board-a")
    make_run(latency_ms=5.0, energy_uj=30.0, device="board-a")
    make_run(latency_ms=3.0, energy_uj=60.0, device="board-b")
    aggregate()
    html = _page(client, "/compare/?device=board-a&device=board-b")
    assert "not measured in this result" in html


def test_items_without_a_shared_benchmark_say_so(client: Client, db) -> None:
    make_run("kws", device="board-a")
    make_run("vww", device="board-b")
    aggregate()
    html = _page(client, "/compare/?device=board-a&device=board-b")
    assert "nothing compares (0 of 1 cost compared). They share no benchmark." in html


def test_a_device_without_results_is_named_as_such(client: Client, db) -> None:
    make_device("silent")
    make_run(device="board-a")
    aggregate()
    html = _page(client, "/compare/?device=board-a&device=silent")
    assert "Nobody has published a result of SILENT here." in html
    make_device("mute")
    html = client.get("/compare/?device=mute&device=silent").content.decode()
    assert "Nobody has published a result of MUTE and SILENT." in html
    assert '<a href="/devices/silent/">SILENT</a>' in html
    assert "What differs" not in html


def test_derived_values_say_how_they_are_computed(client: Client, field) -> None:
    html = client.get("/compare/?run=board&run=fast").content.decode()
    assert "Energy-delay product" in html
    assert 'href="/method/#comparing-results"' in html
    assert 'id="comparing-results"' in client.get("/method/").content.decode()


def test_other_benchmarks_are_refused_with_the_reason(client: Client, field) -> None:
    html = _page(client, "/compare/?run=board&run=reference-kws")
    assert "kws and vww are different benchmarks." in html
    assert "nothing compares (0 of 2 costs compared)" in html


def test_the_footnote_names_suite_version_division_entries_and_day(client: Client, field) -> None:
    html = _page(client, "/compare/?run=board&run=open")
    assert re.search(
        r"MLPerf Tiny v1\.1, closed and open division\. Retrieved from http\S+ on \d+ \w+ \d{4}, entries",
        html,
    )
    assert "not verified by MLCommons Association" in html


def test_a_removed_result_keeps_its_place_without_figures(client: Client, field) -> None:
    Run.objects.filter(public_id="board").update(status="removed", status_reason="The log was edited.")
    aggregate()
    html = _page(client, "/compare/?run=fast&run=board")
    assert "removed after an objection The log was edited." in html
    assert "5 600" not in html.replace("\u202f", " ")


def test_systems_meet_on_the_benchmarks_that_they_share(client: Client, db) -> None:
    one = make_system(make_publication("v1.1", "closed", "lab"), "one", device="board-a")
    two = make_system(make_publication("v1.1", "closed", "maker"), "two", device="board-b")
    for benchmark in ("kws", "vww"):
        make_run(benchmark, latency_ms=10.0, system=one)
    make_run("kws", latency_ms=5.0, system=two)
    aggregate()
    html = _page(client, f"/compare/?system={one.pk}&system={two.pk}")
    assert "All have a result on kws (1 of 2). Only some have one on vww." in html
    assert "not run" in html


def test_a_device_says_which_result_stands_for_it(client: Client, field) -> None:
    html = _page(client, "/compare/?device=accelerated&device=npu-board")
    assert "Of all systems on the device the result with the lowest latency stands" in html


def test_the_metric_chooses_which_result_stands_for_a_device(client: Client, db) -> None:
    make_device("board-b")
    make_run(latency_ms=1.0, energy_uj=90.0, device="board-a", public_id="quick")
    make_run(latency_ms=5.0, energy_uj=30.0, device="board-a", public_id="frugal")
    make_run(latency_ms=3.0, energy_uj=60.0, device="board-b", public_id="other")
    aggregate()
    url = "/compare.json?device=board-a&device=board-b"
    assert client.get(url).json()["results"][0]["result"] == "quick"
    rows = client.get(f"{url}&metric=energy").json()["results"]
    assert [row["result"] for row in rows if row["metric"] == "energy_uj_per_inf"] == ["frugal", "other"]


def test_models_are_compared_on_one_device(client: Client, db) -> None:
    make_run("kws", device="board-a", public_id="k")
    make_run("vww", device="board-a", public_id="v")
    make_run("vww", device="board-b", latency_ms=1.0, public_id="elsewhere")
    aggregate()
    rows = client.get("/compare.json?model=kws01&model=vww01").json()["results"]
    assert {row["result"] for row in rows} == {"k", "v", None}


def test_the_data_files_hold_exactly_the_view(client: Client, field) -> None:
    query = "run=board&run=fast&metric=energy"
    document = client.get(f"/compare.json?{query}").json()
    rows = list(csv.DictReader(io.StringIO(client.get(f"/compare.csv?{query}").content.decode())))
    assert [row["result"] for row in rows] == [row["result"] for row in document["results"]]
    energies = [row for row in document["results"] if not row["derived"]]
    assert {row["metric"] for row in energies} == {"energy_uj_per_inf"}
    assert energies[1]["verdict"] == "better"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("run=board", "is 1 result: a comparison needs 2 to 8"),
        (
            "&".join(f"device=d{k}" for k in range(9)),
            "is 9 devices: at most 8 stand side by side; leave 1 out",
        ),
        ("run=board&run=nothing", "is no result here"),
        ("system=1&device=board-a", "mixes systems and devices; compare one kind at a time"),
        ("run=board&run=fast&to=open", "is none of the results that are compared"),
        ("run=board&run=fast&metric=colour", "is none of all, latency, energy, power, quality"),
        ("run=board&run=fast&colour=red", "is no parameter of this view"),
        ("system=one&system=two", "is not the number of a system"),
        ("model=kws01&model=vww01&on=nowhere", "is no device here"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_clear_words(
    client: Client, field, query: str, words: str
) -> None:
    assert words in _page(client, f"/compare/?{query}", 400)
    assert client.get(f"/compare.json?{query}").status_code == 400
    assert client.get(f"/compare.csv?{query}").status_code == 400


def test_the_empty_page_offers_devices_and_a_search(client: Client, field) -> None:
    html = _page(client, "/compare/")
    assert "Search devices and systems" in html
    assert "NUCLEO-L4R5ZI" in html


def test_the_search_finds_devices_and_systems_by_any_of_their_words(client: Client, field) -> None:
    html = client.get("/compare/?q=l4r5zi+reference").content.decode()
    assert 'name="system"' in html
    assert 'name="device"' not in html
    assert "holds “nothing at all”" in _page(client, "/compare/?q=nothing+at+all")


def test_a_result_suggests_others_of_its_benchmark_and_round(client: Client, field) -> None:
    html = client.get("/compare/?with=run:board").content.decode()
    assert "Same benchmark (vww) and round (v1.1)" in html
    assert '<input type="checkbox" name="run" value="board" checked>' in html
    assert 'value="early"' in html
    assert "reference-kws" not in html


@pytest.mark.parametrize("with_", ["run", "run:", "colour:x", "system:x", "device:nowhere"])
def test_something_unknown_to_compare_with_is_refused(client: Client, field, with_: str) -> None:
    assert client.get(f"/compare/?with={with_}").status_code == 400


def test_what_was_chosen_is_kept_while_searching(client: Client, field) -> None:
    html = client.get("/compare/?q=npu&device=board-a").content.decode()
    assert '<input type="hidden" name="device" value="board-a">' in html
    assert '<input type="checkbox" name="device" value="board-a" checked>' in html
    assert 'name="system"' not in html


def test_pages_of_results_systems_and_devices_lead_to_the_comparison(client: Client, field) -> None:
    board = field["board"]
    for page, chosen in (
        ("/results/board/", "run:board"),
        (f"/systems/{board.system_id}/", f"system:{board.system_id}"),
        ("/devices/board-a/", "device:board-a"),
    ):
        html = client.get(page).content.decode()
        assert f'href="/compare/?with={chosen}"' in html
        assert client.get(f"/compare/?with={chosen}").status_code == 200


@pytest.mark.parametrize(
    ("name", "few", "many"),
    [
        (
            "compare results",
            "run=board&run=fast",
            "run=board&run=fast&run=thrifty&run=open&run=early&run=twin",
        ),
        (
            "compare devices",
            "device=board-a&device=accelerated",
            "device=board-a&device=accelerated&device=npu-board",
        ),
        ("compare models", "model=kws01&model=vww01", "model=kws01&model=vww01&model=ic01&model=ad01"),
    ],
)
def test_the_queries_do_not_grow_with_what_is_compared(
    client: Client, field, name: str, few: str, many: str
) -> None:
    assert_query_count(client, name, f"/compare/?{few}")
    assert_query_count(client, name, f"/compare/?{many}")


def test_the_chooser_takes_as_many_queries_whatever_it_finds(client: Client, field) -> None:
    assert_query_count(client, "compare chooser", "/compare/")
    make_many(15)
    assert_query_count(client, "compare chooser", "/compare/")
