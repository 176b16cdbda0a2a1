"""External figures: the list as a page and as data. Filters stand in the address; nothing is ranked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from results.domain.figure_query import FigureQuery, parse_figure_query
from results.domain.figures import FIGURE_METRICS, QUARANTINE_MEANING, Batch
from results.domain.parameters import query_string
from results.domain.query import QueryError
from results.models import ExternalFigure
from results.presentation import table_number
from results.selectors.figures import FigurePage, figure_choices, figure_page, matching_figures
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import csv_file, data_page, json_file

FILE_COLUMNS = (
    "id", "provenance", "model", "model_stated", "family", "task", "dataset", "input", "device", "device_stated",
    "clock_mhz", "engine", "software", "software_version", "precision", "batch", "batch_choice", "metric",
    "metric_stated", "value", "unit", "raw", "quarantine", "quarantine_reason", "source", "commit", "path", "locator",
    "dated", "address",
)  # fmt: skip
_BATCHES = {Batch.ONE: "batch 1", Batch.BEST: "best batch"}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure as a table shows it: its value in a unit that fits, and its device configuration in words."""

    figure: ExternalFigure
    value: str
    unit: str
    configuration: str
    batch: str


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """The figures of the query, a page at a time."""
    try:
        query = parse_figure_query(parameters(request))
    except QueryError as error:
        return problem_page(request, error)
    found = figure_page(query)
    context = {
        "query": query,
        "found": found,
        "lines": figure_lines(found.rows),
        "choices": _choices(query),
        "meanings": [(code.value, text) for code, text in QUARANTINE_MEANING.items()],
        "next_url": _address("results:figures", query, found) if found.after else "",
        "first_url": _address("results:figures", query) if query.after else "",
        "csv_url": _address("results:figures-data", query, data_format="csv"),
        "json_url": _address("results:figures-data", query, data_format="json"),
    }
    return render(request, "results/figures.html", context)


@data_page
def data(request: HttpRequest, data_format: str) -> HttpResponse:
    """Every figure of the query, with every digit and its place; quarantined ones say so."""
    try:
        query = parse_figure_query(parameters(request), paging=())
    except QueryError as error:
        return problem_data(error)
    rows = [figure_json(figure) for figure in matching_figures(query)]
    if data_format == "csv":
        return csv_file(FILE_COLUMNS, (row.values() for row in rows), "figures.csv")
    document = {"view": _address("results:figures", query), "count": len(rows), "figures": rows}
    return json_file(document, "figures.json")


def figure_lines(figures: Iterable[ExternalFigure]) -> list[FigureLine]:
    """Figures as a table shows them."""
    return [_line(figure) for figure in figures]


def figure_json(figure: ExternalFigure) -> dict[str, Any]:
    """A figure with the names of :data:`FILE_COLUMNS`, in their order; None where the source does not say."""
    return {
        "id": figure.key, "provenance": figure.provenance, "model": figure.model.slug,
        "model_stated": figure.model_stated, "family": figure.model.family, "task": figure.model.task or None,
        "dataset": figure.dataset or None, "input": figure.input or None,
        "device": figure.device.slug if figure.device else None, "device_stated": figure.device_name or None,
        "clock_mhz": figure.clock_mhz, "engine": figure.engine or None, "software": figure.software or None,
        "software_version": figure.software_version or None, "precision": figure.precision or None,
        "batch": figure.batch, "batch_choice": figure.batch_choice or None, "metric": figure.metric,
        "metric_stated": figure.metric_stated or None, "value": figure.value, "unit": figure.measures.unit,
        "raw": figure.raw, "quarantine": figure.quarantine or None,
        "quarantine_reason": figure.quarantine_text or None, "source": figure.source, "commit": figure.commit or None,
        "path": figure.path, "locator": figure.locator or None,
        "dated": figure.dated.isoformat() if figure.dated else None, "address": figure.address,
    }  # fmt: skip


def _line(figure: ExternalFigure) -> FigureLine:
    value, unit = figure.value, figure.measures.unit
    if value is not None and unit == "B":
        value, unit = value / 1024, "KiB"
    batch = _BATCHES.get(Batch(figure.batch_choice), "") if figure.batch_choice else ""
    return FigureLine(
        figure=figure,
        value="" if value is None else table_number(value),
        unit=unit,
        configuration=configuration(figure),
        batch=f"{batch} ({figure.batch})" if figure.batch_choice == Batch.BEST else batch,
    )


def configuration(figure: ExternalFigure) -> str:
    """``1 CPU, 400 MHz, STM32Cube.AI 8.1.0, int8``; what the source does not say is left out."""
    clock = f"{figure.clock_mhz:g} MHz" if figure.clock_mhz else ""
    software = f"{figure.software} {figure.software_version}".strip()
    return ", ".join(filter(None, (figure.engine, clock, software, figure.precision)))


def _address(
    view: str, query: FigureQuery, page: FigurePage | None = None, *, data_format: str = ""
) -> str:  # fmt: skip
    """The address of ``view`` with the filters of ``query``; with ``page`` that of what follows it."""
    pairs = list(query.filters().items())
    if page is not None and page.after is not None:
        pairs.append(("after", str(page.after)))
    path = reverse(view, args=[data_format] if data_format else [])
    return f"{path}?{query_string(pairs)}" if pairs else path


def _choices(query: FigureQuery) -> list[dict[str, Any]]:
    """The filters as selects: name, legend, (value, label, whether it is chosen)."""
    known = figure_choices()
    lists = (
        ("source", "Source", known.sources),
        ("device", "Device", known.devices),
        ("family", "Family", known.families),
        ("metric", "Metric", [(metric.id, metric.name) for metric in FIGURE_METRICS.values()]),
        ("batch", "Batch", [(batch.value, _BATCHES[batch]) for batch in Batch]),
        ("quarantined", "Quarantined", [("no", "usable only"), ("yes", "quarantined only")]),
    )
    return [
        {
            "name": name,
            "legend": legend,
            "options": [(value, label, value == getattr(query, name)) for value, label in _with(options, getattr(query, name))],
        }
        for name, legend, options in lists
    ]  # fmt: skip


def _with(options: list[tuple[str, str]], chosen: str) -> list[tuple[str, str]]:
    """``options``, and what the address asks for where it is none of them: the form must not lose it."""
    return options if not chosen or chosen in dict(options) else [*options, (chosen, chosen)]
