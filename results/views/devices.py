"""The page of one device: scores, places, neighbours, roofline, history, facts, and what nobody measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from results.charts.history import HistoryPoint, history_chart
from results.charts.marks import benchmark_glyph
from results.charts.strips import StripMark, StripScale, strip_head, strip_row, strip_scale
from results.domain.score_metrics import COMMON_SET
from results.models import Benchmark, Device, DeviceClass, LeaderboardEntry
from results.presentation import fixed_number, joined, whole_number
from results.selectors.device import PER_ROUND, DeviceDetail, SystemRow
from results.selectors.device_report import DeviceReport, device_report
from results.selectors.figures import device_figures
from results.selectors.projections import projected_on_device
from results.views.device_data import RESULT_COLUMNS, device_json, every_result_row, result_rows
from results.views.device_facts import fact_groups, field_label, identity_groups, tier_words
from results.views.device_rest import rest_of
from results.views.device_roofline import roofline_view
from results.views.device_scores import score_cards
from results.views.device_standing import (
    neighbour_entries,
    neighbour_lines,
    strength_lines,
    strength_sentence,
)
from results.views.figures import figure_lines
from results.views.projection_words import projected_section
from results.views.responses import csv_file, csv_pieces, data_page, json_file, streamed_file
from results.views.tables import FindingMark, division_counts, finding_marks, pivot_table

FIGURES_SHOWN = 12
"""Latencies published elsewhere that stand on the page; the others are one link away."""
STRIPS = (("latency_ms", "Latency, ratio to reference"), ("energy_uj_per_inf", "Energy, ratio to reference"))


@dataclass(frozen=True, slots=True)
class Strip:
    """The cell of one metric: a drawing, or the words for why there is none; the score, or how many of how many."""

    svg: str
    why: str
    score: str
    has_score: bool
    said: str


@dataclass(frozen=True, slots=True)
class StripRow:
    """One system of the score table; ``told_apart`` is its id where another row would read the same, else empty."""

    row: SystemRow
    told_apart: str
    strips: tuple[Strip, ...]
    marks: tuple[FindingMark, ...]


@data_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One device. What it lists does not grow with its results, what it counts is exact."""
    report = _report(slug)
    detail, benchmarks = report.detail, report.benchmarks
    order = {benchmark.pk: k for k, benchmark in enumerate(benchmarks)}
    scales = {metric: _scale(detail, metric) for metric, _ in STRIPS}
    elsewhere = device_figures(detail.device)
    context = {
        "detail": detail,
        "device": detail.device,
        "elsewhere": elsewhere,
        "projected": projected_section(
            projected_on_device(slug), "Projected on this device", f"device={slug}&models=all"
        ),
        "elsewhere_lines": figure_lines(elsewhere.latencies[:FIGURES_SHOWN]),
        "class_label": DeviceClass(detail.device.device_class).label,
        "facts": _facts(detail),
        "report": report,
        "cards": score_cards(report),
        "roofline": roofline_view(report.roofline, order),
        "stated": [(field_label(fact.field), fact, tier_words(fact)) for fact in report.roofline.stated],
        "strip_heads": [(name, strip_head(scales[metric])) for metric, name in STRIPS],
        "strip_rows": _strip_rows(detail, order, scales),
        "clocks_differ": len({row.system.clock_mhz for row in detail.systems}) > 1,
        "legend": [
            (benchmark.name.lower(), benchmark_glyph(order[benchmark.pk]))
            for benchmark in benchmarks
            if any(benchmark.pk in row.entries for row in detail.systems)
        ],
        "strengths": strength_lines(report.field, detail.device),
        "strength_sentence": strength_sentence(report.field),
        "only_open": report.only_open,
        "neighbours": neighbour_lines(report.field.neighbours),
        "why_no_neighbours": report.field.why_no_neighbours,
        "common_set": COMMON_SET,
        "table": pivot_table(_entries_by_system(detail), order),
        "charts": list(_charts(detail, benchmarks)),
        "chart_words": _chart_words(detail),
        "rest": rest_of(detail),
        "identity": identity_groups(detail),
        "specifications": fact_groups(detail),
        "missing": report.gaps,
        "cited": [*detail.entries, *neighbour_entries(report.field.neighbours)],
    }
    return render(request, "results/device.html", context)


