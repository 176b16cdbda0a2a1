"""The state of the published data that a request is answered from: looked up once per request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.signals import request_finished, request_started
from django.db import connection, transaction

from results.models import DataGeneration

Generation = tuple[int, datetime | None]

_request = threading.local()


def current_generation() -> Generation:
    """Number and moment of the newest generation, (0, None) before the first. One query, or none when the request that
    this thread answers has asked already: a page is made from one state of the data."""
    known: Generation | None = getattr(_request, "generation", None)
    if known is None:
        known = DataGeneration.objects.values_list("number", "changed_at").first() or (0, None)
        remember(known)
    return known


def remember(generation: Generation) -> None:
    """Answer the rest of the request from ``generation``; outside of a request nothing is remembered."""
    if getattr(_request, "is_answered", False):
        _request.generation = generation


def forget_generation() -> None:
    """Look again: what follows reads another state of the data."""
    _request.generation = None


@contextmanager
def one_state() -> Iterator[None]:
    """Everything that is read within the block is of one state of the data, the newest at its begin; nothing can be
    written. Within a transaction it is that one's."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        forget_generation()
        yield


def _begin(**_: object) -> None:
    _request.is_answered, _request.generation = True, None


def _end(**_: object) -> None:
    _request.is_answered, _request.generation = False, None


request_started.connect(_begin, dispatch_uid="results.generation")
request_finished.connect(_end, dispatch_uid="results.generation")
