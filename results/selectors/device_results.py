"""The results of one device, each with the scores of its system: of the systems shown, or all of them piece by piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from results.models import DeviceScore, LeaderboardEntry

PIECE = 1000
"""Results that are read at once."""


@dataclass(frozen=True, slots=True)
class ScoredResult:
    """``stands``: of several variants of its system on the benchmark it is the fastest, which the ratios are of."""

    entry: LeaderboardEntry
    scores: Mapping[str, DeviceScore]
    stands: bool


def scored(
    entries: Iterable[LeaderboardEntry],
    scores: Mapping[int, Mapping[str, DeviceScore]],
    seen: set[tuple[int, str]] | None = None,
) -> Iterator[ScoredResult]:
    """``entries`` in the order of a device's results, where the fastest variant stands first, with their scores by
    system and metric. ``seen`` are the (system, benchmark) of earlier pieces."""
    seen = set() if seen is None else seen
    for entry in entries:
        variant_of = (entry.system_id, entry.benchmark)
        yield ScoredResult(entry, scores.get(entry.system_id, {}), variant_of not in seen)
        seen.add(variant_of)


def every_result(slug: str) -> Iterator[ScoredResult]:
    """Every result on a device, in the order of its page. Two queries per piece."""
    ordered = LeaderboardEntry.objects.filter(device_slug=slug).order_by(
        "benchmark", "round_position", "latency_ms", "pk"
    )
    runs = list(ordered.values_list("pk", flat=True))
    seen: set[tuple[int, str]] = set()
    for start in range(0, len(runs), PIECE):
        piece = runs[start : start + PIECE]
        held = LeaderboardEntry.objects.in_bulk(piece)
        entries = [held[run] for run in piece if run in held]
        scores: dict[int, dict[str, DeviceScore]] = defaultdict(dict)
        for score in DeviceScore.objects.filter(system__in={entry.system_id for entry in entries}).defer(
            "figures"
        ):
            scores[score.system_id][score.metric] = score
        yield from scored(entries, scores, seen)
