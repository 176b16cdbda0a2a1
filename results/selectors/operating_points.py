"""Operating points of one chip: what a faster clock or a higher supply costs in energy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.analysis.pivots import Beside, Curve, OperatingPoint, Sample, beside, curves
from results.domain.metrics import METRICS
from results.domain.pivots import OperatingPointsQuery
from results.models import Benchmark, Device, LeaderboardEntry
from results.services.subjects import spread_of, subject_of

MOST_RESULTS = 600
"""Results that one page looks at, the newest rounds first."""

_LATENCY, _ENERGY = "latency_ms", "energy_uj_per_inf"


@dataclass(frozen=True, slots=True)
class PointView:
    """One operating point; ``latency`` and ``energy`` stand against the first point of its curve, None there."""

    entry: LeaderboardEntry
    point: OperatingPoint
    latency: Beside | None
    energy: Beside | None


@dataclass(frozen=True, slots=True)
class OperatingPointsView:
    """One benchmark on one device. ``curves`` hold the joined points, those with most points first; ``resubmitted``
    counts results left out because their log was handed in before, ``without_energy`` those that have no point."""

    query: OperatingPointsQuery
    device: Device
    benchmarks: tuple[Benchmark, ...]
    benchmark: Benchmark | None
    curves: tuple[tuple[PointView, ...], ...]
    resubmitted: int
    without_energy: int

    @property
    def joined(self) -> int:
        """How many curves have more than one point."""
        return sum(len(curve) > 1 for curve in self.curves)


def operating_points_of(slug: str, query: OperatingPointsQuery) -> OperatingPointsView:
    """The operating points of one device; Device.DoesNotExist. Three queries."""
    device = Device.objects.get(slug=slug)
    wanted = LeaderboardEntry.objects.filter(device_slug=slug)
    if query.division:
        wanted = wanted.filter(division=query.division)
    held: dict[str, list[LeaderboardEntry]] = defaultdict(list)
    for entry in wanted.select_related("run").order_by("-round_position", "pk")[:MOST_RESULTS]:
        held[entry.benchmark].append(entry)
    every = list(Benchmark.objects.all())
    found = {benchmark.pk: _curves(held[benchmark.pk]) for benchmark in every}
    shown = _chosen(query, found)
    entries = held[shown] if shown else []
    by_id = {entry.public_id: entry for entry in entries}
    return OperatingPointsView(
        query=query,
        device=device,
        benchmarks=tuple(benchmark for benchmark in every if found[benchmark.pk]),
        benchmark=next((benchmark for benchmark in every if benchmark.pk == shown), None),
        curves=tuple(_curve_view(curve, by_id) for curve in found.get(shown or "", ())),
        resubmitted=sum(_has_point(entry) and bool(entry.duplicate_of) for entry in entries),
        without_energy=sum(not _has_point(entry) for entry in entries),
    )


def _has_point(entry: LeaderboardEntry) -> bool:
    return entry.latency_ms is not None and entry.energy_uj_per_inf is not None


def _curves(entries: Sequence[LeaderboardEntry]) -> tuple[Curve, ...]:
    points = (
        OperatingPoint(subject_of(entry), spread_of(entry, _LATENCY), spread_of(entry, _ENERGY))
        for entry in entries
        if _has_point(entry) and not entry.duplicate_of
    )
    return tuple(sorted(curves(points), key=lambda curve: -len(curve.points)))


def _chosen(query: OperatingPointsQuery, found: Mapping[str, tuple[Curve, ...]]) -> str | None:
    """The benchmark asked for; else the first with joined points, else the first with any."""
    if query.benchmark:
        return query.benchmark
    joined = (name for name, held in found.items() if any(len(curve.points) > 1 for curve in held))
    any_point = (name for name, held in found.items() if held)
    return next(joined, None) or next(any_point, None)


def _curve_view(curve: Curve, entries: Mapping[str, LeaderboardEntry]) -> tuple[PointView, ...]:
    first = curve.points[0]
    return tuple(
        PointView(
            entries[point.subject.public_id],
            point,
            None if point is first else _against(_LATENCY, point, first),
            None if point is first else _against(_ENERGY, point, first),
        )
        for point in curve.points
    )


def _against(metric: str, point: OperatingPoint, first: OperatingPoint) -> Beside:
    own, other = (
        Sample(held.subject, held.latency if metric == _LATENCY else held.energy, 0)
        for held in (point, first)
    )
    return beside(metric, METRICS[metric].direction, own, other)
