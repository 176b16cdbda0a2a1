"""What a reader may look for on the page of a device and does not find: each gap with its reason, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from django.db.models import Count, QuerySet

from results.domain.score_metrics import COMMON_SET
from results.models import Benchmark, DeviceScore, System
from results.presentation import joined, whole_number

from .device import DeviceDetail
from .device_columns import DeviceCounts

Gap = tuple[str, str]
"""What is missing, and a sentence that says why or how much of it."""


def gaps(detail: DeviceDetail, benchmarks: Sequence[Benchmark], roofline_refusal: str) -> list[Gap]:
    """Everything that is missing, over all systems and results; ``roofline_refusal`` is why no roofline can be drawn,
    empty where one is. Three queries."""
    found = [*_missing_results(detail, benchmarks), *_missing_energy(detail), *_missing_scores(detail)]
    found += [*_missing_conditions(detail), *_missing_facts(detail)]
    if roofline_refusal:
        found.append(("Roofline", roofline_refusal))
    return found


def _missing_results(detail: DeviceDetail, benchmarks: Sequence[Benchmark]) -> Iterator[Gap]:
    if not detail.counts.results:
        yield "Results", "Nobody has published a result on this device in the rounds held here."
        return
    absent = [b.pk for b in benchmarks if b.pk not in detail.counts.of_benchmark]
    if absent:
        verb = "has" if len(absent) == 1 else "have"
        yield "Benchmarks", f"{joined(absent)} {verb} not been run here in the rounds held by this site."


def _missing_scores(detail: DeviceDetail) -> Iterator[Gap]:
    number = _scores(detail, "latency_ms").count()
    if number:
        yield (
            "Scores",
            f"{whole_number(number)} {'system' if number == 1 else 'systems'} ran fewer than {len(COMMON_SET)} of "
            f"{joined(list(COMMON_SET))}: no score.",
        )
    if detail.counts.results and "peak_ram_kib" not in detail.best:
        yield "Memory of a run", "No result on this device states its peak RAM: there is no memory score."


def _missing_conditions(detail: DeviceDetail) -> Iterator[Gap]:
    counts = detail.counts
    without_clock = System.objects.order_by().filter(device=detail.device, clock_mhz__isnull=True)
    silent = int(np.isin(list(without_clock.values_list("pk", flat=True)), counts.systems).sum())
    if silent:
        of = whole_number(detail.number_of_systems)
        yield "Clock", f"{whole_number(silent)} of {of} systems on this device state none."
    if counts.without_quality:
        yield "Quality", f"{_of_results(counts.without_quality, counts)} on this device have none."


def _missing_facts(detail: DeviceDetail) -> Iterator[Gap]:
    if not any(fact.field.startswith("sleep_current") for fact in detail.facts):
        yield "Idle power", "No source states it, so the energy at a frame rate cannot be given."
    if not any(fact.field in ("sram_kib", "fpga_part") for fact in detail.facts):
        yield "Memory", "No source states the size of the RAM."


def _missing_energy(detail: DeviceDetail) -> Iterator[Gap]:
    counts = detail.counts
    if counts.without_cost:
        never = counts.never_measured if counts.without_cost < counts.results else ()
        who = f"; {joined(never)} measured none" if never else ""
        yield "Energy", f"{_of_results(counts.without_cost, counts)} on this device have none{who}."
    barred = (
        _scores(detail, "energy_uj_per_inf")
        .filter(covered=0)
        .exclude(reason="")
        .exclude(reason__startswith="not measured")
    )
    reasons = dict(barred.values_list("reason").annotate(number=Count("*")))
    if reasons:
        number = sum(reasons.values())
        yield (
            "Energy scope",
            f"The energy of {whole_number(number)} {'system' if number == 1 else 'systems'} may not be compared with the "
            f"reference: {joined(sorted(reasons))}.",
        )


def _scores(detail: DeviceDetail, metric: str) -> QuerySet[DeviceScore]:
    """The rows of all systems on the device that say why there is no score."""
    return DeviceScore.objects.filter(device=detail.device, metric=metric, score__isnull=True)


def _of_results(number: int, counts: DeviceCounts) -> str:
    return f"{whole_number(number)} of {whole_number(counts.results)} results"
