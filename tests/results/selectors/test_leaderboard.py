from __future__ import annotations

import json
from dataclasses import replace

import pytest

from results.domain.query import QueryError, parse_query
from results.domain.vocabulary import SORTS
from results.models import Benchmark
from results.selectors.leaderboard import (
    entry_page,
    leaderboard_page,
    quality_metric_of,
)
from results.selectors.leaderboard_export import EXPORT_COLUMNS, export_json
from results.selectors.snapshot import current_snapshot
from tests.results.makers import aggregate, make_benchmark, make_finding, make_run

pytestmark = pytest.mark.django_db


def query(benchmark: str | None = "vww", **params: str):
    return parse_query({name: [value] for name, value in params.items()}, benchmark=benchmark)


def page(benchmark: str = "vww", **params: str):
    return leaderboard_page(query(benchmark, **params))


def names(view) -> list[str]:
    return [row.entry.public_id for row in view.rows]


def ranks(view) -> list[str]:
    return [str(row.rank) if row.rank else "" for row in view.rows]


def test_rows_stand_by_latency_and_what_was_not_measured_stands_last():
    make_run(latency_ms=None, public_id="none")
    make_run(latency_ms=50.0, public_id="slow")
    make_run(latency_ms=5.0, public_id="fast")
    aggregate()
    assert names(page()) == ["fast", "slow", "none"]
    assert names(page(sort="-latency")) == ["slow", "fast", "none"]
    assert ranks(page(sort="-latency")) == ["2", "1", ""]


def test_rows_within_two_per_cent_share_a_rank_and_a_bracket():
    for latency_ms in (43.7, 50.33, 50.41, 50.70, 57.0):
        make_run(latency_ms=latency_ms)
    aggregate()
    view = page()
    assert ranks(view) == ["1", "2–4", "2–4", "2–4", "5"]
    assert [(row.opens_band, row.closes_band) for row in view.rows] == [
        (False, False), (True, False), (False, False), (False, True), (False, False),
    ]  # fmt: skip


def test_ranks_count_the_view_and_ratios_refer_to_the_whole_benchmark():
    make_run(latency_ms=1.0, round_id="v1.0", public_id="best")
    make_run(latency_ms=10.0, round_id="v1.1")
    aggregate()
    view = page(round="v1.1")
    (row,) = view.rows
    assert (str(row.rank), row.ratios["latency"], row.ruler) == ("1", 10.0, 0.25)
    assert (view.best.entry.public_id, view.best.value, view.best.chosen) == ("best", 1.0, False)
    assert (view.total_in_view, view.total_in_benchmark) == (1, 2)


def test_the_best_is_that_of_the_divisions_in_view():
    make_run(latency_ms=1.0, division="open", public_id="open")
    make_run(latency_ms=4.0, public_id="closed")
    aggregate()
    assert page(division="closed").best.entry.public_id == "closed"
    assert page().best.entry.public_id == "open"


def test_energies_of_another_supply_stand_there_without_rank_and_say_why():
    make_run(energy_uj=40.0, public_id="first")
    make_run(energy_uj=80.0)
    make_run(energy_uj=60.0, supply_mv=3000.0, public_id="three-volts")
    make_run()
    aggregate()
    view = page(sort="energy")
    assert ranks(view) == ["1", "", "2", ""]
    other = view.rows[1]
    assert (other.entry.public_id, other.ratios["energy"]) == ("three-volts", None)
    assert other.not_compared == "measured at 3.0 V: not compared with the 1.8 V reference"
    assert [row.not_compared for row in view.rows if row is not other] == ["", "", ""]
    assert view.best.group_label == "chip rail, 1.8 V"


def test_a_filter_on_the_supply_compares_that_supply():
    make_run(energy_uj=40.0)
    make_run(energy_uj=50.0)
    make_run(energy_uj=60.0, supply_mv=3000.0)
    aggregate()
    view = page(sort="energy", supply="3000")
    assert ranks(view) == ["1"]
    assert view.rows[0].ratios["energy"] == 1.0


