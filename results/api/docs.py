"""The schema of the API, and the page that draws it for people, from files of this site alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer

from .renderers import FormatFirstNegotiation
from .throttles import LenientAnonRateThrottle


class SchemaYamlRenderer(OpenApiYamlRenderer):
    """YAML, asked for as ``?format=yaml``."""

    format = "yaml"


class SchemaJsonRenderer(OpenApiJsonRenderer):
    """JSON under the media type of OpenAPI, asked for as ``?format=openapi-json`` or by ``Accept``."""

    format = "openapi-json"


class PlainJsonRenderer(JSONRenderer):
    """JSON under its plain media type, asked for as ``?format=json``: what most clients send and expect."""


class SchemaView(SpectacularAPIView):
    """OpenAPI 3 in YAML or JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LenientAnonRateThrottle,)
    renderer_classes = [SchemaYamlRenderer, SchemaJsonRenderer, PlainJsonRenderer]
    content_negotiation_class = FormatFirstNegotiation
    metadata_class = None
    http_method_names = ["get", "head"]


@require_safe
def swagger(request: HttpRequest) -> HttpResponse:
    """The API with a form for every operation."""
    return render(request, "results/api_swagger.html")
