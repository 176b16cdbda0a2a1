"""What the fit finder limits and ranks by: the one table for its parameters, pages, data and API."""

from __future__ import annotations

from dataclasses import dataclass

from .metrics import Direction


@dataclass(frozen=True, slots=True)
class FitMetric:
    """A quantity of a result, or of its device. ``direction`` NONE: that of the benchmark's quality metric.

    ``needs_energy``: its values compare within one energy scope and supply only. ``of_device``: a statement about the
    device, with a source, and no measurement. ``derived``: the id of its formula among the derived metrics.
    """

    name: str
    label: str
    noun: str
    unit: str
    direction: Direction
    needs_energy: bool = False
    of_device: bool = False
    derived: str = ""


@dataclass(frozen=True, slots=True)
class LimitParameter:
    """A limit as an address gives it, in the unit of its metric. ``is_least``: the value must not lie below it."""

    name: str
    metric: str
    is_least: bool
    zero_allowed: bool = False


LATENCY, ENERGY, POWER, QUALITY = "latency", "energy", "average-power", "quality"
FRAME, RAM, FLASH = "frame", "ram", "flash"

_M, _D = FitMetric, Direction
FIT_METRICS: dict[str, FitMetric] = {
    metric.name: metric
    for metric in (
        _M(LATENCY, "Latency", "latency", "ms", _D.LOWER),
        _M(ENERGY, "Energy", "energy", "µJ", _D.LOWER, needs_energy=True),
        _M("energy-delay", "Energy-delay product", "energy-delay product", "µJ·ms", _D.LOWER, needs_energy=True,
           derived="energy_delay_product_uj_ms"),
        _M(POWER, "Average power", "average power", "mW", _D.LOWER, needs_energy=True, derived="average_power_at_fps_mw"),
        _M("inferences-per-joule", "Inferences per joule", "inferences per joule", "inf/J", _D.HIGHER,
           needs_energy=True, derived="inferences_per_joule"),
        _M(QUALITY, "Quality", "quality", "", _D.NONE),
        _M(FRAME, "Frame rate", "busy share of a frame", "", _D.LOWER),
        _M(RAM, "RAM", "RAM", "KiB", _D.HIGHER, of_device=True),
        _M(FLASH, "Flash", "flash", "KiB", _D.HIGHER, of_device=True),
    )
}  # fmt: skip
"""``frame`` is latency × frame rate: above 1 the device does not keep up. RAM and flash are those on the chip."""

OBJECTIVES = (LATENCY, ENERGY, "energy-delay", POWER, "inferences-per-joule", QUALITY)
FRONT_METRICS = (LATENCY, ENERGY, "energy-delay", POWER, "inferences-per-joule", QUALITY)
"""Metrics that a front is taken over; more RAM than asked for is no merit."""

LIMIT_PARAMETERS: dict[str, LimitParameter] = {
    one.name: one
    for one in (
        LimitParameter("latency_max", LATENCY, is_least=False),
        LimitParameter("energy_max", ENERGY, is_least=False),
        LimitParameter("average_power_max", POWER, is_least=False),
        LimitParameter("quality_min", QUALITY, is_least=True),
        LimitParameter("quality_max", QUALITY, is_least=False, zero_allowed=True),
        LimitParameter("ram_min", RAM, is_least=True),
        LimitParameter("flash_min", FLASH, is_least=True),
    )
}
"""Every limit in canonical order. ``quality_max`` is for benchmarks that count errors."""
