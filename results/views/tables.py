"""Tables of results that several pages share: one row per result, or one row per system with a column per benchmark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from results.domain.vocabulary import DIVISIONS
from results.models import EnergyScope, LeaderboardEntry
from results.presentation import (
    Cell,
    aligned_column,
    points_text,
    quality_decimals,
    volts_text,
    whole_number,
)

QUALITY_NAMES = {"top1": "Top-1", "auc": "AUC", "fp_fn": "FP/FN"}


@dataclass(frozen=True, slots=True)
class FindingMark:
    """How many findings of one severity a result has: the shape of the severity, the number, the word unseen."""

    css: str
    number: int
    word: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One result of a table. ``energy_note`` gives scope and supply of the energy, which never stands without."""

    entry: LeaderboardEntry
    latency: Cell
    energy: Cell
    power: Cell
    energy_note: str
    quality: str
    margin: str
    marks: tuple[FindingMark, ...]


@dataclass(frozen=True, slots=True)
class PivotCell:
    """A value of one benchmark: its number and the address of its result; no address where it was not run."""

    number: Cell
    public_id: str
    note: str


@dataclass(frozen=True, slots=True)
class PivotRow:
    """One system (and variant): an entry that names it, latencies and energies by benchmark, its findings.

    ``told_apart`` is the system id where another row would read the same, else empty.
    """

    entry: LeaderboardEntry
    told_apart: str
    latencies: tuple[PivotCell, ...]
    energies: tuple[PivotCell, ...]
    energy_note: str
    marks: tuple[FindingMark, ...]


@dataclass(frozen=True, slots=True)
class PivotTable:
    """Rows with one latency column per benchmark in ``latency_of``, one energy column per ``energy_of``."""

    latency_of: tuple[str, ...]
    energy_of: tuple[str, ...]
    rows: tuple[PivotRow, ...]


def entry_rows(entries: Sequence[LeaderboardEntry]) -> list[EntryRow]:
    """The entries in their order, numbers aligned by column."""
    latencies = aligned_column(entry.latency_ms for entry in entries)
    energies = aligned_column(entry.energy_uj_per_inf for entry in entries)
    powers = aligned_column(entry.average_power_mw for entry in entries)
    return [
        EntryRow(
            entry, latencies[k], energies[k], powers[k], energy_note(entry), quality_text(entry), margin_text(entry),
            finding_marks([entry]),
        )
        for k, entry in enumerate(entries)
    ]  # fmt: skip


def pivot_table(entries: Sequence[LeaderboardEntry], benchmarks: Iterable[str]) -> PivotTable:
    """One row per system and variant, in the order in which they first stand in ``entries``."""
    groups: dict[tuple[int, str], dict[str, LeaderboardEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.system_id, entry.variant), {})[entry.benchmark] = entry
    run = {entry.benchmark for entry in entries}
    latency_of = tuple(benchmark for benchmark in benchmarks if benchmark in run)
    with_energy = {entry.benchmark for entry in entries if entry.energy_uj_per_inf is not None}
    energy_of = tuple(benchmark for benchmark in latency_of if benchmark in with_energy)
    held = list(groups.values())
    latencies = [_pivot_column(held, benchmark, "latency_ms") for benchmark in latency_of]
    energies = [_pivot_column(held, benchmark, "energy_uj_per_inf") for benchmark in energy_of]
    first = [next(iter(group.values())) for group in held]
    names = Counter(_row_name(entry) for entry in first)
    rows = tuple(
        PivotRow(
            entry=first[k],
            told_apart=first[k].system_label if names[_row_name(first[k])] > 1 else "",
            latencies=tuple(column[k] for column in latencies),
            energies=tuple(column[k] for column in energies),
            energy_note=next((note for entry in group.values() if (note := energy_note(entry))), ""),
            marks=finding_marks(group.values()),
        )
        for k, group in enumerate(held)
    )
    return PivotTable(latency_of, energy_of, rows)


def _row_name(entry: LeaderboardEntry) -> tuple[object, ...]:
    """What a row shows of its system."""
    return (
        entry.device_slug, entry.software, entry.clock_mhz, entry.variant, entry.submitter_slug, entry.round,
        entry.division,
    )  # fmt: skip


def _pivot_column(
    groups: Sequence[dict[str, LeaderboardEntry]], benchmark: str, metric: str
) -> list[PivotCell]:
    found = [group.get(benchmark) for group in groups]
    cells = aligned_column(getattr(entry, metric) if entry else None for entry in found)
    return [
        PivotCell(cell, entry.public_id if entry else "", "not measured" if entry else "not run")
        for cell, entry in zip(cells, found, strict=True)
    ]


def energy_note(entry: LeaderboardEntry) -> str:
    """What the joules include and at which supply: ``chip rail, 1.8 V``; empty when no energy was measured."""
    if entry.energy_scope == EnergyScope.NONE:
        return ""
    scope = (
        "scope not stated"
        if entry.energy_scope == EnergyScope.UNKNOWN
        else EnergyScope(entry.energy_scope).label
    )
    supply = (
        volts_text(entry.supply_voltage_mv) if entry.supply_voltage_mv is not None else "supply not stated"
    )
    return f"{scope}, {supply}"


def quality_text(entry: LeaderboardEntry) -> str:
    """The quality with its metric: ``Top-1 85.3 %``, ``AUC 0.86``, ``FP/FN 4/6``; empty when none is known."""
    if not entry.quality_text:
        return ""
    unit = " %" if entry.quality_metric == "top1" else ""
    return f"{QUALITY_NAMES.get(entry.quality_metric, entry.quality_metric)} {entry.quality_text}{unit}"


def margin_text(entry: LeaderboardEntry) -> str:
    """Points above the closed target with their sign; empty for counts and where nothing is known."""
    if entry.quality_margin is None or entry.quality_metric == "fp_fn":
        return ""
    return points_text(entry.quality_margin, quality_decimals(entry.quality_metric))


def finding_marks(entries: Iterable[LeaderboardEntry]) -> tuple[FindingMark, ...]:
    """Findings of these results by severity, the gravest first: 2 errors, 1 note. A code counts once."""
    codes = {(code, severity) for entry in entries for code, severity in entry.finding_codes}
    counts = Counter(severity for _, severity in codes)
    return tuple(
        FindingMark(css, counts[severity], severity if counts[severity] == 1 else f"{severity}s")
        for severity, css in (("error", "error"), ("warning", "warn"), ("note", "note"))
        if counts[severity]
    )


def division_counts(counts: Mapping[str, int]) -> str:
    """``47 closed, 12 open``; empty when there is none."""
    return ", ".join(
        f"{whole_number(counts[division])} {division}" for division in DIVISIONS if counts.get(division)
    )
