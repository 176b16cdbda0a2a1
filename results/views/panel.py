"""The filter panel and the chips of a view, the same for leaderboards and plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.domain.parameters import Range, number_text
from results.domain.query import (
    LeaderboardQuery,
    ParetoQuery,
    active_filters,
    to_params,
    to_query_string,
    without_value,
)
from results.domain.vocabulary import RANGES
from results.presentation import NARROW_SPACE, table_number
from results.selectors.facets import Facet, FacetOption

Query = LeaderboardQuery | ParetoQuery

OPEN_OPTIONS = 6
"""Options of one filter that stand open; the others fold away."""

_RANGE_NAMES = {"latency": "Latency", "energy": "Energy", "power": "Mean power"}


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """One filter of the panel. ``single``: one value at a time (radio buttons, with one for "any")."""

    name: str
    legend: str
    options: Sequence[FacetOption]
    more: Sequence[FacetOption]
    single: bool

    @property
    def more_open(self) -> bool:
        return any(option.active for option in self.more)

    @property
    def any_active(self) -> bool:
        return any(option.active for option in (*self.options, *self.more))


@dataclass(frozen=True, slots=True)
class RangeField:
    """Two number fields; ``least`` and ``most`` are what the whole benchmark holds."""

    name: str
    legend: str
    low: str
    high: str
    least: str
    most: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the filter form shows. ``hidden`` keeps what the form does not offer: sort, columns, reference."""

    groups: Sequence[OptionGroup]
    ranges: Sequence[RangeField]
    hidden: Sequence[tuple[str, str]]
    active: int


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter with the address without it."""

    label: str
    url: str


def filter_panel(
    query: Query, facets: Sequence[Facet], bounds: Mapping[str, tuple[float, float]], quality_name: str
) -> Panel:
    """The panel of a view; a filter that offers no choice and is not active is left out."""
    offered = [facet for facet in facets if len(facet.options) > 1 or facet.active_count]
    names = {facet.name for facet in facets} | {f"{name}_{end}" for name in RANGES for end in ("min", "max")}
    return Panel(
        groups=[_group(facet) for facet in offered],
        ranges=[
            _range(name, query.ranges.get(name, Range()), bounds[name], quality_name)
            for name in RANGES
            if name in bounds
        ],
        hidden=[(name, value) for name, value in to_params(query) if name not in names and name != "cursor"],
        active=len(active_filters(query)),
    )


def chips(query: Query, facets: Sequence[Facet], path: str, quality_name: str) -> list[Chip]:
    """One chip per active filter, in canonical order, in the words of the panel."""
    headings = {facet.name: facet.label for facet in facets}
    labels = {(facet.name, option.raw): option.label for facet in facets for option in facet.options}
    found = []
    for name, value in active_filters(query):
        heading = headings.get(name) or _range_heading(name, quality_name)
        label = f"{heading}: {labels.get((name, value), value)}"
        found.append(Chip(label, address(path, to_query_string(without_value(query, name, value)))))
    return found


def address(path: str, query_string: str) -> str:
    """A path with its query string, where there is one."""
    return f"{path}?{query_string}" if query_string else path


def range_legend(name: str, quality_name: str) -> str:
    """The heading of a range with its unit."""
    if name == "quality":
        return quality_name
    return f"{_RANGE_NAMES[name]}, {RANGES[name]}"


def _group(facet: Facet) -> OptionGroup:
    keep = len(facet.options) if len(facet.options) <= OPEN_OPTIONS + 1 else OPEN_OPTIONS
    return OptionGroup(
        facet.name, facet.label, facet.options[:keep], facet.options[keep:], single=facet.name == "energy"
    )


def _range(name: str, ends: Range, bounds: tuple[float, float], quality_name: str) -> RangeField:
    least, most = (table_number(value).replace(NARROW_SPACE, "") for value in bounds)
    low, high = ("" if end is None else number_text(end) for end in (ends.low, ends.high))
    return RangeField(name, range_legend(name, quality_name), low, high, least, most)


def _range_heading(parameter: str, quality_name: str) -> str:
    name, _, end = parameter.rpartition("_")
    return f"{range_legend(name, quality_name)}, {'from' if end == 'min' else 'to'}"
