"""The cells that are asked of the engine: a system of the matrix with a network, in one metric, without a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from results.analysis.projection.cells import ENERGY, LATENCY

from .projection_models import ProjectedModel

METRICS = {LATENCY: "latency_ms", ENERGY: "energy_uj_per_inf"}
"""Metric of the engine → metric of the site."""


@dataclass(frozen=True, slots=True)
class Column:
    """A system with the row of one of its results, whose columns describe it to the engine."""

    system_id: int
    row: Mapping[str, Any]


def asked_row(column: Column, model: ProjectedModel, metric: str) -> dict[str, Any]:
    """The row of a cell that nobody measured: the system's own columns, the network's features, no target."""
    own = {
        name: value
        for name, value in column.row.items()
        if not name.startswith("model") and name not in ("key", "target", "family", "metric")
    }
    return (
        own
        | {"model": model.slug, "family": model.family, "metric": metric, "target": None}
        | dict(model.features)
    )
