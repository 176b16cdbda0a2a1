"""One device over the rounds: a line chart per benchmark with its breaks, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from results.analysis.pivots import QUALITY, BreakKind
from results.api.serializers.pivots import HistoryPointSerializer, HistorySerializer
from results.charts.rounds import BreakMark, RoundPoint, RoundsChart, RoundSeries, draw_rounds
from results.charts.scatter import Axis
from results.charts.series import series_glyph
from results.domain.metrics import METRICS, Direction
from results.domain.parameters import QueryError, query_string
from results.domain.pivots import COLUMNS, HISTORY_METRICS, parse_history_query, to_params
from results.domain.vocabulary import DIVISIONS
from results.models import Benchmark, Device, LeaderboardEntry
from results.presentation import Cell, aligned_column, joined, points_text, quality_decimals, table_number
from results.selectors.device_history import (
    BenchmarkHistory,
    HistoryPoint,
    HistoryView,
    direction_of,
    history_of,
)
from results.views.leaderboard_columns import QUALITY_NAMES
from results.views.panel import address
from results.views.pivot_cells import (
    BesideText,
    Notes,
    beside_text,
    canonical_redirect,
    data_answer,
    difference_texts,
)
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import data_page
from results.views.tables import energy_note

_IN_THE_ROW = frozenset({"round", "division", "clock_mhz"})


@dataclass(frozen=True, slots=True)
class PointRow:
    """One result of the table. ``conditions`` are scope and supply of an energy, the test set of a quality."""

    point: HistoryPoint
    number: Cell
    conditions: str
    beside: BesideText | None
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineGroup:
    """The rows of one line under its name, with its mark."""

    glyph: SafeString
    name: str
    rows: tuple[PointRow, ...]


@dataclass(frozen=True, slots=True)
class BenchmarkSection:
    """One benchmark of the page. ``breaks``: (number, rounds, kind, reasons)."""

    benchmark: Benchmark
    metric_title: str
    lower_is_better: bool
    wide: SafeString
    narrow: SafeString
    groups: tuple[LineGroup, ...]
    breaks: tuple[tuple[int, str, str, tuple[str, ...]], ...]
    without_value: int
    resubmitted: int

    @property
    def any_differs(self) -> bool:
        """Whether a row has a condition that differs from the round before, beside what it states anyway."""
        return any(row.differences for group in self.groups for row in group.rows)

    @property
    def any_conditions(self) -> bool:
        """Whether scope and supply, or a test set, belong to the values."""
        return any(row.conditions for group in self.groups for row in group.rows)

    @property
    def columns(self) -> int:
        """How many the table has: those of conditions and differences only where there are any."""
        return 5 + self.any_conditions + self.any_differs


@data_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The history of one device."""
    path, benchmarks = reverse("results:device-history", args=[slug]), _benchmark_ids()
    try:
        query = parse_history_query(parameters(request), benchmarks)
        asked = query_string(to_params(query))
        if redirect := canonical_redirect(request, address(path, asked)):
            return redirect
        view = history_of(slug, query)
    except QueryError as error:
        return problem_page(request, error)
    except Device.DoesNotExist as error:
        raise Http404(f"no device {slug}") from error
    notes = Notes()
    sections = [_section(view, history, notes) for history in view.benchmarks]
    name = view.device.short_name or view.device.name
    context = {
        "view": view,
        "name": name,
        "cited": [point.entry for history in view.benchmarks for point in history.points],
        "crumbs": [
            ("Devices", reverse("results:devices")),
            (name, view.device.get_absolute_url()),
            ("History", ""),
        ],
        "sections": sections,
        "notes": list(notes),
        "metrics": [(metric, _metric_name(metric), metric == query.metric) for metric in HISTORY_METRICS],
        "benchmarks": [(benchmark, benchmark in query.benchmarks) for benchmark in benchmarks],
        "divisions": [(division, division == query.division) for division in DIVISIONS],
        "metric_name": _metric_name(query.metric),
        "action": path,
        "csv_url": address(reverse("results:device-history-data", args=[slug, "csv"]), asked),
        "json_url": address(reverse("results:device-history-data", args=[slug, "json"]), asked),
        "api_url": address(f"/api/v1/devices/{slug}/history/", asked),
    }
    return render(request, "results/pivot_history.html", context)


@data_page
def data(request: HttpRequest, slug: str, data_format: str) -> HttpResponse:
    """The same as JSON or CSV."""
    try:
        query = parse_history_query(parameters(request), _benchmark_ids())
        view = history_of(slug, query)
    except QueryError as error:
        return problem_data(error)
    except Device.DoesNotExist as error:
        raise Http404(f"no device {slug}") from error
    page_url = address(reverse("results:device-history", args=[slug]), query_string(to_params(query)))
    document = HistorySerializer(view).data
    return data_answer(data_format, document, HistoryPointSerializer, f"{slug}-history", page_url)


def _benchmark_ids() -> tuple[str, ...]:
    return tuple(Benchmark.objects.values_list("pk", flat=True))


def _metric_name(metric: str) -> str:
    return "Quality" if metric == QUALITY else METRICS[COLUMNS[metric]].name


def _metric_title(metric: str, benchmark: Benchmark) -> str:
    """Quantity and unit: ``Latency, ms``, ``Top-1, %``, ``AUC``."""
    if metric == QUALITY:
        name, unit = QUALITY_NAMES[benchmark.quality_metric]
    else:
        name, unit = METRICS[COLUMNS[metric]].name, METRICS[COLUMNS[metric]].unit
    return f"{name}, {unit}" if unit else name


