"""What a reader asks of the results: one object for pages, exports and the API, read from and written to an address.

The canonical form of a query lists its parameters in a fixed order, values of one filter as a comma list
(``round=v1.0,v1.1``), and leaves out what has its default. Two addresses that mean the same view share it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from .cursor import Cursor, decode_cursor, encode_cursor
from .metrics import Direction
from .parameters import (
    ParameterReader,
    Problem,
    QueryError,
    Range,
    escape_value,
    join_list,
    number_text,
    query_string,
)
from .trade_offs import FRONTS_BY, ParetoQuery, pareto_params, read_axes, read_lines, read_scales
from .vocabulary import (
    COLUMNS,
    DEFAULT_COLUMNS,
    DIVISIONS,
    ENERGY_STATES,
    FILTERS,
    PAGE_SIZES,
    RANGES,
    SORTS,
    TEXT_SORTS,
    default_columns,
)

__all__ = [
    "LeaderboardQuery", "ParetoQuery", "Problem", "QueryError", "Range", "active_filters", "escape_value",
    "parse_pareto_query", "parse_query", "read_filter", "to_params", "to_query_string", "with_value", "without_value",
]  # fmt: skip

Q = TypeVar("Q", "LeaderboardQuery", "ParetoQuery")

_SLUG = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*\Z")
_ROUND = re.compile(r"v\d+\.\d+\Z")
_SUPPLY = re.compile(r"[1-9]\d{0,4}\Z")
_GROUP = re.compile(r"(?:(?:chip-rail|board)@[1-9]\d{0,4}(?::[a-z0-9.-]+)?|[a-z0-9.-]+)\Z")
_PUBLIC_ID = re.compile(r"[\w.+~@:=-]+(?:/[\w.+~@:=-]+)*\Z")


@dataclass(frozen=True, slots=True)
class LeaderboardQuery:
    """One view of the results.

    ``benchmark`` None means all of them. ``filters`` maps a name of :data:`FILTERS` to its values (any of them), and
    ``ranges`` one of :data:`RANGES` to its ends; absent means unfiltered. ``reference`` is the public id that ratios
    refer to instead of the best. ``sort`` is a name of :data:`SORTS`, with a leading minus for the other direction.
    """

    benchmark: str | None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    energy: str | None = None
    ranges: Mapping[str, Range] = field(default_factory=dict)
    sort: str = "latency"
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    reference: str | None = None
    page_size: int = PAGE_SIZES[0]
    cursor: Cursor | None = None

    @property
    def sort_name(self) -> str:
        """The sort without its sign."""
        return self.sort.removeprefix("-")

    @property
    def sort_turned(self) -> bool:
        """Whether the natural direction is turned."""
        return self.sort.startswith("-")

    @property
    def divisions(self) -> tuple[str, ...]:
        """The divisions whose runs may stand in the view."""
        return self.filters.get("division") or DIVISIONS

    def sort_direction(self, quality_metric: str = "") -> Direction:
        """LOWER when the smallest value stands first. ``quality_metric`` is the benchmark's (``fp_fn`` or other)."""
        natural = (
            Direction.LOWER
            if self.sort_name == "quality" and quality_metric == "fp_fn"
            else SORTS[self.sort_name]
        )
        if not self.sort_turned:
            return natural
        return Direction.HIGHER if natural is Direction.LOWER else Direction.LOWER


_RANGE_PARAMETERS = [f"{name}_{end}" for name in RANGES for end in ("min", "max")]
LEADERBOARD_PARAMETERS = (
    *FILTERS, "energy", *_RANGE_PARAMETERS, "sort", "col", "reference", "page_size", "cursor",
)  # fmt: skip
PARETO_PARAMETERS = (
    *FILTERS, "energy", *_RANGE_PARAMETERS, "x", "y", "group", "by", "outside", "lines", "log_x", "log_y",
)  # fmt: skip


def parse_query(params: Mapping[str, Sequence[str]], *, benchmark: str | None) -> LeaderboardQuery:
    """The query that ``params`` (name → values, decoded) ask for; :class:`QueryError` with every problem.

    ``benchmark`` comes from the page's path and then is no parameter. With None, ``benchmark=`` is a filter; one
    value fixes the benchmark.
    """
    allowed = [name for name in LEADERBOARD_PARAMETERS if benchmark is None or name != "benchmark"]
    reader = ParameterReader(params, allowed)
    filters, energy, ranges = _read_filters(reader, benchmark)
    if benchmark is None and len(filters.get("benchmark", ())) == 1:
        (benchmark,) = filters.pop("benchmark")
    signs = [sign + name for name in SORTS for sign in ("", "-")]
    default_sort = _default_sort(benchmark)
    query = LeaderboardQuery(
        benchmark=benchmark,
        filters=filters,
        energy=energy,
        ranges=ranges,
        sort=reader.choice("sort", signs, default_sort),
        columns=_read_columns(reader, benchmark),
        reference=_read_reference(reader),
        page_size=int(reader.choice("page_size", [str(size) for size in PAGE_SIZES], str(PAGE_SIZES[0]))),
    )
    if benchmark is None:
        _refuse_quality_without_benchmark(reader, query)
    query = replace(query, cursor=_read_cursor(reader, query))
    reader.raise_problems()
    return query


