"""Whether two results compare on a metric, under which differences, and the footnote that goes with a comparison."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Protocol

from results.domain.metrics import ENERGY_METRICS

from .comparability import QUALITY_METRICS, RULES, SCOPE_NAMES, Conditions, comparability, supply_text

NOT_STATED = "not stated"
REVIEWED = "reviewed"
PROJECTED = "projected"


@dataclass(frozen=True, slots=True)
class Subject:
    """A result as far as it decides what it compares with; an empty text is not stated."""

    public_id: str
    benchmark: str
    round: str
    division: str
    availability: str
    provenance: str
    energy_scope: str
    supply_voltage_mv: float | None
    evaluation_set: str
    clock_mhz: float | None
    device: str
    software: str
    precision: str
    neural_model: str
    submitter: str

    @property
    def conditions(self) -> Conditions:
        return Conditions(self.benchmark, self.energy_scope, self.supply_voltage_mv, self.evaluation_set)


class Cited(Protocol):
    """What a footnote needs of a result."""

    @property
    def public_id(self) -> str: ...
    @property
    def round(self) -> str: ...
    @property
    def division(self) -> str: ...
    @property
    def provenance(self) -> str: ...


class Answer(StrEnum):
    COMPARABLE = "comparable"
    WITH_DIFFERENCES = "comparable with differences"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Difference:
    """One condition that is not the same; ``left`` and ``right`` as printed."""

    field: str
    label: str
    left: str
    right: str

    @property
    def text(self) -> str:
        return f"{self.label}: {self.left} against {self.right}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``reasons`` are sentences and stand only beside NOT_COMPARABLE."""

    answer: Answer
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]

    @property
    def text(self) -> str:
        """The answer in one sentence."""
        if self.reasons:
            return f"Not comparable: {' '.join(self.reasons)}"
        if self.differences:
            return f"Comparable with differences: {'; '.join(one.text for one in self.differences)}."
        return "Comparable."


def compare(metric: str, left: Subject, right: Subject) -> Comparison:
    """Whether ``left`` compares with ``right`` on ``metric``, an id of the metrics or "quality"."""
    differences = tuple(_differences(left, right))
    reasons = tuple(_reasons(metric, left, right))
    if reasons:
        return Comparison(Answer.NOT_COMPARABLE, differences, reasons)
    return Comparison(Answer.WITH_DIFFERENCES if differences else Answer.COMPARABLE, differences, ())


MOST_NAMED = 32
"""So many results a footnote names: all that a comparison can hold. Of longer views the exports name them."""


def footnote(results: Sequence[Cited], retrieved_on: date, site: str) -> str:
    """What must stand under figures of MLPerf Tiny: suite, versions, divisions, results, day, source, verification.

    A result that stands in ``results`` twice is named once.
    """
    cited = list({one.public_id: one for one in results}.values())
    reviewed = [one for one in cited if one.provenance == REVIEWED]
    others = [one for one in cited if one.provenance != REVIEWED]
    day = f"{retrieved_on.day} {retrieved_on:%B %Y}"
    parts = []
    if reviewed:
        rounds = ", ".join(sorted({one.round for one in reviewed}))
        divisions = " and ".join(sorted({one.division for one in reviewed}))
        parts.append(
            f"MLPerf Tiny {rounds}, {divisions} division. Retrieved from {site} on {day}, {_named(reviewed)}."
        )
    if others:
        verb = "are results" if len(others) > 1 else "is a result"
        names = ", ".join(one.public_id for one in others[:MOST_NAMED])
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        parts.append(
            f"{names}{more} {verb} not verified by MLCommons Association, retrieved from {site} on {day}."
        )
    parts.append("Ratios, bands, verdicts and derived figures were not verified by MLCommons Association.")
    parts.append(
        "The MLPerf name and logo are registered and unregistered trademarks of MLCommons Association in the United "
        "States and other countries. All rights reserved. Unauthorized use strictly prohibited. "
        "See www.mlcommons.org for more information."
    )
    return " ".join(parts)


