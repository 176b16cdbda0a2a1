"""Published results as the table that projections learn from."""

from __future__ import annotations

from django.db.models import Subquery

from results.analysis.projection.published_cells import PublishedRun
from results.models import LeaderboardEntry, Round


def published_runs(*, until_round: str | None = None) -> list[PublishedRun]:
    """Reviewed results of the closed division, one per run that is no copy of another, the oldest round first.

    ``until_round`` (inclusive) cuts what was published later. An energy of a whole board is no energy of a chip: such
    results keep their latency only.
    """
    entries = (
        LeaderboardEntry.objects.filter(division="closed", provenance="reviewed", duplicate_of="")
        .select_related("system__device")
        .order_by("round_position", "public_id")
    )
    if until_round is not None:
        last = Round.objects.filter(pk=until_round).values("position")[:1]
        entries = entries.filter(round_position__lte=Subquery(last))
    return [_run(entry) for entry in entries]


def _run(entry: LeaderboardEntry) -> PublishedRun:
    system = entry.system
    return PublishedRun(
        key=entry.public_id,
        round=entry.round,
        submitter=entry.submitter_directory,
        system=entry.system_label,
        variant=entry.variant.removeprefix(entry.benchmark).strip("_"),
        model=entry.neural_model,
        device=entry.device_slug,
        vendor=system.device.vendor,
        device_class=entry.device_class,
        processor=system.processor,
        accelerator=system.accelerator,
        software=system.framework,
        software_version=system.framework_version,
        precision=entry.precision,
        clock_mhz=system.accelerator_clock_mhz or system.clock_mhz,
        supply_mv=entry.supply_voltage_mv,
        latency_ms=entry.latency_ms,
        energy_uj=None if entry.energy_scope == "board" else entry.energy_uj_per_inf,
    )
