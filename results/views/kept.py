"""Answers that are kept: whoever asks again for an unchanged page gets it before anything else is done.

An answer that follows from published data and its address alone (``data_page``, ``embedded_page``, the API's reading
views) says of which version of the data it is. It is kept for readers without an account, under everything that it
depends on, until the data change; whoever holds it already is told so (304).
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils import timezone

from results.selectors.recent import recent_data_version
from results.selectors.site import data_version

PACKED_FROM_BYTES = 1 << 16
"""Longer answers are kept packed: a page of a device takes a tenth then, and half a millisecond to unpack."""
_NOT_IN_304 = frozenset({"content-length", "content-type", "content-disposition"})


class _Kept:
    """``body`` is None where only whoever holds the answer has asked for it yet. The headers are shared by all answers:
    nothing outside of the outermost middleware changes them."""

    def __init__(self, version: str, headers: Mapping[str, str], body: bytes | None) -> None:
        self.version = version
        self._packed = body is not None and len(body) > PACKED_FROM_BYTES
        self._body = zlib.compress(body, 1) if self._packed else body
        self.headers = ResponseHeaders(headers)
        self.unchanged = ResponseHeaders(
            {n: own for n, own in headers.items() if n.lower() not in _NOT_IN_304}
        )
        self.tag = headers["ETag"].removeprefix("W/")

    @property
    def body(self) -> bytes | None:
        return zlib.decompress(self._body) if self._packed else self._body

    @property
    def size(self) -> int:
        return 1000 + len(self._body or b"")


class KeptAnswersMiddleware:
    """The outermost middleware: answers from memory where it may, and keeps what passes by.

    ``KEPT_ANSWERS_BYTES`` bounds the memory of a process (0 keeps nothing), ``DATA_VERSION_AGE_S`` says for how long a
    process takes the version of the data as it last read it: so much later may a change be seen by such readers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._answers: OrderedDict[Any, _Kept] = OrderedDict()
        self._bytes, self._version = 0, ""
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _key(request) if settings.KEPT_ANSWERS_BYTES else None
        if key is None:
            return self.get_response(request)
        kept = self._answers.get(key)
        if kept is not None and kept.version == recent_data_version():
            answer = _answer(request, kept)
            if answer is not None:
                return answer
        response = self.get_response(request)
        version = getattr(response, "data_version", None)
        if response.status_code == 304:
            version = getattr(request, "data_version", version)
        if version is not None and _may_be_kept(response):
            unchanged = response.status_code == 304
            # A 304 lacks headers of the answer that it confirms: it never takes the place of one with a body.
            if not (unchanged and kept is not None and kept.version == version):
                self._keep(key, _Kept(version, response.headers, None if unchanged else response.content))
        return response

    def _keep(self, key: Any, answer: _Kept) -> None:
        if answer.size > settings.KEPT_ANSWERS_BYTES // 16:
            return
        with self._lock:
            if answer.version != self._version:  # none of another version is ever given again
                self._answers.clear()
                self._bytes, self._version = 0, answer.version
            old = self._answers.pop(key, None)
            self._bytes += answer.size - (old.size if old else 0)
            self._answers[key] = answer
            while self._bytes > settings.KEPT_ANSWERS_BYTES:
                self._bytes -= self._answers.popitem(last=False)[1].size


def version_for(request: HttpRequest) -> str:
    """The version of the data that ``request`` is answered from: as they stand now for whoever may just have changed
    them, for readers without an account or token as this process last read it."""
    return data_version() if _may_know_more(request) else recent_data_version()


def mark(response: HttpResponse, version: str) -> None:
    """Say that ``response`` follows from its request and the data of ``version`` alone."""
    response.data_version = version


def _key(request: HttpRequest) -> Any:
    """Everything that such an answer depends on besides the data; None for requests that are always answered anew."""
    meta = request.META
    if request.method != "GET" or _may_know_more(request):
        return None
    headers = tuple(
        meta.get(name, "")
        for name in (
            "HTTP_HOST", "HTTP_COOKIE", "HTTP_ACCEPT", "HTTP_HX_REQUEST", "HTTP_HX_HISTORY_RESTORE_REQUEST",
            "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST",
        )
    )  # fmt: skip
    return request.path, meta.get("QUERY_STRING", ""), request.scheme, timezone.localdate(), headers


def _may_know_more(request: HttpRequest) -> bool:
    meta = request.META  # cookies are only taken apart where there are any
    return "HTTP_AUTHORIZATION" in meta or (
        "HTTP_COOKIE" in meta and settings.SESSION_COOKIE_NAME in request.COOKIES
    )


def _may_be_kept(response: HttpResponse) -> bool:
    return (
        response.status_code in (200, 304)
        and not response.streaming
        and not response.cookies
        and "ETag" in response
        and "private" not in response.get("Cache-Control", "")
    )


def _answer(request: HttpRequest, kept: _Kept) -> HttpResponse | None:
    """The kept answer or 304; None where its body is not at hand."""
    held = request.META.get("HTTP_IF_NONE_MATCH", "")
    if held and kept.tag in (one.strip().removeprefix("W/") for one in held.split(",")):
        response = HttpResponse(status=304)
        response.headers = kept.unchanged
    elif (body := kept.body) is None:
        return None
    else:
        response = HttpResponse(body)
        response.headers = kept.headers
    return response
