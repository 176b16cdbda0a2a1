"""Answers "not found" at addresses whose page is being written; removed with the last of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def page(request: HttpRequest, **_parts: object) -> HttpResponse:
    raise Http404
