"""The figures that follow from one result, or why they do not."""

from __future__ import annotations

from results.analysis.derived import Derived, Measured, derive_all
from results.analysis.roofline import BANDWIDTH_FIELDS, PEAK_FIELDS, roofline_of
from results.catalog.reader import catalogue
from results.models import DeviceClass, DeviceFact

from .device_roofline import weight_bytes
from .result import ResultDetail


def derived_of(detail: ResultDetail) -> tuple[Derived, ...]:
    """Every derived figure of a result in the order of the method: one query."""
    return derive_all(_measured(detail), of_reader=True)


def _measured(detail: ResultDetail) -> Measured:
    row, system, model = detail.columns, detail.run.system, detail.run.neural_model
    stated = DeviceFact.objects.filter(device=system.device_id, field__in=PEAK_FIELDS | BANDWIDTH_FIELDS)
    return Measured(
        energy_uj=row.energy_uj_per_inf,
        latency_ms=row.latency_ms,
        clock_mhz=row.clock_mhz,
        dense_macs=model.macs if model else None,
        effective_macs=effective_macs(model.slug) if model else None,
        top1_pct=row.quality_value if row.quality_metric == "top1" else None,
        division=row.division,
        energy_scope=row.energy_scope,
        moved_bytes=weight_bytes(row.precision, model) if model else None,
        roofline=roofline_of(stated, clock_mhz=system.accelerator_clock_mhz or system.clock_mhz),
        event_based=system.device.device_class == DeviceClass.EVENT_BASED,
    )


def effective_macs(slug: str) -> int | None:
    """The MACs of a reference network that a source counted without what can be skipped; None where none did."""
    entry = catalogue().neural_models.get(slug)
    return entry.effective_macs if entry else None
