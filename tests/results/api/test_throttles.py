"""The API while the cache that counts requests is gone."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from results.api.throttles import Counted, LenientAnonRateThrottle


@pytest.mark.django_db
def test_published_figures_stay_readable_when_the_cache_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> bool:
        raise RedisConnectionError("no such socket")

    monkeypatch.setattr(Counted, "allow_request", gone)
    assert client.get("/api/v1/results/").status_code == 200


@pytest.mark.django_db
def test_a_rate_is_counted_in_one_number_until_its_window_ends(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    clock = [1_000_000_020.0]
    monkeypatch.setattr(LenientAnonRateThrottle, "rate", "3/minute", raising=False)
    monkeypatch.setattr(LenientAnonRateThrottle, "timer", lambda self: clock[0])
    statuses = [client.get("/api/v1/rounds/").status_code for _ in range(4)]
    refused = client.get("/api/v1/rounds/")
    assert statuses == [200, 200, 200, 429]
    assert 0 < int(refused["Retry-After"]) <= 60
    clock[0] += 60
    assert client.get("/api/v1/rounds/").status_code == 200
    cache.clear()


@pytest.mark.django_db
def test_a_high_rate_is_told_to_the_cache_now_and_then_and_still_ends(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(LenientAnonRateThrottle, "rate", "300/minute", raising=False)
    monkeypatch.setattr(LenientAnonRateThrottle, "timer", lambda self: 2_000_000_020.0)
    told = []
    monkeypatch.setattr(
        cache, "incr", lambda key, delta=1, original=cache.incr: told.append(key) or original(key, delta)
    )
    statuses = [client.get("/api/v1/rules/").status_code for _ in range(310)]
    assert statuses[:300] == [200] * 300
    assert statuses[-6:] == [429] * 6
    assert len(told) < 110
    cache.clear()
