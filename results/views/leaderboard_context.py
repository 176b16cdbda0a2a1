"""What the leaderboard's templates print, built from the page that the selector found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe

from results.charts.ruler import ruler_decades, ruler_head, ruler_row
from results.domain.metrics import METRICS, Direction
from results.domain.query import LeaderboardQuery, to_params, to_query_string, without_value
from results.domain.vocabulary import COLUMNS, PAGE_SIZES, default_columns
from results.models import Benchmark
from results.presentation import joined, ratio_text, table_number, whole_number
from results.selectors.leaderboard import RATIO_METRICS, LeaderboardPage, Row
from results.templatetags.site import PROVENANCE_TAGS
from results.views.leaderboard_columns import (
    QUALITY_NAMES,
    SPECS,
    TableCell,
    margin_text,
    number_columns,
    shown_columns,
    text_cell,
)
from results.views.notes import Note, page_notes, row_marks
from results.views.panel import address, chips, filter_panel

_ENDS = {Direction.LOWER: "lowest first", Direction.HIGHER: "highest first"}
_ARIA_SORT = {Direction.LOWER: "ascending", Direction.HIGHER: "descending"}
_TEXT_ENDS = {Direction.LOWER: "A to Z", Direction.HIGHER: "Z to A"}


def leaderboard_context(
    view: LeaderboardPage, bounds: Mapping[str, tuple[float, float]], canonical: str
) -> dict[str, Any]:
    """Everything for ``leaderboard.html`` and its part; ``canonical`` is the view's own address."""
    query, benchmark = view.query, view.benchmark
    path = reverse("results:leaderboard", args=[benchmark.pk])
    quality_name, quality_unit = QUALITY_NAMES[benchmark.quality_metric]
    quality_heading = f"{quality_name}, {quality_unit}" if quality_unit else quality_name
    entries = [row.entry for row in view.rows]
    names = shown_columns(query.columns, query.sort_name, view.ruler_metric)
    notes = page_notes(entry.finding_codes for entry in entries)
    return {
        "benchmark": benchmark,
        "crumbs": [("Leaderboards", reverse("results:leaderboards")), (benchmark.input_kind, ""), (benchmark.use_case, "")],
        "lede": _lede(benchmark),
        "view": {"total": view.total_in_view, "all": view.total_in_benchmark},
        "action": path,
        "panel": filter_panel(query, view.facets, bounds, quality_heading),
        "chips": chips(query, view.facets, path, quality_heading),
        "clear_url": address(path, _without_filters(query)),
        "order_text": _order_text(view, quality_name),
        "columns": [_head(name, view, path, quality_name) for name in names],
        # the chosen columns may be wider than the page: then the table is a window of its own
        "table_css": "lb-default" if query.columns == default_columns(query.benchmark) else "",
        "window_css": "" if query.columns == default_columns(query.benchmark) else "scroll-own",
        "device_header": _sort_link("device", view, path),
        "rows": _rows(view, names, notes),
        "releases": _releases(view, path, quality_heading),
        "caption": f"{benchmark.name}: {_order_text(view, quality_name)}",
        "ruler_text": ruler_sentence(view),
        "classes": sorted({entry.device_class for entry in entries}),
        "notes": list(notes.values()),
        "address": canonical,
        "cite_title": f"{benchmark.name} leaderboard",
        # ratios refer to the best, wherever it stands
        "cited": [*entries, *(baseline.entry for baseline in view.baselines.values())] if entries else [],
        "embed_url": address(reverse("results:embed-leaderboard", args=[benchmark.pk]), to_query_string(query)),
        **_choosers(view, quality_name),
        **_pager(view, path),
        **_data_links(query),
    }  # fmt: skip


def _lede(benchmark: Benchmark) -> str:
    """What is measured, on what, and how good the closed division must be."""
    target = {
        "top1_pct": f"closed target {benchmark.closed_target:g} % Top-1",
        "auc": f"closed target {benchmark.closed_target:.2f} AUC",
        "fp_fn": f"closed limit {benchmark.closed_target:g} false positives and as many false negatives",
    }[benchmark.quality_metric]
    parts = [benchmark.description]
    if model := benchmark.reference_model:
        macs = f", {table_number(model.macs / 1e6)} M MACs" if model.macs else ""
        parts.append(f"{model.name}{macs};")
    return f"{' '.join(parts)} {target}."


