"""The fit finder: hardware for a network, what runs on a device, one on the other; measured first, then projected."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from results.analysis.derived import DERIVED_METRICS, DerivedMetric
from results.domain.fit_metrics import FIT_METRICS, POWER
from results.domain.fit_query import (
    FitQuery,
    Question,
    fit_query_string,
    parse_fit_query,
    require_complete,
    without,
)
from results.domain.query import QueryError
from results.presentation import joined
from results.selectors.facets import FACETS, Facet
from results.selectors.find import Found, NoSuchAnalysis, find
from results.selectors.fit import FitView, fit_facets
from results.selectors.fit_cells import MOST_ROWS, Cell, Match
from results.views.fit_data import DATA_COLUMNS, csv_rows, data_document
from results.views.fit_form import find_form
from results.views.fit_projected import projected_context
from results.views.fit_tables import cell_tables
from results.views.fit_words import (
    asked_words,
    best_words,
    order_sentence,
    unmeasured_words,
    verdict_sentence,
)
from results.views.notes import page_notes
from results.views.panel import address
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import View, csv_file, data_page, json_file

_TITLES = {
    Question.HARDWARE: "Which hardware fits a network?",
    Question.MODEL: "What runs on a device?",
    Question.PERFORMANCE: "What does a network do on a device?",
}
_LACKS = {"model": "a network or a task, or analyse a model of yours", "device": "a device"}


def finder_page(view: View) -> View:
    """A page of published data; one that names a reader's own model is kept by no cache and listed by no search engine."""
    public = data_page(view)

    @never_cache
    @require_safe
    def private(request: HttpRequest, *args: object, **parts: object) -> HttpResponse:
        response = view(request, *args, **parts)
        response["X-Robots-Tag"] = "noindex"
        return response

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **parts: object) -> HttpResponse:
        return (private if "analysis" in request.GET else public)(request, *args, **parts)

    return wrapped


@finder_page
def hardware(request: HttpRequest) -> HttpResponse:
    """I have a network: the results of all devices on it, ranked within the limits; then the projected systems."""
    return _page(request, Question.HARDWARE)


@finder_page
def model(request: HttpRequest) -> HttpResponse:
    """I have a device: what was measured on it, task by task; then the projected networks."""
    return _page(request, Question.MODEL)


@finder_page
def performance(request: HttpRequest) -> HttpResponse:
    """I have both: the measured results of each network on each device, else what is projected."""
    return _page(request, Question.PERFORMANCE)


@finder_page
def data(request: HttpRequest, question: str, data_format: str) -> HttpResponse:
    """What the view judges with every digit: the first MOST_ROWS results of each list, the counts of all."""
    try:
        query = parse_fit_query(parameters(request), Question(question))
        require_complete(query)
        found = _find(request, query)
    except QueryError as error:
        return problem_data(error)
    if data_format == "csv":
        return csv_file(DATA_COLUMNS, csv_rows(found), f"find-{question}.csv")
    page = address(reverse(f"results:find-{question}"), fit_query_string(query))
    return json_file(data_document(found, page), f"find-{question}.json")


def _find(request: HttpRequest, query: FitQuery, *, rows: int = MOST_ROWS) -> Found:
    try:
        return find(query, request.user, rows=rows)
    except NoSuchAnalysis:
        raise Http404(
            "there is no such analysis, its time is over, or it belongs to another account"
        ) from None


def _page(request: HttpRequest, question: Question) -> HttpResponse:
    try:
        query = parse_fit_query(parameters(request), question)
        canonical = address(request.path, fit_query_string(query))
        if any(len(values) > 1 or "" in values for _, values in request.GET.lists()):
            return HttpResponseRedirect(canonical)
        found = _find(request, query, rows=query.page_size)
    except QueryError as error:
        return problem_page(request, error)
    return render(request, "results/find.html", _context(found, request.path, canonical))


def _context(found: Found, path: str, canonical: str) -> dict[str, Any]:
    view = found.view
    query, facets = view.query, fit_facets(view)
    measured = [cell for cell in view.cells if cell.looked_at]
    notes = page_notes(match.entry.finding_codes for cell in measured for match in _shown(cell))
    text = fit_query_string(query)
    return {
        "view": view,
        "query": query,
        "title": _TITLES[query.question],
        "questions": [
            (_TITLES[one], reverse(f"results:find-{one}"), one is query.question) for one in Question
        ],
        "form": find_form(found, facets),
        "action": path,
        "lacks": joined([_LACKS[name] for name in query.lacks]),
        "asked": joined(asked_words(view)),
        "chips": _chips(view, facets, path),
        "cells": [
            {
                "id": f"{cell.task.benchmark.pk}{'-' + cell.device.slug if cell.device else ''}",
                "heading": _heading(cell),
                "cell": cell,
                "verdict": verdict_sentence(cell, view),
                "order": order_sentence(cell, view),
                "tables": cell_tables(cell, view, notes),
                "best": best_words(cell, view),
            }
            for cell in measured
        ],
        "derived": _derived(query),
        "empty": [
            *(verdict_sentence(cell, view) for cell in view.cells if not cell.looked_at),
            *unmeasured_words(found),
        ],
        "projected": projected_context(found, canonical),
        "notes": list(notes.values()),
        "address": canonical,
        "csv_url": address(reverse("results:find-data", args=[str(query.question), "csv"]), text),
        "json_url": address(reverse("results:find-data", args=[str(query.question), "json"]), text),
        "cite_title": _cite_title(view),
        "cited": [match.entry for cell in measured for match in _shown(cell)],
    }


def _derived(query: FitQuery) -> list[DerivedMetric]:
    """The metrics of the tables that follow from others by a formula."""
    shown = dict.fromkeys([query.objective, *([POWER] if query.gives_power else [])])
    return [DERIVED_METRICS[id_] for name in shown if (id_ := FIT_METRICS[name].derived)]


def _shown(cell: Cell) -> list[Match]:
    """The results that the tables of a cell hold."""
    return [*cell.answers, *cell.failing, *cell.unjudged]


def _heading(cell: Cell) -> str:
    networks = joined(cell.task.models) or "any network"
    task = f"{cell.task.benchmark.name}, {networks}"
    return f"{task} on {cell.device.short_name or cell.device.name}" if cell.device else task


def _chips(view: FitView, facets: tuple[Facet, ...], path: str) -> list[dict[str, Any]]:
    """One chip per filter, with the results that it alone leaves out."""
    return [
        {
            "label": f"{FACETS[name]}: {', '.join(_labels(facets, name))}",
            "left_out": view.left_out.get(name, 0),
            "url": address(path, fit_query_string(without(view.query, name))),
        }
        for name in view.query.filters
    ]


def _labels(facets: tuple[Facet, ...], name: str) -> list[str]:
    facet = next(facet for facet in facets if facet.name == name)
    return [option.label for option in facet.options if option.active]


def _cite_title(view: FitView) -> str:
    tasks = joined(list(dict.fromkeys(cell.task.benchmark.name.lower() for cell in view.cells)))
    return f"Fit finder: {tasks}" if tasks else "Fit finder"
