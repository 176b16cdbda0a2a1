"""The table twin of a plot: the front with its next steps, and everything behind it with what beats it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from results.charts.sentences import beaten_by, next_step
from results.models import LeaderboardEntry
from results.presentation import Cell, aligned_column, aligned_texts, volts_text
from results.selectors.pareto import ParetoView, PlotPoint
from results.views.leaderboard_columns import METRIC_VALUES, margin_text, quality_text
from results.views.notes import Note, row_marks
from results.views.trade_offs import compared, metric_name, quantity

_UNITS = {"energy": "↓ µJ/inf", "latency": "↓ ms", "power": "↓ mW"}
_QUALITY_UNITS = {"top1_pct": "↑ %", "auc": "↑", "fp_fn": "↓ count"}


def front_table(view: ParetoView, notes: Mapping[str, Note]) -> dict[str, Any]:
    """The results of the front that the plot is about, from the best x to the worst."""
    points = list(view.front.points) if view.front else []
    words = [_next_words(points, k, view) for k in range(len(points))]
    return _table(view, points, words, "Next step on the front", notes)


def behind_table(view: ParetoView, notes: Mapping[str, Note]) -> dict[str, Any]:
    """Every other result of the plot, with what beats it or why it is not compared."""
    front = set(view.front.points) if view.front else set()
    points = [point for point in view.points if point not in front]
    return _table(view, points, [_beaten_words(point, view) for point in points], "Beaten by", notes)


def _table(
    view: ParetoView,
    points: Sequence[PlotPoint],
    words: Sequence[str],
    words_head: str,
    notes: Mapping[str, Note],
) -> dict[str, Any]:
    names = list(dict.fromkeys([view.query.x, view.query.y, "latency", "energy"]))
    entries = [point.entry for point in points]
    columns = [(name, _cells(name, entries)) for name in names]
    return {
        "heads": [_head(name, view) for name in names],
        "words_head": words_head,
        "rows": [
            {
                "entry": point.entry,
                "hollow": not compared(point, view),
                "url": reverse("results:result", args=[point.entry.public_id]),
                "cells": [_cell(name, cells[k], point.entry) for name, cells in columns],
                "words": words[k],
                "marks": row_marks(point.entry.finding_codes, notes),
            }
            for k, point in enumerate(points)
        ],
    }


def _head(name: str, view: ParetoView) -> dict[str, Any]:
    metric = view.benchmark.quality_metric
    return {
        "label": metric_name(name, view.benchmark),
        "unit": _QUALITY_UNITS[metric] if name == "quality" else _UNITS[name],
        "aria_sort": ("ascending" if view.x_direction == "lower" else "descending")
        if name == view.query.x
        else "",
        "second": "supply"
        if name == "energy"
        else "margin"
        if name == "quality" and metric != "fp_fn"
        else "",
    }


def _cells(name: str, entries: Sequence[LeaderboardEntry]) -> list[Cell]:
    if name == "quality":
        return aligned_texts([quality_text(entry) for entry in entries])
    return aligned_column([getattr(entry, METRIC_VALUES[name]) for entry in entries])


def _cell(name: str, cell: Cell, entry: LeaderboardEntry) -> dict[str, Any]:
    second = ""
    has_second = name == "energy" or (name == "quality" and entry.quality_metric != "fp_fn")
    if name == "energy" and cell.text:
        second = (
            volts_text(entry.supply_voltage_mv, most_decimals=2) if entry.supply_voltage_mv else "not stated"
        )
    elif name == "quality":
        second = margin_text(entry)
    return {"number": cell, "second": second, "has_second": has_second}


def _next_words(points: Sequence[PlotPoint], k: int, view: ParetoView) -> str:
    here = points[k]
    there = next((p for p in points[k + 1 :] if (p.x, p.y) != (here.x, here.y)), None)
    if there is None:
        return "end of the front"
    x, y = quantity(view.query.x, view), quantity(view.query.y, view)
    return next_step((here.x, here.y), (there.x, there.y), x, y)


def _beaten_words(point: PlotPoint, view: ParetoView) -> str:
    if point.rival is None or point.dominance is None:
        if point.group is None:
            return "not compared: supply, scope or test set not stated"
        return f"on its own front: {_own_set(point, view)}"
    rival = point.rival
    dx, dy = point.dominance.differences
    x, y = quantity(view.query.x, view), quantity(view.query.y, view)
    better_x = point.x - dx if x.lower_is_better else point.x + dx
    better_y = point.y - dy if y.lower_is_better else point.y + dy
    how = beaten_by([(x, point.x, better_x), (y, point.y, better_y)])
    own = "" if compared(point, view) else f" ({_own_set(point, view)})"
    return f"{rival.device_short_name}: {how}{own}"


def _own_set(point: PlotPoint, view: ParetoView) -> str:
    label = next((label for group, label, _ in view.groups if group == point.group), "")
    parts = [label] if point.group != view.group and label else []
    if view.front and point.entry.division != view.front.division:
        parts.append(f"{point.entry.division} division")
    return ", ".join(parts) or f"{point.entry.division} division"