def _order_text(view: LeaderboardPage, quality_name: str) -> str:
    name = view.query.sort_name
    ends = _TEXT_ENDS if name in ("device", "submitter") else _ENDS
    if name == "round":
        ends = {Direction.LOWER: "oldest first", Direction.HIGHER: "newest first"}
    label = quality_name if name == "quality" else "device" if name == "device" else SPECS[name].label.lower()
    return f"By {label}, {ends[view.direction]}"


def _sort_link(sort: str, view: LeaderboardPage, path: str) -> dict[str, str]:
    """The address that sorts by a column, or turns the order where it is already sorted by it."""
    query = view.query
    is_sorted = query.sort_name == sort
    turned = f"-{sort}" if is_sorted and not query.sort_turned else sort
    return {
        "url": address(path, to_query_string(query, sort=turned)),
        "aria_sort": _ARIA_SORT[view.direction] if is_sorted else "",
    }


def _head(name: str, view: LeaderboardPage, path: str, quality_name: str) -> dict[str, Any]:
    if name == "ruler":
        label = "the reference" if view.best and view.best.chosen else "the best"
        return {"kind": "ruler", "label": label, "svg": mark_safe(ruler_head(_decades(view)))}
    spec = SPECS[name]
    head = {"label": spec.label, "unit": spec.unit, "css": spec.css, "hidden": spec.hidden_label}
    if name == "ratio" and view.best and view.best.chosen:
        head["unit"] = "to reference"
    if name == "quality":
        head |= {"label": quality_name, "unit": _quality_unit(view)}
    return head | (_sort_link(spec.sort, view, path) if spec.sort else {})


def _quality_unit(view: LeaderboardPage) -> str:
    metric = view.benchmark.quality_metric
    unit = {"top1_pct": "↑ %", "auc": "↑", "fp_fn": "↓ count"}[metric]
    margin = "margin" in view.query.columns and metric != "fp_fn"
    return f"{unit}, margin" if margin else unit


def _decades(view: LeaderboardPage) -> int:
    ratios = [row.ratios[view.ruler_metric] for row in view.rows]
    return ruler_decades(max((ratio for ratio in ratios if ratio is not None), default=1))


def _rows(view: LeaderboardPage, names: Sequence[str], notes: Mapping[str, Note]) -> list[dict[str, Any]]:
    numbers = number_columns([row.entry for row in view.rows], names)
    decades = _decades(view)
    return [
        {
            "rank": str(row.rank) if row.rank else "",
            "css": _band_css(row),
            "device": row.entry.device_short_name,
            "software": row.entry.software,
            "tag": PROVENANCE_TAGS.get(row.entry.provenance, ""),
            "url": reverse("results:result", args=[row.entry.public_id]),
            "id": row.entry.public_id,
            "cells": [
                TableCell("number", number=numbers[name][k], css="col-clock" if name == "clock" else "")
                if name in numbers and name != "quality"
                else _cell(name, row, view, numbers, k, decades)
                for name in names
            ],
            "marks": row_marks(row.entry.finding_codes, notes),
        }
        for k, row in enumerate(view.rows)
    ]  # fmt: skip


def _cell(
    name: str, row: Row, view: LeaderboardPage, numbers: Mapping[str, Sequence[Any]], place: int, decades: int
) -> TableCell:
    ratio = row.ratios[view.ruler_metric]
    if name == "ruler":
        return TableCell("ruler", svg=_ruler(row, ratio, decades), text=row.not_compared)
    if name == "ratio":
        if ratio is not None:
            return TableCell("text", ratio_text(ratio), css="n dim")
        return TableCell("text", css="n dim", reason=row.not_compared or "no ratio: not measured")
    if name == "quality":
        margin = margin_text(row.entry) if "margin" in view.query.columns else ""
        return TableCell("quality", number=numbers["quality"][place], margin=margin)
    return text_cell(name, row.entry)


def _ruler(row: Row, ratio: float | None, decades: int) -> str:
    """A value that beats the chosen reference stands at the ruler's start; the ratio beside it says by how much."""
    if ratio is None:
        return ""
    return mark_safe(ruler_row(max(1.0, ratio), row.entry.device_class, decades))


