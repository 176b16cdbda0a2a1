"""A leaderboard entry as the rules of comparison see it, and the band of its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from results.analysis.comparing import Subject
from results.analysis.uncertainty import Spread, spread
from results.models import LeaderboardEntry

_COLUMNS = {"quality": "quality_value"}
_WINDOW_VALUES = {
    "latency_ms": ("performance", "throughput_inf_per_s"),
    "energy_uj_per_inf": ("energy", "energy_uj_per_inf"),
}
"""Phase and key of the windows that hold a metric."""


def subject_of(entry: LeaderboardEntry) -> Subject:
    """What decides with which other results ``entry`` compares."""
    return Subject(
        public_id=entry.public_id,
        benchmark=entry.benchmark,
        round=entry.round,
        division=entry.division,
        availability=entry.availability,
        provenance=entry.provenance,
        energy_scope=entry.energy_scope,
        supply_voltage_mv=entry.supply_voltage_mv,
        evaluation_set=entry.evaluation_set,
        clock_mhz=entry.clock_mhz,
        device=entry.device_slug,
        software=entry.software,
        precision=entry.precision,
        neural_model=entry.neural_model,
        submitter=entry.submitter_slug,
    )


def value_of(entry: LeaderboardEntry, metric: str) -> float | None:
    """The value of a column, or of "quality"; None when not measured."""
    return getattr(entry, _COLUMNS.get(metric, metric))


def spread_of(entry: LeaderboardEntry, metric: str) -> Spread | None:
    """The band of a value; None when it was not measured. Reads the windows of ``entry.run``: select it too."""
    value = value_of(entry, metric)
    if value is None:
        return None
    if metric == "quality":
        return Spread(value, value, value, "declared")
    return spread_of_windows(value, metric, entry.run.windows)


def spread_of_windows(value: float, metric: str, windows: list[Mapping[str, Any]]) -> Spread:
    """The band of a value of ``metric`` whose run was timed in ``windows``."""
    return spread(value, _windows(windows, metric))


def _windows(windows: list[Mapping[str, Any]], metric: str) -> list[float]:
    if metric not in _WINDOW_VALUES:
        return []
    phase, key = _WINDOW_VALUES[metric]
    values = [float(window[key]) for window in windows if window.get("phase") == phase and window.get(key)]
    return [1000 / value for value in values] if metric == "latency_ms" else values
