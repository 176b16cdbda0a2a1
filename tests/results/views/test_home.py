"""The home page, its three doors, the frame of every page, and the reader's theme."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.query_counts import assert_query_count
from tests.results.makers import make_benchmark
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
