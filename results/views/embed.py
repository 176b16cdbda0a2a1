"""A leaderboard or a Pareto plot in a frame on somebody else's page: the same view, without cookies and account."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from results.charts.scatter import draw
from results.domain.query import QueryError, parse_pareto_query, parse_query, to_query_string
from results.models import Benchmark
from results.selectors.leaderboard import leaderboard_page
from results.selectors.pareto import ParetoView, pareto_view
from results.selectors.value_ranges import value_ranges
from results.views.leaderboard_context import leaderboard_context
from results.views.panel import address
from results.views.problems import parameters, problem_data
from results.views.responses import embedded_page
from results.views.trade_offs import (
    empty_sentence,
    left_out_sentence,
    metric_noun,
    plot_subtitle,
    plot_title,
    scatter_of,
)


@embedded_page
def leaderboard(request: HttpRequest, benchmark_id: str) -> HttpResponse:
    """The table of a leaderboard; the same query string as the page, filters and columns as well."""
    try:
        query = parse_query(parameters(request), benchmark=benchmark_id)
        view = leaderboard_page(query)
    except QueryError as error:
        return problem_data(error)
    except Benchmark.DoesNotExist:
        raise Http404 from None
    path = address(reverse("results:leaderboard", args=[benchmark_id]), to_query_string(query))
    context = leaderboard_context(view, value_ranges(benchmark_id), path)
    # Sorting would leave the frame's own view: a head is a text here.
    columns = [{**column, "url": ""} for column in context["columns"]]
    context |= {"columns": columns, "full_url": request.build_absolute_uri(path), "query": query}
    return render(request, "results/embed_leaderboard.html", context)


@embedded_page
def pareto(request: HttpRequest, benchmark_id: str) -> HttpResponse:
    """The drawing of a Pareto plot; the same query string as the page, which holds its table."""
    try:
        query = parse_pareto_query(parameters(request), benchmark=benchmark_id)
        view = pareto_view(query)
    except QueryError as error:
        return problem_data(error)
    except Benchmark.DoesNotExist:
        raise Http404 from None
    path = address(reverse("results:pareto", args=[benchmark_id]), to_query_string(query))
    heading = f"{metric_noun(query.y, view.benchmark)} against {metric_noun(query.x, view.benchmark)}"
    context = {
        "benchmark": view.benchmark,
        "full_url": request.build_absolute_uri(path),
        "title": plot_title(view) if view.points else heading.capitalize(),
        **(_drawing(view) if view.points else {"why_empty": empty_sentence(view)}),
    }
    return render(request, "results/embed_pareto.html", context)


def _drawing(view: ParetoView) -> dict[str, object]:
    scatter = scatter_of(view)
    drawings = draw(scatter)
    return {
        "subtitle": plot_subtitle(view, scatter),
        "left_out": left_out_sentence(view),
        "wide": mark_safe(drawings.wide),
        "narrow": mark_safe(drawings.narrow),
        "classes": sorted({point.device_class for point in scatter.points}),
    }
