"""What readers without an account see while a change is followed in the background."""

from __future__ import annotations

import threading

import pytest
from django.test import Client

from results.selectors import recent
from results.selectors.snapshot import forget_snapshot
from tests.results.makers import aggregate, make_run

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/api/v1/leaderboards/vww/"


@pytest.fixture
def followed(settings, monkeypatch: pytest.MonkeyPatch):
    """Readers look at every request; the follower waits until it is told to go on."""
    settings.DATA_VERSION_AGE_S = 0.0
    monkeypatch.setattr(recent, "_known", None)
    monkeypatch.setattr(recent, "_follower", None)
    go_on = threading.Event()
    original = recent.current_snapshot

    def waits() -> object:
        assert go_on.wait(30)
        return original()

    monkeypatch.setattr(recent, "current_snapshot", waits)
    forget_snapshot()
    make_run(public_id="first", latency_ms=3.0)
    aggregate()
    yield go_on
    go_on.set()
    if recent._follower is not None:
        recent._follower.join(30)


def shown(client: Client, **headers: str) -> list[str]:
    return [row["id"] for row in client.get(ADDRESS, headers=headers).json()["results"]]


def test_readers_see_the_state_before_until_the_new_one_is_ready(client: Client, followed: threading.Event):
    assert shown(client) == ["first"]
    make_run(public_id="second", latency_ms=1.0)
    aggregate()
    tag = client.get(ADDRESS)["ETag"]
    assert shown(client) == ["first"]
    followed.set()
    recent._follower.join(30)
    assert shown(client) == ["second", "first"]
    assert client.get(ADDRESS)["ETag"] != tag


def test_whoever_may_have_changed_something_sees_it_at_once(client: Client, followed: threading.Event):
    assert shown(client) == ["first"]
    make_run(public_id="second", latency_ms=1.0)
    aggregate()
    assert shown(client) == ["first"]
    assert shown(client, cookie="sessionid=of-somebody") == ["second", "first"]


def test_a_change_that_takes_too_long_is_waited_for(
    client: Client, followed: threading.Event, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recent, "MOST_BEHIND_S", -1.0)
    assert shown(client) == ["first"]
    make_run(public_id="second", latency_ms=1.0)
    aggregate()
    assert shown(client) == ["second", "first"]


def test_what_was_asked_of_the_state_before_is_ready_in_the_new_one(
    client: Client, followed: threading.Event
):
    client.get(ADDRESS + "?sort=energy&facets=1")
    asked = {name for name in recent.held_snapshot().part("vww").kept if name[0] in ("key", "facet")}
    make_run(public_id="second", latency_ms=1.0)
    aggregate()
    shown(client)
    followed.set()
    recent._follower.join(30)
    assert asked
    assert asked <= set(recent.held_snapshot().part("vww").kept)
