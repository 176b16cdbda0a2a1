"""Bodies of the API: JSON of bounded size, and forms with files."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from results.api.problems import InvalidFields
from results.domain.parameters import Problem

_SHOWN_CHARACTERS = 200


class TooLarge(APIException):
    """The body is larger than is received here."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class BoundedJSONParser(JSONParser):
    """JSON no longer than the setting DATA_UPLOAD_MAX_MEMORY_SIZE allows and no deeper than can be read."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:  # fmt: skip
        length = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge(f"JSON of more than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes is not received.")
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - it is nested too deeply") from None


def read_body(
    shape: type[Serializer], request: Request, *, also: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The body of ``request`` in ``shape``; ``also`` are values from headers that belong to it.

    Raises InvalidFields with everything that is wrong: a field that is unknown, missing or of the wrong kind.
    """
    data = request.data
    if not isinstance(data, Mapping):
        raise InvalidFields([Problem("", _shown(data), "the body has to be an object with named fields")])
    known = shape().fields
    problems = [
        Problem(_shown(name), _shown(data[name]), f"is no field of this request; allowed: {', '.join(known)}")
        for name in data
        if name not in known
    ]
    serializer = shape(data={**_single(data), **(also or {})})
    if not serializer.is_valid():
        problems += _problems(serializer.errors, data)
    if problems:
        raise InvalidFields(problems)
    return dict(serializer.validated_data)


def _single(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` as a plain mapping; of a form field that stands more than once, the last value."""
    return {name: data[name] for name in data}


def _problems(errors: Any, data: Any, name: str = "") -> list[Problem]:
    """The messages of a serializer, nested or in lists, each under the full name of its field."""
    found: list[Problem] = []
    entries = errors.items() if isinstance(errors, Mapping) else enumerate(errors)
    for key, below in entries:
        if isinstance(below, str):
            found.append(Problem(name, _shown(data), str(below)))
        else:
            inner = name if key == "non_field_errors" else f"{name}.{key}" if name else str(key)
            found += _problems(below, _below(data, key), inner)
    return found


def _below(data: Any, key: Any) -> Any:
    if isinstance(data, Mapping):
        return data.get(key)
    return data[key] if isinstance(data, list) and isinstance(key, int) and key < len(data) else None


def _shown(value: Any) -> str:
    """``value`` as it can be answered: half a character of UTF-16 has no form in UTF-8."""
    text = "" if value is None else str(value)[:_SHOWN_CHARACTERS]
    return text.encode("utf-8", "replace").decode()
