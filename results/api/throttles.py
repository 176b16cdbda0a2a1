"""How often anybody may ask."""

from __future__ import annotations

import ipaddress
import logging

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, BaseThrottle, SimpleRateThrottle, UserRateThrottle
from rest_framework.views import APIView

log = logging.getLogger(__name__)


class Lenient(BaseThrottle):
    """While the cache that counts is gone, requests are answered uncounted: the site goes on without its broker."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError) as problem:
            log.warning("requests are not counted: %s", problem)
            return True

    def get_ident(self, request: Request) -> str:
        return network(super().get_ident(request) or "")


class Counted:
    """A rate counted by windows of its duration: one number in the cache, however high the rate.

    Two windows meet where the clock says so, so at most twice the rate passes within one duration.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        if self.rate is None:
            return True
        ident = self.get_cache_key(request, view)
        if ident is None:
            return True
        now = self.timer()
        self._left_s = self.duration - now % self.duration
        key = f"{ident}:{int(now // self.duration)}"
        try:
            count = self.cache.incr(key)
        except ValueError:  # the first one of this window
            self.cache.add(key, 0, self.duration)
            count = self.cache.incr(key)
        return count <= self.num_requests

    def wait(self) -> float:
        return self._left_s


def network(address: str) -> str:
    """The address itself, or the /64 of an IPv6 address, which one subscriber holds as a whole."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if version == 6 else address


class LenientAnonRateThrottle(Lenient, Counted, AnonRateThrottle):
    """The anonymous rate of the settings, by address."""


class LenientUserRateThrottle(Lenient, Counted, UserRateThrottle):
    """The rate of accounts of the settings; by address for whoever has none."""


class WriteThrottle(Lenient, Counted, SimpleRateThrottle):
    """The rate ``scope`` of the settings for requests that change something, by account or else by address.

    A subclass names the scope; reading is never counted.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method in ("GET", "HEAD") or super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: APIView) -> str:
        account = request.user.pk if request.user and request.user.is_authenticated else None
        ident = account if account is not None else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}
