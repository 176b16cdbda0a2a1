"""What every address of the API does alike: who may ask, in which shape, how often, and when nothing has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from results.api.conditional import entity_tag, is_fresh
from results.api.pagination import paginate
from results.api.query_parameters import asked_parameters
from results.api.renderers import ApiJSONRenderer, CSVRenderer, FormatFirstNegotiation
from results.api.schema import ApiSchema
from results.api.throttles import LenientAnonRateThrottle
from results.domain.parameters import ParameterReader
from results.views.kept import mark, version_for


class ReadOnlyView(APIView):
    """GET and HEAD for anybody. A subclass says in :meth:`answer` what it knows; the rest is the same everywhere."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LenientAnonRateThrottle,)
    renderer_classes = (ApiJSONRenderer, CSVRenderer)
    content_negotiation_class = FormatFirstNegotiation
    metadata_class = None
    http_method_names = ["get", "head"]
    schema = ApiSchema()

    operation: str
    """The name of the operation in the schema, which generated clients use for their functions."""
    serializer_class: type[Serializer]
    """The shape of the answer, or of each row where ``is_page``."""
    is_page = False
    may_be_gone = False
    """Whether what stood at an address may have been removed, which is answered with 410."""
    query_parameters: Sequence[dict[str, Any]] = ()
    """The OpenAPI parameter objects of the query string, beside ``format``."""
    csv_serializer: type[Serializer] | None = None
    """The shape of a row of CSV where the answer is an object that holds rows."""

    def get(self, request: Request, format: str | None = None, **kwargs: Any) -> Response:
        version = self.version(request)
        tag = entity_tag(request, version)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if is_fresh(request, tag):
            return self._marked(Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers), version)
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404  # PostgreSQL refuses the character, so nothing can have that name
        return self._marked(Response(self.answer(request, **kwargs), headers=headers), version)

    def _marked(self, response: Response, version: str) -> Response:
        if (
            type(self).version is ReadOnlyView.version
        ):  # another version knows of more than the published data
            mark(response, version)
        return response

    def version(self, request: Request) -> str:
        """What changes whenever the answer may have changed. One query at most."""
        return version_for(request)

    def csv_rows(self, data: Any) -> list[Mapping[str, Any]]:
        """The rows that the CSV of ``data`` holds: its ``results``, or a single object itself."""
        return data["results"] if self.is_page or self.csv_serializer else [data]

    def answer(self, request: Request, **kwargs: Any) -> Any:
        """What stands at this address, ready to be written as JSON."""
        raise NotImplementedError


class ListView(ReadOnlyView):
    """Every row of ``queryset``, a page at a time, in the order of ``columns`` (see :func:`paginate`)."""

    is_page = True
    queryset: QuerySet
    columns: Sequence[str]

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        page = paginate(self.queryset.all(), self.columns, request)
        return page.envelope(request, self.serializer_class(page.rows, many=True).data)


class DetailView(ReadOnlyView):
    """The one row of ``queryset`` whose ``lookup`` column has the value in the address; 404 without one."""

    queryset: QuerySet
    lookup: str

    def answer(self, request: Request, **kwargs: Any) -> Any:
        refuse_parameters(request)
        return self.serializer_class(
            get_object_or_404(self.queryset.all(), **{self.lookup: kwargs[self.lookup]})
        ).data


def refuse_parameters(request: Request) -> None:
    """QueryError for any parameter but ``format``, where an address alone says what is asked for."""
    ParameterReader(asked_parameters(request), ()).raise_problems()
