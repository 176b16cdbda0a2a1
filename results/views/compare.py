"""Results, systems, devices or models side by side, as page and as data; without any, a page that helps to choose."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from results.domain.comparison import ChooserQuery, parse_chooser, parse_comparison, to_query_string
from results.domain.query import QueryError
from results.selectors.compare import ComparisonView, comparison_view
from results.selectors.compare_choice import chooser
from results.selectors.compare_document import comparison_document
from results.views.compare_context import comparison_context
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import csv_file, data_page, json_file

COLUMNS = (
    "id", "benchmark", "metric", "unit", "derived", "result", "value", "low", "high", "basis", "absent", "is_reference",
    "ratio", "ratio_low", "ratio_high", "verdict", "verdict_text", "comparable", "differences", "reasons", "path", "line", "last_line",
    "file_sha256",
)  # fmt: skip


@data_page
def page(request: HttpRequest) -> HttpResponse:
    """The comparison that the address asks for, or the chooser."""
    try:
        wanted = parse_chooser(parameters(request))
        if wanted is not None:
            return _chooser_page(request, wanted)
        query = parse_comparison(parameters(request))
        canonical = f"{request.path}?{to_query_string(query)}"
        if any("" in values for _, values in request.GET.lists()):
            return HttpResponseRedirect(canonical)
        view = comparison_view(query)
    except QueryError as error:
        return problem_page(request, error)
    site = request.build_absolute_uri(reverse("results:home"))
    return render(
        request, "results/compare.html", comparison_context(view, canonical, timezone.localdate(), site)
    )


@data_page
def data(request: HttpRequest, data_format: str) -> HttpResponse:
    """The same comparison with every digit; the same query string as the page."""
    try:
        view = comparison_view(parse_comparison(parameters(request)))
    except QueryError as error:
        return problem_data(error)
    document = _document(request, view)
    if data_format == "csv":
        return csv_file(
            COLUMNS, ([_cell(row[name]) for name in COLUMNS] for row in document["results"]), "compare.csv"
        )
    return json_file(document, "compare.json")


def _document(request: HttpRequest, view: ComparisonView) -> dict[str, object]:
    return comparison_document(
        view, timezone.localdate(), request.build_absolute_uri(reverse("results:home"))
    )


def _cell(value: object) -> object:
    return "; ".join(value) if isinstance(value, list) else value


def _chooser_page(request: HttpRequest, query: ChooserQuery) -> HttpResponse:
    return render(request, "results/compare_chooser.html", {"chooser": chooser(query), "query": query})
