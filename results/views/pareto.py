"""Pareto plots: the list of them, one as a page, as a drawing, as data."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from results.analysis.derived import DERIVED_METRICS
from results.charts.scatter import draw, front_css
from results.charts.standalone import light_palette, standalone_svg
from results.domain.query import QueryError, parse_pareto_query, to_query_string
from results.domain.trade_offs import ParetoQuery
from results.models import Benchmark
from results.selectors.pareto import ParetoView, pareto_view
from results.selectors.summary import benchmark_summaries
from results.selectors.trade_off_values import DERIVED_AXES
from results.selectors.value_ranges import value_ranges
from results.views.leaderboard_columns import QUALITY_NAMES
from results.views.notes import page_notes
from results.views.panel import address, chips, filter_panel
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import csv_file, data_page, json_file, svg_file
from results.views.trade_off_data import DATA_COLUMNS, data_document, data_rows
from results.views.trade_off_form import plot_form
from results.views.trade_off_payload import script_payload
from results.views.trade_off_tables import behind_table, front_table
from results.views.trade_off_words import front_name
from results.views.trade_offs import (
    drawn_fronts,
    empty_sentence,
    left_out_sentence,
    limits_sentence,
    metric_noun,
    plot_subtitle,
    plot_title,
    scatter_of,
)


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """Every benchmark with the trade-offs that it can be drawn on."""
    return render(request, "results/pareto_index.html", {"summaries": benchmark_summaries()})


@data_page
def page(request: HttpRequest, benchmark_id: str) -> HttpResponse:
    """One plot with its table twin."""
    try:
        query = parse_pareto_query(parameters(request), benchmark=benchmark_id)
        canonical = address(request.path, to_query_string(query))
        if any(len(values) > 1 or "" in values for _, values in request.GET.lists()):
            return HttpResponseRedirect(canonical)
        view = pareto_view(query)
    except QueryError as error:
        return problem_page(request, error)
    except Benchmark.DoesNotExist:
        raise Http404 from None
    return render(request, "results/pareto.html", _context(view, canonical))


@data_page
def drawing(request: HttpRequest, benchmark_id: str) -> HttpResponse:
    """The plot as an SVG file that needs no style sheet."""
    view = _view_or_problem(request, benchmark_id)
    if isinstance(view, HttpResponse):
        return view
    if not view.points:
        raise Http404
    scatter = scatter_of(view)
    source = f"TinySite, {reverse('results:pareto', args=[benchmark_id])}?{to_query_string(view.query)}"
    svg = standalone_svg(draw(scatter).wide, _palette(), f"{view.benchmark.name}: {plot_title(view)}", source)
    return svg_file(svg, f"{benchmark_id}-{view.query.y}-{view.query.x}.svg")


@data_page
def data(request: HttpRequest, benchmark_id: str, data_format: str) -> HttpResponse:
    """The points of the plot with every digit."""
    view = _view_or_problem(request, benchmark_id)
    if isinstance(view, HttpResponse):
        return view
    if data_format == "csv":
        rows = (row.values() for row in data_rows(view))
        return csv_file(DATA_COLUMNS, rows, f"{benchmark_id}-pareto.csv")
    path = reverse("results:pareto", args=[benchmark_id])
    document = data_document(view, address(path, to_query_string(view.query)))
    return json_file(document, f"{benchmark_id}-pareto.json")


def _view_or_problem(request: HttpRequest, benchmark_id: str) -> ParetoView | HttpResponse:
    try:
        return pareto_view(parse_pareto_query(parameters(request), benchmark=benchmark_id))
    except QueryError as error:
        return problem_data(error)
    except Benchmark.DoesNotExist:
        raise Http404 from None


def _context(view: ParetoView, canonical: str) -> dict[str, Any]:
    query, benchmark = view.query, view.benchmark
    path = reverse("results:pareto", args=[benchmark.pk])
    notes = page_notes(point.entry.finding_codes for point in view.points)
    quality_name, unit = QUALITY_NAMES[benchmark.quality_metric]
    heading = f"{quality_name}, {unit}" if unit else quality_name
    context: dict[str, Any] = {
        "benchmark": benchmark,
        "crumbs": [
            ("Pareto", reverse("results:pareto-index")),
            (benchmark.name, reverse("results:leaderboard", args=[benchmark.pk])),
        ],
        "heading": f"{metric_noun(query.y, benchmark)} against {metric_noun(query.x, benchmark)}",
        "action": path,
        "panel": filter_panel(query, view.facets, value_ranges(benchmark.pk), heading),
        "chips": chips(query, view.facets, path, heading),
        "clear_url": address(path, to_query_string(query, filters={}, energy=None, ranges={})),
        "address": canonical,
        "cite_title": f"{benchmark.name}, {metric_noun(query.y, benchmark)} against {metric_noun(query.x, benchmark)}",
        "cited": [point.entry for point in view.points],
        "embed_url": address(reverse("results:embed-pareto", args=[benchmark.pk]), to_query_string(query)),
        "notes": list(notes.values()),
        "total": view.total_in_view,
        "all": view.total_in_benchmark,
        **plot_form(view),
        **_data_links(query),
    }
    if not view.points:
        context["why_empty"] = empty_sentence(view)
    else:
        context |= _plot(view) | {"front": front_table(view, notes), "behind": behind_table(view, notes)}
    return context


def _plot(view: ParetoView) -> dict[str, Any]:
    scatter = scatter_of(view)
    drawings = draw(scatter)
    fronts = drawn_fronts(view)
    return {
        "title": plot_title(view),
        "subtitle": plot_subtitle(view, scatter),
        "left_out": left_out_sentence(view),
        "wide": mark_safe(drawings.wide),
        "narrow": mark_safe(drawings.narrow),
        "classes": sorted({point.device_class for point in scatter.points}),
        "any_hollow": any(point.hollow for point in scatter.points),
        "front_lines": [
            {"css": front_css(k, len(fronts)), "name": front_name(front)} for k, front in enumerate(fronts)
        ],
        "any_faint": any(point.faint for point in scatter.points),
        "missing_group": view.missing_group,
        "limits": limits_sentence(view),
        "derived": [
            DERIVED_METRICS[DERIVED_AXES[name]]
            for name in (view.query.x, view.query.y)
            if name in DERIVED_AXES
        ],
        "payload": script_payload(view, scatter, f"{view.benchmark.pk}-{view.query.y}-{view.query.x}"),
    }


def _data_links(query: ParetoQuery) -> dict[str, str]:
    text = to_query_string(query)
    links = {
        f"{name}_url": address(reverse("results:pareto-data", args=[query.benchmark, name]), text)
        for name in ("csv", "json")
    }
    return links | {"svg_url": address(reverse("results:pareto-svg", args=[query.benchmark]), text)}


@lru_cache(maxsize=1)
def _palette() -> dict[str, str]:
    return light_palette(Path(settings.BASE_DIR, "static/css/tokens.css").read_text(encoding="utf-8"))
