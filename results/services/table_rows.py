"""The rows of the tables of the published data set: what counts now, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from results.domain.data_dictionary import MEASUREMENTS, RESULTS, SYSTEMS, Column
from results.models import EnergyScope, Evidence, LeaderboardEntry, Measurement, System

BATCH = 1000
Rows = Iterator[tuple[Any, ...]]


def result_rows(round_id: str) -> Rows:
    """A row of ``RESULTS`` per result of the round; of every round for ``""``."""
    entries = LeaderboardEntry.objects.order_by("public_id")
    if round_id:
        entries = entries.filter(round=round_id)
    for entry in entries.iterator(BATCH):
        yield tuple(_entry_value(entry, column) for column in RESULTS.columns)


def _entry_value(entry: LeaderboardEntry, column: Column) -> Any:
    if column.field == "finding_codes":
        return " ".join(code for code, _ in entry.finding_codes) or None
    return _stated(getattr(entry, column.field), column)


def system_rows(round_id: str) -> Rows:
    """A row of ``SYSTEMS`` per system with a result that counts."""
    with_results = LeaderboardEntry.objects.values("system")
    if round_id:
        with_results = with_results.filter(round=round_id)
    systems = System.objects.filter(pk__in=with_results).select_related("device").order_by("pk")
    for system in systems.iterator(BATCH):
        special = {
            "device__slug": system.device.slug,
            "description": json.dumps(system.description, ensure_ascii=False) if system.description else None,
        }
        yield tuple(
            special[c.field] if c.field in special else _stated(getattr(system, c.field), c) for c in SYSTEMS.columns
        )  # fmt: skip


def measurement_rows(round_id: str) -> Rows:
    """A row of ``MEASUREMENTS`` per place of evidence of what counts; one without a place where there is none."""
    measurements = Measurement.objects.filter(run__entry__isnull=False)
    if round_id:
        measurements = measurements.filter(run__entry__round=round_id)
    ordered = (
        measurements.select_related("run").prefetch_related("evidence").order_by("run__public_id", "metric")
    )
    for measurement in ordered.iterator(BATCH):
        for place in list(measurement.evidence.all()) or [None]:
            yield tuple(_measurement_value(measurement, place, column) for column in MEASUREMENTS.columns)


def _measurement_value(measurement: Measurement, place: Evidence | None, column: Column) -> Any:
    if column.field == "run__public_id":
        return measurement.run.public_id
    of_place = column.field.removeprefix("evidence__")
    if of_place != column.field:
        return _stated(getattr(place, of_place), column) if place else None
    return _stated(getattr(measurement, column.field), column)


def _stated(value: Any, column: Column) -> Any:
    """None for what is empty, and for the scope of what is not an energy."""
    absent = ("", EnergyScope.NONE) if column.field == "energy_scope" else ("",)
    return None if value in absent else value


ROWS: dict[str, Callable[[str], Rows]] = {
    RESULTS.name: result_rows,
    SYSTEMS.name: system_rows,
    MEASUREMENTS.name: measurement_rows,
}
