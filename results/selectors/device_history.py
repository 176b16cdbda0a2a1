"""One device over the rounds: what each submitter's line did, and where values stop being comparable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.analysis.pivots import QUALITY, Break, Line, Sample, Step, lines, round_breaks
from results.analysis.uncertainty import Spread
from results.domain.metrics import METRICS, Direction
from results.domain.pivots import COLUMNS, HistoryQuery
from results.models import Benchmark, Device, LeaderboardEntry, Round
from results.services.subjects import spread_of, subject_of

MOST_RESULTS = 600
"""Results that one page holds, the newest rounds first; the page says how many more there are."""


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One result. ``line`` is its place among the lines; ``on_line`` false: another result of the same line and
    round is better. ``step`` leads here from the line's round before; None for the first of a line."""

    entry: LeaderboardEntry
    sample: Sample
    line: int
    on_line: bool
    step: Step | None


@dataclass(frozen=True, slots=True)
class BenchmarkHistory:
    """One benchmark: its points by line, then round; ``without_value`` counts results in which the metric was not
    measured."""

    benchmark: Benchmark
    points: tuple[HistoryPoint, ...]
    lines: tuple[Line, ...]
    breaks: tuple[Break, ...]
    without_value: int


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The history of a device. ``rounds`` are all rounds with results, also those without one on this device."""

    query: HistoryQuery
    device: Device
    rounds: tuple[Round, ...]
    benchmarks: tuple[BenchmarkHistory, ...]
    left_out: int


def history_of(slug: str, query: HistoryQuery) -> HistoryView:
    """The history of one device; Device.DoesNotExist. Four queries, five where results are left out."""
    device = Device.objects.get(slug=slug)
    wanted = LeaderboardEntry.objects.filter(device_slug=slug)
    if query.benchmarks:
        wanted = wanted.filter(benchmark__in=query.benchmarks)
    if query.division:
        wanted = wanted.filter(division=query.division)
    entries = list(wanted.select_related("run").order_by("-round_position", "pk")[:MOST_RESULTS])
    left_out = wanted.count() - len(entries) if len(entries) == MOST_RESULTS else 0
    rounds = Round.objects.filter(publications__isnull=False).distinct().order_by("position")
    benchmarks = tuple(
        _benchmark_history(benchmark, own, query.metric)
        for benchmark in Benchmark.objects.all()
        if (own := [entry for entry in entries if entry.benchmark == benchmark.pk])
    )
    return HistoryView(query, device, tuple(rounds), benchmarks, left_out)


def direction_of(metric: str, benchmark: Benchmark) -> Direction:
    """Which end of ``metric`` is better; a quality that counts errors is better when lower."""
    if metric != QUALITY:
        return METRICS[COLUMNS[metric]].direction
    return Direction.LOWER if benchmark.quality_metric == "fp_fn" else Direction.HIGHER


def _benchmark_history(
    benchmark: Benchmark, entries: Sequence[LeaderboardEntry], metric: str
) -> BenchmarkHistory:
    measured = {
        entry.public_id: entry
        for entry in sorted(entries, key=lambda entry: (entry.round_position, entry.pk))
        if getattr(entry, COLUMNS[metric]) is not None
    }
    samples = [_sample(entry, metric) for entry in measured.values()]
    metric_id = QUALITY if metric == QUALITY else COLUMNS[metric]
    found = lines(metric_id, direction_of(metric, benchmark), samples)
    # The longest lines stand first; the order of equals is that of their first round.
    ordered = tuple(sorted(found, key=lambda line: (-len(line.samples), line.samples[0].round_position)))
    return BenchmarkHistory(
        benchmark,
        tuple(_points(ordered, samples, measured)),
        ordered,
        round_breaks(metric_id, samples),
        len(entries) - len(measured),
    )


def _sample(entry: LeaderboardEntry, metric: str) -> Sample:
    value = getattr(entry, COLUMNS[metric])
    # A quality is a share of a fixed test set: it has no windows to spread over.
    held = Spread(value, value, value, "declared") if metric == QUALITY else spread_of(entry, COLUMNS[metric])
    software = entry.framework or entry.software or f"system {entry.system_id}"
    line = (entry.submitter_slug, software, entry.division, entry.clock_mhz)
    return Sample(subject_of(entry), held, entry.round_position, line)


def _points(
    found: Sequence[Line], samples: Sequence[Sample], entries: Mapping[str, LeaderboardEntry]
) -> list[HistoryPoint]:
    place = {line.samples[0].line: position for position, line in enumerate(found)}
    on_line = {sample.subject.public_id for line in found for sample in line.samples}
    steps = {step.after.subject.public_id: step for line in found for step in line.steps}
    points = [
        HistoryPoint(
            entries[sample.subject.public_id],
            sample,
            place[sample.line],
            sample.subject.public_id in on_line,
            steps.get(sample.subject.public_id),
        )
        for sample in samples
    ]
    return sorted(points, key=lambda point: (point.line, point.sample.round_position, not point.on_line))
