"""Pareto plots as page, drawing and data."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from results.domain.vocabulary import TRADE_OFF_METRICS
from tests.query_counts import assert_query_count
from tests.results.makers import aggregate, make_run
from tests.results.views.field import make_field, make_many

pytestmark = pytest.mark.django_db

VWW = "/pareto/vww/"


def _page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_the_title_says_what_the_dearest_step_of_the_front_costs(client: Client) -> None:
    make_field()
    assert "From 84.8\u00a0% to 85.3\u00a0% costs 137 times the energy" in _page(
        client, f"{VWW}?division=closed"
    )


def test_the_table_holds_every_point_of_the_plot(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?division=closed")
    points = client.get("/pareto/vww.json?division=closed").json()["points"]
    assert {point["id"] for point in points} == set(re.findall(r'href="/results/([^"/]*)/"', html))


def test_another_supply_is_hollow_and_says_which_front_it_is_on(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?division=closed")
    assert "m-mcu hollow" in html
    assert "on its own front: chip rail, 3.0 V" in html


def test_the_numbers_for_the_script_are_data_and_not_a_program(client: Client) -> None:
    make_field()
    html = _page(client, VWW)
    found = re.search(r'<script id="plot-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    payload = json.loads(found.group(1))
    assert len(payload["points"]) == client.get("/pareto/vww.json").json()["count"]
    assert not re.search(r"<script(?! id=\"plot-data\"| src=)", html)


def test_any_two_metrics_can_be_drawn(client: Client) -> None:
    make_field()
    for x in TRADE_OFF_METRICS:
        for y in TRADE_OFF_METRICS:
            status = client.get(f"{VWW}?x={x}&y={y}").status_code
            assert status == (400 if x == y else 200), (x, y)


def test_equal_power_is_drawn_for_energy_against_latency_only(client: Client) -> None:
    make_field()
    assert 'class="iso"' in _page(client, f"{VWW}?x=latency&y=energy")
    assert 'class="iso"' not in _page(client, VWW)


def test_a_filter_moves_the_front(client: Client) -> None:
    make_field()
    everything = client.get("/pareto/vww.json?division=closed").json()["points"]
    filtered = client.get("/pareto/vww.json?division=closed&class=mcu").json()["points"]
    front = {p["id"] for p in everything if p["on_front"]}
    assert {p["id"] for p in filtered if p["on_front"]} != front
    assert "fast" not in {p["id"] for p in filtered}


def test_each_class_has_its_front_in_the_drawing_the_legend_and_the_table(client: Client) -> None:
    make_field()
    url = "/pareto/vww/?x=latency&y=energy&division=closed&by=class"
    html = _page(client, url)
    assert "a front per device class" in html
    assert "front, MCU + NPU" in html
    assert 'class="front front-3"' in html
    document = client.get(url.replace("vww/", "vww.json")).json()
    own = [front for front in document["fronts"] if front["group"] == "chip-rail@1800"]
    assert {front["part"] for front in own} == {"mcu", "mcu-npu", "npu"}


def test_limits_are_counted_and_what_fails_them_says_by_how_much(client: Client) -> None:
    make_field()
    url = f"{VWW}?x=latency&y=energy&division=closed&latency_max=20&outside=1"
    html = _page(client, url)
    assert re.search(r"Feasible region: 2 of \d results meet latency at most 20\u00a0ms", html)
    assert "outside the limits: latency 100\u00a0ms, limit 20\u00a0ms" in html
    points = {point["id"]: point for point in client.get(url.replace("vww/", "vww.json")).json()["points"]}
    assert points["board"]["fails"] == "latency_max"
    assert not points["board"]["on_front"]
    assert "/results/board/" not in _page(client, url.replace("&outside=1", ""))


def test_equal_results_say_with_whom_they_share_the_front(client: Client) -> None:
    make_run(latency_ms=2.0, energy_uj=5.0, device="board-a", public_id="one")
    make_run(latency_ms=2.0, energy_uj=5.0, device="board-b", public_id="two")
    aggregate()
    html = _page(client, f"{VWW}?x=latency&y=energy")
    assert "the same in both as BOARD-B" in html
    assert "BOARD-A and BOARD-B are best in both" in html


def test_a_step_within_the_noise_is_called_undecided(client: Client) -> None:
    make_run(latency_ms=2.0, energy_uj=5.0, device="board-a", public_id="one")
    make_run(latency_ms=2.02, energy_uj=5.0, device="board-b", public_id="two")
    aggregate()
    assert "(within 2\u00a0%: undecided)" in _page(client, f"{VWW}?x=latency&y=energy")


def test_a_derived_axis_says_so_and_leads_to_its_formula(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?x=inferences-per-joule&y=quality")
    assert "Inferences per joule is derived, not measured" in html
    assert 'href="/method/#inferences-per-joule"' in html
    assert 'href="/method/#pareto-fronts"' in html


def test_what_is_left_out_is_said(client: Client) -> None:
    make_field()
    assert "without measured energy" in _page(client, VWW)


def test_a_plot_without_points_says_what_to_do(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?round=v0.7")
    assert "Nothing to draw" in html
    assert (
        "No result of this view has both metrics. Left out, or in no front: 1 without measured energy."
        in html
    )
    assert client.get("/pareto/vww.svg?round=v0.7").status_code == 404


def test_a_plot_that_its_limits_empty_says_which_limit_how_many_fail(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?latency_max=0.0001")
    assert "0 of 9 results meet latency at most 0.0001\u00a0ms, not an axis of this plot (9 fail)." in html
    assert "has both metrics" not in html


def test_a_group_that_the_axes_do_not_have_gives_way_to_the_one_with_most_results(client: Client) -> None:
    """The form keeps the chosen group when another axis is chosen."""
    make_field()
    axes = f"{VWW}?x=latency&y=quality"
    html = _page(client, f"{axes}&group=chip-rail@1800")
    assert "No result drawn here is of chip rail, 1.8 V, which the address asks for" in html
    assert "hollow: another" not in _page(client, f"{axes}&division=closed&group=chip-rail@1800")
    assert "which the address asks for" not in _page(client, axes)
    asked = client.get("/pareto/vww.json?x=latency&y=quality&group=chip-rail@1800").json()
    assert asked["group"] == "any"


def test_the_drawing_as_a_file_has_its_style_inside(client: Client) -> None:
    make_field()
    response = client.get("/pareto/vww.svg?division=closed")
    assert response["Content-Type"] == "image/svg+xml"
    root = ET.fromstring(response.content)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "light-dark" not in response.content.decode()
    assert "var(" not in response.content.decode()


def test_the_data_file_says_what_beats_each_point(client: Client) -> None:
    make_field()
    rows = list(
        csv.DictReader(io.StringIO(client.get("/pareto/vww.csv?x=latency&y=energy").content.decode()))
    )
    by_id = {row["id"]: row for row in rows}
    assert by_id["board"]["on_front"] == "False"
    assert by_id["board"]["beaten_by"] in ("fast", "thrifty")
    assert by_id["at-3v"]["group"] == "chip-rail@3000"


def test_a_query_that_cannot_be_drawn_is_refused_everywhere(client: Client) -> None:
    make_field()
    for url in (VWW, "/pareto/vww.csv", "/pareto/vww.json", "/pareto/vww.svg"):
        assert client.get(f"{url}?x=colour").status_code == 400
    for url in ("/pareto/chess/", "/pareto/chess.csv", "/pareto/chess.svg"):
        assert client.get(url).status_code == 404


def test_a_form_with_an_untouched_field_leads_to_the_plain_address(client: Client) -> None:
    make_field()
    response = client.get(f"{VWW}?y=quality&x=energy&division=")
    assert response.status_code == 302
    assert response["Location"] == f"{VWW}?x=energy&y=quality"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("pareto-index", "/pareto/"),
        ("pareto", VWW),
        ("pareto with limits", f"{VWW}?x=macs-per-cycle&by=device&latency_max=400&outside=1"),
    ],
)
def test_the_queries_do_not_grow_with_the_points(client: Client, name: str, url: str) -> None:
    make_field()
    assert_query_count(client, name, url)
    make_many(25)
    assert_query_count(client, name, url)
