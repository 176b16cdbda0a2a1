"""What was projected as plain fields: the same in data files and in the API."""

from __future__ import annotations

import math
from typing import Any

from results.analysis.projection.probabilities import Spread
from results.models import Projection
from results.services.analysed_network import UPLOADED

from .fit_projected import ProjectedCell, ProjectedGroup, ProjectedView
from .fit_rows import stated_or_none

MEASURED = "measured"
BASES = (MEASURED, "projected", "cannot-project", "does-not-fit")
_ENDS = ("low_80", "high_80", "low_90", "high_90")
PROJECTED_COLUMNS = (
    *(f"latency_{end}_ms" for end in _ENDS), *(f"energy_{end}_uj" for end in _ENDS), "probability_of_all",
    "probabilities", "memory", "hold_out", "anchors", "reason", "system",
)  # fmt: skip
"""Columns of a table that holds measured and projected rows, beside those of a result."""


def projected_fields(cell: ProjectedCell, view: ProjectedView) -> dict[str, Any]:
    """One network on one system; numbers are None where they are not projected, texts empty where there is none."""
    system = cell.system
    return {
        "basis": cell.basis,
        "reason": cell.reason,
        "model": cell.network.slug,
        "is_uploaded": is_uploaded(cell, view),
        "system": system.pk,
        "device": system.device.slug,
        "device_name": system.device.name,
        "device_class": system.device.device_class,
        "software": system.software,
        "clock_mhz": system.clock_mhz,
        "round": system.publication.round_id,
        "division": system.publication.division,
        "submitter": system.publication.submitter.slug,
        "latency": _metric(cell.latency),
        "energy": _metric(cell.energy),
        "measured_latency_ms": cell.measured.latency_ms if cell.measured else None,
        "objective": _spread(cell.objective) if cell.basis != "cannot-project" else None,
        "probabilities": [
            {"limit": name, "probability": round(value, 4)} for name, value in cell.chances.items()
        ],
        "probability_of_all": None if cell.all_met is None else round(cell.all_met, 4),
        "memory": [
            {
                "memory": one.found.memory,
                "verdict": one.found.verdict,
                "need_low_kib": round(one.found.need.low_kib, 1),
                "need_kib": round(one.found.need.middle_kib, 1),
                "need_high_kib": round(one.found.need.high_kib, 1),
                "capacity_kib": one.found.capacity_kib,
                "capacity_of": "limit" if one.is_budget else "device",
                "missing_kib": round(one.found.missing_kib, 1),
            }
            for one in cell.memory
        ],
        "hold_out": cell.question,
        "anchors": list(cell.anchors),
    }


def is_uploaded(cell: ProjectedCell, view: ProjectedView) -> bool:
    """Whether the network of the cell is the reader's own."""
    own = view.uploaded
    return own is not None and cell.network.slug in (own.measured_as or UPLOADED, UPLOADED)


def group_fields(group: ProjectedGroup, view: ProjectedView) -> dict[str, Any]:
    """What a group is about, with its rows: projected by probability, then the refused, then what does not fit."""
    return {
        "model": group.network.slug if group.network else "",
        "device": group.device.slug if group.device else "",
        "projected": len(group.projected),
        "cannot_project": len(group.refused),
        "does_not_fit": len(group.too_large),
        "results": [projected_fields(cell, view) for cell in group.cells],
    }


def _metric(row: Projection | None) -> dict[str, Any] | None:
    if row is None:
        return None
    names = ("value", "low_80", "high_80", "low_90", "high_90")
    return {"basis": row.state, **{name: getattr(row, name) for name in names}, "reason": row.reason}


def _spread(spread: Spread | None) -> dict[str, Any] | None:
    """The objective; an end that no draw reaches, for the device would not keep up with the frame rate, is None."""
    if spread is None:
        return None
    names = ("low_80", "high_80", "low_90", "high_90")
    ends = {name: getattr(spread, name) for name in names}
    return {
        "value": spread.median,
        **{name: value if math.isfinite(value) else None for name, value in ends.items()},
    }


def projected_row(cell: ProjectedCell, view: ProjectedView) -> dict[str, Any]:
    """One network on one system as one flat row: the columns of a result that apply, and those of a projection."""
    fields = stated_or_none(projected_fields(cell, view))
    latency, energy = fields["latency"] or {}, fields["energy"] or {}
    same = ("basis", "system", "device", "device_name", "device_class", "software", "submitter", "round", "division",
            "clock_mhz", "probability_of_all", "probabilities", "memory", "hold_out", "anchors", "reason")  # fmt: skip
    row = {name: fields[name] for name in same}
    row |= {f"latency_{end}_ms": latency.get(end) for end in _ENDS}
    row |= {f"energy_{end}_uj": energy.get(end) for end in _ENDS}
    is_measured = fields["measured_latency_ms"] is not None
    return row | {
        "neural_model": fields["model"],
        "latency_ms": fields["measured_latency_ms"] if is_measured else latency.get("value"),
        "energy_uj_per_inf": energy.get("value"),
        "objective_value": fields["objective"]["value"] if fields["objective"] else None,
    }
