"""The leaderboard as a page, as a part, and as data."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client

from results.models import DataGeneration
from tests.query_counts import assert_query_count
from tests.results.views.field import make_field, make_many

pytestmark = pytest.mark.django_db

VWW = "/leaderboards/vww/"
HTMX = {"HX-Request": "true"}


def _page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def _devices(html: str) -> list[str]:
    return re.findall(
        r'<th scope="row" class="dev">(?:<input[^>]*>)?<a class="row" href="[^"]*">([^<]*)</a>', html
    )


def test_results_stand_in_order_of_latency_with_ratio_to_the_best(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?division=closed")
    assert _devices(html)[:2] == ["ACCELERATED", "NPU-BOARD"]
    assert "×8.5" in html
    assert 'aria-sort="ascending"' in html


def test_a_value_that_was_not_measured_is_a_dash_that_says_so(client: Client) -> None:
    make_field()
    assert '—<span class="vh">not measured</span>' in _page(client, VWW)


def test_results_that_cannot_be_told_apart_share_a_rank_and_lose_the_line_between_them(
    client: Client,
) -> None:
    make_field()
    html = _page(client, f"{VWW}?division=closed&round=v1.1")
    assert html.count('<td class="rank">5–6</td>') == 2
    assert '<tr class="band band-a tied">' in html
    assert '<tr class="band band-z">' in html


def test_an_energy_at_another_supply_has_neither_rank_nor_ratio(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?sort=energy&division=closed")
    row = next(part for part in html.split("<tr") if "/results/at-3v/" in part)
    assert '<td class="rank"></td>' in row
    assert "measured at 3.0 V: not compared with the 1.8 V reference" in row


def test_an_open_result_and_a_preview_system_are_marked(client: Client) -> None:
    make_field()
    html = _page(client, VWW)
    assert '<span class="tag">open</span>' in html
    assert '<span class="tag">preview</span>' in html


def test_a_finding_is_a_letter_that_leads_to_its_sentence(client: Client) -> None:
    make_field()
    html = _page(client, VWW)
    assert 'href="#note-a"' in html
    assert '<li id="note-a">' in html
    assert "/rules/#energy.window-too-short" in html


def test_notes_on_the_form_of_a_submission_are_left_to_the_result_page(client: Client) -> None:
    make_field()
    assert "layout.extra-level" not in _page(client, VWW)


def test_a_chip_removes_its_filter_and_keeps_the_others(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?round=v0.7,v1.1&energy=measured")
    assert 'aria-label="Remove filter: Round: v0.7"' in html
    assert f'href="{VWW}?round=v1.1&amp;energy=measured"' in html


def test_the_head_of_the_sorted_column_turns_its_order(client: Client) -> None:
    make_field()
    assert f'href="{VWW}?sort=-latency"' in _page(client, VWW)
    assert 'aria-sort="descending"' in _page(client, f"{VWW}?sort=-latency")


def test_another_reference_moves_the_ratios_and_is_named(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?reference=board")
    assert "the reference that you chose" in html
    assert "to reference" in html
    assert '<option value="board" selected>' in html


def test_a_reference_that_is_no_result_is_refused(client: Client) -> None:
    make_field()
    response = client.get(f"{VWW}?reference=nothing-like-it")
    assert response.status_code == 400
    assert "no published result" in response.content.decode()


def test_the_chosen_columns_and_no_others_are_shown(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?col=latency,throughput")
    head = html.partition("<thead>")[2].partition("</thead>")[0]
    assert "Throughput" in head
    assert "Submitter" not in head


def test_every_unusable_parameter_is_named_with_a_way_out(client: Client) -> None:
    make_field()
    response = client.get(f"{VWW}?round=v1.1&sort=speed&colour=red")
    html = response.content.decode()
    assert response.status_code == 400
    assert f'href="{VWW}?round=v1.1&amp;colour=red"' in html
    assert f'href="{VWW}?round=v1.1&amp;sort=speed"' in html


def test_the_data_file_names_unusable_parameters_too(client: Client) -> None:
    make_field()
    response = client.get("/leaderboards/vww.json?sort=speed")
    assert response.status_code == 400
    assert response.json()["problems"][0]["parameter"] == "sort"


def test_an_unknown_benchmark_is_not_found(client: Client) -> None:
    for url in ("/leaderboards/chess/", "/leaderboards/chess.csv", "/leaderboards/chess.json"):
        assert client.get(url).status_code == 404


def test_a_form_with_untouched_fields_leads_to_the_plain_address_of_its_view(client: Client) -> None:
    make_field()
    response = client.get(f"{VWW}?round=v1.1&round=v0.7&energy=&latency_min=&latency_max=200")
    assert response.status_code == 302
    assert response["Location"] == f"{VWW}?round=v1.1,v0.7&latency_max=200"


def test_an_empty_view_says_what_to_remove(client: Client) -> None:
    make_field()
    html = _page(client, f"{VWW}?round=v0.7&energy=measured")
    assert "No result matches." in html
    assert f'href="{VWW}?round=v0.7"' in html


def test_a_benchmark_without_results_says_so(client: Client) -> None:
    from tests.results.makers import make_benchmark

    make_benchmark("sww")
    assert "No result of this benchmark has been published here yet" in _page(client, "/leaderboards/sww/")


def test_pages_follow_each_other_without_gap_or_overlap(client: Client) -> None:
    make_field()
    make_many(65)
    seen: list[str] = []
    url = VWW
    while url:
        html = _page(client, url)
        seen += re.findall(
            r'href="/results/([^"/]*)/"', html.partition("<tbody>")[2].partition("</tbody>")[0]
        )
        following = re.search(r'rel="next" href="([^"]*)"', html)
        url = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 74


def _file(client: Client, address: str) -> str:
    """A file that is sent while it is written, as text."""
    return client.get(address).getvalue().decode()


def test_the_data_file_holds_the_view_in_its_order_and_all_of_its_rows(client: Client) -> None:
    make_field()
    make_many(40)
    query = "division=closed&round=v1.1&sort=-latency"
    rows = list(csv.DictReader(io.StringIO(_file(client, f"/leaderboards/vww.csv?{query}"))))
    document = json.loads(_file(client, f"/leaderboards/vww.json?{query}"))
    assert [row["id"] for row in rows] == [row["id"] for row in document["results"]]
    assert len(rows) == document["count"] == 46
    assert float(rows[-1]["latency_ms"]) == 1.5
    assert float(rows[-1]["energy_uj_per_inf"]) == 60.0


def test_a_value_that_was_not_measured_is_null_and_an_empty_field(client: Client) -> None:
    make_field()
    row = next(r for r in json.loads(_file(client, "/leaderboards/vww.json"))["results"] if r["id"] == "twin")
    assert row["energy_uj_per_inf"] is None
    rows = csv.DictReader(io.StringIO(_file(client, "/leaderboards/vww.csv")))
    assert next(r for r in rows if r["id"] == "twin")["energy_uj_per_inf"] == ""


def test_htmx_gets_the_part_with_the_filters_and_the_address_of_the_view(client: Client) -> None:
    make_field()
    response = client.get(f"{VWW}?round=v1.1&latency_max=", headers=HTMX)
    html = response.content.decode()
    assert "<html" not in html
    assert 'hx-swap-oob="true"' in html
    assert response["HX-Push-Url"] == f"{VWW}?round=v1.1"


def test_htmx_gets_the_whole_page_when_it_restores_its_history(client: Client) -> None:
    make_field()
    response = client.get(VWW, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in response.content.decode()


def test_htmx_gets_the_problems_in_place_of_the_results(client: Client) -> None:
    make_field()
    response = client.get(f"{VWW}?latency_min=fast", headers=HTMX)
    assert response.status_code == 400
    assert '<section id="results"' in response.content.decode()


def test_the_same_view_is_not_sent_twice_until_the_data_change(client: Client) -> None:
    make_field()
    tag = client.get(VWW)["ETag"]
    assert client.get(VWW, headers={"If-None-Match": tag}).status_code == 304
    generation = DataGeneration.objects.get()
    generation.number += 1
    generation.save()
    assert client.get(VWW, headers={"If-None-Match": tag}).status_code == 200


def test_another_theme_and_the_htmx_part_have_another_tag(client: Client) -> None:
    make_field()
    tags = {client.get(VWW)["ETag"], client.get(VWW, headers=HTMX)["ETag"]}
    client.cookies["theme"] = "dark"
    tags.add(client.get(VWW)["ETag"])
    assert len(tags) == 3


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post(VWW).status_code == 405


def test_the_list_of_leaderboards_leads_to_each(client: Client) -> None:
    make_field()
    html = _page(client, "/leaderboards/")
    for benchmark in ("kws", "vww", "ic", "ad"):
        assert f'href="/leaderboards/{benchmark}/?division=closed"' in html


@pytest.mark.parametrize(
    ("name", "url"),
    [("leaderboards", "/leaderboards/"), ("leaderboard", VWW), ("leaderboard.csv", "/leaderboards/vww.csv")],
)
def test_the_queries_do_not_grow_with_the_rows(client: Client, name: str, url: str) -> None:
    make_field()
    assert_query_count(client, name, url)
    make_many(25)
    assert_query_count(client, name, url)