def test_qualities_share_a_rank_only_when_they_are_equal():
    for quality in (85.0, 84.9, 85.0):
        make_run(quality=quality)
    aggregate()
    assert ranks(page(sort="quality")) == ["1–2", "1–2", "3"]


def test_qualities_of_a_changed_test_set_are_not_ranked_together():
    make_run("ic", quality=88.0, evaluation_set="ic01-v0.5")
    make_run("ic", quality=87.0, evaluation_set="ic01-v0.7")
    make_run("ic", quality=86.0, evaluation_set="ic01-v0.7")
    aggregate()
    view = page("ic", sort="quality")
    assert ranks(view) == ["", "1", "2"]
    assert "test set" in view.rows[0].not_compared


def test_an_order_by_words_is_no_ranking():
    make_run(submitter="b")
    make_run(submitter="a")
    aggregate()
    view = page(sort="submitter")
    assert [row.entry.submitter_name for row in view.rows] == ["A", "B"]
    assert ranks(view) == ["", ""]
    assert view.ruler_metric == "latency"


def test_a_chosen_reference_takes_the_place_of_the_best():
    make_run(latency_ms=1.0)
    make_run(latency_ms=4.0, public_id="mine")
    aggregate()
    view = page(reference="mine")
    assert [row.ratios["latency"] for row in view.rows] == [0.25, 1.0]
    assert view.best.chosen
    assert "energy" not in view.baselines


def test_a_reference_of_another_benchmark_is_refused():
    make_run("kws", quality=91.0, public_id="other")
    make_run()
    aggregate()
    with pytest.raises(QueryError, match="no published result of vww"):
        page(reference="other")


@pytest.fixture
def many() -> None:
    """Rows with ties and with missing values in every metric."""
    for number in range(65):
        make_run(
            latency_ms=None if number % 7 == 0 else 1.0 + number % 11,
            energy_uj=float(1 + number % 5) if number % 3 else None,
            quality=None if number % 10 == 0 else 80.0 + number % 4,
            submitter=f"lab-{number % 4}",
        )
    aggregate()


@pytest.mark.usefixtures("many")
def test_pages_show_every_row_once_in_both_directions_of_every_sort():
    for sort in [sign + name for name in SORTS for sign in ("", "-")]:
        asked, shown, forwards = query(sort=sort), None, []
        while shown is None or shown.next_cursor is not None:
            shown = entry_page(
                asked if shown is None else replace(asked, cursor=shown.next_cursor), "top1_pct"
            )
            forwards += [entry.pk for entry in shown.entries]
        backwards = [entry.pk for entry in shown.entries]
        while shown.previous_cursor is not None:
            shown = entry_page(replace(asked, cursor=shown.previous_cursor), "top1_pct")
            backwards = [entry.pk for entry in shown.entries] + backwards
        assert len(set(forwards)) == len(forwards) == 65, sort
        assert backwards == forwards, sort


def test_the_second_page_goes_on_counting():
    for number in range(35):
        make_run(latency_ms=1.0 + number)
    aggregate()
    first = page()
    second = leaderboard_page(replace(first.query, cursor=first.next_cursor))
    assert (first.first_row, second.first_row, str(second.rows[0].rank)) == (1, 31, "31")


def test_facets_count_what_each_value_would_add():
    make_run(round_id="v1.0", energy_uj=5.0, device="board-a")
    make_run(round_id="v1.1", device="board-a")
    make_run(round_id="v1.1", device="board-b", division="open")
    aggregate()
    facets = {facet.name: facet for facet in page(round="v1.0").facets}

    def counts(name: str) -> dict[str, int]:
        return {option.raw: option.count for option in facets[name].options}

    assert counts("round") == {"v1.1": 2, "v1.0": 1}
    assert counts("division") == {"closed": 1, "open": 0}
    assert counts("energy") == {"measured": 1, "not-measured": 0}
    assert counts("device") == {"board-a": 1, "board-b": 0}
    assert counts("supply") == {"1800": 1}
    assert facets["round"].active_count == 1
    assert facets["supply"].options[0].label == "1.8 V"


