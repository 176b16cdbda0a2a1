"""The normalised scores of systems."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from results.api.query_parameters import FILTER_PARAMETERS, asked_parameters
from results.api.serializers.scores import ScoresSerializer, SystemScoreSerializer, scores_document
from results.domain.score_metrics import COMMON_SET, SCORE_METRICS
from results.domain.scores_query import (
    GREATEST_WEIGHT,
    GROUP_PATTERN,
    LEAST_WEIGHT,
    SCORE_FILTERS,
    parse_scores_query,
)
from results.selectors.scores import MOST_IN_DOCUMENT, scores_document_view

from .base import ReadOnlyView


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


class Scores(ReadOnlyView):
    """Systems ranked by normalised score. CSV: the rows.

    A score is the weighted geometric mean of reference ÷ value over the common set, only where all four compare.
    Filters choose systems and change no score.
    """

    operation = "get_scores"
    serializer_class = ScoresSerializer
    csv_serializer = SystemScoreSerializer
    query_parameters = (
        _parameter("metric", {"type": "string", "enum": list(SCORE_METRICS)}, "latency unless stated."),
        *(parameter for parameter in FILTER_PARAMETERS if parameter["name"] in SCORE_FILTERS),
        _parameter(
            "group",
            {"type": "string", "pattern": GROUP_PATTERN},
            "Only systems with energies of this scope and supply (mV); for metrics of energy.",
        ),
        _parameter(
            "to",
            {"type": "integer", "minimum": 1, "maximum": 999_999_999},
            "The system that is the reference; it needs all four benchmarks. Unless stated the fixed one.",
        ),
        *(
            _parameter(
                f"w_{name}",
                {"type": "number", "minimum": LEAST_WEIGHT, "maximum": GREATEST_WEIGHT},
                f"Weight of {name}, 1 unless stated; weights count relative to their sum.",
            )
            for name in COMMON_SET
        ),
        _parameter(
            "start",
            {"type": "integer", "minimum": 1, "maximum": 999_999_999},
            f"Place of the first row; an answer holds {MOST_IN_DOCUMENT:,} rows at most, and `next_start` goes on.",
        ),
    )

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        query = parse_scores_query(asked_parameters(request), is_document=True)
        return scores_document(scores_document_view(query))
