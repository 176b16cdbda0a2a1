"""Projections: what the engine says of cells that nobody measured, and how it did on rounds it had not seen."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from results.api.pagination import PARAMETERS, paginate
from results.api.query_parameters import asked_parameters
from results.api.serializers.projections import (
    BacktestRowSerializer,
    BacktestSerializer,
    ProjectionSerializer,
)
from results.domain.projections import ANSWERS, METRICS, PROJECTION_FILTERS, parse_projection_query
from results.models import DeviceClass
from results.selectors.backtests import backtest_view
from results.selectors.projections import matching_projections

from .base import ReadOnlyView, refuse_parameters
from .coverage import any_of, one_of

_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}


class ProjectionList(ReadOnlyView):
    """What the engine says of every cell that nobody measured: a value with bands, or why there is none.

    Projected values are nobody's results. They never rank, never enter a front, and no other answer holds them.
    """

    operation = "list_projections"
    serializer_class = ProjectionSerializer
    is_page = True
    query_parameters = (
        one_of("metric", list(METRICS), "Only this metric."),
        any_of("state", {"type": "string", "enum": [state.value for state in ANSWERS]}, "States of cells."),
        any_of("class", {"type": "string", "enum": DeviceClass.values}, "Device classes."),
        any_of("device", _TEXT, "Slugs of devices."),
        any_of("model", _TEXT, "Slugs of networks."),
        {
            "name": "system",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
            "description": "Number of a system.",
        },
    )

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        query = parse_projection_query(asked_parameters(request), DeviceClass.values, PARAMETERS)
        page = paginate(matching_projections(query), ("id",), request, filters=PROJECTION_FILTERS)
        return page.envelope(request, ProjectionSerializer(page.rows, many=True).data)


class BacktestFigures(ReadOnlyView):
    """The back-test: each round projected from earlier ones, frozen, then scored. CSV: a row per method."""

    operation = "get_projection_backtest"
    serializer_class = BacktestSerializer
    csv_serializer = BacktestRowSerializer

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        refuse_parameters(request)
        return BacktestSerializer(backtest_view()).data
