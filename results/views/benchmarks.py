"""Benchmarks by input kind, with the taxonomy that they come from, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from results.catalog.entries import InputKind
from results.catalog.reader import catalogue
from results.charts.history import HistoryPoint, history_chart
from results.models import Benchmark
from results.presentation import fixed_number, whole_number
from results.selectors.benchmark import BenchmarkDetail, BenchmarkRow, benchmark_detail, benchmark_list
from results.views.responses import data_page
from results.views.tables import division_counts, entry_rows


@dataclass(frozen=True, slots=True)
class KindGroup:
    """An input kind of the taxonomy with its benchmarks; ``other_uses`` are the uses that no benchmark covers."""

    kind: InputKind
    rows: tuple[BenchmarkRow, ...]
    other_uses: tuple[str, ...]


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """All benchmarks, grouped by what they take in."""
    rows = benchmark_list()
    groups = []
    for kind in catalogue().input_kinds.values():
        own = tuple(row for row in rows if row.benchmark.input_kind in (kind.slug, kind.name))
        covered = {row.benchmark.use_case for row in own}
        groups.append(KindGroup(kind, own, tuple(use for use in kind.use_cases if use not in covered)))
    return render(request, "results/benchmarks.html", {"groups": groups, "count": len(rows)})


@data_page
def page(request: HttpRequest, benchmark_id: str) -> HttpResponse:
    """One benchmark: the task, its target, who leads."""
    try:
        detail = benchmark_detail(benchmark_id)
    except Benchmark.DoesNotExist as error:
        raise Http404(f"no benchmark {benchmark_id}") from error
    entry = catalogue().benchmarks.get(benchmark_id)
    kind = catalogue().input_kinds.get(entry.input_kind) if entry else None
    context = {
        "detail": detail,
        "benchmark": detail.benchmark,
        "kind": kind,
        "source": entry.source if entry else None,
        "target": target_text(detail.benchmark),
        "facts": _facts(detail),
        "fastest": entry_rows(detail.fastest),
        "thriftiest": entry_rows(detail.thriftiest),
        "energy_group": detail.energy_group,
        "chart": _chart(detail),
        "chart_words": _chart_words(detail),
    }
    return render(request, "results/benchmark.html", context)


def target_text(benchmark: Benchmark) -> str:
    """What the closed division asks for, in words."""
    if benchmark.quality_metric == "fp_fn":
        limit = f"{benchmark.closed_target:g}"
        return f"at most {limit} false positives and at most {limit} misses"
    if benchmark.quality_metric == "auc":
        return f"AUC of at least {fixed_number(benchmark.closed_target, 2)}"
    return f"Top-1 of at least {benchmark.closed_target:g} %"


def _facts(detail: BenchmarkDetail) -> list[tuple[str, str]]:
    row = detail.row
    return [
        ("Results", division_counts(dict(row.divisions)) or "none yet"),
        ("Devices", whole_number(detail.devices)),
        ("Submitters", whole_number(detail.submitters)),
        ("Rounds", ", ".join(detail.rounds) or "none yet"),
        ("With energy or power", f"{row.with_energy} of {row.results}"),
    ]


def _chart(detail: BenchmarkDetail) -> str:
    """The best closed latency per round, empty when there is no result."""
    held = {one.round for one in detail.history}
    rounds = [round_id for round_id in detail.rounds if round_id in held]
    points = [
        HistoryPoint(one.round, one.latency_ms, f"{one.device_name}, {one.submitter_name}")
        for one in detail.history
    ]
    return history_chart(points, rounds=rounds, name=detail.benchmark.name)


def _chart_words(detail: BenchmarkDetail) -> str:
    """What the dots of the chart are."""
    shown, every = len(detail.history), detail.history_of
    if shown == every:
        return "Every closed result"
    return (
        f"{whole_number(shown)} of {whole_number(every)} closed results, an even choice by rank in each round"
    )