def _named(results: Sequence[Cited]) -> str:
    if len(results) > MOST_NAMED:
        return f"{len(results)} entries, which the CSV and the JSON of this view name"
    return f"entries {', '.join(one.public_id for one in results)}"


def _reasons(metric: str, left: Subject, right: Subject) -> Iterator[str]:
    if left.benchmark != right.benchmark:
        yield f"{left.benchmark} and {right.benchmark} are different benchmarks."
        return
    if (left.provenance == PROJECTED) != (right.provenance == PROJECTED):
        yield "One value was projected and the other measured."
    if metric in ENERGY_METRICS:
        yield from _energy_reasons(left, right)
    if metric == "quality" or metric in QUALITY_METRICS:
        yield from _quality_reasons(left, right)


def _energy_reasons(left: Subject, right: Subject) -> Iterator[str]:
    pair = (left, right)
    if any(one.energy_scope not in ("chip-rail", "board") for one in pair):
        yield "Nobody states what the joules of one of them include."
    elif left.energy_scope != right.energy_scope:
        words = [SCOPE_NAMES[one.energy_scope] for one in pair]
        yield f"One energy is that of the {words[0]}, the other that of the {words[1]}."
    if any(one.supply_voltage_mv is None for one in pair):
        yield "Nobody states the supply voltage of one of them."
        return
    rules = comparability()
    volts = [rules.nominal_supply_mv(one.supply_voltage_mv or 0) for one in pair]
    if volts[0] != volts[1]:
        yield f"One energy was measured at {supply_text(volts[0])}, the other at {supply_text(volts[1])}."


def _quality_reasons(left: Subject, right: Subject) -> Iterator[str]:
    rules = comparability()
    groups = [rules.group("top1", one.conditions) for one in (left, right)]
    if None in groups:
        yield "The test set of one of them is not known, and the test sets of this benchmark differ."
    elif groups[0] != groups[1]:
        yield f"One was measured on the {rules.label(groups[0] or '')}, the other on the {rules.label(groups[1] or '')}."


def _differences(left: Subject, right: Subject) -> Iterator[Difference]:
    """The conditions that are not the same. Device and software are what is compared, and are no condition of it."""
    if left.round != right.round:
        yield Difference("round", _version_label(left.round, right.round), left.round, right.round)
    fields = [("division", "division"), ("availability", "availability"), ("provenance", "provenance")]
    if "open" in (left.division, right.division):
        fields += [("neural_model", "neural model"), ("precision", "precision")]
    elif left.precision and right.precision:
        # The closed network is given and its numeric format is not; most submissions do not state it.
        fields.append(("precision", "precision"))
    for field, label in fields:
        own, other = (_printed(getattr(one, field)) for one in (left, right))
        if own != other:
            yield Difference(field, label, own, other)
    if left.device == right.device and left.clock_mhz != right.clock_mhz:
        yield Difference("clock_mhz", "clock", _clock(left.clock_mhz), _clock(right.clock_mhz))


def _printed(value: str) -> str:
    return {"": NOT_STATED, "rdi": "RDI"}.get(value, value)


def officially_compatible(left: str, right: str) -> bool:
    """Whether the official compatibility table calls two rounds compatible; a round is with itself."""
    return left == right or any({left, right} <= set(group) for group in _stated_versions())


def _version_label(left: str, right: str) -> str:
    return (
        "benchmark version"
        if officially_compatible(left, right)
        else "benchmark version (not in the official compatibility table)"
    )


@cache
def _stated_versions() -> tuple[tuple[str, ...], ...]:
    """The versions that the official table calls compatible."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    return tuple(tuple(group) for group in table["official_compatible_versions"])


def _clock(clock_mhz: float | None) -> str:
    return f"{clock_mhz:g} MHz" if clock_mhz else NOT_STATED
