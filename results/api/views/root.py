"""The address of nothing: problem details also where no view stands."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from .base import ReadOnlyView


class NothingHere(ReadOnlyView):
    """404 in the shape of every other error."""

    schema = None

    def get(self, request: Request, format: str | None = None, **kwargs: Any) -> Response:
        raise Http404
