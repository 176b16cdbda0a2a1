"""How often a form may be sent: by address, and by account from wherever it is asked."""

from __future__ import annotations

import hashlib
import math
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from results.api.throttles import Lenient
from submissions.api.throttles import SubmissionThrottle


class FormThrottle(Lenient, SimpleRateThrottle):
    """One rate of ``FORM_THROTTLE_RATES`` for one address or one account. Counting and asking are two steps."""

    def __init__(self, scope: str, ident: str) -> None:
        self.scope, self.ident = scope, ident
        super().__init__()

    def get_rate(self) -> str:
        return settings.FORM_THROTTLE_RATES[self.scope]

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        # Hashed: the cache holds no e-mail address, and a key no character that it refuses.
        ident = hashlib.sha256(self.ident.encode()).hexdigest()
        return self.cache_format % {"scope": self.scope, "ident": ident}

    def throttle_success(self) -> bool:
        """Below the rate; nothing is counted yet."""
        return True

    def count(self) -> None:
        """Count one use, after :meth:`allow_request` has said yes."""
        if getattr(self, "history", None) is not None:
            super().throttle_success()


def _throttles(scope: str, request: HttpRequest, account: str) -> list[FormThrottle]:
    address = FormThrottle(scope, "").get_ident(request)
    throttles = [FormThrottle(scope, f"address {address}")]
    if account:
        throttles.append(FormThrottle(scope, f"account {account.strip().lower()}"))
    return throttles


def seconds_to_wait(scope: str, request: HttpRequest, account: str = "") -> int | None:
    """Seconds until the form may be sent again; None when it may be sent now. Counts nothing."""
    waits = [
        throttle.wait() or 1
        for throttle in _throttles(scope, request, account)
        if not throttle.allow_request(request, None)
    ]
    return max(1, round(max(waits))) if waits else None


def count(scope: str, request: HttpRequest, account: str = "") -> None:
    """Count one use of the form by this address and for this account."""
    for throttle in _throttles(scope, request, account):
        if throttle.allow_request(request, None):
            throttle.count()


def seconds_to_next_upload(request: HttpRequest) -> int | None:
    """Count an upload of the account that asks, on a page or through the API alike; None when it may be sent now."""
    throttle = SubmissionThrottle()
    if throttle.allow_request(cast(Request, request), cast(APIView, None)):
        return None
    return math.ceil(throttle.wait() or 60)


def too_many(request: HttpRequest, wait_s: int) -> HttpResponse:
    """Status 429 as a page, with Retry-After."""
    context = {"wait_minutes": -(-wait_s // 60)}
    response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(wait_s)
    return response