def _section(view: HistoryView, history: BenchmarkHistory, notes: Notes) -> BenchmarkSection:
    metric = view.query.metric
    title = _metric_title(metric, history.benchmark)
    lower = direction_of(metric, history.benchmark) is Direction.LOWER
    drawings = draw_rounds(_chart(view, history, title, lower)) if history.points else None
    return BenchmarkSection(
        benchmark=history.benchmark,
        metric_title=title,
        lower_is_better=lower,
        wide=mark_safe(drawings.wide if drawings else ""),  # our own drawing, every text in it escaped
        narrow=mark_safe(drawings.narrow if drawings else ""),
        groups=tuple(_groups(history, metric, notes)),
        breaks=tuple(
            (number, f"{found.before} | {found.after}", found.kind.value, found.reasons)
            for number, found in enumerate(history.breaks, start=1)
        ),
        without_value=history.without_value,
        resubmitted=sum(bool(point.entry.duplicate_of) for point in history.points),
    )


def _chart(view: HistoryView, history: BenchmarkHistory, title: str, lower: bool) -> RoundsChart:
    columns = {held.pk: k for k, held in enumerate(view.rounds)}
    return RoundsChart(
        rounds=list(columns),
        axis=Axis(title, lower, log=view.query.metric != QUALITY),
        series=_series(history, columns, title),
        breaks=[
            BreakMark(columns[found.after], found.kind.value, str(number))
            for number, found in enumerate(history.breaks, start=1)
        ],
        aria_label=_message(view, history, title),
    )


def _series(history: BenchmarkHistory, columns: Mapping[str, int], title: str) -> list[RoundSeries]:
    """The lines; results that another of their line and round beats follow as marks without a line."""
    series = []
    for position in range(len(history.lines)):
        held = [point for point in history.points if point.line == position]
        on_line = tuple(_mark(point, columns, title) for point in held if point.on_line)
        beaten = tuple(_mark(point, columns, title) for point in held if not point.on_line)
        series.append(RoundSeries(_short_name(held[0].entry), on_line, position))
        if beaten:
            series.append(RoundSeries("", beaten, position))
    return series


def _mark(point: HistoryPoint, columns: Mapping[str, int], title: str) -> RoundPoint:
    entry, value = point.entry, point.sample.value
    again = f", same log as {entry.duplicate_of}" if entry.duplicate_of else ""
    said = f"{entry.submitter_name}, {entry.software or entry.system_label}, {entry.round}: {value.value:.6g}"
    measured = value.basis == "windows"
    return RoundPoint(
        column=columns[entry.round],
        value=value.value,
        low=value.low if measured else value.value,
        high=value.high if measured else value.value,
        title=f"{said} ({title}){again}",
        hollow=bool(entry.duplicate_of),
        joined=point.on_line and point.step is not None and point.step.beside.compared,
    )


def _message(view: HistoryView, history: BenchmarkHistory, title: str) -> str:
    """The chart in one sentence, for those who do not see it."""
    name = view.device.short_name or view.device.name
    ordered = sorted(history.points, key=lambda point: point.sample.round_position)
    rounds = joined(list(dict.fromkeys(point.entry.round for point in ordered)))
    breaks = joined(
        [
            f"{found.before} | {found.after}"
            for found in history.breaks
            if found.kind is not BreakKind.NOT_STATED
        ]
    )
    broken = f"; not all values cross {breaks}" if breaks else ""
    return (
        f"{history.benchmark.name} on {name}, {title}: {len(history.points)} results on {len(history.lines)} "
        f"lines in {rounds}{broken}"
    )


def _groups(history: BenchmarkHistory, metric: str, notes: Notes) -> list[LineGroup]:
    if metric == QUALITY:
        numbers = [Cell(point.entry.quality_text) for point in history.points]
    else:
        numbers = aligned_column(point.sample.value.value for point in history.points)
    rows = [
        _row(point, number, metric, history.benchmark, notes)
        for point, number in zip(history.points, numbers, strict=True)
    ]
    by_line = [[row for row in rows if row.point.line == position] for position in range(len(history.lines))]
    return [
        LineGroup(
            mark_safe(series_glyph(position)),  # built from constants
            _line_name(held[0].point.entry),
            tuple(held),
        )
        for position, held in enumerate(by_line)
    ]


def _row(point: HistoryPoint, number: Cell, metric: str, benchmark: Benchmark, notes: Notes) -> PointRow:
    step, entry = point.step, point.entry
    beside = beside_text(
        QUALITY if metric == QUALITY else COLUMNS[metric], step.beside if step else None, notes
    )
    if metric == QUALITY and step is not None and step.beside.compared:
        change = point.sample.value.value - step.before.value.value
        beside = BesideText(points_text(change, quality_decimals(benchmark.quality_metric)), "points")
    conditions = ""
    if metric == QUALITY:
        conditions = f"test set {entry.evaluation_set}" if entry.evaluation_set else "test set not stated"
    elif metric != "latency":
        conditions = energy_note(entry)
    differences = difference_texts(step.beside.comparison.differences, _IN_THE_ROW) if step else []
    return PointRow(point, number, conditions, beside, tuple(differences))


def _short_name(entry: LeaderboardEntry) -> str:
    return ", ".join(filter(None, (entry.submitter_name, entry.framework)))


def _line_name(entry: LeaderboardEntry) -> str:
    """Submitter, framework, clock and division, which the whole line shares."""
    framework = entry.framework or entry.software or "software not stated"
    clock = f"{table_number(entry.clock_mhz)} MHz" if entry.clock_mhz else "clock not stated"
    division = "open" if entry.division == "open" else ""
    return ", ".join(filter(None, (entry.submitter_name, framework, clock, division)))
