"""One device: what is known of it, what was measured on it, how its systems stand against the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from results.models import (
    Device,
    DeviceFact,
    DeviceScore,
    Division,
    LeaderboardEntry,
    Publication,
    Round,
    System,
)

from .device_columns import DeviceCounts, RoundLatency, device_counts, lowest_latencies_of_rounds

BEST_METRIC = "latency_ms"
SCORED = (BEST_METRIC, "energy_uj_per_inf", "peak_ram_kib")
"""Metrics in which a system stands for the device."""

MOST_SYSTEMS = 24
"""Systems that the page of a device shows, those of the greatest latency scores; it counts the others."""
PER_ROUND = 3
"""Of a device with more systems the charts show so many results of each round."""


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system on the device: its scores by metric, its results by benchmark (the fastest of several variants)."""

    system: System
    scores: Mapping[str, DeviceScore]
    entries: Mapping[str, LeaderboardEntry]


@dataclass(frozen=True, slots=True)
class DeviceDetail:
    """A device with what was published on it: counts over everything, and at most :data:`MOST_SYSTEMS` systems.

    ``systems`` are those of the greatest latency scores, ``entries`` their results, ``best`` by metric the system that
    stands for the device. ``drawn`` are the results of the charts over the rounds: all of them, or the lowest
    latencies of each round where systems are left out. ``rounds`` are all rounds with results, also those without the
    device. ``facts`` are in catalogue order; contradicting statements stand side by side. ``reference`` names the fixed
    reference of the scores, empty when there is none.
    """

    device: Device
    facts: tuple[DeviceFact, ...]
    counts: DeviceCounts
    systems: tuple[SystemRow, ...]
    best: Mapping[str, SystemRow]
    entries: tuple[LeaderboardEntry, ...]
    drawn: tuple[RoundLatency, ...]
    rounds: tuple[str, ...]
    reference: str

    @property
    def number_of_systems(self) -> int:
        """How many systems with results there are, shown or not."""
        return len(self.counts.systems)

    @property
    def is_whole(self) -> bool:
        """Whether every system with a result is shown."""
        return self.number_of_systems <= MOST_SYSTEMS


def device_detail(slug: str) -> DeviceDetail:
    """One device; Device.DoesNotExist when there is none of that slug.

    Seven queries whatever it holds; none of them reads more rows than are shown.
    """
    device = Device.objects.get(slug=slug)
    counts = device_counts(slug)
    leading = _leading_scores(device)
    shown = _shown(leading, counts)
    best = {metric: max(held, key=_standing).system_id for metric, held in leading.items()}
    rows, reference = _system_rows(slug, {*shown, *best.values()})
    entries = _in_order(entry for pk in shown if pk in rows for entry in rows[pk][1])
    is_whole = len(counts.systems) <= MOST_SYSTEMS
    return DeviceDetail(
        device=device,
        facts=tuple(device.facts.all()),
        counts=counts,
        systems=tuple(rows[pk][0] for pk in shown if pk in rows),
        best={metric: rows[pk][0] for metric, pk in best.items() if pk in rows},
        entries=entries,
        drawn=tuple(_drawn(entry) for entry in entries if entry.latency_ms is not None)
        if is_whole
        else tuple(lowest_latencies_of_rounds(slug, PER_ROUND)),
        rounds=tuple(published_rounds().values_list("pk", flat=True)),
        reference=reference,
    )


def published_rounds() -> QuerySet[Round]:
    """The rounds in which something was published, the oldest first."""
    return Round.objects.filter(Exists(Publication.objects.filter(round=OuterRef("pk")))).order_by("position")


class _Leading(NamedTuple):
    """What the order of scores is taken from: columns of one index."""

    metric: str
    division: str
    score: float | None
    covered: int
    system_id: int


def _leading_scores(device: Device) -> dict[str, list[_Leading]]:
    """By metric the scores of each division that stand first, in latency as many as are shown. One query."""
    own = DeviceScore.objects.filter(device=device).values_list(*_Leading._fields)
    own = own.order_by(F("score").desc(nulls_last=True), "-covered", "system_id")
    first, *others = (
        own.filter(metric=metric, division=division)[: MOST_SYSTEMS if metric == BEST_METRIC else 1]
        for metric in SCORED
        for division in Division.values
    )
    found: dict[str, list[_Leading]] = defaultdict(list)
    for row in first.union(*others, all=True):
        score = _Leading(*row)
        found[score.metric].append(score)
    return found


def _shown(leading: Mapping[str, Sequence[_Leading]], counts: DeviceCounts) -> list[int]:
    """The systems that are shown: scores from high to low, then systems without one, the better covered first; then in
    order of publication. Those of which no score is stored follow."""
    ranked = [score.system_id for score in sorted(leading.get(BEST_METRIC, ()), key=_best_score_first)]
    if len(ranked) < MOST_SYSTEMS:
        known = set(ranked)
        ranked += [pk for pk in counts.systems.tolist() if pk not in known]
    return ranked[:MOST_SYSTEMS]


def _best_score_first(score: _Leading) -> tuple[bool, float, int, int]:
    return (score.score is None, -(score.score or 0.0), -score.covered, score.system_id)


def _standing(score: _Leading) -> tuple[bool, int, bool, float, int]:
    """What the score that stands for the device has most of: a closed one stands before an open one."""
    closed = score.division == Division.CLOSED
    return (score.score is not None, score.covered, closed, score.score or 0.0, -score.system_id)


def _system_rows(
    slug: str, systems: Iterable[int]
) -> tuple[dict[int, tuple[SystemRow, list[LeaderboardEntry]]], str]:
    """The rows of ``systems`` that have results, with all of these, and the reference of their scores. Three queries."""
    wanted = list(systems)
    held = System.objects.select_related("publication__round", "publication__submitter").in_bulk(wanted)
    entries: dict[int, list[LeaderboardEntry]] = defaultdict(list)
    for entry in _in_order(LeaderboardEntry.objects.filter(system__in=wanted, device_slug=slug)):
        entries[entry.system_id].append(entry)
    scores: dict[int, dict[str, DeviceScore]] = defaultdict(dict)
    for score in DeviceScore.objects.filter(system__in=wanted).order_by("pk"):
        scores[score.system_id][score.metric] = score
    references = {score.reference for own in scores.values() for score in own.values()}
    rows = {
        pk: (SystemRow(held[pk], scores[pk], by_benchmark(own)), own)
        for pk, own in entries.items()
        if pk in held
    }
    return rows, next(iter(sorted(references)), "")


def _drawn(entry: LeaderboardEntry) -> RoundLatency:
    assert entry.latency_ms is not None
    title = f"{entry.software or entry.system_label}, {entry.submitter_name}"
    return RoundLatency(entry.benchmark, entry.round, entry.latency_ms, title)


def _in_order(entries: Iterable[LeaderboardEntry]) -> tuple[LeaderboardEntry, ...]:
    """By benchmark, round and latency, what was not measured last."""
    return tuple(
        sorted(
            entries,
            key=lambda one: (
                one.benchmark, one.round_position, one.latency_ms is None, one.latency_ms or 0.0, one.pk,
            ),
        )
    )  # fmt: skip


def by_benchmark(entries: Iterable[LeaderboardEntry]) -> dict[str, LeaderboardEntry]:
    """The fastest entry of each benchmark, of several without a latency the first."""
    held: dict[str, LeaderboardEntry] = {}
    for entry in entries:
        first = held.setdefault(entry.benchmark, entry)
        if entry.latency_ms is not None and (first.latency_ms is None or entry.latency_ms < first.latency_ms):
            held[entry.benchmark] = entry
    return held
