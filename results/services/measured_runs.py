"""Published runs in the plain values that projections learn from."""

from __future__ import annotations

from results.analysis.projection.published_cells import PublishedRun
from results.models import LeaderboardEntry, Provenance

LEARNED_FROM = (Provenance.REVIEWED, Provenance.SITE_REVIEWED)
"""What somebody reviewed; self-reported figures teach nothing until they were."""


def measured_runs() -> list[PublishedRun]:
    """The reviewed runs of the closed division on a known network, each log once; by public id. One query."""
    entries = (
        LeaderboardEntry.objects.filter(division="closed", provenance__in=LEARNED_FROM, duplicate_of="")
        .exclude(neural_model="")
        .select_related("system__device")
        .order_by("public_id")
    )
    return [_plain(entry) for entry in entries]


def _plain(entry: LeaderboardEntry) -> PublishedRun:
    system, device = entry.system, entry.system.device
    return PublishedRun(
        key=entry.public_id,
        round=entry.round,
        submitter=entry.submitter_slug,
        system=entry.system_label,
        variant=entry.variant,
        model=entry.neural_model,
        device=entry.device_slug,
        vendor=device.vendor,
        device_class=entry.device_class,
        processor=system.processor,
        accelerator=system.accelerator,
        software=entry.software,
        software_version=system.framework_version,
        precision=entry.precision,
        clock_mhz=entry.clock_mhz,
        supply_mv=entry.supply_voltage_mv,
        latency_ms=entry.latency_ms,
        energy_uj=entry.energy_uj_per_inf,
    )
