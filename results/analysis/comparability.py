"""What may be compared with what: a value belongs to a comparison group, and only values of one group are ranked.

The rules stand in ``results/catalog/comparability.toml``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from results.domain.metrics import ENERGY_METRICS

ANY = "any"
"""The group of values that compare with all others of their benchmark."""

RULES = Path(__file__).parent.parent / "catalog" / "comparability.toml"
QUALITY_METRICS = frozenset({"top1", "top1_pct", "auc", "fp_fn"})
SCOPE_NAMES = {"chip-rail": "chip rail", "board": "whole board", "unknown": "scope not stated"}


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a run was measured, as far as it decides what its values may be compared with."""

    benchmark: str
    energy_scope: str
    supply_voltage_mv: float | None
    evaluation_set: str


@dataclass(frozen=True, slots=True)
class ComparabilityRules:
    """The rules of one file. ``sets`` maps benchmark → evaluation set → (group, label); ``known_sets`` the public id
    of a run to its evaluation set where the files that were read do not show it; ``reasons`` say why sets differ."""

    supply_step_mv: int
    sets: dict[str, dict[str, tuple[str, str]]]
    reasons: dict[str, str]
    known_sets: dict[str, str]

    def nominal_supply_mv(self, supply_voltage_mv: float) -> int:
        """The supply as it is compared: rounded to the step, halves upwards."""
        return int(supply_voltage_mv / self.supply_step_mv + 0.5) * self.supply_step_mv

    def group(self, metric: str, conditions: Conditions) -> str | None:
        """The comparison group of a value of ``metric``; None when it compares with nothing.

        An energy whose scope or supply nobody states compares with nothing, nor does a quality on an unknown set
        where the sets differ.
        """
        if metric in ENERGY_METRICS:
            if conditions.energy_scope not in ("chip-rail", "board") or conditions.supply_voltage_mv is None:
                return None
            return f"{conditions.energy_scope}@{self.nominal_supply_mv(conditions.supply_voltage_mv)}"
        if metric in QUALITY_METRICS and conditions.benchmark in self.sets:
            known = self.sets[conditions.benchmark].get(conditions.evaluation_set)
            return known[0] if known else None
        return ANY

    def trade_off_group(self, metrics: tuple[str, ...], conditions: Conditions) -> str | None:
        """The group in which two or more metrics of one run compare together: ``chip-rail@1800:ic-set-v0.7``."""
        groups = [self.group(metric, conditions) for metric in metrics]
        if any(group is None for group in groups):
            return None
        parts = [group for group in dict.fromkeys(groups) if group and group != ANY]
        return ":".join(parts) or ANY

    def label(self, group: str) -> str:
        """A group in words: ``chip rail, 1.8 V`` or ``test set of v0.5``; empty for :data:`ANY`."""
        return "; ".join(self._part_label(part) for part in group.split(":") if part != ANY)

    def _part_label(self, part: str) -> str:
        scope, at, supply = part.partition("@")
        if at:
            return f"{SCOPE_NAMES[scope]}, {supply_text(float(supply))}"
        return next(
            (label for sets in self.sets.values() for group, label in sets.values() if group == part), part
        )


def supply_text(supply_voltage_mv: float) -> str:
    """A supply voltage in volts with at least one decimal: ``1.8 V``, ``4.95 V``."""
    text = f"{supply_voltage_mv / 1000:.3f}".rstrip("0")
    return f"{text}0 V" if text.endswith(".") else f"{text} V"


def why_not_compared(metric: str, conditions: Conditions, reference_group: str) -> str:
    """One sentence for a value that stands beside others of ``reference_group`` and is not compared; else empty."""
    rules = comparability()
    own = rules.group(metric, conditions)
    if own == reference_group:
        return ""
    if metric in QUALITY_METRICS:
        measured_on = f"the {rules.label(own)}" if own else "an unknown test set"
        return f"measured on {measured_on}: not compared with the {rules.label(reference_group)}"
    return _why_energy(conditions, reference_group)


def _why_energy(conditions: Conditions, reference_group: str) -> str:
    rules = comparability()
    scope, _, supply = reference_group.partition("@")
    wanted = f"the {supply_text(float(supply))} reference" if supply else "the reference"
    if conditions.supply_voltage_mv is None:
        return f"supply voltage not stated: not compared with {wanted}"
    nominal = rules.nominal_supply_mv(conditions.supply_voltage_mv)
    if conditions.energy_scope != scope:
        own = SCOPE_NAMES.get(conditions.energy_scope, conditions.energy_scope)
        return f"{own} at {supply_text(nominal)}: not compared with {wanted} on the {SCOPE_NAMES.get(scope, scope)}"
    return f"measured at {supply_text(nominal)}: not compared with {wanted}"


@cache
def comparability() -> ComparabilityRules:
    """The rules that ship with the code."""
    return read_rules(RULES)


def read_rules(path: Path) -> ComparabilityRules:
    """The rules of one TOML file; KeyError names what is missing."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    changed = table["changed_set"]
    return ComparabilityRules(
        supply_step_mv=int(table["supply_step_mv"]),
        sets={
            entry["benchmark"]: {one["evaluation_set"]: (one["group"], one["label"]) for one in entry["set"]}
            for entry in changed
        },
        reasons={entry["benchmark"]: entry["reason"] for entry in changed},
        known_sets={
            public_id: entry["evaluation_set"]
            for entry in table.get("known_set", ())
            for public_id in entry["public_ids"]
        },
    )
