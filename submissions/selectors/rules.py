"""The rules as the rules page shows them: what each code means, and how much it weighs in which rounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from results.domain.findings import Severity
from submissions.rules.catalogue import RULES
from submissions.rules.registry import AREAS, Rule
from submissions.rules.rulebook import DIVISIONS, available_rounds, load_rulebook


@dataclass(frozen=True, slots=True)
class Weight:
    """Rounds in a row in which a rule weighs the same. ``severity`` is None where it does not apply."""

    division: str
    rounds: tuple[str, ...]
    severity: Severity | None

    @property
    def span(self) -> str:
        """``v0.5 to v1.3``, or the one round."""
        return self.rounds[0] if len(self.rounds) == 1 else f"{self.rounds[0]} to {self.rounds[-1]}"


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule and its weights; those of both divisions once (division "both") where they are equal."""

    rule: Rule
    weights: tuple[Weight, ...]

    @property
    def worst(self) -> Severity | None:
        """The gravest severity of any round."""
        found = {weight.severity for weight in self.weights}
        return next((severity for severity in Severity if severity in found), None)


@dataclass(frozen=True, slots=True)
class Area:
    """The rules of one part of a submission, by code."""

    id: str
    name: str
    rules: tuple[RuleEntry, ...]


@cache
def rule_areas() -> tuple[Area, ...]:
    """Every rule, grouped by area in the order of its table, then by code. Rules are code: read once."""
    order = list(AREAS)
    rules = sorted(RULES.values(), key=lambda rule: (_place(rule.area, order), rule.area, rule.code))
    return tuple(
        Area(
            area, AREAS.get(area, area.replace("-", " ").capitalize()), tuple(_entry(rule) for rule in group)
        )
        for area, group in groupby(rules, key=lambda rule: rule.area)
    )


def _place(area: str, order: list[str]) -> int:
    return order.index(area) if area in order else len(order)


def _entry(rule: Rule) -> RuleEntry:
    closed, open_ = (tuple(_weights(rule.code, division)) for division in DIVISIONS)
    if [(w.rounds, w.severity) for w in closed] == [(w.rounds, w.severity) for w in open_]:
        return RuleEntry(rule, tuple(Weight("both", weight.rounds, weight.severity) for weight in closed))
    return RuleEntry(rule, closed + open_)


def _weights(code: str, division: str) -> Iterator[Weight]:
    severities: Iterable[tuple[str, Severity | None]] = [
        (round_id, load_rulebook(round_id).severity(code, division)) for round_id in available_rounds()
    ]
    for severity, group in groupby(severities, key=lambda pair: pair[1]):
        yield Weight(division, tuple(round_id for round_id, _ in group), severity)