@data_page
def data(request: HttpRequest, slug: str, data_format: str) -> HttpResponseBase:
    """The same as JSON, or all of its results with ratios, scores and places as CSV."""
    report = _report(slug)
    if data_format == "csv":
        return _csv(request, report)
    return json_file(device_json(report), f"{slug}.json")


def _csv(request: HttpRequest, report: DeviceReport) -> HttpResponseBase:
    """Every result of the device; those of many systems are sent while they are read."""
    name = f"{report.device.slug}.csv"
    if report.detail.is_whole:
        return csv_file(RESULT_COLUMNS, result_rows(report), name)
    pieces = csv_pieces(RESULT_COLUMNS, every_result_row(report))
    return streamed_file(request, pieces, "text/csv; charset=utf-8", name)


def _report(slug: str) -> DeviceReport:
    try:
        return device_report(slug)
    except Device.DoesNotExist as error:
        raise Http404(f"no device {slug}") from error


def _facts(detail: DeviceDetail) -> list[tuple[str, str]]:
    counts = detail.counts
    if not counts.results:
        return [("Results", "none yet")]
    rounds = [round_id for round_id in detail.rounds if round_id in counts.rounds]
    return [
        ("Results", division_counts(counts.of_division) or "none yet"),
        ("Systems", whole_number(detail.number_of_systems)),
        ("Submitters", whole_number(counts.submitters)),
        ("Rounds", joined(rounds) or "none yet"),
        ("With energy", f"{whole_number(counts.with_energy)} of {whole_number(counts.results)}"),
    ]


def _entries_by_system(detail: DeviceDetail) -> list[LeaderboardEntry]:
    """Every entry, those of a system together, in the order of the systems."""
    place = {row.system.pk: k for k, row in enumerate(detail.systems)}
    own = [entry for entry in detail.entries if entry.system_id in place]
    return sorted(own, key=lambda entry: place[entry.system_id])


def _scale(detail: DeviceDetail, metric: str) -> StripScale:
    return strip_scale(
        ratio
        for row in detail.systems
        if metric in row.scores
        for ratio in row.scores[metric].ratios.values()
    )


def _strip_rows(detail: DeviceDetail, order: dict[str, int], scales: dict[str, StripScale]) -> list[StripRow]:
    names = Counter(_row_name(row) for row in detail.systems)
    return [
        StripRow(
            row=row,
            told_apart=row.system.system_id if names[_row_name(row)] > 1 else "",
            strips=tuple(_strip(row, metric, order, scales[metric]) for metric, _ in STRIPS),
            marks=finding_marks(row.entries.values()),
        )
        for row in detail.systems
    ]


def _row_name(row: SystemRow) -> tuple[object, ...]:
    """What a row shows of its system."""
    publication = row.system.publication
    return row.system.software, publication.submitter_id, publication.round_id, publication.division


def _strip(row: SystemRow, metric: str, order: dict[str, int], scale: StripScale) -> Strip:
    score = row.scores.get(metric)
    if score is None or not score.ratios:
        return Strip("", score.reason if score and score.reason else "not measured", "", False, "")
    marks = [StripMark(order.get(name, 0), ratio, name) for name, ratio in score.ratios.items()]
    said = joined([f"{name} ×{fixed_number(ratio, 2)}" for name, ratio in score.ratios.items()])
    if score.score is None:
        return Strip(strip_row(marks, None, scale), "", f"{score.covered} of {score.of}", False, said)
    return Strip(strip_row(marks, score.score, scale), "", fixed_number(score.score, 2), True, said)


def _charts(detail: DeviceDetail, benchmarks: Sequence[Benchmark]) -> Iterable[tuple[str, str]]:
    for benchmark in benchmarks:
        points = [
            HistoryPoint(one.round, one.latency_ms, one.title)
            for one in detail.drawn
            if one.benchmark == benchmark.pk
        ]
        if points:
            yield benchmark.name, history_chart(points, rounds=detail.rounds, name=benchmark.name)


def _chart_words(detail: DeviceDetail) -> str:
    """What the charts over the rounds hold."""
    if detail.is_whole:
        return "Every result on this device"
    latencies = sum(detail.counts.latencies_of.values())
    return f"The {PER_ROUND} lowest latencies of each round, out of {whole_number(latencies)} in all"
