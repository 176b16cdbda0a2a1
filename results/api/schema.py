"""How the views describe themselves in OpenAPI: the answer, the same errors everywhere, the headers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from results.domain.vocabulary import PAGE_SIZES

PAGE_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "page_size",
        "in": "query",
        "schema": {"type": "integer", "enum": list(PAGE_SIZES), "default": PAGE_SIZES[0]},
        "description": "Rows of one page.",
    },
    {
        "name": "cursor",
        "in": "query",
        "schema": {"type": "string"},
        "description": "Where the page starts. It is taken from `next` or `previous` of an answer, never made up.",
    },
)


class RefusedParameterSerializer(serializers.Serializer):
    """One query parameter that could not be used."""

    parameter = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    message = serializers.CharField(help_text="What is wrong with it and what is allowed.")


class ProblemSerializer(serializers.Serializer):
    """Problem details, RFC 9457."""

    type = serializers.CharField(help_text="about:blank, or a URN that names the kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The path that was asked for.")


class InvalidParametersSerializer(ProblemSerializer):
    """Problem details of a query string that cannot be answered."""

    errors = RefusedParameterSerializer(many=True)


PROBLEM_JSON = "application/problem+json"
ERRORS: dict[int, tuple[type[serializers.Serializer], str]] = {
    400: (
        InvalidParametersSerializer,
        "A parameter is unknown, malformed or contradicts another; errors says which.",
    ),
    404: (ProblemSerializer, "Nothing stands at this address."),
    405: (ProblemSerializer, "The API is read-only: GET and HEAD."),
    406: (ProblemSerializer, "There is no such format here."),
    429: (ProblemSerializer, "Too many requests; Retry-After says how many seconds to wait."),
}


@lru_cache
def page_of(row: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The envelope of a list: the addresses of the pages around it and its rows."""
    fields = {
        "__doc__": "One page of a list.",
        "next": serializers.URLField(allow_null=True, help_text="The next page; null on the last."),
        "previous": serializers.URLField(allow_null=True, help_text="The page before; null on the first."),
        "results": row(many=True),
    }
    return type(f"{row.__name__.removesuffix('Serializer')}PageSerializer", (serializers.Serializer,), fields)


class ApiSchema(AutoSchema):
    """Reads ``operation``, ``serializer_class``, ``is_page`` and ``query_parameters`` of a view."""

    def is_excluded(self) -> bool:
        return self.path.endswith("{format}")  # the suffix is ?format= written shorter, not another operation

    def get_operation_id(self) -> str:
        return self.view.operation

    def get_auth(self) -> list[dict[str, Any]]:
        return []  # everything is public

    def get_summary(self) -> str:
        return self.view.operation.replace("_", " ").capitalize()

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # a list is an envelope, described by its own serializer

    def _get_parameters(self) -> list[dict[str, Any]]:
        own = [dict(parameter) for parameter in self.view.query_parameters]
        pages = [dict(parameter) for parameter in PAGE_PARAMETERS] if self.view.is_page else []
        return super()._get_parameters() + own + pages

    def get_override_parameters(self) -> list[OpenApiParameter]:
        header, text = OpenApiParameter.HEADER, OpenApiTypes.STR
        return [
            OpenApiParameter(
                "ETag", text, header, response=[200, 304], description="Send it back as If-None-Match."
            ),
            OpenApiParameter(
                "Cache-Control", text, header, response=[200, 304], description="no-cache: ask again."
            ),
            OpenApiParameter(
                "Retry-After", OpenApiTypes.INT, header, response=[429], description="Seconds to wait."
            ),
        ]

    def get_response_serializers(self) -> dict[Any, Any]:
        row = self.view.serializer_class
        answer = page_of(row) if self.view.is_page else row
        responses: dict[Any, Any] = {
            (200, "application/json"): OpenApiResponse(answer, "The answer."),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The answer."),
            304: OpenApiResponse(
                None, "Nothing has changed since the answer whose ETag was sent as If-None-Match."
            ),
        }
        for status, (serializer, description) in ERRORS.items():
            responses[status, PROBLEM_JSON] = OpenApiResponse(serializer, description)
        if getattr(self.view, "may_be_gone", False):
            responses[410, PROBLEM_JSON] = OpenApiResponse(ProblemSerializer, "What stood here was removed.")
        responses[414] = OpenApiResponse(None, "The address is longer than the server reads.")
        return responses
