"""What a reader may look for on the page of a device and does not find: each gap with its reason, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from results.domain.score_metrics import COMMON_SET
from results.models import Benchmark
from results.presentation import joined

from .device import DeviceDetail

Gap = tuple[str, str]
"""What is missing, and a sentence that says why or how much of it."""


def gaps(detail: DeviceDetail, benchmarks: Sequence[Benchmark], roofline_refusal: str) -> list[Gap]:
    """Everything that is missing; ``roofline_refusal`` is why no roofline can be drawn, empty where one is."""
    found = [*_missing_results(detail, benchmarks), *_missing_energy(detail), *_missing_scores(detail)]
    found += [*_missing_conditions(detail), *_missing_facts(detail)]
    if roofline_refusal:
        found.append(("Roofline", roofline_refusal))
    return found


def _missing_results(detail: DeviceDetail, benchmarks: Sequence[Benchmark]) -> Iterator[Gap]:
    entries = detail.entries
    if not entries:
        yield "Results", "Nobody has published a result on this device in the rounds held here."
        return
    absent = [b.pk for b in benchmarks if b.pk not in {entry.benchmark for entry in entries}]
    if absent:
        verb = "has" if len(absent) == 1 else "have"
        yield "Benchmarks", f"{joined(absent)} {verb} not been run here in the rounds held by this site."


def _missing_scores(detail: DeviceDetail) -> Iterator[Gap]:
    partial = [
        row for row in detail.systems if "latency_ms" in row.scores and row.scores["latency_ms"].score is None
    ]
    if partial:
        number = len(partial)
        yield (
            "Scores",
            f"{number} {'system' if number == 1 else 'systems'} ran fewer than {len(COMMON_SET)} of "
            f"{joined(list(COMMON_SET))}: no score.",
        )
    if detail.entries and not any("peak_ram_kib" in row.scores for row in detail.systems):
        yield "Memory of a run", "No result on this device states its peak RAM: there is no memory score."


def _missing_conditions(detail: DeviceDetail) -> Iterator[Gap]:
    silent = sum(row.system.clock_mhz is None for row in detail.systems)
    if silent:
        yield "Clock", f"{silent} of {len(detail.systems)} systems on this device state none."
    without = sum(entry.quality_value is None for entry in detail.entries)
    if without:
        yield "Quality", f"{without} of {len(detail.entries)} results on this device have none."


def _missing_facts(detail: DeviceDetail) -> Iterator[Gap]:
    if not any(fact.field.startswith("sleep_current") for fact in detail.facts):
        yield "Idle power", "No source states it, so the energy at a frame rate cannot be given."
    if not any(fact.field in ("sram_kib", "fpga_part") for fact in detail.facts):
        yield "Memory", "No source states the size of the RAM."


def _missing_energy(detail: DeviceDetail) -> Iterator[Gap]:
    entries = detail.entries
    without = [
        entry for entry in entries if entry.energy_uj_per_inf is None and entry.average_power_mw is None
    ]
    if without:
        measured = {entry.submitter_name for entry in entries} - {entry.submitter_name for entry in without}
        never = sorted(
            {e.submitter_name for e in without} - {e.submitter_name for e in entries if e not in without}
        )
        who = (
            f"; {joined(never)} measured none" if never and (measured or len(without) < len(entries)) else ""
        )
        yield "Energy", f"{len(without)} of {len(entries)} results on this device have none{who}."
    barred = [
        score
        for row in detail.systems
        if (score := row.scores.get("energy_uj_per_inf"))
        and score.reason
        and not score.reason.startswith("not measured")
        and not score.ratios
    ]
    if barred:
        number = len(barred)
        yield (
            "Energy scope",
            f"The energy of {number} {'system' if number == 1 else 'systems'} may not be compared with the reference: "
            f"{joined(sorted({score.reason for score in barred}))}.",
        )