def test_a_chosen_value_that_nothing_has_stays_in_the_panel():
    make_run()
    aggregate()
    view = page(device="no-such-board", availability="preview")
    devices = next(facet for facet in view.facets if facet.name == "device")
    assert [(option.raw, option.count, option.active) for option in devices.options] == [
        ("board-a", 0, False), ("no-such-board", 0, True),
    ]  # fmt: skip


def test_an_empty_view_says_what_hides_how_much():
    make_run(round_id="v1.0", energy_uj=5.0)
    make_run(round_id="v1.1")
    aggregate()
    view = page(round="v1.1", energy="measured")
    assert (view.rows, view.first_row) == ((), 0)
    assert view.releases == {"round": 1, "energy": 1}
    assert page().releases == {}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"energy": "not-measured"}, ["plain"]),
        ({"energy": "measured"}, ["odd", "rich"]),
        ({"supply": "4950"}, ["odd"]),
        ({"scope": "board"}, ["odd"]),
        ({"precision": "not-stated"}, ["odd", "plain"]),
        ({"precision": "int8"}, ["rich"]),
        ({"latency_min": "20", "latency_max": "30"}, ["odd", "rich"]),
        ({"energy_max": "50"}, ["rich"]),
        ({"quality_min": "85"}, ["rich"]),
        ({"round": "v1.0"}, []),
    ],
)
def test_filters_find_what_they_say(params, expected):
    make_run(latency_ms=10.0, quality=80.0, public_id="plain")
    make_run(latency_ms=20.0, quality=85.0, energy_uj=5.0, precision="int8", public_id="rich")
    make_run(latency_ms=30.0, quality=84.0, energy_uj=99.0, supply_mv=4944.0, scope="board", public_id="odd")
    aggregate()
    assert sorted(names(page(**params))) == expected


def test_an_export_holds_the_whole_view_with_absent_values_absent():
    run = make_run(latency_ms=118.694, precision="int8", submitter="lab")
    make_finding(run, "perf.window-too-short")
    make_run(latency_ms=5.0, division="open")
    aggregate()
    document = b"".join(export_json(query(division="closed", page_size="60"), "/leaderboards/vww/"))
    (row,) = json.loads(document)["results"]
    assert tuple(row) == EXPORT_COLUMNS
    assert (row["latency_ms"], row["submitter"], row["findings"]) == (118.694, "lab", "perf.window-too-short")
    assert [row[name] for name in ("energy_uj_per_inf", "energy_scope", "variant", "duplicate_of")] == [
        None
    ] * 4


def test_results_of_all_benchmarks_come_newest_first():
    make_run("kws", quality=91.0, round_id="v1.0", public_id="old")
    make_run("vww", round_id="v1.1", public_id="new")
    aggregate()
    assert [entry.public_id for entry in entry_page(query(None)).entries] == ["new", "old"]
    assert quality_metric_of(None) == ""


def test_an_unknown_benchmark_is_said():
    with pytest.raises(Benchmark.DoesNotExist):
        page("nothing")


def test_a_benchmark_without_results_is_an_empty_view():
    make_benchmark("sww")
    view = page("sww")
    assert (view.total_in_benchmark, view.best, view.rows) == (0, None, ())


def test_the_number_of_queries_does_not_depend_on_the_rows(django_assert_num_queries):
    for number in range(40):
        make_run(latency_ms=1.0 + number, energy_uj=5.0)
    aggregate()
    current_snapshot()
    with django_assert_num_queries(3):
        page(sort="energy", energy="measured")
