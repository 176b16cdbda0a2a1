"""A published field of devices: a board with neighbours near and far, other classes, another supply, open results."""

from __future__ import annotations

from typing import Any

from results.models import DeviceFact, NeuralModel, Run
from tests.results.makers import (
    aggregate,
    make_device,
    make_publication,
    make_reference,
    make_run,
    make_system,
)

OWN_MS = {"kws": 100.0, "vww": 300.0, "ic": 400.0, "ad": 5.0}
OWN_UJ = {"kws": 4000.0, "vww": 12_000.0, "ic": 15_000.0, "ad": 200.0}


def measured(
    device: str, factor: float, *, energy: float | None = None, supply_mv: float = 1800.0, **columns: Any
) -> None:
    """A system on ``device`` that takes ``factor`` times as long as the own one, and ``energy`` times its energy."""
    make_device(device, columns.pop("device_class", "mcu"))
    division = columns.pop("division", "closed")
    benchmarks = columns.pop("benchmarks", tuple(OWN_MS))
    system = make_system(make_publication(submitter=device, division=division), device=device, **columns)
    for benchmark in benchmarks:
        make_run(
            benchmark, latency_ms=OWN_MS[benchmark] * factor, system=system, public_id=f"{device}-{benchmark}",
            energy_uj=OWN_UJ[benchmark] * energy if energy else None, supply_mv=supply_mv, quality=0.9,
        )  # fmt: skip


def make_device_field() -> None:
    """A board among others: a near one, one twice as slow, a fast NPU, one with two benchmarks, one with open ones."""
    make_reference()
    measured("own-board", 1.0, energy=1.0)
    measured("near-board", 1.1, energy=1.5)
    measured("slow-board", 2.0, energy=1.2, supply_mv=3000.0)
    measured("swift-npu", 0.01, device_class="npu")
    measured("partial-board", 1.0, benchmarks=("kws", "ic"))
    measured("gate-array", 0.5, device_class="fpga", division="open")
    aggregate()


def stated(device: str, field: str, value: str, unit: str, tier: int = 1) -> None:
    DeviceFact.objects.create(
        device=make_device(device), field=field, value=value, unit=unit, source=f"https://example.org/{field}",
        source_tier=tier,
    )  # fmt: skip


def known_networks() -> None:
    NeuralModel.objects.update(macs=2_000_000, weight_bytes_int8=50_000)
    Run.objects.update(precision="int8")
    aggregate()
