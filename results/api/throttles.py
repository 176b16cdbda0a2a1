"""How often anybody may ask."""

from __future__ import annotations

import ipaddress
import logging
import threading
from collections import OrderedDict

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


UNCOUNTED_PART = 64
"""A process tells the cache of an address once this part of its rate has been asked: a rate of 300 counts in fours."""
ADDRESSES_HELD = 10_000

_held: OrderedDict[str, tuple[int, int]] = OrderedDict()
"""What this process has counted of a window and not told the cache, and how many the cache knew of."""
_lock = threading.Lock()


class Counted:
    """A rate counted by windows of its duration: one number in the cache, however high the rate.

    Two windows meet where the clock says so, so at most twice the rate passes within one duration. Of a high rate each
    process may let a 64th more pass than it says.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        if self.rate is None:
            return True
        ident = self.get_cache_key(request, view)
        if ident is None:
            return True
        now = self.timer()
        self._left_s = self.duration - now % self.duration
        return self._count(f"{ident}:{int(now // self.duration)}") <= self.num_requests

    def _count(self, key: str) -> int:
        """How many there were in the window of ``key``, this one included."""
        with _lock:
            own, known = _held.pop(key, (0, 0))
            own += 1
            if known and own < self.num_requests // UNCOUNTED_PART:
                _held[key] = own, known
                return own + known
        try:
            count = self.cache.incr(key, own)
        except ValueError:  # the first one of this window
            count = own if self.cache.add(key, own, self.duration) else self.cache.incr(key, own)
        if self.num_requests >= 2 * UNCOUNTED_PART:
            with _lock:
                _held[key] = 0, count
                while len(_held) > ADDRESSES_HELD:
                    _held.popitem(last=False)
        return count

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