def _band_css(row: Row) -> str:
    if row.rank is None or row.rank.first == row.rank.last:
        return ""
    ends = (" band-a" if row.opens_band else "") + (" band-z" if row.closes_band else " tied")
    return f"band{ends}"


def ruler_sentence(view: LeaderboardPage) -> str:
    """What the ruler of this table starts from."""
    if view.best is None:
        return ""
    entry, metric = view.best.entry, METRICS[RATIO_METRICS[view.ruler_metric]]
    where = joined([*view.query.divisions])
    what = (
        "the reference that you chose"
        if view.best.chosen
        else f"the best {where} result of all rounds{f' on {view.best.group_label}' if view.best.group_label else ''}"
    )
    return (
        f"The ruler shows how far a result is from {what} "
        f"({table_number(view.best.value)}\u00a0{metric.unit}, {entry.device_short_name}, {entry.submitter_name}, "
        f"{entry.round}); one tick is a factor of ten{'' if view.best.chosen else ', and no other filter moves it'}."
    )


def _without_filters(query: LeaderboardQuery) -> str:
    return to_query_string(query, filters={}, energy=None, ranges={})


def _releases(view: LeaderboardPage, path: str, quality_name: str) -> list[dict[str, Any]]:
    """For an empty view: what to remove, and how many results that brings back, most first."""
    headings = {facet.name: facet.label.lower() for facet in view.facets}
    found = []
    for name, count in sorted(view.releases.items(), key=lambda item: -item[1]):
        query = view.query
        for parameter in (name, f"{name}_min", f"{name}_max"):
            query = without_value(query, parameter)
        label = headings.get(name) or (quality_name if name == "quality" else name)
        found.append({"label": label, "count": count, "url": address(path, to_query_string(query))})
    return found


def _choosers(view: LeaderboardPage, quality_name: str) -> dict[str, Any]:
    """The forms that choose columns and reference; each keeps the rest of the view in hidden fields."""
    query = view.query
    params = [(name, value) for name, value in to_params(query) if name != "cursor"]
    labels = {name: spec.choice or spec.label for name, spec in SPECS.items()} | {"quality": quality_name}
    options = [
        {
            "value": row.entry.public_id,
            "label": _row_label(row),
            "selected": row.entry.public_id == query.reference,
        }
        for row in view.rows
    ]
    if query.reference and view.best and not any(option["selected"] for option in options):
        entry = view.best.entry
        label = f"{entry.device_short_name}, {entry.submitter_name}, {entry.round}"
        options.insert(0, {"value": query.reference, "label": label, "selected": True})
    return {
        "column_options": [
            {"name": name, "label": labels[name], "checked": name in query.columns} for name in COLUMNS
        ],
        "column_hidden": [(name, value) for name, value in params if name != "col"],
        "reference_options": options,
        "reference_hidden": [(name, value) for name, value in params if name != "reference"],
    }


def _row_label(row: Row) -> str:
    entry = row.entry
    parts = [entry.device_short_name, entry.software, entry.submitter_name, entry.round]
    return ", ".join(part for part in parts if part)


def _pager(view: LeaderboardPage, path: str) -> dict[str, Any]:
    query, count = view.query, len(view.rows)
    left = view.total_in_view - (view.first_row - 1) - count
    last = view.first_row + count - 1
    return {
        "place_text": f"{view.first_row} to {last} of {whole_number(view.total_in_view)}" if count else "",
        "next_url": _cursor_url(path, query, view.next_cursor),
        "previous_url": _cursor_url(path, query, view.previous_cursor),
        "next_text": f"Next {min(query.page_size, left)}",
        "page_sizes": [
            {
                "number": size,
                "url": ""
                if size == query.page_size
                else address(path, to_query_string(query, page_size=size)),
            }
            for size in PAGE_SIZES
        ],
    }


def _cursor_url(path: str, query: LeaderboardQuery, cursor: Any) -> str:
    return address(path, to_query_string(query, cursor=cursor)) if cursor else ""


def _data_links(query: LeaderboardQuery) -> dict[str, str]:
    """The same view as data: paging is dropped, because a file holds every row."""
    text = to_query_string(query, cursor=None)
    return {
        f"{name}_url": address(reverse("results:leaderboard-data", args=[query.benchmark, name]), text)
        for name in ("csv", "json")
    }
