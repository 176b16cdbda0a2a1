"""The two shapes of an answer, JSON and CSV, and how one is chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.utils.encoders import JSONEncoder

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ApiJSONRenderer(JSONRenderer):
    """JSON in UTF-8. What is not finite becomes null, since JSON has no word for it and nobody has measured it."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        if self.get_indent(accepted_media_type or "", dict(renderer_context or {})) is not None:
            return super().render(data, accepted_media_type, renderer_context)
        return orjson.dumps(data, default=_encoder.default, option=_AS_REST_FRAMEWORK_WRITES)


_encoder = JSONEncoder()
_AS_REST_FRAMEWORK_WRITES = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


class CSVRenderer(BaseRenderer):
    """The rows of an answer as CSV (RFC 4180, UTF-8, header first). NULL is an empty cell, never 0.

    The view says which rows (``csv_rows``) and of which shape (``csv_serializer``), so that the header is the same
    whether there are rows or not. A nested object becomes columns ``outer_inner``; a list stands in one cell, its
    items separated by ``; ``.
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
        if data is None:  # 304: whoever asked has it
            return b""
        view = (renderer_context or {})["view"]
        header = list(columns(view.csv_serializer or view.serializer_class))
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(header)
        for row in view.csv_rows(data):
            flat = flatten(row)
            writer.writerow([cell(flat.get(column)) for column in header])
        return out.getvalue().encode()


class FormatFirstNegotiation(DefaultContentNegotiation):
    """``?format=`` or a suffix decides alone; without either, the ``Accept`` header does. Unknown formats are 406."""

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        asked = format_suffix or request.query_params.get("format")
        if asked is None:
            return super().select_renderer(request, renderers)
        for renderer in renderers:
            if renderer.format == asked:
                return renderer, renderer.media_type
        raise NotAcceptable(f"There is no format {asked!r} here; use one of {formats(renderers)}.")


def formats(renderers: Iterable[BaseRenderer]) -> str:
    """The names that ``?format=`` takes, for a message."""
    return ", ".join(renderer.format for renderer in renderers)


def columns(serializer: type[Serializer], prefix: str = "") -> Iterator[str]:
    """The columns of a row of the shape ``serializer``, nested objects spread over ``outer_inner``."""
    for name, field in serializer().fields.items():
        if isinstance(field, Serializer):
            yield from columns(type(field), f"{prefix}{name}_")
        else:
            yield prefix + name


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
