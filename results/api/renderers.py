"""The two shapes of an answer, JSON and CSV, and how one is chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ApiJSONRenderer(JSONRenderer):
    """JSON in UTF-8; NaN and infinity are refused, since JSON has none."""

    strict = True


class CSVRenderer(BaseRenderer):
    """One table of the answer as CSV (RFC 4180, UTF-8, header row). NULL is an empty cell, never 0.

    The table is the rows of a list; for a single object the list named by the view's ``csv_rows`` (a result's
    measurements), else the object as one row. A nested object becomes columns ``outer_inner``; a list of texts
    stands in one cell, separated by ``; ``.
    """

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        view = (renderer_context or {}).get("view")
        rows = [flatten(row) for row in table(data, getattr(view, "csv_rows", None))]
        columns = list(dict.fromkeys(column for row in rows for column in row)) or list(
            getattr(view, "csv_columns", ())
        )
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
        return out.getvalue().encode()


class FormatFirstNegotiation(DefaultContentNegotiation):
    """``?format=`` or a suffix decides alone; without either, the ``Accept`` header does. Unknown formats are 406."""

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        asked = format_suffix or request.query_params.get("format")
        if not asked:
            return super().select_renderer(request, renderers)
        for renderer in renderers:
            if renderer.format == asked:
                return renderer, renderer.media_type
        raise NotAcceptable(f"There is no format {asked!r} here; use one of {formats(renderers)}.")


def formats(renderers: Iterable[BaseRenderer]) -> str:
    """The names that ``?format=`` takes, for a message."""
    return ", ".join(renderer.format for renderer in renderers)


def table(data: Any, rows_key: str | None) -> list[Mapping[str, Any]]:
    """The rows that a CSV of ``data`` holds."""
    if isinstance(data, Mapping):
        if "results" in data:
            return list(data["results"])
        return list(data[rows_key]) if rows_key else [data]
    return list(data)


def flatten(row: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """``row`` with nested objects spread over ``outer_inner`` keys."""
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}_")
        else:
            flat[prefix + key] = value
    return flat


def cell(value: Any) -> Any:
    """What one cell prints: empty for None, lists joined, and no text that a spreadsheet would run as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "; ".join(_text(item) for item in value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def _text(item: Any) -> str:
    if isinstance(item, Mapping):
        return " ".join(f"{key}={value}" for key, value in item.items() if value not in (None, ""))
    return str(item)
