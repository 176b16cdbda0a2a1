"""Device scores: each system against the one fixed reference, per metric, with the reason where there is no score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from results.analysis.comparability import Conditions
from results.analysis.derived import energy_delay_product_uj_ms
from results.analysis.system_score import Figure, SystemScore, spread_of, system_score
from results.domain.score_metrics import COMMON_SET, SCORE_METRICS, ScoreMetric
from results.models import DeviceScore, LeaderboardEntry, Measurement, Publication, System

from .copying import copy_rows
from .pareto_points import conditions

REFERENCE_ROUND = "v0.5"
REFERENCE_DIRECTORY = "reference"
REFERENCE_DEVICE = "nucleo-l4r5zi"
REFERENCE_NAME = "MLPerf Tiny reference implementation on NUCLEO-L4R5ZI, v0.5"

BATCH = 5000
_COLUMNS = (
    "system_id", "device_id", "division", "metric", "reference", "score", "low", "high", "covered", "of", "ratios", "figures", "reason",
)  # fmt: skip
_NEEDED = (
    "run_id", "system_id", "benchmark", "energy_scope", "supply_voltage_mv", "evaluation_set", "public_id", "latency_ms",
    "energy_uj_per_inf", "latency_range",
)  # fmt: skip

Entries = list[LeaderboardEntry]
Memory = Mapping[int, float]
"""Run → peak RAM in KiB, of the runs that state it."""


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
        systems = _with_division(System.objects.all()).iterator(chunk_size=50_000)
    else:
        DeviceScore.objects.filter(system__publication=publication).delete()
        systems = _with_division(System.objects.filter(publication=publication))
    remaining = iter(systems)
    while batch := list(islice(remaining, BATCH)):
        copy_rows(DeviceScore, _COLUMNS, list(_rows(batch, reference)))  # no query runs within COPY


def _with_division(systems: QuerySet[System]) -> QuerySet[System, tuple[int, int, str]]:
    """(system, device, division) of each."""
    return systems.order_by("pk").values_list("pk", "device_id", "publication__division")


def _rows(
    batch: list[tuple[int, int, str]], reference: dict[str, LeaderboardEntry]
) -> Iterator[tuple[Any, ...]]:
    systems = {pk: (device, division) for pk, device, division in batch}
    entries: dict[int, Entries] = defaultdict(list)
    for entry in (
        LeaderboardEntry.objects.filter(system__in=systems)
        .order_by("public_id")
        .values_list(*_NEEDED, named=True)
    ):
        entries[entry.system_id].append(entry)
    if not all(name in reference for name in COMMON_SET):
        return
    stated = Measurement.objects.filter(metric="peak_ram_kib", run__system__in=systems)
    memory = dict(stated.values_list("run_id", "value"))
    for system, own in sorted(entries.items()):
        for metric in SCORE_METRICS.values():
            # Of memory nobody but self-reported runs state anything: no row for each system that does not.
            if metric.word != "memory" or any(entry.run_id in memory for entry in own):
                row = _row(system, metric, _by_benchmark(own), reference, memory)
                row.device_id, row.division = systems[system]
                yield tuple(getattr(row, column) for column in _COLUMNS)


def figures_of(row: DeviceScore) -> dict[str, Figure]:
    """The figures of the system that ``row`` is about, by benchmark, as :func:`write` stored them."""
    return {
        benchmark: Figure(
            held["value"],
            held["spread"],
            Conditions(benchmark, held["energy_scope"], held["supply_voltage_mv"], ""),
        )
        for benchmark, held in row.figures.items()
    }


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


def _row(
    system_id: int,
    metric: ScoreMetric,
    own: Mapping[str, LeaderboardEntry],
    reference: Mapping[str, LeaderboardEntry],
    memory: Memory,
) -> DeviceScore:
    figures = _figures(metric, own, memory)
    score: SystemScore = system_score(metric, figures, _figures(metric, reference, memory))
    return DeviceScore(
        system_id=system_id,
        metric=metric.id,
        reference=REFERENCE_NAME,
        score=score.value,
        low=score.low,
        high=score.high,
        covered=score.covered,
        of=score.of,
        ratios=dict(score.ratios),
        figures={name: _stored(own[name], figure) for name, figure in figures.items()},
        reason=score.reason[:300],
    )


def _figures(
    metric: ScoreMetric, entries: Mapping[str, LeaderboardEntry], memory: Memory
) -> dict[str, Figure]:
    return {
        name: Figure(value, spread_of(metric, entries[name].latency_range), conditions(entries[name]))
        for name in COMMON_SET
        if name in entries and (value := _value(metric, entries[name], memory)) is not None
    }


def _value(metric: ScoreMetric, entry: LeaderboardEntry, memory: Memory) -> float | None:
    """None where it was not measured; an energy-delay product needs both its inputs of this one run."""
    if metric.word == "memory":
        return memory.get(entry.run_id)
    if metric.word == "energy-delay":
        return energy_delay_product_uj_ms(entry.energy_uj_per_inf, entry.latency_ms).value
    value: float | None = getattr(entry, metric.id)
    return value


def _stored(entry: LeaderboardEntry, figure: Figure) -> dict[str, Any]:
    return {
        "result": entry.public_id,
        "value": figure.value,
        "spread": figure.spread,
        "energy_scope": figure.conditions.energy_scope,
        "supply_voltage_mv": figure.conditions.supply_voltage_mv,
    }
