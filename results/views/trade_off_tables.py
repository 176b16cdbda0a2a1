"""The table twin of a plot: the front with its next steps, and everything behind it with what beats it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from results.models import LeaderboardEntry
from results.presentation import Cell, aligned_column, aligned_texts, volts_text
from results.selectors.pareto import ParetoView, PlotPoint
from results.views.leaderboard_columns import METRIC_VALUES, margin_text, quality_text
from results.views.notes import Note, row_marks
from results.views.trade_off_words import next_words, standing_words
from results.views.trade_offs import FRONT_WORDS, compared, metric_name

_UNITS = {
    "energy": "↓ µJ/inf",
    "latency": "↓ ms",
    "power": "↓ mW",
    "throughput": "↑ inf/s",
    "inferences-per-joule": "↑ inf/J",
    "energy-delay": "↓ µJ·ms",
    "macs-per-cycle": "↑ MAC/cycle",
}
_QUALITY_UNITS = {"top1_pct": "↑ %", "auc": "↑", "fp_fn": "↓ count"}


def front_table(view: ParetoView, notes: Mapping[str, Note]) -> dict[str, Any]:
    """The results of the fronts that the plot is about, each from the best x to the worst."""
    points = [point for front in view.main_fronts for point in front.points]
    words = [
        next_words(front.points, k, view) for front in view.main_fronts for k in range(len(front.points))
    ]
    return _table(view, points, words, "Next step on the front", notes)


def behind_table(view: ParetoView, notes: Mapping[str, Note]) -> dict[str, Any]:
    """Every other result of the plot, with what beats it or why it is not compared."""
    front = {point.entry.pk for one in view.main_fronts for point in one.points}
    points = [point for point in view.points if point.entry.pk not in front]
    return _table(view, points, [standing_words(point, view) for point in points], "Beaten by", notes)


def _table(
    view: ParetoView,
    points: Sequence[PlotPoint],
    words: Sequence[str],
    words_head: str,
    notes: Mapping[str, Note],
) -> dict[str, Any]:
    names = list(dict.fromkeys([view.query.x, view.query.y, "latency", "energy"]))
    columns = [(name, _cells(name, points, view)) for name in names]
    parts = {(front.part, front.group): front.part_label for front in view.fronts}
    return {
        "heads": [_head(name, view) for name in names],
        "words_head": words_head,
        "part_head": FRONT_WORDS[view.query.by].capitalize() if view.query.by != "division" else "",
        "rows": [
            {
                "entry": point.entry,
                "hollow": not compared(point, view),
                "url": reverse("results:result", args=[point.entry.public_id]),
                "cells": [_cell(name, cells[k], point.entry) for name, cells in columns],
                "words": words[k],
                "part": parts.get((point.part, point.group), "") or "not stated",
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


def _cells(name: str, points: Sequence[PlotPoint], view: ParetoView) -> list[Cell]:
    if name == "quality":
        return aligned_texts([quality_text(point.entry) for point in points])
    if name in (view.query.x, view.query.y):
        return aligned_column([point.x if name == view.query.x else point.y for point in points])
    return aligned_column([getattr(point.entry, METRIC_VALUES[name]) for point in points])


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
