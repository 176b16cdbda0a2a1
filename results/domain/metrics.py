"""The metrics of a run: unit, direction, kind. The one table that everything else reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which way is better; NONE for conditions and counts that are not ranked."""

    LOWER = "lower"
    HIGHER = "higher"
    NONE = "none"


class MetricKind(StrEnum):
    """Quality metrics have a target, cost metrics a log axis; conditions describe how a run was done."""

    COST = "cost"
    QUALITY = "quality"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Metric:
    """A quantity of a run. ``unit`` is what pages print, the unit of stored values stands in ``id``."""

    id: str
    name: str
    unit: str
    direction: Direction
    kind: MetricKind
    zero_allowed: bool = False
    description: str = ""


_M = Metric
_D = Direction
_K = MetricKind

METRICS: dict[str, Metric] = {
    metric.id: metric
    for metric in (
        _M("latency_ms", "Latency", "ms", _D.LOWER, _K.COST,
           description="1000 / median throughput of the timed windows; sww: processing time per 32 ms frame"),
        _M("throughput_inf_per_s", "Throughput", "inf/s", _D.HIGHER, _K.COST,
           description="median of the timed windows; sww: the runner's estimated throughput"),
        _M("energy_uj_per_inf", "Energy", "µJ/inf", _D.LOWER, _K.COST,
           description="median energy per inference of the energy windows"),
        _M("average_power_mw", "Mean power", "mW", _D.LOWER, _K.COST,
           description="median power of the energy windows; sww: power over the whole run"),
        _M("peak_ram_kib", "Peak RAM", "KiB", _D.LOWER, _K.COST,
           description="the most RAM that one inference holds: buffers, tensors and stack, as the submitter states"),
        _M("top1_pct", "Top-1", "%", _D.HIGHER, _K.QUALITY),
        _M("auc", "AUC", "", _D.HIGHER, _K.QUALITY),
        _M("sww_false_positives", "False positives", "count", _D.LOWER, _K.QUALITY, zero_allowed=True),
        _M("sww_false_negatives", "False negatives", "count", _D.LOWER, _K.QUALITY, zero_allowed=True),
        _M("sww_true_positives", "True positives", "count", _D.HIGHER, _K.QUALITY, zero_allowed=True),
        _M("sww_duty_cycle", "Duty cycle", "", _D.LOWER, _K.COST,
           description="share of each 32 ms frame spent processing"),
        _M("sww_period_s", "Frame period", "s", _D.NONE, _K.CONDITION),
        _M("energy_throughput_inf_per_s", "Throughput of the energy run", "inf/s", _D.NONE, _K.CONDITION),
        _M("supply_voltage_mv", "Supply voltage", "mV", _D.NONE, _K.CONDITION),
    )
}  # fmt: skip

ENERGY_METRICS = frozenset({"energy_uj_per_inf", "average_power_mw"})
"""Metrics that mean nothing without an energy scope and a supply voltage."""
