"""Results, systems, devices or neural models side by side."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request

from results.api.query_parameters import asked_parameters
from results.api.serializers.compare import ComparedValueSerializer, ComparisonSerializer
from results.domain.comparison import ALL_METRICS, LEAST, METRICS, MOST, PLURALS, parse_comparison
from results.selectors.compare import comparison_view
from results.selectors.compare_document import comparison_document

from .base import ReadOnlyView


def _ids(kind: str, pattern: str) -> dict[str, Any]:
    return {
        "name": kind,
        "in": "query",
        "schema": {
            "type": "array",
            "items": {"type": "string", "pattern": pattern},
            "minItems": LEAST,
            "maxItems": MOST,
        },
        "description": f"{LEAST} to {MOST} {PLURALS[kind]}, repeated or a comma list; one kind at a time.",
    }


_SLUG = r"^[a-z0-9]+([-_.][a-z0-9]+)*$"
COMPARE_PARAMETERS = (
    _ids("run", r"^[A-Za-z0-9._-]{1,200}$"),
    _ids("system", r"^[1-9]\d{0,8}$"),
    _ids("device", _SLUG),
    _ids("model", _SLUG),
    {
        "name": "to",
        "in": "query",
        "schema": {"type": "string"},
        "description": "The one that ratios refer to; the first unless stated.",
    },
    {
        "name": "metric",
        "in": "query",
        "schema": {"type": "string", "enum": [ALL_METRICS, *METRICS]},
        "description": "One metric alone; of several results of an item also the metric by which the best stands.",
    },
    {
        "name": "on",
        "in": "query",
        "schema": {"type": "string", "pattern": _SLUG},
        "description": "The device on which models are compared; the one that ran most of them unless stated.",
    },
)


class Compare(ReadOnlyView):
    """Two to eight side by side, with ratios to one of them, bands, verdicts and what differs. CSV: the values.

    What may not be compared has a value, no ratio, and its reasons. A run that was removed has no value and says so.
    """

    operation = "compare"
    serializer_class = ComparisonSerializer
    csv_serializer = ComparedValueSerializer
    query_parameters = COMPARE_PARAMETERS

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        view = comparison_view(parse_comparison(asked_parameters(request)))
        site = request.build_absolute_uri(reverse("results:home"))
        return comparison_document(view, timezone.localdate(), site)
