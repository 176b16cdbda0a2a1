"""Words and numbers of projections, the same on every page: two digits, bands as factors, reasons in short."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from results.domain.projections import METRICS, STATE_WORDS, CellState
from results.models import LeaderboardEntry, NextMeasurement, System
from results.presentation import fixed_number, joined, table_number
from results.selectors.projections import MatrixCell, ProjectedCounts
from results.views.tables import energy_note

CELL_CSS = {
    CellState.MEASURED: "c-m",
    CellState.PROJECTED: "c-p",
    CellState.DOES_NOT_FIT: "c-x",
    CellState.CANNOT_PROJECT: "c-n",
    CellState.PENDING: "c-q",
}
NEXT_SHOWN = 3
_METRIC_NAMES = {metric: name for name, metric in METRICS.items()}


def projected_text(value: float) -> str:
    """Two significant digits, whole numbers from 10 on: 0.21, 4.6, 18, 171."""
    return table_number(value, 2)


def factor_text(value: float, high: float | None) -> str:
    """The upper end of a band as a factor of its middle: ``×÷1.6``; two decimals below 1.1."""
    if high is None:
        return ""
    factor = high / value
    return f"×÷{fixed_number(factor, 2 if factor < 1.095 else 1)}"


def short_reason(state: CellState, reason: str) -> str:
    """What fits into a cell that holds no value."""
    if state == CellState.PENDING:
        return "not asked"
    if state == CellState.DOES_NOT_FIT:
        return f"no fit: {reason.partition(':')[0]}"
    if "band reaches" in reason:
        return "too wide"
    return "too far" if "of the time" in reason else "no basis"


def state_sentence(cell: MatrixCell, unit: str, metric: str) -> str:
    """The whole of a cell: ``projected 18 ms, 80 %: 11 to 29 ms``."""
    words = STATE_WORDS[cell.state]
    if cell.state == CellState.DOES_NOT_FIT and cell.reason:
        return cell.reason  # it begins with the memory that does not hold the network
    if cell.value is None:
        return f"{words}: {cell.reason}" if cell.reason else words
    if cell.state == CellState.PROJECTED and cell.low is not None and cell.high is not None:
        low, high = projected_text(cell.low), projected_text(cell.high)
        return f"{words} {projected_text(cell.value)} {unit}, 80 %: {low} to {high} {unit}"
    scope = f", {energy_note(cell.entry)}" if metric == "energy" and cell.entry else ""
    return f"{words} {table_number(cell.value)} {unit}{scope}"


def energy_scope_text(entry: LeaderboardEntry) -> str:
    """Supply of a measured energy, and its scope where it is not the chip's rail."""
    return energy_note(entry).removeprefix("chip rail, ")


def macs_text(macs: float) -> str:
    """``2.66 M MAC``."""
    return f"{table_number(macs / 1e6)} M MAC" if macs else "MACs not counted"


def system_words(system: System) -> str:
    """Software, round, submitter: what tells a system from others on its device."""
    publication = system.publication
    named = (system.software or system.system_id, publication.round_id, publication.submitter.name)
    return ", ".join(filter(None, named))


@dataclass(frozen=True, slots=True)
class NextLine:
    """One measurement worth making: what to run, on which system, and what it would say of the cells beside it."""

    model: str
    system: System
    system_words: str
    url: str
    metrics: str
    share: str
    says: str


def next_line(one: NextMeasurement) -> NextLine:
    """A suggestion in words."""
    cells = "cells of this system" if one.of == "system" else "systems’ cells of this network"
    before, after = (fixed_number(f, 2) for f in (one.factor_before, one.factor_after))
    return NextLine(
        model=one.model,
        system=one.system,
        system_words=system_words(one.system),
        url=reverse("results:projection", args=[one.system_id, one.model]),
        metrics=joined([_METRIC_NAMES[metric] for metric in one.metrics]),
        share=f"{fixed_number(100 * one.share, 0)} %",
        says=f"of {one.cells} other {cells}, typically from ×÷{before} to ×÷{after}",
    )


@dataclass(frozen=True, slots=True)
class ProjectedSection:
    """What a page of a device or a network says of projections; ``url`` is the matrix with these cells."""

    counts: ProjectedCounts
    heading: str
    url: str
    next_lines: tuple[NextLine, ...]


def projected_section(counts: ProjectedCounts, heading: str, query: str) -> ProjectedSection | None:
    """The section; None where the engine was asked nothing of the device or network."""
    if not counts:
        return None
    url = reverse("results:projections") + (f"?{query}" if query else "")
    lines = tuple(next_line(one) for one in counts.next_measurements[:NEXT_SHOWN])
    return ProjectedSection(counts, heading, url, lines)
