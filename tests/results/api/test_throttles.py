"""The API while the cache that counts requests is gone."""

from __future__ import annotations

import pytest
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.throttling import AnonRateThrottle


@pytest.mark.django_db
def test_published_figures_stay_readable_when_the_cache_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> bool:
        raise RedisConnectionError("no such socket")

    monkeypatch.setattr(AnonRateThrottle, "allow_request", gone)
    assert client.get("/api/v1/results/").status_code == 200
