"""The cache that all processes share."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class _Client(RedisCacheClient):
    """Holds on to its clients, and counts in one round trip: each answer of the API is counted once.

    A counter that stands at 0 counts as absent; nobody keeps one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[int, Any] = {}

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        index = self._get_connection_pool_index(write)
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]

    def incr(self, key: str, delta: int) -> int:
        client = self.get_client(key, write=True)
        count = client.incr(key, delta)
        if count == delta:  # it was not there, and has no end now
            client.delete(key)
            raise ValueError(f"Key {key!r} not found.")
        return count


class SharedCache(RedisCache):
    """Django's cache on Valkey or Redis with clients that are kept."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
