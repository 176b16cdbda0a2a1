"""One view of the list of devices: which of them, in which order. The page, its data and the API read it alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .parameters import ParameterReader, join_list, query_string
from .vocabulary import ENERGY_STATES

BY_CLASS = "class"
SORTS = {
    BY_CLASS: "class, then name",
    "name": "name",
    "latency-score": "latency score",
    "energy-score": "energy score",
    "results": "results",
}
"""Sorts with their words; each benchmark is one more, by its lowest latency. A leading minus turns one."""

PARAMETERS = ("class", "energy", "benchmark", "sort")


@dataclass(frozen=True, slots=True)
class DeviceQuery:
    """``classes`` any of them; ``benchmarks`` every one of them was run; ``energy`` whether anybody measured it."""

    classes: tuple[str, ...] = ()
    energy: str | None = None
    benchmarks: tuple[str, ...] = ()
    sort: str = BY_CLASS

    @property
    def sort_name(self) -> str:
        """The sort without its sign."""
        return self.sort.removeprefix("-")

    @property
    def sort_turned(self) -> bool:
        """Whether the natural direction is turned."""
        return self.sort.startswith("-")

    @property
    def needs_results(self) -> bool:
        """Whether a device without a result can never stand in the view."""
        return bool(self.energy or self.benchmarks)


def parse_device_query(
    params: Mapping[str, Sequence[str]], *, classes: Collection[str], benchmarks: Collection[str]
) -> DeviceQuery:
    """The view that ``params`` (name → values, decoded) ask for; QueryError with every problem.

    ``classes`` and ``benchmarks`` are the words that exist.
    """
    reader = ParameterReader(params, PARAMETERS)
    names = (*SORTS, *benchmarks)
    query = DeviceQuery(
        classes=reader.values("class", classes),
        energy=reader.choice("energy", ENERGY_STATES, "") or None,
        benchmarks=reader.values("benchmark", benchmarks),
        sort=reader.choice("sort", [sign + name for name in names for sign in ("", "-")], BY_CLASS),
    )
    reader.raise_problems()
    return query


def device_query_string(query: DeviceQuery, **changes: Any) -> str:
    """The canonical query string of ``query`` with some of its fields changed: fixed order, defaults left out."""
    query = replace(query, **changes)
    params = [
        ("class", join_list(query.classes)),
        ("energy", query.energy or ""),
        ("benchmark", join_list(query.benchmarks)),
        ("sort", query.sort if query.sort != BY_CLASS else ""),
    ]
    return query_string((name, value) for name, value in params if value)
