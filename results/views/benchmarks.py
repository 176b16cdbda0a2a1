"""Benchmarks by input kind, with the taxonomy that they come from, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from results.catalog.entries import InputKind
from results.catalog.reader import catalogue
from results.charts.history import HistoryPoint, history_chart
from results.models import Benchmark, LeaderboardEntry
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
    row, entries = detail.row, detail.entries
    rounds = sorted({(entry.round_position, entry.round) for entry in entries})
    return [
        ("Results", division_counts(dict(row.divisions)) or "none yet"),
        ("Devices", whole_number(len({entry.device_slug for entry in entries}))),
        ("Submitters", whole_number(len({entry.submitter_slug for entry in entries}))),
        ("Rounds", ", ".join(round_id for _, round_id in rounds) or "none yet"),
        ("With energy or power", f"{row.with_energy} of {row.results}"),
    ]


def _chart(detail: BenchmarkDetail) -> str:
    """The best closed latency per round, empty when there is no result."""
    closed = [
        entry for entry in detail.entries if entry.division == "closed" and entry.latency_ms is not None
    ]
    rounds = [round_id for _, round_id in sorted({(entry.round_position, entry.round) for entry in closed})]
    points = [HistoryPoint(entry.round, entry.latency_ms or 0.0, _title(entry)) for entry in closed]
    return history_chart(points, rounds=rounds, name=detail.benchmark.name)


def _title(entry: LeaderboardEntry) -> str:
    return f"{entry.device_name}, {entry.submitter_name}"
