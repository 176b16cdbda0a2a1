"""Leaderboards: the list of them, one as a page, one as data."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from results.domain.query import LeaderboardQuery, QueryError, parse_query, to_query_string
from results.models import Benchmark
from results.selectors.leaderboard import leaderboard_page, quality_metric_of
from results.selectors.leaderboard_export import export_csv, export_json
from results.selectors.snapshot import current_snapshot
from results.selectors.summary import benchmark_summaries
from results.selectors.value_ranges import value_ranges
from results.views.best_table import best_table
from results.views.leaderboard_context import leaderboard_context
from results.views.panel import address
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import data_page, is_fragment, streamed_file


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """Every benchmark with its best results, each leading to its leaderboard."""
    return render(request, "results/leaderboards.html", {"best": best_table(benchmark_summaries())})


@data_page
def page(request: HttpRequest, benchmark_id: str) -> HttpResponse:
    """One leaderboard; what htmx asks for is the part that it swaps."""
    try:
        query = parse_query(parameters(request), benchmark=benchmark_id)
        canonical = address(request.path, to_query_string(query, cursor=query.cursor))
        if _came_from_a_form(request):
            return HttpResponseRedirect(canonical)
        view = leaderboard_page(query)
    except QueryError as error:
        return problem_page(request, error)
    except Benchmark.DoesNotExist:
        raise Http404 from None
    context = leaderboard_context(view, value_ranges(benchmark_id), canonical)
    template = "results/_leaderboard_part.html" if is_fragment(request) else "results/leaderboard.html"
    response = render(request, template, context)
    if is_fragment(request):
        response["HX-Push-Url"] = canonical
    return response


@data_page
def data(request: HttpRequest, benchmark_id: str, data_format: str) -> HttpResponse:
    """Every row of the view, in its order, with every digit; the same query string as the page."""
    try:
        query = parse_query(parameters(request), benchmark=benchmark_id)
        metric = _metric_of_the_order(query)
    except QueryError as error:
        return problem_data(error)
    except Benchmark.DoesNotExist:
        raise Http404 from None
    if data_format == "csv":
        return streamed_file(
            request, export_csv(query, metric), "text/csv; charset=utf-8", f"{benchmark_id}.csv"
        )
    view = address(reverse("results:leaderboard", args=[benchmark_id]), to_query_string(query))
    return streamed_file(
        request, export_json(query, view, metric), "application/json", f"{benchmark_id}.json"
    )


def _metric_of_the_order(query: LeaderboardQuery) -> str:
    """The quality metric where the order depends on it; Benchmark.DoesNotExist for an unknown benchmark. A benchmark
    with results is known without a query."""
    has_results = len(current_snapshot().part(query.benchmark)) > 0
    return "" if has_results and query.sort_name != "quality" else quality_metric_of(query.benchmark)


def _came_from_a_form(request: HttpRequest) -> bool:
    """A form sends untouched fields and repeated names; the reader's address bar should show the view's own address.

    htmx puts the right address there itself.
    """
    if request.headers.get("HX-Request") == "true":
        return False
    return any(len(values) > 1 or "" in values for _, values in request.GET.lists())
