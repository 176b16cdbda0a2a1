"""One device: what is known of it, what was measured on it, how its systems stand against the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.models import Device, DeviceFact, DeviceScore, LeaderboardEntry, Round, System

BEST_METRIC = "latency_ms"


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system on the device: its scores by metric, its results by benchmark (the fastest of several variants)."""

    system: System
    scores: Mapping[str, DeviceScore]
    entries: Mapping[str, LeaderboardEntry]


@dataclass(frozen=True, slots=True)
class DeviceDetail:
    """A device with everything published on it. ``rounds`` are all rounds with results, also those without it.

    ``facts`` are in catalogue order; contradicting statements stand side by side. ``reference`` names the fixed
    reference of the scores, empty when there is none.
    """

    device: Device
    facts: tuple[DeviceFact, ...]
    systems: tuple[SystemRow, ...]
    entries: tuple[LeaderboardEntry, ...]
    rounds: tuple[str, ...]
    reference: str


def device_detail(slug: str) -> DeviceDetail:
    """One device; Device.DoesNotExist when there is none of that slug. Six queries whatever it holds."""
    device = Device.objects.get(slug=slug)
    systems = list(
        System.objects.filter(device=device).select_related("publication__round", "publication__submitter")
    )
    entries = tuple(
        LeaderboardEntry.objects.filter(device_slug=slug).order_by(
            "benchmark", "round_position", "latency_ms", "pk"
        )
    )
    scores: dict[int, dict[str, DeviceScore]] = defaultdict(dict)
    for score in DeviceScore.objects.filter(system__device=device):
        scores[score.system_id][score.metric] = score
    references = {score.reference for held in scores.values() for score in held.values()}
    of_system: dict[int, list[LeaderboardEntry]] = defaultdict(list)
    for entry in entries:
        of_system[entry.system_id].append(entry)
    rows = [SystemRow(system, scores[system.pk], _by_benchmark(of_system[system.pk])) for system in systems]
    return DeviceDetail(
        device=device,
        facts=tuple(device.facts.all()),
        systems=tuple(sorted((row for row in rows if row.entries), key=_best_score_first)),
        entries=entries,
        rounds=tuple(
            Round.objects.filter(publications__isnull=False)
            .distinct()
            .order_by("position")
            .values_list("pk", flat=True)
        ),
        reference=next(iter(sorted(references)), ""),
    )


def _by_benchmark(entries: Sequence[LeaderboardEntry]) -> dict[str, LeaderboardEntry]:
    """The fastest entry of each benchmark, of several without a latency the first."""
    held: dict[str, LeaderboardEntry] = {}
    for entry in entries:
        first = held.setdefault(entry.benchmark, entry)
        if entry.latency_ms is not None and (first.latency_ms is None or entry.latency_ms < first.latency_ms):
            held[entry.benchmark] = entry
    return held


def _best_score_first(row: SystemRow) -> tuple[bool, float, int, int]:
    """Scores from high to low, then systems without one, the better covered first; then in order of publication."""
    score = row.scores.get(BEST_METRIC)
    value = score.score if score else None
    return (value is None, -(value or 0.0), -(score.covered if score else 0), row.system.pk)
