"""The home page, its three doors, the frame of every page, and the reader's theme."""

from __future__ import annotations

import pytest
from django.test import Client

from results.analysis.observations import KINDS
from results.views.observations import said
from tests.query_counts import assert_query_count
from tests.results.makers import aggregate, make_benchmark, make_publication, make_run, make_system
from tests.results.views.field import make_field, make_many

pytestmark = pytest.mark.django_db


def _page(client: Client, url: str = "/") -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_counts_follow_the_data(client: Client) -> None:
    make_field()
    html = _page(client)
    assert "12 results on 6 devices" in html
    assert "rounds v0.5 to v1.1" in html


def test_the_plot_says_how_far_the_energies_lie_apart(client: Client) -> None:
    make_field()
    assert "One network, 593 times the energy" in _page(client)


def test_the_reference_is_ringed_and_named(client: Client) -> None:
    make_field()
    html = _page(client)
    assert 'class="ring"' in html
    assert "reference, v0.5" in html


def test_news_of_the_latest_round_are_its_records(client: Client) -> None:
    make_field()
    html = _page(client)
    assert "Fastest vww" in html
    assert "1.50 ms, was 250 ms" in html


def test_a_site_without_results_says_so_and_shows_no_door(client: Client) -> None:
    make_benchmark("vww")
    html = _page(client)
    assert "No round has been published here yet" in html
    assert "<form" not in html


@pytest.mark.parametrize(
    ("url", "heading"),
    [
        ("hardware/?model=vww01", "vww, vww01"),
        ("model/?device=board-a", "vww, any network on BOARD-A"),
        ("performance/?model=vww01&device=board-a", "vww, vww01 on BOARD-A"),
    ],
)
def test_each_question_leads_to_its_answer(client: Client, url: str, heading: str) -> None:
    make_field()
    assert f"<h2>{heading}</h2>" in _page(client, f"/find/{url}")


def test_the_queries_of_the_home_page_do_not_grow_with_the_results(client: Client) -> None:
    make_field()
    assert_query_count(client, "home", "/")
    make_many(25)
    assert_query_count(client, "home", "/")


def test_the_section_of_a_page_is_marked_in_the_masthead(client: Client) -> None:
    make_field()
    assert '<a href="/leaderboards/" aria-current="page">' in _page(client, "/leaderboards/")
    assert '<a href="/leaderboards/" aria-current="true">' in _page(client, "/leaderboards/vww/")


def test_a_chosen_theme_is_kept_and_leads_back(client: Client) -> None:
    response = client.get("/theme/?theme=dark&next=/leaderboards/%3Fx%3D1")
    assert response["Location"] == "/leaderboards/?x=1"
    assert '<html lang="en" data-theme="dark">' in _page(client)
    client.get("/theme/?theme=system&next=/")
    assert "data-theme" not in _page(client)


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_the_theme_never_leads_to_another_site(client: Client, address: str) -> None:
    assert client.get("/theme/", {"theme": "light", "next": address})["Location"] == "/"


def test_an_unknown_stored_theme_is_the_system_s(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in _page(client)


def test_an_address_without_a_page_is_not_found_in_the_frame_of_the_site(client: Client) -> None:
    response = client.get("/nothing/")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


def test_the_home_page_leads_to_checking_and_submitting(client: Client) -> None:
    html = _page(client)
    assert 'href="/check/"' in html
    assert 'href="/submissions/new/"' in html


def test_a_finding_has_its_numbers_its_basis_its_view_and_its_method(client: Client) -> None:
    for software, latency_ms in (("Fast 1", 100.0), ("Slow <1>", 250.0)):
        make_run(latency_ms=latency_ms, system=make_system(make_publication(), software=software))
    aggregate()
    html = _page(client)
    assert "Software alone is worth up to 2.5 times" in html
    assert "takes 100\u00a0ms with Fast 1 and 250\u00a0ms with Slow &lt;1&gt;." in html
    assert "2 stacks in 1 case of one board" in html
    assert 'href="/devices/board-a/stacks/?division=closed&amp;sort=vww"' in html
    assert 'href="/method/#what-software-alone-is-worth"' in html


def test_without_findings_there_is_no_heading_for_them(client: Client) -> None:
    make_run(latency_ms=100.0)
    aggregate()
    assert 'id="findings"' not in _page(client)


_OBSERVED = {
    "software-alone": (3.43, 1.5, 20, 3, 76, "vww", "v1.1", "board-a", "A", 120.0, "F 1", 98.7, "S", 338.9),
    "zero-channels": (
        "vww", "vww01", 0.5, 1.7, 1.8, 3, "board-a", "A", 120.0, "X 7", "v1.0", "X 8", "v1.1", 1.9, 1.1,
    ),
    "latency-is-not-energy": (
        4, 4, 68, "chip-rail@1800", 36, 2, "vww", "F", "f", 0.6, 40.4, 370.0, "T", "t", 0.9, 27.7, None,
    ),
    "mixed-energies": ("v1.1", 41, 19, 2, "chip-rail@1800", "chip-rail@3000", "vww"),
    "undecided-neighbours": ("v1.1", 101, 18, 105, "vww", 7, 22),
}  # fmt: skip


@pytest.mark.parametrize("code", KINDS)
def test_every_finding_leads_to_a_page_and_to_a_paragraph_of_the_method(client: Client, code: str) -> None:
    make_run()
    aggregate()
    words = said(KINDS[code](*_OBSERVED[code]), {"vww": "Visual wake words"})
    assert client.get(words.url).status_code == 200
    assert f'id="{words.how}"' in _page(client, "/method/")
    assert all((words.title, words.sentence, words.basis, words.link))
    assert "None" not in words.sentence + words.basis
