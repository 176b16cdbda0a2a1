"""Facets: for each filter its values, and how many results each would add to the view, from the columnar snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from results.analysis.comparability import comparability, supply_text
from results.domain.parameters import escape_value
from results.domain.query import LeaderboardQuery, ParetoQuery
from results.domain.vocabulary import DIVISIONS, ENERGY_STATES, NOT_STATED
from results.models import DeviceClass, EnergyScope, Provenance

from .snapshot import Part, current_snapshot
from .snapshot.view import View, view_of

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

_LABEL_COLUMNS = {"device": "device_label", "submitter": "submitter_name"}
_LABELS: dict[str, dict[str, str]] = {
    "class": dict(DeviceClass.choices),
    "scope": dict(EnergyScope.choices),
    "provenance": dict(Provenance.choices),
    "energy": {"measured": "measured", "not-measured": "not measured"},
    "availability": {"rdi": "RDI"},
}
_ALWAYS_OFFERED = {"division": DIVISIONS, "energy": ENERGY_STATES}


class FacetOption(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of a filter that occurs in a benchmark: its label, its codes in the column, how often it occurs."""

    escaped: str
    label: str
    codes: tuple[int, ...]
    total: int


def facets(query: LeaderboardQuery | ParetoQuery) -> tuple[Facet, ...]:
    """The facets of a view. Values that occur in the benchmark stay, with a count of 0 if need be."""
    return facets_of(view_of(current_snapshot().part(query.benchmark), query), query)


def facets_of(view: View, query: LeaderboardQuery | ParetoQuery) -> tuple[Facet, ...]:
    """The same from a view at hand. No query."""
    if "facets" not in view.kept:
        view.kept["facets"] = tuple(_facet(view, query, name) for name in FACETS)
    return view.kept["facets"]


def _facet(view: View, query: LeaderboardQuery | ParetoQuery, name: str) -> Facet:
    known = values_of(view.part, name)
    counts = view.counts(_COLUMNS.get(name, name), without=[name]).tolist()
    chosen = dict.fromkeys(_chosen(query, name))
    options = [
        FacetOption(
            own.escaped,
            value,
            own.label,
            counts[own.codes[0]] if len(own.codes) == 1 else sum(counts[code] for code in own.codes),
            value in chosen,
        )
        for value, own in known.items()
    ]
    missing = [value for value in (*_ALWAYS_OFFERED.get(name, ()), *chosen) if value not in known]
    if missing:
        options += [
            FacetOption(escape_value(value), value, _label(name, value, value), 0, value in chosen)
            for value in dict.fromkeys(missing)
        ]
        totals = {value: own.total for value, own in known.items()}
        options.sort(key=lambda option: _order(name, option.raw, option.label, totals.get(option.raw, 0)))
    return Facet(name, FACETS[name], tuple(options))


_COLUMNS = {"energy": "scope"}


def values_of(part: Part, name: str) -> dict[str, _Value]:
    """The values of a filter that occur in the benchmark, in the order of the panel."""
    key = ("facet", name)
    if key not in part.kept:
        part.kept[key] = _read_values(part, name)
    return part.kept[key]  # type: ignore[return-value]


def _read_values(part: Part, name: str) -> dict[str, _Value]:
    column = _COLUMNS.get(name, name)
    words = [None, *part.supplies[1]] if name == "supply" else part.words[column]
    totals = View(part, {}, None, {}).counts(column)
    labels = _last_labels(part, name) if name in _LABEL_COLUMNS else {}
    codes: dict[str, list[int]] = {}
    for code in np.flatnonzero(totals):
        value = _value(name, words[code])
        if value is not None:
            codes.setdefault(value, []).append(int(code))
    found = {
        value: _Value(
            escape_value(value),
            _label(name, value, labels.get(own[0], value)),
            tuple(own),
            int(totals[own].sum()),
        )
        for value, own in codes.items()
    }
    return dict(sorted(found.items(), key=lambda item: _order(name, item[0], item[1].label, item[1].total)))


def _last_labels(part: Part, name: str) -> dict[int, str]:
    """For each code of a column the label of its entries, the last one where they differ."""
    column = _LABEL_COLUMNS[name]
    pairs = np.unique(part.codes[name].astype(np.int64) << 16 | part.codes[column])
    found: dict[int, int] = {}
    for pair in pairs.tolist():
        code, label = pair >> 16, pair & 0xFFFF
        if code not in found or part.ranks[column][label] > part.ranks[column][found[code]]:
            found[code] = label
    return {code: part.words[column][label] for code, label in found.items()}


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


def _order(name: str, value: str, label: str, total: int) -> tuple[float, str]:
    """The newest round first, supplies rising, fixed words in their order, all else by how often it occurs."""
    if name == "round":
        major, _, minor = value.removeprefix("v").partition(".")
        return (-(float(major) * 1000 + float(minor)), value)
    if name == "supply":
        return (float(value), value)
    if name in _ALWAYS_OFFERED:
        return (_ALWAYS_OFFERED[name].index(value), value)
    return (-total, label.casefold())


def counts_without(query: LeaderboardQuery | ParetoQuery, names: Iterable[str]) -> dict[str, int]:
    """How many results stand in the view once the parameter ``name`` is dropped, for each of ``names``."""
    view = view_of(current_snapshot().part(query.benchmark), query)
    return {name: view.count(without=[name]) for name in dict.fromkeys(names)}
