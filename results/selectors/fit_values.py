"""What the fit finder knows of one result: its values on every metric, and why one of them cannot be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from results.analysis.comparability import comparability
from results.analysis.derived import average_power_at_fps_mw, energy_delay_product_uj_ms, inferences_per_joule
from results.analysis.frame_power import busy_share, keeps_up
from results.analysis.stated_memory import StatedMemory, stated_memory
from results.domain.fit_metrics import ENERGY, FIT_METRICS, FLASH, FRAME, LATENCY, POWER, QUALITY, RAM
from results.domain.fit_query import FitQuery
from results.models import DeviceFact, LeaderboardEntry
from results.services.pareto_points import conditions

MEMORY_FIELDS = {RAM: "sram_kib", FLASH: "flash_kib"}
"""Fields of the statements about a device: memory on the chip, in KiB. What is attached to it is not counted."""

ENERGY_METRIC = "energy_uj_per_inf"
QUALITY_METRIC = "top1"
"""Metrics that the comparison groups of energies and qualities are asked by."""

Memory = Mapping[str, StatedMemory | None]


@dataclass(frozen=True, slots=True)
class Groups:
    """The comparison groups that an answer is about: of energies and of qualities, None where none was chosen."""

    energy: str | None
    quality: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """The values of one result by metric, and for each that is not known or does not compare the reason in words.

    A metric may have both: a value that was measured under conditions other than those that are compared.
    """

    values: Mapping[str, float]
    reasons: Mapping[str, str]

    @property
    def compared(self) -> dict[str, float]:
        """The values that may be judged and ranked."""
        return {name: value for name, value in self.values.items() if name not in self.reasons}


def energy_group(entry: LeaderboardEntry) -> str | None:
    """The comparison group of a measured energy; None where there is none, or nobody states its conditions."""
    if entry.energy_uj_per_inf is None:
        return None
    return comparability().group(ENERGY_METRIC, conditions(entry))


def quality_group(entry: LeaderboardEntry) -> str | None:
    """The comparison group of a known quality."""
    return None if entry.quality_value is None else comparability().group(QUALITY_METRIC, conditions(entry))


def known_values(entry: LeaderboardEntry, query: FitQuery, groups: Groups, memory: Memory) -> Known:
    """Everything that ``query`` may ask of ``entry``; ``memory`` is that of its device."""
    latency, energy = entry.latency_ms, entry.energy_uj_per_inf
    found: dict[str, float | None] = {
        LATENCY: latency,
        ENERGY: energy,
        "energy-delay": energy_delay_product_uj_ms(energy, latency).value,
        "inferences-per-joule": inferences_per_joule(energy).value,
        POWER: average_power_at_fps_mw(energy, latency, query.fps, query.sleep_power_mw).value,
        QUALITY: entry.quality_value,
        FRAME: _busy(latency, query.fps),
        RAM: _kib(memory.get(RAM)),
        FLASH: _kib(memory.get(FLASH)),
    }
    reasons = {name: reason for name in found if (reason := _reason(name, found[name], entry, query, groups))}
    return Known({name: value for name, value in found.items() if value is not None}, reasons)


def memory_of(facts: Iterable[DeviceFact]) -> Memory:
    """The memory of one device from the statements of its sources."""
    held = list(facts)
    return {
        name: stated_memory(fact for fact in held if fact.field == field)
        for name, field in MEMORY_FIELDS.items()
    }


def _kib(stated: StatedMemory | None) -> float | None:
    return stated.kib if stated else None


def _busy(latency: float | None, fps: float | None) -> float | None:
    """Latency as a share of the time between frames; at most 1 exactly where the device keeps up."""
    if latency is None or fps is None:
        return None
    return min(1.0, busy_share(latency, fps)) if keeps_up(latency, fps) else busy_share(latency, fps)


def _reason(name: str, value: float | None, entry: LeaderboardEntry, query: FitQuery, groups: Groups) -> str:
    """Why the value of a metric is not known or does not compare; empty where it does."""
    metric = FIT_METRICS[name]
    if metric.of_device:
        return f"{metric.noun} of the device not stated" if value is None else ""
    if metric.needs_energy and entry.energy_uj_per_inf is None:
        return (
            "energy not measured"
            if entry.average_power_mw is None
            else "measured as mean power, not per inference"
        )
    if name not in (ENERGY, QUALITY) and entry.latency_ms is None and name != "inferences-per-joule":
        return "latency not measured"
    if name == POWER and value is None and query.gives_power:
        return "average power refused: it does not keep up with the frame rate"
    if name == QUALITY:
        return _why_quality(value, entry, groups)
    return _why_energy(entry, groups) if metric.needs_energy else ""


def _why_quality(value: float | None, entry: LeaderboardEntry, groups: Groups) -> str:
    if value is None:
        return "quality not measured"
    own = quality_group(entry)
    if groups.quality is None or own == groups.quality:
        return ""
    measured_on = f"the {comparability().label(own)}" if own else "an unknown test set"
    return f"quality measured on {measured_on}, not on the {comparability().label(groups.quality)}"


def _why_energy(entry: LeaderboardEntry, groups: Groups) -> str:
    own = energy_group(entry)
    if groups.energy is None or own == groups.energy:
        return ""
    wanted = comparability().label(groups.energy)
    if own is None:
        return f"energy without a stated scope or supply, so not compared with {wanted}"
    return f"energy measured on {comparability().label(own)}, not on {wanted}"