def parse_pareto_query(params: Mapping[str, Sequence[str]], *, benchmark: str) -> ParetoQuery:
    """The plot that ``params`` ask for; :class:`QueryError` with every problem."""
    reader = ParameterReader(params, [name for name in PARETO_PARAMETERS if name != "benchmark"])
    filters, energy, ranges = _read_filters(reader, benchmark)
    x, y = read_axes(reader, energy)
    group = reader.single("group")
    if group is not None and not _GROUP.match(group):
        reader.refuse(
            "group",
            group,
            "is no comparison group, such as chip-rail@1800 (energy scope and supply in mV) or any",
        )
    log_x, log_y = read_scales(reader, x, y)
    query = ParetoQuery(
        benchmark=benchmark,
        x=x,
        y=y,
        group=group,
        by=reader.choice("by", FRONTS_BY, FRONTS_BY[0]),
        filters=filters,
        energy=energy,
        ranges=ranges,
        outside=reader.flag("outside", default=False),
        log_x=log_x,
        log_y=log_y,
    )
    query = replace(query, lines=read_lines(reader, query))
    reader.raise_problems()
    return query


def to_params(query: LeaderboardQuery | ParetoQuery) -> list[tuple[str, str]]:
    """The canonical parameters of ``query``: fixed order, each name once, defaults left out."""
    params = [(name, join_list(query.filters[name])) for name in FILTERS if query.filters.get(name)]
    if query.energy:
        params.append(("energy", query.energy))
    for name in RANGES:
        ends = query.ranges.get(name, Range())
        params += [
            (f"{name}_{end}", number_text(number))
            for end, number in (("min", ends.low), ("max", ends.high))
            if number is not None
        ]
    return params + (pareto_params(query) if isinstance(query, ParetoQuery) else _leaderboard_params(query))


def to_query_string(query: LeaderboardQuery | ParetoQuery, **changes: Any) -> str:
    """The canonical query string of ``query`` with some of its fields changed, without a leading "?".

    A changed view starts at its first page: the cursor is dropped unless ``changes`` sets one.
    """
    if changes and isinstance(query, LeaderboardQuery):
        changes = {"cursor": None} | changes
    return query_string(to_params(replace(query, **changes)))


def with_value(query: Q, name: str, value: str) -> Q:
    """``query`` with ``value`` added to the filter ``name``, or set where ``name`` is ``energy``; its first page."""
    if name == "energy":
        return _changed(query, energy=value)
    values = query.filters.get(name, ())
    return _changed(query, filters={**query.filters, name: values if value in values else (*values, value)})


def without_value(query: Q, name: str, value: str | None = None) -> Q:
    """``query`` without one value of a filter, or without the whole parameter ``name`` when ``value`` is None.

    ``name`` is as :func:`active_filters` gives it: a filter, ``energy``, or one end of a range.
    """
    if name == "energy":
        return _changed(query, energy=None)
    if name in query.filters:
        left = tuple(old for old in query.filters[name] if value is not None and old != value)
        filters = {**query.filters, name: left}
        return _changed(query, filters={key: values for key, values in filters.items() if values})
    metric, _, end = name.rpartition("_")
    if metric not in query.ranges:
        return _changed(query)
    ends = replace(query.ranges[metric], **{"low" if end == "min" else "high": None})
    ranges = {**query.ranges, metric: ends}
    return _changed(query, ranges={key: entry for key, entry in ranges.items() if entry})


def active_filters(query: LeaderboardQuery | ParetoQuery) -> tuple[tuple[str, str], ...]:
    """Every active filter as (parameter, value), one per chip, in canonical order."""
    active = [(name, value) for name in FILTERS for value in query.filters.get(name, ())]
    if query.energy:
        active.append(("energy", query.energy))
    for name, ends in query.ranges.items():
        active += [
            (f"{name}_{end}", number_text(number))
            for end, number in (("min", ends.low), ("max", ends.high))
            if number is not None
        ]
    return tuple(active)


