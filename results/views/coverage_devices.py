"""Devices against benchmarks: what exists in each cell, and why nothing does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from results.analysis.coverage import DeviceCell
from results.api.serializers.coverage import DeviceCellSerializer, GridSerializer
from results.domain.coverage import (
    EMPTY,
    GAP_MEANINGS,
    GAP_WORDS,
    MEASURED,
    METRICS,
    Gap,
    GridQuery,
    GridWords,
    grid_query_string,
    parse_grid_query,
)
from results.domain.parameters import QueryError, join_list, query_string
from results.domain.vocabulary import DIVISIONS
from results.models import Device, DeviceClass
from results.selectors.coverage import GridRow, GridView, grid_view, grid_words, wanted
from results.views.coverage import choices_of
from results.views.device_list import Choice
from results.views.panel import address
from results.views.pivot_cells import canonical_redirect, data_answer
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import data_page
from results.views.tables import division_counts


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell in words. ``url`` leads to its results on the leaderboard, empty where it has none; ``measured`` and
    ``where`` are what was measured and in which divisions and rounds, or, of an empty cell, its reason and why.

    ``shown`` false: the view asks for other cells, so this one says no more than whether it has results.
    """

    benchmark: str
    results: int
    shown: bool
    url: str
    measured: str
    where: str


@dataclass(frozen=True, slots=True)
class GridLine:
    """A device; ``cells`` are empty where one reason stands for all of them: ``gap`` and ``because``."""

    device: Device
    cells: tuple[GridCell, ...]
    gap: str
    because: str


@dataclass(frozen=True, slots=True)
class ClassGroup:
    device_class: str
    label: str
    lines: tuple[GridLine, ...]


@data_page
def page(request: HttpRequest) -> HttpResponse:
    """The grid, by class."""
    path = reverse("results:coverage-devices")
    words = grid_words()
    try:
        query = parse_grid_query(parameters(request), words)
    except QueryError as error:
        return problem_page(request, error)
    asked = grid_query_string(query)
    if redirect := canonical_redirect(request, address(path, asked)):
        return redirect
    view = grid_view(query, words)
    cells = view.devices * len(view.benchmarks)
    context = {
        "view": view,
        "groups": list(_groups(view)),
        "columns": len(view.benchmarks) + 1,
        "cells": cells,
        "empty": cells - view.filled,
        "empty_url": address(path, grid_query_string(query, cells=EMPTY)),
        "gaps": [(GAP_WORDS[gap], GAP_MEANINGS[gap], view.gaps[gap], address(path, grid_query_string(query, cells=gap)))
                 for gap in sorted(view.gaps, key=lambda gap: (-view.gaps[gap], gap))],
        "fields": _fields(query, words),
        "filtered": query != GridQuery(),
        "address": address(path, asked),
        "data_urls": [(kind.upper(), address(reverse("results:coverage-devices-data", args=[kind]), asked))
                      for kind in ("csv", "json")],
        "api_url": address("/api/v1/coverage/devices/", asked),
    }  # fmt: skip
    return render(request, "results/coverage_devices.html", context)


@data_page
def data(request: HttpRequest, data_format: str) -> HttpResponse:
    """The same cells as JSON or CSV."""
    words = grid_words()
    try:
        query = parse_grid_query(parameters(request), words)
    except QueryError as error:
        return problem_data(error)
    document = GridSerializer(grid_view(query, words)).data
    view = address(reverse("results:coverage-devices"), grid_query_string(query))
    return data_answer(data_format, document, DeviceCellSerializer, "coverage-devices", view)


def _fields(query: GridQuery, words: GridWords) -> list[tuple[str, str, str, list[Choice]]]:
    """(name, label, what no choice means, options) of each field of the form."""
    cells = [
        (MEASURED, "with results"),
        (EMPTY, "only empty"),
        *((str(gap), f"empty: {GAP_WORDS[gap]}") for gap in Gap),
    ]
    return [
        ("class", "Class", "all", choices_of(query.classes, DeviceClass.choices)),
        ("benchmark", "Benchmark", "all", choices_of(query.benchmarks, [(name, name) for name in words.benchmarks])),
        ("division", "Division", "both", [Choice(name, name, name == query.division) for name in DIVISIONS]),
        ("round", "Round", "all", choices_of(query.rounds, [(name, name) for name in words.rounds])),
        ("metric", "Measured", "anything", [Choice(name, name, name == query.metric) for name in METRICS]),
        ("cells", "Cells", "all", [Choice(value, label, value == query.cells) for value, label in cells]),
    ]  # fmt: skip


def _groups(view: GridView) -> Iterator[ClassGroup]:
    for value, label in DeviceClass.choices:
        own = tuple(_line(row, view.query) for row in view.rows if row.device.device_class == value)
        if own:
            yield ClassGroup(value, label, own)


def _line(row: GridRow, query: GridQuery) -> GridLine:
    if row.without_results and len(row.cells) > 1:
        cell = row.cells[0]
        return GridLine(row.device, (), GAP_WORDS[cell.gap] if cell.gap else "", cell.because)
    return GridLine(row.device, tuple(_cell(row.device, cell, query) for cell in row.cells), "", "")


def _cell(device: Device, cell: DeviceCell, query: GridQuery) -> GridCell:
    shown = wanted(cell, query)
    if cell.gap:
        return GridCell(cell.benchmark, 0, shown, "", GAP_WORDS[cell.gap], cell.because)
    where = f"{division_counts(dict(cell.divisions or {}))}; {', '.join(cell.rounds)}"
    return GridCell(cell.benchmark, cell.results, shown, _board(device, cell, query), _measured(cell), where)


def _measured(cell: DeviceCell) -> str:
    """``latency, energy 3 of 5, quality``; what none of the results measured is named as missing."""
    metrics = cell.metrics or {}
    found = [
        name if metrics[name] == cell.results else f"{name} {metrics[name]} of {cell.results}"
        for name in METRICS
        if metrics[name]
    ]
    missing = [f"no {name}" for name in METRICS if not metrics[name]]
    return ", ".join([*found, *missing])


def _board(device: Device, cell: DeviceCell, query: GridQuery) -> str:
    """The leaderboard with the results of the cell; it has no filter on a measured latency or quality."""
    params: Sequence[tuple[str, str]] = [
        ("division", query.division or ""),
        ("round", join_list(query.rounds)),
        ("device", device.slug),
        ("energy", "measured" if query.metric == "energy" else ""),
    ]
    path = reverse("results:leaderboard", args=[cell.benchmark])
    return address(path, query_string((name, value) for name, value in params if value))
