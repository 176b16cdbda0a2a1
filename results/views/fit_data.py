"""A view of the fit finder as data: judged results with every digit, as many of each list as an answer holds, and every
projection, whatever the page shows."""

from __future__ import annotations

from typing import Any

from results.models import LeaderboardEntry
from results.selectors.find import Found
from results.selectors.fit import FitView
from results.selectors.fit_cells import Match, front_metrics
from results.selectors.fit_projected_rows import MEASURED, PROJECTED_COLUMNS, group_fields, projected_row
from results.selectors.fit_rows import cell_fields, judged_matches, judgement, limit_rows, stated_or_none

_ENTRY = (
    "benchmark", "device", "device_name", "device_class", "software", "framework", "submitter", "round", "division",
    "availability", "provenance", "neural_model", "clock_mhz", "latency_ms", "energy_uj_per_inf", "supply_voltage_mv",
    "energy_scope", "quality_metric", "quality_value",
)  # fmt: skip
_JUDGED = (
    "verdict", "rank_first", "rank_last", "on_front", "objective_value", "energy_delay_uj_ms", "inferences_per_joule",
    "power_at_fps_mw", "ram_kib", "ram_source", "flash_kib", "flash_source", "distance", "fails", "not_known",
)  # fmt: skip
DATA_COLUMNS = ("basis", "id", *_JUDGED, *_ENTRY, *PROJECTED_COLUMNS)
"""``basis`` is measured, or one of those of a projection: then there is no id, verdict or rank, and
``PROJECTED_COLUMNS`` say what is known; they are empty where it is measured."""
_RENAMED = {"device": "device_slug", "submitter": "submitter_directory"}


def data_document(found: Found, address: str) -> dict[str, Any]:
    """The view as one JSON document; ``address`` is that of its page."""
    view, projected = found.view, found.projected
    query = view.query
    return {
        "view": address,
        "question": str(query.question),
        "objective": query.objective,
        "front_metrics": list(front_metrics(query)),
        "limits": [stated_or_none(row) for row in limit_rows(view)],
        "sleep_power_mw": query.sleep_power_mw,
        "group": view.group,
        "group_label": view.group_label or None,
        "left_out_by_filters": dict(view.left_out),
        "resubmitted": view.resubmitted,
        "cells": [
            {
                **stated_or_none(cell_fields(cell, view)),
                "results": [_row(verdict, match, view) for verdict, match in judged_matches([cell])],
            }
            for cell in view.cells
        ],
        "budgets_kib": dict(query.budgets),
        "projections": {
            "progress": str(projected.progress),
            "reason": projected.reason or None,
            "measured_as": (projected.uploaded.measured_as or None) if projected.uploaded else None,
            "not_judged_by": list(projected.ignored),
            "groups": [stated_or_none(group_fields(group, projected)) for group in projected.groups],
        },
    }


def csv_rows(found: Found) -> list[list[object]]:
    """One row per result that is held, then one per projection, in the order of :data:`DATA_COLUMNS`; lists are one field."""
    view, projected = found.view, found.projected
    rows = [_row(verdict, match, view) for verdict, match in judged_matches(view.cells)]
    rows += [projected_row(cell, projected) for group in projected.groups for cell in group.cells]
    return [[_flat(name, row.get(name)) for name in DATA_COLUMNS] for row in rows]


def _row(verdict: str, match: Match, view: FitView) -> dict[str, Any]:
    judged = stated_or_none(judgement(verdict, match, view.query))
    stated = {name: _stated(match.entry, name) for name in _ENTRY}
    return {"basis": MEASURED, "id": match.entry.public_id} | judged | stated


def _stated(entry: LeaderboardEntry, name: str) -> Any:
    value = getattr(entry, _RENAMED.get(name, name))
    return None if value == "" or (name == "energy_scope" and value == "none") else value


def _flat(name: str, value: Any) -> object:
    if name == "probabilities":
        return "; ".join(f"{one['limit']} {one['probability']:.4g}" for one in value or ()) or None
    if name == "memory":
        return "; ".join(f"{one['memory']} {one['verdict']}" for one in value or ()) or None
    if name == "anchors":
        return "; ".join(value or ()) or None
    if name == "fails":
        return "; ".join(f"{one['limit']} {one['share']:+.4g}" for one in value or ()) or None
    if name == "not_known":
        return "; ".join(f"{one['metric']}: {one['reason']}" for one in value or ()) or None
    return value
