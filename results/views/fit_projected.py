"""What is projected, for the pages of the finder: tables in words, each number with its interval and its basis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from results.analysis.projection.probabilities import Spread
from results.domain.analysed_projections import Progress
from results.domain.fit_metrics import ENERGY, FIT_METRICS, LATENCY, LIMIT_PARAMETERS, QUALITY
from results.domain.fit_query import FitQuery, Question
from results.domain.links import ANALYSE_MODEL_PAGE
from results.domain.projections import question_words
from results.models import LeaderboardEntry, NextMeasurement, Projection
from results.presentation import fixed_number, joined, table_number
from results.selectors.facets import FACETS
from results.selectors.find import Found
from results.selectors.fit_performance import Beside, beside
from results.selectors.fit_projected import ProjectedCell, ProjectedGroup, ProjectedView
from results.selectors.fit_projected_rows import is_uploaded
from results.selectors.projections import next_on_systems
from results.views.projection_words import NEXT_SHOWN, factor_text, next_line, projected_text

_ANCHORS_SHOWN = 3
_SPACE = "\u00a0"
_LIMITS = {
    "latency_max": "latency",
    "energy_max": "energy",
    "average_power_max": "average power",
    "fps": "frame rate",
}
_WAITING = {
    Progress.WAITING: "Your model waits for the worker, which projects it on every system. That takes about a second, "
    "or some minutes where the engine has to be fitted first.",
    Progress.FITTING: "The engine is being fitted to the published results. That takes some minutes and is done once; then "
    "your model is projected on every system.",
}  # fmt: skip


def projected_context(found: Found, address: str) -> dict[str, Any]:
    """The part of the page that shows what nobody measured; ``address`` is that of the page, to be loaded again."""
    view, query = found.projected, found.view.query
    shown = [cell for group in view.groups for cell in _shown(group, query)]
    anchors = _anchors(shown)
    extra = beside(shown, view) if query.question is Question.PERFORMANCE and shown else {}
    return {
        "groups": [_group(group, found, anchors, extra) for group in view.groups],
        "waiting": _WAITING.get(view.progress, ""),
        "refused": view.reason if view.progress is Progress.REFUSED else "",
        "address": address,
        "ignored": _ignored_words(view, query),
        "has_energy": found.view.query.needs_energy,
        "has_limits": bool(query.limits or query.fps is not None),
        "is_power": "average_power_max" in query.limits,
        "is_quality": query.objective == QUALITY,
        "next_lines": [next_line(one) for one in _next(shown)] if extra else [],
        "analyse_page": ANALYSE_MODEL_PAGE,
        "uploaded": _uploaded(view),
    }


def _next(cells: Sequence[ProjectedCell]) -> tuple[NextMeasurement, ...]:
    """What would tell most of the systems of these cells, when it was measured."""
    return next_on_systems({cell.system.pk for cell in cells}, NEXT_SHOWN)[:NEXT_SHOWN]


def _uploaded(view: ProjectedView) -> dict[str, str] | None:
    own = view.uploaded
    if own is None:
        return None
    return {
        "name": own.name,
        "url": f"{ANALYSE_MODEL_PAGE}{own.token}/",
        "measured_as": own.measured_as,
        "other_format": "" if own.facts.numeric_format.startswith("int8") else own.facts.numeric_format,
    }


def _ignored_words(view: ProjectedView, query: FitQuery) -> str:
    """What of the view a projection is not judged by."""
    names = [
        FIT_METRICS[LIMIT_PARAMETERS[name].metric].noun if name in LIMIT_PARAMETERS else FACETS[name].lower()
        for name in view.ignored
    ]
    return joined(list(dict.fromkeys(names)))


def _shown(group: ProjectedGroup, query: FitQuery) -> list[ProjectedCell]:
    lists = (group.projected, group.refused, group.too_large)
    return [cell for cells in lists for cell in cells[: query.page_size]]


def _anchors(cells: Sequence[ProjectedCell]) -> dict[str, LeaderboardEntry]:
    """The results that the shown projections rest on, by public id: one query."""
    ids = {key for cell in cells for key in cell.anchors[:_ANCHORS_SHOWN]}
    if not ids:
        return {}
    return {entry.public_id: entry for entry in LeaderboardEntry.objects.filter(public_id__in=ids)}


def _group(
    group: ProjectedGroup,
    found: Found,
    anchors: Mapping[str, LeaderboardEntry],
    extra: Mapping[tuple[str, int], Beside],
) -> dict[str, Any]:
    query, view = found.view.query, found.projected
    network = _network_name(group, view)
    device = group.device.short_name or group.device.name if group.device else ""
    heading = f"{network or 'Networks'} on {device}" if device else network
    return {
        "heading": heading,
        "id": "-".join(filter(None, ["projected", group.network and group.network.slug, group.device and group.device.slug])),
        "sentence": _sentence(group, query),
        "is_empty": not group.cells,
        "many_networks": group.network is None,
        "derived": _derived_head(query),
        "has_extra": bool(extra),
        "tables": [
            {
                "kind": kind,
                "label": label,
                "count": len(cells),
                "shown": min(len(cells), query.page_size),
                "rows": [_row(cell, found, anchors, extra) for cell in cells[: query.page_size]],
            }
            for kind, label, cells in (
                ("projected", "Projected", group.projected),
                ("refused", "Cannot be projected", group.refused),
                ("too-large", "Does not fit", group.too_large),
            )
            if cells
        ],
    }  # fmt: skip


def _network_name(group: ProjectedGroup, view: ProjectedView) -> str:
    if group.network is None:
        return ""
    own = view.uploaded
    if own is not None and group.cells and is_uploaded(group.cells[0], view):
        return own.name
    return (
        f"{group.network.name} ({group.network.slug})"
        if group.network.name != group.network.slug
        else group.network.slug
    )


def _sentence(group: ProjectedGroup, query: FitQuery) -> str:
    """How many of the group stand in which list."""
    one, many = ("pair", "pairs") if group.network is None else ("system", "systems")
    parts = []
    if group.projected:
        count = len(group.projected)
        words = f"{count} {one if count == 1 else many} projected"
        if query.limits or query.fps is not None:
            likely = sum((cell.all_met or 0) >= 0.5 for cell in group.projected)
            words += f", {likely} of them more likely than not to meet every limit"
        parts.append(words)
    if group.too_large:
        parts.append(f"{len(group.too_large)} where it does not fit")
    if group.refused:
        parts.append(f"{len(group.refused)} cannot be projected")
    if not parts:
        return "Nothing is projected here: everything was measured, or no filter matches."
    return f"{'; '.join(parts)}."


def _derived_head(query: FitQuery) -> dict[str, str] | None:
    """The column of an objective that follows from latency and energy."""
    if query.objective in (LATENCY, ENERGY, QUALITY):
        return None
    metric = FIT_METRICS[query.objective]
    return {"label": metric.label, "unit": metric.unit}


def _row(
    cell: ProjectedCell,
    found: Found,
    anchors: Mapping[str, LeaderboardEntry],
    extra: Mapping[tuple[str, int], Beside],
) -> dict[str, Any]:
    query, system, own = found.view.query, cell.system, is_uploaded(cell, found.projected)
    return {
        "device": system.device,
        "url": reverse("results:system", args=[system.pk]),
        "cell_url": "" if own else reverse("results:projection", args=[system.pk, cell.network.slug]),
        "network": (found.projected.uploaded.name if own and found.projected.uploaded else cell.network.slug),
        "software": system.software,
        "round": system.publication.round_id,
        "all_met": "" if cell.all_met is None else percent_text(cell.all_met),
        "chances": [f"{_LIMITS[name]} {percent_text(value)}" for name, value in cell.chances.items()],
        "latency": _measured_number(cell) if cell.measured else number_of(cell.latency, "ms"),
        "energy": number_of(cell.energy, "µJ"),
        "objective": _spread_number(cell.objective, query),
        "memory": [_memory_words(one) for one in cell.memory],
        "reason": cell.reason,
        "would": _would_words(cell),
        "hold_out": question_words(cell.question),
        "anchors": [
            {"label": f"{entry.device_short_name}, {entry.neural_model}", "url": reverse("results:result", args=[key])}
            for key in cell.anchors[:_ANCHORS_SHOWN]
            if (entry := anchors.get(key))
        ],
        "beside": _beside_words(extra.get((cell.network.slug, system.pk))),
    }  # fmt: skip


def percent_text(probability: float) -> str:
    """A probability in whole per cent; nothing projected is certain: ``> 99 %``, ``< 1 %``."""
    per_cent = 100 * probability
    if per_cent >= 99.5:
        return f"> 99{_SPACE}%"
    return f"< 1{_SPACE}%" if per_cent < 1 else f"{fixed_number(per_cent, 0)}{_SPACE}%"


def number_of(row: Projection | None, unit: str) -> dict[str, str]:
    """A projected value as text with its bands as factors and as ends; without a value the reason."""
    if row is None:
        return {"value": "", "why": "measured, or not asked for"}
    if row.value is None:
        return {"value": "", "why": row.reason}
    ends = Spread(row.value, row.low_80 or 0.0, row.high_80 or 0.0, row.low_90 or 0.0, row.high_90 or 0.0)
    return _spread_text(ends, unit)


def _spread_number(spread: Spread | None, query: FitQuery) -> dict[str, str] | None:
    if _derived_head(query) is None:
        return None
    if spread is None:
        return {"value": "", "why": "cannot be projected"}
    return _spread_text(spread, FIT_METRICS[query.objective].unit)


def _spread_text(spread: Spread, unit: str) -> dict[str, str]:
    return {
        "value": projected_text(spread.median),
        "factor": "" if math.isinf(spread.high_80) else factor_text(spread.median, spread.high_80),
        "ends_80": _ends(spread.low_80, spread.high_80, unit),
        "ends_90": _ends(spread.low_90, spread.high_90, unit),
        "why": "",
    }


def _ends(low: float, high: float, unit: str) -> str:
    top = "beyond the frame" if math.isinf(high) else f"{projected_text(high)}{_SPACE}{unit}"
    return f"{projected_text(low)}–{top}"


def _measured_number(cell: ProjectedCell) -> dict[str, str]:
    """A latency that was measured beside an energy that was not."""
    entry = cell.measured
    if entry is None or entry.latency_ms is None:
        return {"value": "", "why": "not measured"}
    return {
        "value": table_number(entry.latency_ms), "why": "", "is_measured": "1",
        "url": reverse("results:result", args=[entry.public_id]),
    }  # fmt: skip


def _memory_words(one: Any) -> str:
    need, found = one.found.need, one.found
    least, most = (projected_text(kib) for kib in (need.low_kib, need.high_kib))
    of = "your limit of" if one.is_budget else "the chip’s"
    words = f"{found.memory} {found.verdict}: {least}–{most} KiB of {of} {found.capacity_kib:g}"
    return (
        words
        if found.missing_kib == 0
        else f"{words}; surely with {projected_text(found.missing_kib)} KiB more"
    )


def _would_words(cell: ProjectedCell) -> str:
    """What a system would do if it had the memory: ``would run at 18 ms (12–27 ms) with 44 KiB more``."""
    row = cell.latency
    if not cell.missing_kib or row is None or row.value is None or row.low_80 is None or row.high_80 is None:
        return ""
    ends = _ends(row.low_80, row.high_80, "ms")
    return (
        f"would run at {projected_text(row.value)}{_SPACE}ms (80{_SPACE}%: {ends}, projected) with "
        f"{projected_text(cell.missing_kib)} KiB more"
    )


def _beside_words(found: Beside | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "nearest": [
            {
                "label": f"{entry.neural_model} {table_number(entry.latency_ms or 0.0)}{_SPACE}ms",
                "url": reverse("results:result", args=[entry.public_id]),
            }
            for entry in found.nearest
        ],
        "bound": "" if found.bound_ms is None else f"{projected_text(found.bound_ms)}{_SPACE}ms",
        "no_bound": found.no_bound,
    }
