"""How often anybody may ask."""

from __future__ import annotations

import logging

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

log = logging.getLogger(__name__)


class LenientAnonRateThrottle(AnonRateThrottle):
    """The anonymous rate of the settings. While the cache that counts is gone, requests are answered uncounted:
    published figures stay readable when the broker is down."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError) as problem:
            log.warning("requests are not counted: %s", problem)
            return True
