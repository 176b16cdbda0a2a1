"""The fit finder as pages and data files: limits, ranks, failures in words, what cannot be judged."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from results.models import Device, DeviceFact
from results.selectors import fit_cells
from results.views import fit_tables
from tests.query_counts import assert_query_count
from tests.results.makers import aggregate, make_benchmark, make_device, make_run, measure
from tests.results.views.field import make_field, make_many

pytestmark = pytest.mark.django_db


def _html(client: Client, query: str, question: str = "hardware", status: int = 200) -> str:
    response = client.get(f"/find/{question}/?{query}")
    assert response.status_code == status, response.content.decode()[:400]
    return response.content.decode()


def _said(client: Client, query: str, question: str = "hardware") -> str:
    """The text of a page, spaces made one."""
    return re.sub(r"\s+", " ", strip_tags(_html(client, query, question)).replace("&nbsp;", " "))


def _rows(client: Client, query: str, question: str = "hardware") -> list[dict[str, str]]:
    response = client.get(f"/find/{question}.csv?{query}")
    assert response.status_code == 200, response.content.decode()[:400]
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def _ids(rows: list[dict[str, str]], verdict: str) -> list[str]:
    return [row["id"] for row in rows if row["verdict"] == verdict]


def _memory(device: str, field: str, kib: str, tier: int = 1) -> None:
    DeviceFact.objects.create(
        device=Device.objects.get(slug=device), field=field, value=kib, unit="KiB", source="data sheet, table 2",
        source_tier=tier,
    )  # fmt: skip


@pytest.mark.parametrize("question", ["hardware", "model", "performance"])
def test_a_question_without_a_choice_shows_its_form(client: Client, question: str) -> None:
    make_field()
    html = _html(client, "", question)
    assert "to start" in html
    assert '<form class="form find-form" method="get"' in html
    assert client.get(f"/find/{question}.json").status_code == 400


def test_results_within_a_limit_are_ranked_by_the_objective_with_their_evidence(client: Client) -> None:
    make_field()
    html = _html(client, "model=vww01&latency_max=100&objective=energy&division=closed")
    text = _said(client, "model=vww01&latency_max=100&objective=energy&division=closed")
    assert "3 of 8 results fit" in text
    assert html.index('href="/results/thrifty/"') < html.index('href="/results/fast/"')
    assert 'href="/results/board/"' in html


def test_a_failure_names_the_limit_and_by_how_much(client: Client) -> None:
    make_field()
    assert "latency 100 ms: 20.0 ms over the limit of 80 ms, 25 %" in _said(
        client, "model=vww01&latency_max=80"
    )


def test_a_quality_below_the_floor_is_told_in_points(client: Client) -> None:
    make_field()
    text = _said(client, "benchmark=vww&quality_min=85")
    assert "Top-1 83.2 %: 1.80 points below the least of 85 %, 2.1 %" in text


def test_an_excess_within_the_noise_is_called_undecided_and_a_quality_is_not(client: Client) -> None:
    make_field()
    assert "1.0 % (within the 2 % of noise: undecided)" in _said(client, "model=vww01&latency_max=100")
    assert "undecided" not in _said(client, "model=vww01&quality_min=85.35")


def test_where_nothing_fits_the_nearest_stand_first_and_open(client: Client) -> None:
    make_field()
    html = _html(client, "model=vww01&latency_max=0.5")
    assert "Nothing fits: none of 9 results. The nearest misses a limit by 80" in _said(
        client, "model=vww01&latency_max=0.5"
    )
    assert '<details class="find-more" open>' in html
    assert html.index("/results/open/") < html.index("/results/fast/") < html.index("/results/thrifty/")


def test_what_was_not_measured_stands_apart_and_says_so(client: Client) -> None:
    make_field()
    rows = _rows(client, "model=vww01&energy_max=100")
    assert {"early", "preview", "twin", "open"} <= set(_ids(rows, "not-judged"))
    assert "energy not measured" in _said(client, "model=vww01&energy_max=100")


def test_energies_are_ranked_in_one_group_and_the_others_say_why_not(client: Client) -> None:
    make_field()
    text = _said(client, "model=vww01&objective=energy")
    assert "Energies of chip rail, 1.8 V are compared, the group with most results" in text
    assert "energy measured on chip rail, 3.0 V, not on chip rail, 1.8 V" in text
    rows = _rows(client, "model=vww01&objective=energy&group=chip-rail@3000")
    assert _ids(rows, "fits") == ["at-3v"]


def test_latencies_are_ranked_whatever_was_said_of_energies(client: Client) -> None:
    make_field()
    assert len(_ids(_rows(client, "model=vww01"), "fits")) == 9


def test_average_power_uses_the_sleep_power_of_the_reader(client: Client) -> None:
    make_field()
    rows = {
        row["id"]: row for row in _rows(client, "model=vww01&fps=5&sleep_power=0.4&objective=average-power")
    }
    # 41 µJ five times a second, and 0.4 mW for what 12.7 ms of each fifth of a second leave.
    assert float(rows["thrifty"]["power_at_fps_mw"]) == pytest.approx(0.205 + 0.4 * (1 - 0.0635))
    assert rows["early"]["verdict"] == "fails"
    assert rows["early"]["fails"] == "fps +0.25"


def test_a_device_that_does_not_keep_up_has_no_average_power(client: Client) -> None:
    make_field()
    text = _said(client, "model=vww01&fps=5&sleep_power=0.4")
    assert (
        "frame rate: 250 ms per inference, 50.0 ms over the 200 ms of one frame at 5 per second, 25 %" in text
    )


def test_average_power_without_a_sleep_power_is_refused_with_the_reason(client: Client) -> None:
    make_field()
    assert "no sleep power is assumed" in _html(
        client, "model=vww01&objective=average-power&fps=5", status=400
    )


def test_memory_is_judged_by_the_source_nearest_to_the_vendor_and_never_guessed(client: Client) -> None:
    make_field()
    _memory("accelerated", "sram_kib", "256", tier=2)
    _memory("accelerated", "sram_kib", "1024", tier=3)
    _memory("npu-board", "sram_kib", "512")
    rows = {row["id"]: row for row in _rows(client, "model=vww01&ram_min=384")}
    assert (rows["thrifty"]["verdict"], rows["thrifty"]["ram_source"]) == ("fits", "data sheet, table 2")
    assert (rows["fast"]["verdict"], rows["fast"]["fails"]) == ("fails", "ram_min +0.3333")
    assert (rows["board"]["verdict"], rows["board"]["not_known"]) == (
        "not-judged",
        "ram: RAM of the device not stated",
    )
    assert "#specification" in _html(client, "model=vww01&ram_min=384")


def test_a_stated_flash_of_zero_is_a_zero(client: Client) -> None:
    make_field()
    _memory("npu-board", "flash_kib", "0")
    assert "flash 0 KiB: 512 KiB below the least of 512 KiB, 100 %" in _said(
        client, "model=vww01&flash_min=512"
    )


def test_the_front_is_marked_over_what_was_asked_for(client: Client) -> None:
    make_field()
    rows = _rows(client, "model=vww01&objective=energy&latency_max=200")
    assert [row["id"] for row in rows if row["on_front"] == "True"] == ["thrifty", "fast"]
    assert '<span class="tag">front</span>' in _html(client, "model=vww01&objective=energy&latency_max=200")


def test_a_filter_says_how_many_results_it_leaves_out(client: Client) -> None:
    make_field()
    html = _html(client, "model=vww01&division=open")
    assert "Remove filter: Division: open, which leaves out 8 results" in html


def test_a_log_that_was_handed_in_again_stands_once(client: Client) -> None:
    make_run(latency_ms=5.0, log="a" * 64, round_id="v1.0", public_id="first")
    make_run(latency_ms=5.0, log="a" * 64, round_id="v1.1", public_id="again")
    aggregate()
    assert [row["id"] for row in _rows(client, "benchmark=vww")] == ["first"]
    assert [row["id"] for row in _rows(client, "benchmark=vww&round=v1.1")] == ["again"]
    assert "1 log that was handed in again stands once" in _said(client, "benchmark=vww")


def test_a_device_shows_every_task_and_names_those_nobody_measured(client: Client) -> None:
    make_field()
    make_benchmark("sww")
    text = _said(client, "device=nucleo-l4r5zi", "model")
    assert "kws, any network on NUCLEO-L4R5ZI" in text
    assert "Nobody has published a result of sww (sww) on NUCLEO-L4R5ZI: it is not measured." in text


def test_each_pair_of_network_and_device_is_a_cell_of_its_own(client: Client) -> None:
    make_field()
    document = client.get(
        "/find/performance.json?model=vww01&benchmark=kws&device=board-a,nucleo-l4r5zi"
    ).json()
    assert [(cell["benchmark"], cell["device"], cell["looked_at"]) for cell in document["cells"]] == [
        ("kws", "board-a", 0),
        ("vww", "board-a", 4),
        ("kws", "nucleo-l4r5zi", 1),
        ("vww", "nucleo-l4r5zi", 1),
    ]


def test_another_network_of_the_task_counts_only_where_the_task_is_asked_for(client: Client) -> None:
    make_field()
    make_run(latency_ms=0.1, division="open", neural_model=None, public_id="own-network")
    aggregate()
    assert "own-network" not in [row["id"] for row in _rows(client, "model=vww01")]
    assert _ids(_rows(client, "benchmark=vww"), "fits")[0] == "own-network"


def test_errors_of_the_streaming_wakeword_have_a_greatest_number(client: Client) -> None:
    run = make_run("sww", latency_ms=5.0, public_id="quiet")
    for metric, value in (("sww_false_positives", 2.0), ("sww_false_negatives", 4.0)):
        measure(run, metric, value)
    aggregate()
    rows = _rows(client, "benchmark=sww&quality_max=5")
    assert (rows[0]["verdict"], rows[0]["fails"]) == ("fails", "quality_max +0.2")
    assert _rows(client, "benchmark=sww&quality_max=6")[0]["verdict"] == "fits"


@pytest.mark.parametrize(
    ("query", "question", "message"),
    [
        ("model=nothing", "hardware", "is no network that is known here; one of kws01, vww01"),
        ("benchmark=nothing", "hardware", "is no benchmark; one of"),
        ("device=nothing", "model", "is no device of the catalogue"),
        ("device=board-a&quality_min=80", "model", "name one task"),
        ("benchmark=vww&quality_max=80", "hardware", "is better when higher: use quality_min"),
        ("benchmark=vww&beauty=1", "hardware", "is no parameter of this view"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_what_can(
    client: Client, query: str, question: str, message: str
) -> None:
    make_run()
    make_run("kws", public_id="other")
    aggregate()
    assert message in strip_tags(_html(client, query, question, status=400))
    assert client.get(f"/find/{question}.json?{query}").status_code == 400


def test_empty_fields_of_the_form_leave_the_address(client: Client) -> None:
    make_field()
    response = client.get("/find/hardware/?model=vww01&latency_max=&division=&objective=latency&page_size=30")
    assert (response.status_code, response["Location"]) == (302, "/find/hardware/?model=vww01")


def test_the_form_keeps_every_choice_of_the_address(client: Client) -> None:
    make_field()
    html = _html(
        client, "model=vww01&division=closed,open&latency_max=80&fps=5&sleep_power=0&group=chip-rail@3000"
    )
    for kept in (
        '<option value="vww01" selected>',
        '<option value="closed,open" selected>closed, open</option>',
        'name="latency_max" value="80"',
        'name="sleep_power" value="0"',
        '<option value="chip-rail@3000" selected>',
    ):
        assert kept in html


def test_a_page_holds_so_many_rows_and_its_data_all(client: Client) -> None:
    make_many(40)
    text = _said(client, "benchmark=vww")
    assert "The first 30 of 40; the CSV holds all" in text
    assert len(_rows(client, "benchmark=vww")) == 40


def test_json_is_the_same_view_with_its_address(client: Client) -> None:
    make_field()
    document = client.get("/find/hardware.json?model=vww01&latency_max=80&objective=energy").json()
    assert document["view"] == "/find/hardware/?model=vww01&latency_max=80&objective=energy"
    assert document["limits"] == [{"parameter": "latency_max", "value": 80.0, "unit": "ms"}]
    assert document["front_metrics"] == ["energy", "latency"]
    (cell,) = document["cells"]
    assert cell["looked_at"] == cell["fits"] + cell["fails"] + cell["not_judged"] == len(cell["results"])


def test_a_device_without_results_is_said_not_to_be_measured(client: Client) -> None:
    make_field()
    make_device("unseen")
    assert "on UNSEEN: it is not measured" in _said(client, "model=vww01&device=unseen", "performance")


def test_the_queries_of_the_finder_do_not_grow_with_the_results(client: Client) -> None:
    make_field()
    pages = {
        "find hardware": "/find/hardware/?model=vww01&latency_max=80&ram_min=10&division=closed&objective=energy",
        "find model": "/find/model/?device=nucleo-l4r5zi",
        "find performance": "/find/performance/?device=nucleo-l4r5zi&model=vww01",
        "find.csv": "/find/hardware.csv?model=vww01",
    }
    for name, url in pages.items():
        assert_query_count(client, name, url)
    make_many(25)
    for name, url in pages.items():
        assert_query_count(client, name, url)


def test_a_list_beyond_the_bound_says_of_how_many_and_leads_to_the_leaderboard(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_field()
    make_many(40)
    for module in (fit_cells, fit_tables):
        monkeypatch.setattr(module, "MOST_ROWS", 35)
    query = "model=vww01&latency_max=100000&quality_min=1&division=closed"
    html = _html(client, query)
    text = _said(client, query)
    assert "The first 30 of 48; the CSV holds the first 35" in text
    assert "but does not ask for the network vww01" in text
    board = re.search(r'href="(/leaderboards/vww/[^"]*)"', html)
    assert board
    assert board[1].replace("&amp;", "&").endswith("?division=closed&latency_max=100000&quality_min=1")
    assert client.get(board[1].replace("&amp;", "&")).status_code == 200
    assert len(_rows(client, query)) == 35
    (cell,) = client.get(f"/find/hardware.json?{query}").json()["cells"]
    assert (cell["shown"], cell["fits"], cell["looked_at"]) == (35, 48, 48)
    assert cell["results"][-1]["rank_last"] == 35
