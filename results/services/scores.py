"""Device scores: each system against the one fixed reference, per metric, with the reason where there is no score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from results.analysis.comparability import comparability, why_not_compared
from results.analysis.normalisation import Score, normalised_score
from results.models import DeviceScore, LeaderboardEntry, Publication, System

from .copying import copy_rows
from .pareto_points import conditions

REFERENCE_ROUND = "v0.5"
REFERENCE_DIRECTORY = "reference"
REFERENCE_DEVICE = "nucleo-l4r5zi"
REFERENCE_NAME = "MLPerf Tiny reference implementation on NUCLEO-L4R5ZI, v0.5"
COMMON_SET = ("kws", "vww", "ic", "ad")
METRICS = ("latency_ms", "energy_uj_per_inf")

BATCH = 5000
_COLUMNS = ("system_id", "metric", "reference", "score", "covered", "of", "ratios", "reason")
_NEEDED = (
    "run_id", "system_id", "benchmark", "energy_scope", "supply_voltage_mv", "evaluation_set", "public_id", *METRICS,
)  # fmt: skip

Entries = list[LeaderboardEntry]


def is_reference(publication: Publication) -> bool:
    """Whether ``publication`` holds the reference system, so that every score depends on it."""
    return (publication.round_id, publication.submitter_directory) == (REFERENCE_ROUND, REFERENCE_DIRECTORY)


def write(publication: Publication | None) -> None:
    """Replace the scores of the systems of ``publication``, or of all systems."""
    reference = _by_benchmark(
        LeaderboardEntry.objects.filter(
            round=REFERENCE_ROUND, submitter_directory=REFERENCE_DIRECTORY, device_slug=REFERENCE_DEVICE,
            division="closed",
        )
    )  # fmt: skip
    if publication is None:
        DeviceScore.objects.all().delete()
        systems = System.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=50_000)
    else:
        DeviceScore.objects.filter(system__publication=publication).delete()
        systems = System.objects.filter(publication=publication).order_by("pk").values_list("pk", flat=True)
    remaining = iter(systems)
    while batch := list(islice(remaining, BATCH)):
        copy_rows(DeviceScore, _COLUMNS, list(_rows(batch, reference)))  # no query runs within COPY


def _rows(systems: list[int], reference: dict[str, LeaderboardEntry]) -> Iterator[tuple[Any, ...]]:
    entries: dict[int, Entries] = defaultdict(list)
    for entry in LeaderboardEntry.objects.filter(system__in=systems).order_by("public_id").only(*_NEEDED):
        entries[entry.system_id].append(entry)
    if not all(name in reference for name in COMMON_SET):
        return
    for system, own in sorted(entries.items()):
        for metric in METRICS:
            if all(getattr(reference[name], metric) is not None for name in COMMON_SET):
                score = _score(system, metric, own, reference)
                yield tuple(getattr(score, column) for column in _COLUMNS)


def _by_benchmark(entries: Iterable[LeaderboardEntry]) -> dict[str, LeaderboardEntry]:
    """The one entry of each benchmark of the common set; of several variants the fastest stands for the system."""
    best: dict[str, LeaderboardEntry] = {}
    for entry in entries:
        if entry.benchmark not in COMMON_SET:
            continue
        held = best.get(entry.benchmark)
        if held is None or _latency(entry) < _latency(held):
            best[entry.benchmark] = entry
    return best


def _latency(entry: LeaderboardEntry) -> float:
    return entry.latency_ms if entry.latency_ms is not None else float("inf")


def _score(
    system_id: int, metric: str, entries: Entries, reference: dict[str, LeaderboardEntry]
) -> DeviceScore:
    own = _by_benchmark(entries)
    measured = {name: entry for name, entry in own.items() if getattr(entry, metric) is not None}
    group = comparability().group(metric, conditions(reference[COMMON_SET[0]]))
    barred = {
        name: sentence
        for name, entry in measured.items()
        if group and (sentence := why_not_compared(metric, conditions(entry), group))
    }
    score = normalised_score(
        {name: getattr(entry, metric) for name, entry in measured.items() if name not in barred},
        {name: getattr(reference[name], metric) for name in COMMON_SET},
    )
    return DeviceScore(
        system_id=system_id,
        metric=metric,
        reference=REFERENCE_NAME,
        score=score.value,
        covered=score.covered,
        of=score.of,
        ratios=dict(score.ratios),
        reason=_reason(score, barred, measured)[:300],
    )


def _reason(score: Score, barred: dict[str, str], measured: dict[str, LeaderboardEntry]) -> str:
    """Why there is no score, in words; empty when there is one."""
    if score.value is not None:
        return ""
    if barred:
        return "; ".join(dict.fromkeys(barred.values()))
    if not measured:
        return "not measured"
    missing = [name for name in COMMON_SET if name not in measured]
    return f"{score.covered} of {score.of}: {', '.join(missing)} not measured"
