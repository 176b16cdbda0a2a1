"""The roofline of a device with the measured results of its fastest system below it, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from results.analysis.derived import NO_MACS_OF_EVENTS, share_of_roofline_pct
from results.analysis.roofline import (
    BANDWIDTH_FIELDS,
    PEAK_FIELDS,
    Roofline,
    attained_gops,
    intensity,
    roofline_of,
)
from results.models import Benchmark, DeviceClass, DeviceFact, LeaderboardEntry, NeuralModel

from .device import DeviceDetail, SystemRow


@dataclass(frozen=True, slots=True)
class RooflineResult:
    """One measured result. ``macs`` are dense, ``moved_bytes`` the weights once; ``bound_ms`` is the least latency.
    ``share_pct`` is how much of what the roofline allows was attained; above 100 ``remark`` says what to think of it.

    ``intensity`` is in operations per byte moved, ``gops`` in 10⁹ operations per second, 2 operations per MAC.
    """

    entry: LeaderboardEntry
    latency_ms: float
    macs: int
    moved_bytes: int
    bound_ms: float
    share_pct: float
    remark: str

    @property
    def intensity(self) -> float:
        return intensity(self.macs, self.moved_bytes)

    @property
    def gops(self) -> float:
        return attained_gops(self.macs, self.latency_ms)


@dataclass(frozen=True, slots=True)
class DeviceRoofline:
    """``refusal`` says why there is no roofline and is empty where there is one; ``row`` is the system of the results.

    ``stated`` are the facts on peak and bandwidth, used or not.
    """

    refusal: str
    roof: Roofline | None
    row: SystemRow | None
    results: tuple[RooflineResult, ...]
    stated: tuple[DeviceFact, ...]


def device_roofline(
    detail: DeviceDetail, row: SystemRow | None, benchmarks: Sequence[Benchmark]
) -> DeviceRoofline:
    """The roofline at the operating point of the system ``row``; ``benchmarks`` come with their reference models."""
    stated = tuple(fact for fact in detail.facts if fact.field in PEAK_FIELDS | BANDWIDTH_FIELDS)
    if row is None:
        return DeviceRoofline("There is no result to draw below it.", None, None, (), stated)
    if detail.device.device_class == DeviceClass.EVENT_BASED:
        return DeviceRoofline(NO_MACS_OF_EVENTS, None, row, (), stated)
    roof = roofline_of(stated, clock_mhz=row.system.accelerator_clock_mhz or row.system.clock_mhz)
    if isinstance(roof, str):
        return DeviceRoofline(roof, None, row, (), stated)
    models = {benchmark.pk: benchmark.reference_model for benchmark in benchmarks}
    results = tuple(_results(row, models, roof))
    if not results:
        refusal = "No result of its fastest system states a latency, a known network and its numeric format."
        return DeviceRoofline(refusal, None, row, (), stated)
    return DeviceRoofline("", roof, row, results, stated)


def _results(
    row: SystemRow, models: dict[str, NeuralModel | None], roof: Roofline
) -> Iterable[RooflineResult]:
    for benchmark, model in models.items():
        entry = row.entries.get(benchmark)
        if entry is None or entry.latency_ms is None or model is None or entry.neural_model != model.slug:
            continue
        moved = weight_bytes(entry.precision, model)
        if model.macs and moved:
            bound = roof.bound_ms(model.macs, moved)
            share = share_of_roofline_pct(entry.latency_ms, model.macs, moved, roof)
            if share.value is not None:
                yield RooflineResult(
                    entry, entry.latency_ms, model.macs, moved, bound, share.value, share.remark
                )


def weight_bytes(precision: str, model: NeuralModel) -> int | None:
    """The bytes of the weights in the numeric format that a result states; None where it states neither."""
    precision = precision.lower()
    if precision.startswith("int8"):
        return model.weight_bytes_int8
    return model.weight_bytes_fp32 if precision.startswith(("fp32", "float32")) else None
