"""The judgement of each result as plain fields: the same in data files and in the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from results.analysis.constraints import Failure
from results.domain.fit_metrics import FIT_METRICS, FLASH, FRAME, LIMIT_PARAMETERS, POWER, QUALITY, RAM
from results.domain.fit_query import FitQuery
from results.models import Benchmark

from .fit import FitView
from .fit_cells import Cell, Match, metric_direction

FITS, FAILS, NOT_JUDGED = "fits", "fails", "not-judged"
VERDICTS = (FITS, FAILS, NOT_JUDGED)


def judged_matches(cells: Iterable[Cell]) -> Iterator[tuple[str, Match]]:
    """(verdict, match) of the results that the cells hold: answers by rank, then the nearest failures, then the rest."""
    for cell in cells:
        for verdict, matches in zip(VERDICTS, (cell.answers, cell.failing, cell.unjudged), strict=True):
            for match in matches:
                yield verdict, match


def judgement(verdict: str, match: Match, query: FitQuery) -> dict[str, Any]:
    """What the finder says of one result. ``not_known`` names what decides and cannot be judged, with the reason."""
    judged, values = match.judged, match.known.values
    ram, flash = match.memory.get(RAM), match.memory.get(FLASH)
    return {
        "verdict": verdict,
        "rank_first": judged.band.first if judged.band else None,
        "rank_last": judged.band.last if judged.band else None,
        "on_front": judged.on_front,
        "objective_value": values.get(query.objective),
        "energy_delay_uj_ms": values.get("energy-delay"),
        "inferences_per_joule": values.get("inferences-per-joule"),
        "power_at_fps_mw": values.get(POWER),
        "ram_kib": ram.kib if ram else None,
        "ram_source": ram.source if ram else "",
        "flash_kib": flash.kib if flash else None,
        "flash_source": flash.source if flash else "",
        "distance": judged.distance if judged.failures else None,
        "fails": [failure_fields(failure, query) for failure in judged.failures],
        "not_known": [{"metric": name, "reason": reason_of(match, name)} for name in judged.missing],
    }


def failure_fields(failure: Failure, query: FitQuery) -> dict[str, Any]:
    """One failed limit in the unit of its parameter; that of a frame rate is the latency, in ms, against the frame."""
    metric, limit, value = failure.limit.metric, failure.limit.value, failure.value
    if metric == FRAME and query.fps is not None:
        frame_ms = 1000 / query.fps
        return {"limit": "fps", "unit": "ms", "value": value * frame_ms, "allowed": frame_ms,
                "excess": failure.excess * frame_ms, "share": failure.share}  # fmt: skip
    name = next(
        one.name
        for one in LIMIT_PARAMETERS.values()
        if one.metric == metric and one.is_least == failure.limit.is_least
    )
    return {"limit": name, "unit": FIT_METRICS[metric].unit, "value": value, "allowed": limit,
            "excess": failure.excess, "share": failure.share}  # fmt: skip


def reason_of(match: Match, metric: str) -> str:
    """Why a metric of a result cannot be judged."""
    return match.known.reasons.get(metric) or f"{FIT_METRICS[metric].noun} not known"


def objective_unit(name: str, benchmark: Benchmark) -> str:
    """The unit of a metric; a Top-1 is in percent, other qualities have none."""
    if name == QUALITY:
        return "%" if benchmark.quality_metric == "top1_pct" else ""
    return FIT_METRICS[name].unit


def cell_fields(cell: Cell, view: FitView) -> dict[str, Any]:
    """What a cell is about and how many results it holds of each kind; texts are empty where there is none."""
    benchmark, name = cell.task.benchmark, view.query.objective
    return {
        "benchmark": benchmark.pk,
        "models": list(cell.task.models),
        "device": cell.device.slug if cell.device else "",
        "objective_unit": objective_unit(name, benchmark),
        "direction": str(metric_direction(name, benchmark)),
        "test_set": cell.quality_label,
        "looked_at": cell.looked_at,
        "fits": cell.fits,
        "fails": cell.fails,
        "not_judged": cell.not_judged,
        "shown": cell.shown,
    }


def stated_or_none(fields: dict[str, Any]) -> dict[str, Any]:
    """``fields`` with None for every empty text, also within the failures."""
    return {
        name: [stated_or_none(one) for one in value]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else (None if value == "" else value)
        for name, value in fields.items()
    }


def limit_rows(view: FitView) -> list[dict[str, Any]]:
    """The limits of the view with their units, in canonical order."""
    query = view.query
    rows: list[dict[str, Any]] = [
        {"parameter": name, "value": query.limits[name], "unit": FIT_METRICS[one.metric].unit}
        for name, one in LIMIT_PARAMETERS.items()
        if name in query.limits
    ]
    if query.fps is not None:
        rows.append({"parameter": "fps", "value": query.fps, "unit": "1/s"})
    return rows
