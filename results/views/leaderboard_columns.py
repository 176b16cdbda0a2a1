"""The columns of a leaderboard: what heads them, how they sort, and the cell that a row has in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from results.models import Availability, EnergyScope, LeaderboardEntry, Provenance
from results.presentation import (
    Cell,
    aligned_column,
    aligned_texts,
    fixed_number,
    points_text,
    quality_decimals,
    volts_text,
)
from results.templatetags.site import device_class_name

QUALITY_NAMES = {"top1_pct": ("Top-1", "%"), "auc": ("AUC", ""), "fp_fn": ("FP / FN", "count")}


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column that the reader may choose. ``sort`` names its order, empty where it has none."""

    name: str
    label: str
    unit: str = ""
    sort: str = ""
    css: str = ""
    hidden_label: bool = False
    choice: str = ""  # what the column chooser calls it, where that differs


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: ``number`` for number columns, ``text`` for the others, ``svg`` for rulers."""

    kind: str
    text: str = ""
    number: Cell | None = None
    svg: str = ""
    css: str = ""
    reason: str = ""
    margin: str = ""
    tags: Sequence[str] = field(default=())


SPECS: dict[str, ColumnSpec] = {
    spec.name: spec
    for spec in (
        ColumnSpec("latency", "Latency", "↓ ms", "latency", "n"),
        ColumnSpec("ratio", "Ratio", "to best", "", "n", choice="Ratio to the best"),
        ColumnSpec("energy", "Energy", "↓ µJ/inf", "energy", "n"),
        ColumnSpec("supply", "Supply of the energy run", "at", "", "n sup", True, choice="Supply voltage"),
        ColumnSpec("power", "Mean power", "↓ mW", "power", "n"),
        ColumnSpec("quality", "Quality", "", "quality", "n"),
        ColumnSpec("margin", "Margin", "points", "", "n", choice="Margin to the target"),
        ColumnSpec("throughput", "Throughput", "↑ inf/s", "throughput", "n"),
        ColumnSpec("submitter", "Submitter", "", "submitter"),
        ColumnSpec("round", "Round", "", "round", "col-round"),
        ColumnSpec("clock", "Clock", "MHz", "clock", "n col-clock"),
        ColumnSpec("precision", "Numeric format"),
        ColumnSpec("availability", "Availability"),
        ColumnSpec("division", "Division"),
        ColumnSpec("class", "Device class"),
        ColumnSpec("framework", "Framework"),
        ColumnSpec("style", "Deployment"),
        ColumnSpec("provenance", "Provenance"),
        ColumnSpec("scope", "Energy includes"),
        ColumnSpec("system", "System as submitted"),
    )
}
METRIC_VALUES: dict[str, str] = {
    "latency": "latency_ms",
    "energy": "energy_uj_per_inf",
    "power": "average_power_mw",
    "throughput": "throughput_inf_per_s",
}
"""Number columns and the field that each prints."""

NUMBERS = (*METRIC_VALUES, "quality")


def shown_columns(chosen: Sequence[str], sort_name: str, ruler_metric: str) -> list[str]:
    """Names of the columns in the order in which they stand.

    The sorted metric leads; the ruler and the ratio follow their metric, the supply follows the energy, and the
    margin stands inside the quality cell when both are chosen.
    """
    names = [name for name in SPECS if name in chosen]
    lead = [name for name in (sort_name, ruler_metric) if name in NUMBERS]
    names = list(dict.fromkeys([*lead, *names]))
    names = [name for name in names if name not in ("ratio", "supply")]
    place = names.index(ruler_metric) + 1
    names[place:place] = ["ruler", "ratio"] if "ratio" in chosen else ["ruler"]
    if "supply" in chosen:
        energies = [name for name in ("energy", "power") if name in names]
        names.insert(names.index(energies[0]) + 1 if energies else len(names), "supply")
    if "quality" in names and "margin" in names:
        names.remove("margin")
    return names


def number_columns(entries: Sequence[LeaderboardEntry], names: Sequence[str]) -> dict[str, list[Cell]]:
    """The aligned cells of every number column, by column name, in the order of the rows."""
    cells = {
        name: aligned_column([getattr(entry, METRIC_VALUES[name]) for entry in entries])
        for name in names
        if name in METRIC_VALUES
    }
    if "clock" in names:
        cells["clock"] = aligned_column([entry.clock_mhz for entry in entries])
    if "quality" in names:
        cells["quality"] = aligned_texts([quality_text(entry) for entry in entries])
    if "margin" in names:
        cells["margin"] = aligned_texts([margin_text(entry) for entry in entries])
    return cells


def quality_text(entry: LeaderboardEntry) -> str:
    """Accuracy with one decimal, AUC with two, counts as submitted; empty when not measured."""
    if entry.quality_value is None:
        return ""
    if entry.quality_metric == "fp_fn":
        return entry.quality_text
    return fixed_number(entry.quality_value, quality_decimals(entry.quality_metric))


def margin_text(entry: LeaderboardEntry) -> str:
    """Distance from the closed target with its sign; empty when no quality was measured."""
    if entry.quality_margin is None:
        return ""
    return points_text(entry.quality_margin, quality_decimals(entry.quality_metric))


def text_cell(name: str, entry: LeaderboardEntry) -> TableCell:
    """The cell of a column that holds words."""
    return _TEXT_CELLS[name](entry)


def _submitter(entry: LeaderboardEntry) -> TableCell:
    """Who, and what sets the result apart: the open division, a system that cannot be bought yet."""
    tags = ["open"] if entry.division == "open" else []
    tags += [Availability(entry.availability).label] if entry.availability in ("preview", "rdi") else []
    return TableCell("text", entry.submitter_name, css="who", tags=tags)


def _supply(entry: LeaderboardEntry) -> TableCell:
    if entry.energy_uj_per_inf is None and entry.average_power_mw is None:
        return TableCell("text", css="n sup dim")
    if entry.supply_voltage_mv is None:
        return TableCell("text", css="n sup dim", reason="supply voltage not stated")
    return TableCell("text", volts_text(entry.supply_voltage_mv, most_decimals=2), css="n sup dim")


def _stated(value: Callable[[LeaderboardEntry], str]) -> Callable[[LeaderboardEntry], TableCell]:
    return lambda entry: TableCell("text", value(entry), reason="not stated")


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


_TEXT_CELLS: dict[str, Callable[[LeaderboardEntry], TableCell]] = {
    "submitter": _submitter,
    "supply": _supply,
    "round": lambda entry: TableCell("text", entry.round, css="col-round"),
    "precision": _stated(lambda entry: entry.precision),
    "availability": _stated(lambda entry: _label(Availability, entry.availability)),
    "division": _stated(lambda entry: entry.division),
    "class": _stated(lambda entry: device_class_name(entry.device_class)),
    "framework": _stated(lambda entry: entry.framework),
    "style": _stated(lambda entry: entry.deployment_style),
    "provenance": _stated(lambda entry: _label(Provenance, entry.provenance)),
    "scope": _stated(lambda e: "" if e.energy_scope == "none" else _label(EnergyScope, e.energy_scope)),
    "system": _stated(lambda entry: entry.system_label),
}
