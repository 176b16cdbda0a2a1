"""Coverage: what has results and what nobody has measured."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from results.api.query_parameters import asked_parameters
from results.api.serializers.coverage import (
    DeviceCellSerializer,
    GridSerializer,
    TaxonomyCellSerializer,
    TaxonomySerializer,
)
from results.catalog.reader import catalogue
from results.domain.coverage import CELLS, METRICS, CellState, parse_grid_query, parse_taxonomy_query
from results.domain.vocabulary import DIVISIONS
from results.models import DeviceClass
from results.selectors.coverage import grid_view, grid_words, taxonomy_view

from .base import ReadOnlyView

_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}
_ROUND = {"type": "string", "pattern": r"^v\d+\.\d+$"}


def one_of(name: str, values: list[str], description: str) -> dict[str, Any]:
    """The OpenAPI object of a parameter that takes one of ``values``."""
    return {
        "name": name,
        "in": "query",
        "schema": {"type": "string", "enum": values},
        "description": description,
    }


def any_of(name: str, items: dict[str, Any], description: str) -> dict[str, Any]:
    """The OpenAPI object of a repeatable parameter."""
    return {
        "name": name,
        "in": "query",
        "schema": {"type": "array", "items": items},
        "description": f"{description} Any of several; repeated, or a comma list.",
    }


class Coverage(ReadOnlyView):
    """The taxonomy of TinyML uses, cell by cell, with what was measured in each. CSV: the cells.

    A cell with several benchmarks is several rows. An empty cell is empty in the rounds held here.
    """

    operation = "get_coverage"
    serializer_class = TaxonomySerializer
    csv_serializer = TaxonomyCellSerializer
    query_parameters = (
        any_of("input", _TEXT, "Slugs of input kinds, such as audio."),
        any_of("state", {"type": "string", "enum": [state.value for state in CellState]}, "States of cells."),
    )

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        query = parse_taxonomy_query(asked_parameters(request), tuple(catalogue().input_kinds))
        return TaxonomySerializer(taxonomy_view(query)).data


class DeviceCoverage(ReadOnlyView):
    """Every device on every benchmark: how many results, or why there is none. CSV: the cells."""

    operation = "get_device_coverage"
    serializer_class = GridSerializer
    csv_serializer = DeviceCellSerializer
    query_parameters = (
        any_of("class", {"type": "string", "enum": DeviceClass.values}, "Device classes."),
        any_of("benchmark", _TEXT, "Ids of benchmarks."),
        one_of("division", list(DIVISIONS), "Count only results of this division."),
        any_of("round", _ROUND, "Count only results of these rounds."),
        one_of("metric", list(METRICS), "Count only results that measured this."),
        one_of(
            "cells",
            [str(cells) for cells in CELLS],
            "Only the measured cells, the empty ones, or those of a reason.",
        ),
    )

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        words = grid_words()
        return GridSerializer(grid_view(parse_grid_query(asked_parameters(request), words), words)).data
