"""The list of devices as a page and as data: filters and sort stand in the address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from results.domain.device_query import (
    BY_CLASS,
    SORTS,
    DeviceQuery,
    device_query_string,
    parse_device_query,
)
from results.domain.parameters import join_list
from results.domain.query import QueryError
from results.models import Benchmark, DeviceClass
from results.presentation import Cell, aligned_column, aligned_texts, fixed_number
from results.selectors.device_list import SCORE_SORTS, BestLatency, BestScore, DeviceRow, device_list
from results.views.panel import address
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import csv_file, data_page, json_file

ENERGY_CHOICES = (("measured", "measured"), ("not-measured", "not measured"))
SCORE_NAMES = {"latency-score": "Latency score", "energy-score": "Energy score"}


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a field of the form."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A column that sorts: its address, and what ``aria-sort`` says where it is the one that does."""

    name: str
    unit: str
    url: str
    aria_sort: str


@dataclass(frozen=True, slots=True)
class LatencyCell:
    number: Cell
    best: BestLatency | None


@dataclass(frozen=True, slots=True)
class ScoreCell:
    number: Cell
    best: BestScore | None


@dataclass(frozen=True, slots=True)
class ListRow:
    """A device of the table with a cell per benchmark and per score."""

    row: DeviceRow
    latencies: tuple[LatencyCell, ...]
    scores: tuple[ScoreCell, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The devices of one class; one group without a class where another order is asked for."""

    device_class: str
    label: str
    rows: tuple[ListRow, ...]


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """All devices: those with results by class or in another order, those without, those that wait for a curator."""
    benchmarks = list(Benchmark.objects.all())
    try:
        query = _query(request, benchmarks)
    except QueryError as error:
        return problem_page(request, error)
    canonical = address(request.path, device_query_string(query))
    if any(len(values) > 1 or "" in values for _, values in request.GET.lists()):
        return HttpResponseRedirect(canonical)
    found = device_list(query)
    shown = [b for b in benchmarks if any(b.pk in row.best for row in found.rows)] or benchmarks
    context = {
        "found": found,
        "groups": list(_groups(found.rows, [benchmark.pk for benchmark in shown], query)),
        "heads": [_head(query, name, request.path, shown) for name in ("name", *(b.pk for b in shown))],
        "score_heads": [_head(query, name, request.path, shown) for name in SCORE_SORTS],
        "results_head": _head(query, "results", request.path, shown),
        "columns": len(shown) + len(SCORE_SORTS) + 4,
        "classes": _class_choices(query, found.per_class),
        "energies": [Choice(value, label, query.energy == value) for value, label in ENERGY_CHOICES],
        "benchmarks": _benchmark_choices(query, benchmarks),
        "sorts": _sort_choices(query, shown),
        "filtered": bool(query.classes or query.needs_results),
        "address": canonical,
        "csv_url": address(reverse("results:devices-data", args=["csv"]), device_query_string(query)),
        "json_url": address(reverse("results:devices-data", args=["json"]), device_query_string(query)),
    }
    return render(request, "results/devices.html", context)


@data_page
def data(request: HttpRequest, data_format: str) -> HttpResponse:
    """The devices of the view with results, in its order, with every digit."""
    benchmarks = list(Benchmark.objects.all())
    try:
        query = _query(request, benchmarks)
    except QueryError as error:
        return problem_data(error)
    names = [benchmark.pk for benchmark in benchmarks]
    rows = [_data_row(row, names) for row in device_list(query).rows]
    if data_format == "csv":
        return csv_file(_data_columns(names), (row.values() for row in rows), "devices.csv")
    view = address(reverse("results:devices"), device_query_string(query))
    return json_file({"view": view, "count": len(rows), "devices": rows}, "devices.json")


def _query(request: HttpRequest, benchmarks: Sequence[Benchmark]) -> DeviceQuery:
    return parse_device_query(
        parameters(request), classes=DeviceClass.values, benchmarks=[benchmark.pk for benchmark in benchmarks]
    )


def _groups(rows: Sequence[DeviceRow], benchmarks: Sequence[str], query: DeviceQuery) -> Iterable[Group]:
    listed = _list_rows(rows, benchmarks)
    if query.sort_name != BY_CLASS:
        if listed:
            yield Group("", "", tuple(listed))
        return
    classes = list(DeviceClass.choices)
    for value, label in reversed(classes) if query.sort_turned else classes:
        own = tuple(line for line in listed if line.row.device.device_class == value)
        if own:
            yield Group(value, label, own)


def _list_rows(rows: Sequence[DeviceRow], benchmarks: Sequence[str]) -> list[ListRow]:
    # Aligned over all classes, so that a column reads as one.
    latencies = {
        name: aligned_column(row.best[name].value if name in row.best else None for row in rows)
        for name in benchmarks
    }
    scores = {
        metric: aligned_texts([_score_text(row.scores.get(metric)) for row in rows])
        for metric in SCORE_SORTS.values()
    }
    return [
        ListRow(
            row,
            tuple(LatencyCell(latencies[name][k], row.best.get(name)) for name in benchmarks),
            tuple(ScoreCell(scores[metric][k], row.scores.get(metric)) for metric in SCORE_SORTS.values()),
        )
        for k, row in enumerate(rows)
    ]


def _score_text(score: BestScore | None) -> str:
    return fixed_number(score.value, 2) if score else ""


def _head(query: DeviceQuery, name: str, path: str, benchmarks: Sequence[Benchmark]) -> Head:
    """The head of a sortable column; following it twice turns the order."""
    rising = name == "name" or name in {benchmark.pk for benchmark in benchmarks}
    active = query.sort_name == name
    aria = ""
    if active:
        aria = "ascending" if rising != query.sort_turned else "descending"
    wanted = f"-{name}" if active and not query.sort_turned else name
    label, unit = {
        "name": ("Device", ""),
        "results": ("Results", ""),
        "latency-score": ("Score", "latency ↑"),
        "energy-score": ("Score", "energy ↑"),
    }.get(name, (name, "best, ↓ ms"))
    return Head(label, unit, address(path, device_query_string(query, sort=wanted)), aria)


def _class_choices(query: DeviceQuery, per_class: dict[str, int]) -> list[Choice]:
    choices = [
        Choice(value, f"{label} ({per_class[value]})", query.classes == (value,))
        for value, label in DeviceClass.choices
        if per_class.get(value) or value in query.classes
    ]
    if len(query.classes) > 1:
        label = ", ".join(str(DeviceClass(value).label) for value in query.classes)
        choices.append(Choice(join_list(query.classes), label, True))
    return choices


def _benchmark_choices(query: DeviceQuery, benchmarks: Sequence[Benchmark]) -> list[Choice]:
    choices = [Choice(b.pk, b.name, query.benchmarks == (b.pk,)) for b in benchmarks]
    if len(query.benchmarks) > 1:
        choices.append(Choice(join_list(query.benchmarks), " and ".join(query.benchmarks), True))
    return choices


def _sort_choices(query: DeviceQuery, benchmarks: Sequence[Benchmark]) -> list[Choice]:
    words = {**SORTS, **{b.pk: f"latency, {b.name.lower()}" for b in benchmarks}}
    choices = [Choice(name, label, query.sort == name) for name, label in words.items()]
    if query.sort_turned:
        choices.append(Choice(query.sort, f"{words.get(query.sort_name, query.sort_name)}, turned", True))
    return choices


def _data_columns(benchmarks: Sequence[str]) -> list[str]:
    per_benchmark = [f"{name}_{end}" for name in benchmarks for end in ("latency_ms", "division", "result")]
    per_score = [
        f"{metric}_{end}"
        for metric in ("latency", "energy")
        for end in ("score", "score_division", "score_system")
    ]
    return [
        "slug", "name", "vendor", "class", "curated", "results", "with_energy", "systems", *per_score, *per_benchmark,
    ]  # fmt: skip


def _data_row(row: DeviceRow, benchmarks: Sequence[str]) -> dict[str, object]:
    device = row.device
    values: list[object] = [
        device.slug, device.name, device.vendor or None, device.device_class, device.curated, row.results,
        row.with_energy, row.systems,
    ]  # fmt: skip
    for metric in SCORE_SORTS.values():
        score = row.scores.get(metric)
        values += [score.value, score.division, score.system] if score else [None, None, None]
    for name in benchmarks:
        best = row.best.get(name)
        values += [best.value, best.division, best.public_id] if best else [None, None, None]
    return dict(zip(_data_columns(benchmarks), values, strict=True))