def _changed(query: Q, **changes: Any) -> Q:
    if isinstance(query, LeaderboardQuery):
        changes["cursor"] = None
    return replace(query, **changes)


def _default_sort(benchmark: str | None) -> str:
    return "round" if benchmark is None else "latency"


def _leaderboard_params(query: LeaderboardQuery) -> list[tuple[str, str]]:
    params: list[tuple[str, str]] = []
    if query.sort != _default_sort(query.benchmark):
        params.append(("sort", query.sort))
    if query.columns != default_columns(query.benchmark):
        params.append(("col", join_list(query.columns)))
    if query.reference:
        params.append(("reference", query.reference))
    if query.page_size != PAGE_SIZES[0]:
        params.append(("page_size", str(query.page_size)))
    if query.cursor:
        params.append(("cursor", encode_cursor(query.cursor)))
    return params


def _read_filters(
    reader: ParameterReader, benchmark: str | None
) -> tuple[dict[str, tuple[str, ...]], str | None, dict[str, Range]]:
    """Filters, energy state and ranges; contradictions between them are refused."""
    names = [name for name in FILTERS if name != "benchmark" or benchmark is None]
    read = {name: read_filter(reader, name) for name in names}
    filters = {name: values for name, values in read.items() if values}
    energy = reader.choice("energy", ENERGY_STATES, "") or None
    read_ranges = {
        name: reader.range(name, unit, zero_allowed=name == "quality") for name, unit in RANGES.items()
    }
    ranges = {name: ends for name, ends in read_ranges.items() if ends}
    if energy == "not-measured":
        needing = [name for name in ("supply", "scope") if name in filters]
        needing += [
            f"{name}_{end}"
            for name in ("energy", "power")
            for end, number in (("min", read_ranges[name].low), ("max", read_ranges[name].high))
            if number is not None
        ]
        if needing:
            reader.refuse(
                "energy", energy, f"contradicts {', '.join(needing)}: only measured energies have these"
            )
    return filters, energy, ranges


def _read_columns(reader: ParameterReader, benchmark: str | None) -> tuple[str, ...]:
    chosen = reader.values("col", COLUMNS)
    return tuple(name for name in COLUMNS if name in chosen) or default_columns(benchmark)


def _read_reference(reader: ParameterReader) -> str | None:
    text = reader.single("reference")
    if text is not None and not (_PUBLIC_ID.match(text) and len(text) <= 200):
        reader.refuse(
            "reference", text, "is not the public id of a result, as its page and the exports give it"
        )
        return None
    return text


def _read_cursor(reader: ParameterReader, query: LeaderboardQuery) -> Cursor | None:
    text = reader.single("cursor")
    if text is None:
        return None
    try:
        cursor = decode_cursor(text)
    except ValueError:
        reader.refuse("cursor", text, "is not a cursor of this site; start at the first page without it")
        return None
    if cursor.sort != query.sort or len(cursor.values) != 1:
        reader.refuse(
            "cursor", text, f"belongs to another order than sort={query.sort}; start at the first page"
        )
        return None
    (value,) = cursor.values
    if value is not None and isinstance(value, str) != (query.sort_name in TEXT_SORTS):
        reader.refuse("cursor", text, "is not a cursor of this site; start at the first page without it")
        return None
    return cursor


def _refuse_quality_without_benchmark(reader: ParameterReader, query: LeaderboardQuery) -> None:
    message = "compares Top-1, AUC and error counts with each other; choose one benchmark first"
    if query.sort_name == "quality":
        reader.refuse("sort", query.sort, message)
    if "quality" in query.ranges:
        reader.refuse(
            "quality_min" if query.ranges["quality"].low is not None else "quality_max", "", message
        )


def read_filter(reader: ParameterReader, name: str) -> tuple[str, ...]:
    """The values of one filter of :data:`FILTERS`."""
    return reader.values(name, FILTERS[name], check=_CHECKS.get(name))


def _slug(value: str) -> str:
    return (
        ""
        if _SLUG.match(value)
        else "is not written as the site writes it: small letters, digits and hyphens"
    )


def _round(value: str) -> str:
    return "" if _ROUND.match(value) else "is no round; rounds are written v0.5, v1.1 and so on"


def _supply(value: str) -> str:
    return "" if _SUPPLY.match(value) else "is no supply voltage in whole millivolts, such as 1800 for 1.8 V"


_CHECKS = {
    "benchmark": _slug, "round": _round, "class": _slug, "device": _slug, "submitter": _slug, "supply": _supply,
}  # fmt: skip
