"""Answers that are kept, and when they are not."""

from __future__ import annotations

import pytest
from django.test import Client

from results.selectors.site import data_version
from results.views import kept
from tests.results.makers import aggregate, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings) -> None:
    settings.KEPT_ANSWERS_BYTES, settings.DATA_VERSION_AGE_S = 1_000_000, -1.0
    make_run(public_id="first", latency_ms=3.0)
    aggregate()


ADDRESSES = ["/leaderboards/vww/", "/api/v1/leaderboards/vww/", "/api/v1/leaderboards/vww/?format=csv"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unchanged_answer_is_given_again_word_for_word_with_one_query(
    client, address, django_assert_num_queries
):
    first = client.get(address)
    with django_assert_num_queries(1):
        again = client.get(address)
    assert again.content == first.content
    assert dict(again.items()) == dict(first.items())


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_holds_it_is_told_that_nothing_has_changed(client, address, django_assert_num_queries):
    tag = client.get(address)["ETag"]
    with django_assert_num_queries(1):
        answer = client.get(address, headers={"If-None-Match": f'"other", {tag}'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_process_that_never_made_the_answer_learns_that_it_is_unchanged(
    client, address, django_assert_num_queries
):
    tag = client.get(address)["ETag"]
    other = Client()  # its handler is a process of its own as far as memory goes
    assert other.get(address, headers={"If-None-Match": tag}).status_code == 304
    with django_assert_num_queries(1):
        assert other.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert other.get(address).content == client.get(address).content


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_confirmed_answer_keeps_all_of_its_headers(client, address, monkeypatch: pytest.MonkeyPatch):
    first = client.get(address)
    # The version that the first look knows is an older one; the page itself finds the one that the reader holds.
    looks = iter(["an older one"])
    monkeypatch.setattr(kept, "recent_data_version", lambda: next(looks, None) or data_version())
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert dict(client.get(address).items()) == dict(first.items())


@pytest.mark.parametrize("address", ADDRESSES)
def test_changed_data_are_seen_at_once(client, address):
    before = client.get(address)
    make_run(public_id="second", latency_ms=1.0)
    aggregate()
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert b"second" in after.content
    assert b"second" not in before.content


def test_another_theme_part_or_host_is_another_answer(client):
    pages = [
        client.get("/leaderboards/vww/").content,
        client.get("/leaderboards/vww/", headers={"Cookie": "theme=dark"}).content,
        client.get("/leaderboards/vww/", headers={"HX-Request": "true"}).content,
    ]
    client.cookies.clear()
    assert client.get("/leaderboards/vww/").content == pages[0]
    assert len(set(pages)) == 3
    api = [
        client.get("/api/v1/leaderboards/vww/", headers={"Host": host})["ETag"]
        for host in ("testserver", "localhost")
    ]
    assert api[0] != api[1]


def test_who_is_logged_in_is_never_answered_from_memory(client, django_user_model):
    anonymous = client.get("/leaderboards/vww/").content
    user = django_user_model.objects.create_user(
        email="somebody@example.org", password="a long word", name="Somebody", is_active=True
    )
    client.force_login(user)
    own = client.get("/leaderboards/vww/")
    assert "private" in own["Cache-Control"]
    assert own.content != anonymous
    assert Client().get("/leaderboards/vww/").content == anonymous


def test_what_sets_a_cookie_or_is_no_data_page_is_made_anew(client):
    tokens = set()
    for _ in range(2):
        tokens.add(client.get("/check/").cookies["csrftoken"].value)
        client.cookies.clear()
    assert len(tokens) == 2


def test_a_long_answer_is_kept_packed_and_given_again_word_for_word(
    client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
):
    monkeypatch.setattr(kept, "PACKED_FROM_BYTES", 100)
    first = client.get(ADDRESSES[0])
    with django_assert_num_queries(1):
        assert client.get(ADDRESSES[0]).content == first.content
