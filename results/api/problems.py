"""Errors as problem details (RFC 9457): the same shape for every refusal of the API."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from results.domain.parameters import Problem, QueryError

INVALID_PARAMETER = "urn:tinysite:problem:invalid-parameter"
INVALID_FIELD = "urn:tinysite:problem:invalid-field"
"""The two problems that carry ``errors``; all others are told apart by their status (``about:blank``)."""


class _ProblemWithErrors(exceptions.APIException):
    """``errors`` holds parameter, value and message of everything that was refused."""

    urn: str
    title: str

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.errors = [
            {"parameter": problem.parameter, "value": problem.value, "message": problem.message}
            for problem in problems
        ]


class InvalidParameters(_ProblemWithErrors):
    """What the query parser refused."""

    status_code = HTTPStatus.BAD_REQUEST
    default_detail = "The query string cannot be answered; see errors."
    urn, title = INVALID_PARAMETER, "Invalid parameter"


class InvalidFields(_ProblemWithErrors):
    """Fields of a body, or headers that belong to it, that cannot be used."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_detail = "The request was understood, but not all of it can be used; see errors."
    urn, title = INVALID_FIELD, "Invalid field"


class ProblemRenderer(JSONRenderer):
    """JSON under the media type of problem details; used for errors only, never negotiated."""

    media_type = "application/problem+json"
    format = "problem"


def problem_details(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF exception handler. Returns None for an error nobody foresaw, which Django then logs and answers with 500."""
    if isinstance(exc, QueryError):
        exc = InvalidParameters(exc.problems)
    elif isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if not isinstance(exc, exceptions.APIException):
        return None
    request: Request = context["request"]
    # The answer is problem details whatever was asked for, so the negotiated renderer (perhaps CSV) is replaced.
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = ProblemRenderer.media_type
    return Response(_body(exc, request), status=exc.status_code, headers=_headers(exc))


def _body(exc: exceptions.APIException, request: Request) -> dict[str, Any]:
    status = HTTPStatus(exc.status_code)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": str(exc.detail),
        "instance": request.path,
    }
    if isinstance(exc, _ProblemWithErrors):
        body |= {"type": exc.urn, "title": exc.title, "errors": exc.errors}
    return body


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    """When to ask again (429), and how to say who one is (401)."""
    headers = {}
    if (wait_s := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait_s)))
    if challenge := getattr(exc, "auth_header", ""):
        headers["WWW-Authenticate"] = challenge
    return headers
