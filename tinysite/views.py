"""The site's health, and its error pages."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from results.models import DataGeneration
from tinysite.celery import WORKER_SEEN_KEY

logger = logging.getLogger(__name__)

_SENTENCES = {
    HTTPStatus.BAD_REQUEST: "The request could not be understood.",
    HTTPStatus.FORBIDDEN: "This is not open to you.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side.",
}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the parts of the site answer.

    503 when pages cannot be served (database or broker down); 200 with status `degraded` when the worker is
    silent: pages are right, and what is due is computed when it comes back.
    """
    parts = {
        "database": _state(_ask_database),
        "broker": _state(_ask_broker),
        "worker": "ok" if settings.RUN_TASKS_AT_ONCE else _state(_ask_worker),
    }
    generation = _data_generation() if parts["database"] == "ok" else None
    down = parts["database"] != "ok" or parts["broker"] != "ok"
    status = "down" if down else "ok" if parts["worker"] == "ok" else "degraded"
    code = HTTPStatus.SERVICE_UNAVAILABLE if down else HTTPStatus.OK
    return JsonResponse({"status": status, **parts, "data_generation": generation}, status=code)


def _state(ask: Callable[[], bool]) -> str:
    try:
        return "ok" if ask() else "silent"
    except Exception as error:  # whatever a driver raises, the answer is that the part is down
        logger.warning("healthz: %s: %s", ask.__name__, error)
        return "down"


def _ask_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _ask_broker() -> bool:
    # The cache and the broker are one server.
    cache.get(WORKER_SEEN_KEY)
    return True


def _ask_worker() -> bool:
    return cache.get(WORKER_SEEN_KEY) is not None


def _data_generation() -> int | None:
    """The generation that pages show; None before the first publish or before the tables exist."""
    try:
        return DataGeneration.objects.values_list("number", flat=True).first()
    except DatabaseError:
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _error(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """The error page, or problem details (RFC 9457) below /api/; plain text when even that fails."""
    if request.path.startswith("/api/"):
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": _SENTENCES[status],
            "instance": request.path,
        }
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    try:
        return render(request, f"{status.value}.html", status=status)
    except Exception:
        logger.exception("the page for status %s could not be rendered", status.value)
        text = f"{status.value} {status.phrase}\n{_SENTENCES[status]}\n"
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
