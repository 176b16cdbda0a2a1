"""Results over all benchmarks; the leaderboard and the Pareto plot of one."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404
from rest_framework.request import Request

from results.api.pagination import page_address
from results.api.query_parameters import (
    LEADERBOARD_PARAMETERS,
    PARETO_PARAMETERS,
    RESULTS_PARAMETERS,
    asks_for_facets,
    read_leaderboard_query,
    read_pareto_query,
    read_results_query,
)
from results.api.schema import PAGE_PARAMETERS
from results.api.serializers.boards import (
    LeaderboardSerializer,
    ParetoSerializer,
    PointSerializer,
    RankedEntrySerializer,
    leaderboard_data,
)
from results.api.serializers.entries import EntrySerializer, entry_data
from results.domain.query import Problem, QueryError
from results.models import Benchmark
from results.selectors.leaderboard import entry_page, leaderboard_page, quality_metric_of
from results.selectors.pareto import pareto_view

from .base import ReadOnlyView


class ResultList(ReadOnlyView):
    """Published runs of all benchmarks, newest round first, with the filters of the pages."""

    operation = "list_results"
    serializer_class = EntrySerializer
    is_page = True
    query_parameters = RESULTS_PARAMETERS

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        query = read_results_query(request)
        try:
            page = entry_page(query, quality_metric_of(query.benchmark))
        except Benchmark.DoesNotExist:
            raise QueryError([Problem("benchmark", query.benchmark or "", "is no benchmark")]) from None
        return {
            "next": page_address(request, page.next_cursor),
            "previous": page_address(request, page.previous_cursor),
            "results": [entry_data(entry) for entry in page.entries],
        }


class Leaderboard(ReadOnlyView):
    """One benchmark's results with rank and ratio to the best, and with facets on request. CSV: the rows of the page.

    Ratios refer to the best of the whole benchmark in the divisions of the view, or to `reference`; no other filter
    moves them. What may not be compared has no rank and says why.
    """

    operation = "get_leaderboard"
    serializer_class = LeaderboardSerializer
    csv_serializer = RankedEntrySerializer
    query_parameters = (*LEADERBOARD_PARAMETERS, *PAGE_PARAMETERS)

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        try:
            page = leaderboard_page(read_leaderboard_query(request, kwargs["benchmark"]))
        except Benchmark.DoesNotExist:
            raise Http404 from None
        return leaderboard_data(page, partial(page_address, request), with_facets=asks_for_facets(request))


class Pareto(ReadOnlyView):
    """Two metrics of one benchmark against each other, with the front per division and group. CSV: the points.

    Energies compare within one scope and supply only. Fronts are those of the results that the filters leave.
    """

    operation = "get_pareto"
    serializer_class = ParetoSerializer
    csv_serializer = PointSerializer
    query_parameters = PARETO_PARAMETERS

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        try:
            view = pareto_view(read_pareto_query(request, kwargs["benchmark"]))
        except Benchmark.DoesNotExist:
            raise Http404 from None
        return ParetoSerializer(view).data
