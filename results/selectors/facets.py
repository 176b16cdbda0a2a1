"""Facets: for each filter its values, and how many results each would add to the view, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Count, F, Max, QuerySet, TextField, Value
from django.db.models.functions import Cast

from results.analysis.comparability import comparability, supply_text
from results.domain.parameters import escape_value
from results.domain.query import LeaderboardQuery, ParetoQuery
from results.domain.vocabulary import DIVISIONS, ENERGY_STATES, NOT_STATED
from results.models import DeviceClass, EnergyScope, LeaderboardEntry, Provenance
from results.querysets import FILTER_COLUMNS, condition

FACETS = {
    "division": "Division",
    "round": "Round",
    "class": "Device class",
    "energy": "Energy",
    "supply": "Supply of the energy run",
    "scope": "Energy includes",
    "device": "Device",
    "submitter": "Submitter",
    "framework": "Framework",
    "style": "Deployment style",
    "precision": "Numeric format",
    "availability": "Availability",
    "provenance": "Provenance",
}
"""Filters that a page offers, in the order of the panel, with their headings."""

_LABEL_COLUMNS = {"device": "device_short_name", "submitter": "submitter_name"}
_LABELS: dict[str, dict[str, str]] = {
    "class": dict(DeviceClass.choices),
    "scope": dict(EnergyScope.choices),
    "provenance": dict(Provenance.choices),
    "energy": {"measured": "measured", "not-measured": "not measured"},
    "availability": {"rdi": "RDI"},
}
_ALWAYS_OFFERED = {"division": DIVISIONS, "energy": ENERGY_STATES}


@dataclass(frozen=True, slots=True)
class FacetOption:
    """One value of a filter. ``value`` is as a form field or :func:`with_value` takes it apart again: see ``raw``.

    ``count``: the results of the view when this value is the only one chosen in its filter, all other filters kept.
    ``active``: it is chosen now.
    """

    value: str
    raw: str
    label: str
    count: int
    active: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with its options; their order does not depend on the view, so that nothing moves."""

    name: str
    label: str
    options: tuple[FacetOption, ...]

    @property
    def active_count(self) -> int:
        return sum(option.active for option in self.options)


@dataclass(slots=True)
class _Tally:
    label: str
    count: int = 0
    total: int = 0


def facets(query: LeaderboardQuery | ParetoQuery) -> tuple[Facet, ...]:
    """The facets of a view, one query. Values that occur in the benchmark stay, with a count of 0 if need be."""
    counts = [_counted(query, name) for name in FACETS]
    tallies: dict[str, dict[str, _Tally]] = {name: {} for name in FACETS}
    for name, stored, label, count, total in counts[0].union(*counts[1:], all=True):
        value = _value(name, stored)
        if value is None:
            continue
        tally = tallies[name].setdefault(value, _Tally(_label(name, value, label)))
        tally.count += count
        tally.total += total
    for name in FACETS:
        for value in (*_ALWAYS_OFFERED.get(name, ()), *_chosen(query, name)):
            tallies[name].setdefault(value, _Tally(_label(name, value, value)))
    return tuple(_facet(query, name, tallies[name]) for name in FACETS)


def _counted(query: LeaderboardQuery | ParetoQuery, name: str) -> QuerySet[LeaderboardEntry]:
    """(name, stored value, label, count under all other filters, count in the benchmark) per value of one filter."""
    column = "energy_scope" if name == "energy" else FILTER_COLUMNS[name]
    entries = LeaderboardEntry.objects.of_benchmark(query.benchmark).order_by()
    return (
        entries.annotate(facet=Value(name, TextField()), stored=Cast(F(column), TextField()))
        .values("facet", "stored")
        .annotate(
            label=Max(Cast(F(_LABEL_COLUMNS.get(name, column)), CharField())),
            n=Count("pk", filter=condition(query, without=[name])),
            total=Count("pk"),
        )
        .values_list("facet", "stored", "label", "n", "total")
    )


def _value(name: str, stored: str | None) -> str | None:
    """The value of the filter that finds a stored value; None when no filter does."""
    if name == "energy":
        return "not-measured" if stored == "none" else "measured"
    if stored is None or (name == "scope" and stored == "none"):
        return None
    if name == "supply":
        return str(comparability().nominal_supply_mv(float(stored)))
    return stored or NOT_STATED


def _label(name: str, value: str, stored_label: str) -> str:
    if value == NOT_STATED:
        return "not stated"
    if name == "supply":
        return supply_text(float(value))
    if name in _LABEL_COLUMNS:
        return stored_label
    return _LABELS.get(name, {}).get(value, value)


def _chosen(query: LeaderboardQuery | ParetoQuery, name: str) -> Iterable[str]:
    if name == "energy":
        return (query.energy,) if query.energy else ()
    return query.filters.get(name, ())


def _facet(query: LeaderboardQuery | ParetoQuery, name: str, tallies: dict[str, _Tally]) -> Facet:
    chosen = set(_chosen(query, name))
    options = tuple(
        FacetOption(escape_value(value), value, tally.label, tally.count, value in chosen)
        for value, tally in sorted(tallies.items(), key=lambda item: _order(name, item[0], item[1]))
    )
    return Facet(name, FACETS[name], options)


def _order(name: str, value: str, tally: _Tally) -> tuple[float, str]:
    """The newest round first, supplies rising, fixed words in their order, all else by how often it occurs."""
    if name == "round":
        major, _, minor = value.removeprefix("v").partition(".")
        return (-(float(major) * 1000 + float(minor)), value)
    if name == "supply":
        return (float(value), value)
    if name in _ALWAYS_OFFERED:
        return (_ALWAYS_OFFERED[name].index(value), value)
    return (-tally.total, tally.label.casefold())


def counts_without(query: LeaderboardQuery | ParetoQuery, names: Iterable[str]) -> dict[str, int]:
    """How many results stand in the view once the parameter ``name`` is dropped, for each of ``names``; one query."""
    wanted = {f"n{index}": name for index, name in enumerate(dict.fromkeys(names))}
    if not wanted:
        return {}
    counted = LeaderboardEntry.objects.of_benchmark(query.benchmark).aggregate(
        **{key: Count("pk", filter=condition(query, without=[name])) for key, name in wanted.items()}
    )
    return {wanted[key]: count for key, count in counted.items()}
