"""A Pareto plot as data: its points with every digit, its fronts and its limits."""

from __future__ import annotations

from math import isnan
from typing import Any

from results.domain.trade_offs import METRICS
from results.selectors.pareto import ParetoView, PlotPoint
from results.views.trade_offs import quantity

DATA_COLUMNS = (
    "id", "x", "y", "group", "part", "on_front", "beaten_by", "x_factor", "y_factor", "ties_with", "fails", "device",
    "device_class", "framework", "software", "submitter", "round", "division", "supply_voltage_mv", "energy_scope",
)  # fmt: skip


def data_rows(view: ParetoView) -> list[dict[str, Any]]:
    """One row per point; ``x_factor`` and ``y_factor`` are how many times better ``beaten_by`` is."""
    return [_row(point) for point in view.points]


def data_document(view: ParetoView, address: str) -> dict[str, Any]:
    """The plot as one JSON document; ``address`` is that of its page."""
    rows = data_rows(view)
    limits = view.limits
    return {
        "view": address,
        "x": view.query.x,
        "y": view.query.y,
        "axes": {
            "x": _axis(view.query.x, str(view.x_direction), view),
            "y": _axis(view.query.y, str(view.y_direction), view),
        },
        "group": view.group,
        "fronts_by": view.query.by,
        "fronts": [
            {
                "division": front.division,
                "group": front.group,
                "part": front.part or None,
                "of": front.of,
                "results": [point.entry.public_id for point in front.points],
            }
            for front in view.fronts
        ],
        "limits": [
            {
                "parameter": f"{one.metric}_{'min' if one.is_least else 'max'}",
                "value": one.limit,
                "failing": one.failing,
                "not_measured": one.not_measured,
            }
            for one in (limits.counts if limits else ())
        ],
        "within_limits": limits.within if limits else None,
        "of": limits.of if limits else None,
        "left_out": [{"reason": item.reason, "count": item.count} for item in view.left_out],
        "count": len(rows),
        "points": rows,
    }


def _axis(name: str, direction: str, view: ParetoView) -> dict[str, Any]:
    unit = quantity(name, view).unit
    return {
        "metric": name,
        "unit": unit or None,
        "direction": direction,
        "derived": bool(METRICS[name].derived),
    }


def _row(point: PlotPoint) -> dict[str, Any]:
    entry = point.entry
    factors = point.dominance.factors if point.dominance else (None, None)
    x_factor, y_factor = (None if factor is None or isnan(factor) else factor for factor in factors)
    return {
        "id": entry.public_id,
        "x": point.x,
        "y": point.y,
        "group": point.group,
        "part": point.part or None,
        "on_front": point.on_front,
        "beaten_by": point.rival.public_id if point.rival else None,
        "x_factor": x_factor,
        "y_factor": y_factor,
        "ties_with": " ".join(other.public_id for other in point.ties) or None,
        "fails": " ".join(f"{one.metric}_{'min' if one.is_least else 'max'}" for one in point.fails) or None,
        "device": entry.device_slug,
        "device_class": entry.device_class,
        "framework": entry.framework or None,
        "software": entry.software or None,
        "submitter": entry.submitter_directory,
        "round": entry.round,
        "division": entry.division,
        "supply_voltage_mv": entry.supply_voltage_mv,
        "energy_scope": None if entry.energy_scope == "none" else entry.energy_scope,
    }
