"""Cursor pagination of the catalogue's lists; results and leaderboards share that of the pages.

A page starts behind the last row of the page before it, wherever that row now stands, so that rows which come or go
in between shift nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from results.domain.cursor import Cursor, decode_cursor, encode_cursor
from results.domain.parameters import ParameterReader
from results.domain.vocabulary import PAGE_SIZES

from .query_parameters import asked_parameters

PARAMETERS = ("page_size", "cursor")


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list and the cursors of the pages around them (None: there is none)."""

    rows: list[Any]
    next: Cursor | None
    previous: Cursor | None

    def envelope(self, request: Request, rows: Any) -> dict[str, Any]:
        """The page as it is answered, with ``rows`` in the shape that is sent."""
        return {
            "next": page_address(request, self.next),
            "previous": page_address(request, self.previous),
            "results": rows,
        }


def page_address(request: Request, cursor: Cursor | None) -> str | None:
    """The full address of the page that ``cursor`` leads to, everything else of the view unchanged."""
    if cursor is None:
        return None
    parameters = request.query_params.copy()
    parameters["cursor"] = encode_cursor(cursor)
    return request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}")


def paginate(
    queryset: QuerySet, columns: Sequence[str], request: Request, *, filters: Collection[str] = ()
) -> Page:
    """The page of ``queryset`` that ``request`` asks for; QueryError for a cursor or page size that cannot be used.

    ``columns`` order the list, a leading minus turns one; none is ever NULL and together they are unique, so that no
    row is shown twice or left out. ``filters`` are the parameters that the caller has read already. One query.
    """
    reader = ParameterReader(asked_parameters(request), (*PARAMETERS, *filters))
    size = int(reader.choice("page_size", [str(number) for number in PAGE_SIZES], str(PAGE_SIZES[0])))
    cursor = _read_cursor(reader, queryset.model, columns)
    reader.raise_problems()
    backwards = cursor is not None and cursor.backwards
    queryset = queryset.order_by(*(_turned(column) if backwards else column for column in columns))
    if cursor is not None:
        queryset = queryset.filter(_beyond(columns, cursor))
    rows = list(queryset[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, cursor is not None)
    return Page(
        rows,
        next=_cursor_at(rows[-1], columns, backwards=False) if rows and has_next else None,
        previous=_cursor_at(rows[0], columns, backwards=True) if rows and has_previous else None,
    )


def _read_cursor(reader: ParameterReader, model: type[Model], columns: Sequence[str]) -> Cursor | None:
    text = reader.single("cursor")
    if text is None:
        return None
    try:
        cursor = decode_cursor(text)
        if cursor.sort != _name(columns) or len(cursor.values) != len(columns):
            raise ValueError("the cursor of another list")
        for column, value in zip(columns, cursor.values, strict=True):
            model._meta.get_field(_field(column)).clean(value, None)
    except (ValueError, ValidationError):
        reader.refuse("cursor", text, "is no cursor of this list; follow next or previous of an answer")
        return None
    return cursor


def _name(columns: Sequence[str]) -> str:
    return ",".join(columns)


def _field(column: str) -> str:
    return column.removeprefix("-")


def _turned(column: str) -> str:
    return _field(column) if column.startswith("-") else f"-{column}"


def _cursor_at(row: Model, columns: Sequence[str], *, backwards: bool) -> Cursor:
    values = tuple(getattr(row, _field(column)) for column in columns)
    written = tuple(value.isoformat() if isinstance(value, datetime) else value for value in values)
    return Cursor(_name(columns), written, 0, backwards)


def _beyond(columns: Sequence[str], cursor: Cursor) -> Q:
    """Rows behind the cursor's when compared column by column; before it when it leads backwards."""
    beyond, equal_so_far = Q(), Q()
    for column, value in zip(columns, cursor.values, strict=True):
        falls = column.startswith("-") != cursor.backwards
        beyond |= equal_so_far & Q(**{f"{_field(column)}__{'lt' if falls else 'gt'}": value})
        equal_so_far &= Q(**{_field(column): value})
    return beyond
