"""The tables of a cell of the fit finder: answers, what fails, what cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from results.analysis.stated_memory import StatedMemory
from results.domain.fit_metrics import ENERGY, FLASH, LATENCY, LIMIT_PARAMETERS, POWER, QUALITY, RAM
from results.domain.metrics import Direction
from results.domain.query import LeaderboardQuery, Range, to_query_string
from results.models import Availability, EnergyScope, LeaderboardEntry
from results.presentation import Cell as NumberCell
from results.presentation import aligned_column, aligned_texts, joined, volts_text
from results.selectors.fit import FitView
from results.selectors.fit_cells import MOST_ROWS, Cell, Match, metric_direction
from results.views.fit_words import failure_words, metric_label, metric_noun, metric_unit, reasons_words
from results.views.leaderboard_columns import quality_text
from results.views.notes import Note, row_marks
from results.views.panel import address

_PER_INFERENCE = {ENERGY: "µJ/inf"}


@dataclass(frozen=True, slots=True)
class Head:
    """A number column. ``aria_sort`` is set for the objective; ``second`` heads a text beside the number."""

    label: str
    unit: str
    aria_sort: str
    second: str


def cell_tables(cell: Cell, view: FitView, notes: Mapping[str, Note]) -> list[dict[str, Any]]:
    """The tables that have rows, each with as many as the page holds; the data files hold MOST_ROWS of each."""
    benchmark = cell.task.benchmark

    def failing_words(match: Match) -> str:
        failed = [failure_words(failure, view.query, benchmark) for failure in match.judged.failures]
        missing = [f"cannot be judged besides: {reasons_words(match)}"] if match.judged.missing else []
        return "; ".join([*failed, *missing])

    kinds: list[tuple[str, str, Sequence[Match], int, str, Callable[[Match], str]]] = [
        ("answers", "Results that fit", cell.answers, cell.fits, "", lambda match: ""),
        ("failing", "Results that fail a limit, the nearest first", cell.failing, cell.fails, "Fails by", failing_words),
        ("unjudged", "Results that cannot be judged", cell.unjudged, cell.not_judged, "Why", reasons_words),
    ]  # fmt: skip
    return [
        _table(kind, label, matches, words_head, words, cell, view, notes)
        | {"count": count, "most": MOST_ROWS, "rest": _rest(kind, cell, view) if count > MOST_ROWS else None}
        for kind, label, matches, count, words_head, words in kinds
        if matches
    ]


def _rest(kind: str, cell: Cell, view: FitView) -> dict[str, str]:
    """The leaderboard that pages through what a list is too long for, and what it cannot be asked.

    It holds the results of the task within the filters; for those that fit within the limits too.
    """
    query, within = view.query, kind == "answers"
    ranges: dict[str, Range] = {}
    beyond = [f"the network {joined(cell.task.models, 'or')}"] if cell.task.models else []
    if within:
        frame_ms = [1000 / query.fps] if query.fps is not None else []
        latencies = [*(v for n, v in query.limits.items() if n == "latency_max"), *frame_ms]
        ranges = {
            "latency": Range(high=min(latencies, default=None)),
            "energy": Range(high=query.limits.get("energy_max")),
            "quality": Range(query.limits.get("quality_min"), query.limits.get("quality_max")),
        }
        beyond += [
            metric_noun(LIMIT_PARAMETERS[name].metric)
            for name in query.limits
            if LIMIT_PARAMETERS[name].metric not in (LATENCY, ENERGY, QUALITY)
        ]
    filters = dict(query.filters) | ({"device": (cell.device.slug,)} if cell.device else {})
    if within and query.needs_energy and view.group:
        scope, _, supply = view.group.partition("@")
        filters = {"scope": (scope,), "supply": (supply,)} | filters
    board = LeaderboardQuery(
        benchmark=cell.task.benchmark.pk,
        filters=filters,
        ranges={name: ends for name, ends in ranges.items() if ends != Range()},
        sort=query.objective if query.objective in (LATENCY, ENERGY, QUALITY) else LATENCY,
    )
    url = address(reverse("results:leaderboard", args=[board.benchmark]), to_query_string(board))
    return {"url": url, "of": "filters and limits" if within else "filters", "beyond": joined(beyond)}


def _table(
    kind: str,
    label: str,
    matches: Sequence[Match],
    words_head: str,
    words: Callable[[Match], str],
    cell: Cell,
    view: FitView,
    notes: Mapping[str, Note],
) -> dict[str, Any]:
    shown = matches[: view.query.page_size]
    names = _columns(view)
    columns = [(name, _numbers(name, shown)) for name in names]
    return {
        "kind": kind,
        "label": label,
        "shown": len(shown),
        "words_head": words_head,
        "ranked": kind == "answers",
        "heads": [_head(name, cell, view, sorted_by=kind == "answers") for name in names],
        "rows": [
            {
                "entry": match.entry,
                "url": reverse("results:result", args=[match.entry.public_id]),
                "band": match.judged.band,
                "on_front": match.judged.on_front,
                "cells": [_cell(name, numbers[k], match) for name, numbers in columns],
                "words": words(match),
                "conditions": conditions_words(match.entry),
                "marks": row_marks(match.entry.finding_codes, notes),
            }
            for k, match in enumerate(shown)
        ],
    }


def conditions_words(entry: LeaderboardEntry) -> str:
    """Division, availability and provenance of a result."""
    availability = Availability(entry.availability).label if entry.availability else "availability not stated"
    return f"{entry.division}, {availability}, {entry.provenance}"


def _columns(view: FitView) -> list[str]:
    """The objective first, then what is limited, then what every result is read by."""
    query = view.query
    power = [POWER] if query.gives_power else []
    always = [LATENCY, ENERGY, QUALITY]
    return list(
        dict.fromkeys([query.objective, *power, *always, *(n for n in query.metrics if n in (RAM, FLASH))])
    )


def _numbers(name: str, matches: Sequence[Match]) -> list[NumberCell]:
    if name == QUALITY:
        return aligned_texts([quality_text(match.entry) for match in matches])
    return aligned_column([match.known.values.get(name) for match in matches])


def _head(name: str, cell: Cell, view: FitView, *, sorted_by: bool) -> Head:
    benchmark = cell.task.benchmark
    lower = metric_direction(name, benchmark) is Direction.LOWER
    unit = _PER_INFERENCE.get(name) or metric_unit(name, benchmark)
    aria = ("ascending" if lower else "descending") if sorted_by and name == view.query.objective else ""
    second = {ENERGY: "at", RAM: "stated by", FLASH: "stated by"}.get(name, "")
    return Head(metric_label(name, benchmark), f"{'↓' if lower else '↑'} {unit}".strip(), aria, second)


def _cell(name: str, number: NumberCell, match: Match) -> dict[str, Any]:
    reason = match.known.reasons.get(name, "not measured")
    cell: dict[str, Any] = {"number": number, "second": "", "has_second": False, "url": "", "reason": reason}
    if name == ENERGY:
        return cell | {"has_second": True, "second": energy_conditions(match.entry)}
    if name in (RAM, FLASH):
        url = f"{reverse('results:device', args=[match.entry.device_slug])}#specification"
        return cell | {"has_second": True, "second": _memory_words(match.memory.get(name)), "url": url}
    return cell


def energy_conditions(entry: LeaderboardEntry) -> str:
    """Supply and scope of a measured energy: ``1.8 V, chip rail``."""
    if entry.energy_uj_per_inf is None:
        return ""
    supply = (
        volts_text(entry.supply_voltage_mv, most_decimals=2)
        if entry.supply_voltage_mv
        else "supply not stated"
    )
    scope = (
        EnergyScope(entry.energy_scope).label
        if entry.energy_scope in ("chip-rail", "board")
        else "scope not stated"
    )
    return f"{supply}, {scope}"


def _memory_words(stated: StatedMemory | None) -> str:
    """Which kind of source states a memory, and the greater amount that another of its kind states; the least counts."""
    if stated is None:
        return "not stated"
    more = f"; {stated.most_kib:g} elsewhere" if stated.most_kib > stated.kib else ""
    return f"tier {stated.source_tier}{more}"
