"""How a view with several operations, some of them for accounts only, describes each of them in OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from .schema import (
    PAGE_PARAMETERS,
    PROBLEM_JSON,
    ApiSchema,
    InvalidParametersSerializer,
    ProblemSerializer,
    RefusedParameterSerializer,
    page_of,
)

BEARER, SESSION = "token", "session"
"""The two names under ``securitySchemes`` (settings): a token of the account page, or the log-in of a browser."""

PROBLEMS: Mapping[int, str] = MappingProxyType(
    {
        400: "The body is not what its Content-Type says, or a parameter cannot be used.",
        401: "No account: there is no token, or it is unknown, expired or revoked, or its account is closed.",
        403: "This is not for this account; for a session also: the CSRF token is missing or wrong.",
        404: "Nothing that this account may see stands at this address.",
        405: "This method is not for this address.",
        406: "There is no such format here.",
        409: "It is not possible in the state in which things are; detail says why.",
        413: "The body is larger than is received.",
        415: "The Content-Type is not the one that is read here.",
        422: "A field is missing, unknown or has a value that cannot be used; errors says which.",
        429: "Too many requests; Retry-After says how many seconds to wait.",
        503: "It cannot be received now; send it again later.",
        507: "The site has no room for the archive; nothing was kept, send it again later.",
    }
)


class BadRequestSerializer(ProblemSerializer):
    """Problem details of a request that cannot be read; ``errors`` where it is the query string."""

    errors = RefusedParameterSerializer(many=True, required=False)


_SHAPES = {400: BadRequestSerializer, 422: InvalidParametersSerializer}
_READING = (400, 404, 405, 406, 429)
_WRITING = (*_READING, 413, 415, 422)
_FOR_ACCOUNTS = (401, 403)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    ``body`` is the shape of the JSON or form that it takes, ``answer`` that of what it answers with each status of
    ``statuses``; ``media_type`` differs from JSON where a file is sent back. ``problems`` come beside those that every
    operation has. ``is_page`` makes the answer a page of a list whose rows have the shape ``answer``.
    """

    name: str
    statuses: Mapping[int, str]
    answer: type[serializers.Serializer] | None = None
    body: type[serializers.Serializer] | None = None
    is_page: bool = False
    for_accounts: bool = True
    media_type: str = "application/json"
    problems: tuple[int, ...] = ()
    parameters: tuple[Mapping[str, Any], ...] = ()
    examples: tuple[OpenApiExample, ...] = field(default=())

    def all_problems(self) -> list[int]:
        """The status of every refusal of this operation, in order."""
        every = (_WRITING if self.body else _READING) + (_FOR_ACCOUNTS if self.for_accounts else ())
        return sorted({*every, *self.problems})


class OperationSchema(ApiSchema):
    """Reads ``operations`` of a view: its :class:`Operation` by method in lower case."""

    @property
    def _operation(self) -> Operation:
        return self.view.operations[self.method.lower()]

    def get_operation_id(self) -> str:
        return self._operation.name

    def get_summary(self) -> str:
        return self._operation.name.replace("_", " ").capitalize()

    def get_auth(self) -> list[dict[str, Any]]:
        return [{BEARER: []}, {SESSION: []}] if self._operation.for_accounts else []

    def get_examples(self) -> list[OpenApiExample]:
        return list(self._operation.examples)

    def get_request_serializer(self) -> Any:
        return self._operation.body

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        return super()._get_request_body(direction) if self._operation.body else None

    def _get_request_for_media_type(self, serializer: Any, direction: str = "request") -> tuple[Any, bool]:
        # A PATCH changes what it names, but what says why is required all the same: nothing here is "partial".
        component = self.resolve_serializer(serializer, direction)
        return component.ref, any(component.schema.get("required", []))

    def _postprocess_serializer_schema(self, schema: Any, serializer: Any, direction: str) -> Any:
        schema = super()._postprocess_serializer_schema(schema, serializer, direction)
        if getattr(serializer, "refuses_unknown_fields", False):
            schema["additionalProperties"] = False
        return schema

    def _get_parameters(self) -> list[dict[str, Any]]:
        own = [dict(parameter) for parameter in self._operation.parameters]
        pages = [dict(parameter) for parameter in PAGE_PARAMETERS] if self._operation.is_page else []
        replaced = {(parameter["name"], parameter["in"]) for parameter in own}
        known = [p for p in super(ApiSchema, self)._get_parameters() if (p["name"], p["in"]) not in replaced]
        return known + own + pages

    def get_override_parameters(self) -> list[OpenApiParameter]:
        header = OpenApiParameter.HEADER
        return [
            OpenApiParameter(
                "Retry-After", OpenApiTypes.INT, header, response=[429, 503], description="Seconds to wait."
            ),
            OpenApiParameter(
                "WWW-Authenticate", OpenApiTypes.STR, header, response=[401], description="Bearer."
            ),
            OpenApiParameter(
                "Location", OpenApiTypes.URI_REF, header, response=[201, 202], description="What was made."
            ),
        ]

    def get_response_serializers(self) -> dict[Any, Any]:
        operation = self._operation
        answer: Any = operation.answer
        if answer is not None and operation.is_page:
            answer = page_of(answer)
        if operation.media_type != "application/json":
            answer = OpenApiTypes.BINARY
        responses: dict[Any, Any] = {
            (status, operation.media_type): OpenApiResponse(answer, text)
            for status, text in operation.statuses.items()
        }
        for status in operation.all_problems():
            shape = _SHAPES.get(status, ProblemSerializer)
            responses[status, PROBLEM_JSON] = OpenApiResponse(shape, PROBLEMS[status])
        responses[414] = OpenApiResponse(None, "The address is longer than the server reads.")
        return responses
