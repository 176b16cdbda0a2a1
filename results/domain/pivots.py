"""What the pivots are asked: one board with every stack, one software on every board, rounds, operating points."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .parameters import ParameterReader, join_list
from .vocabulary import DIVISIONS

COLUMNS = {
    "latency": "latency_ms",
    "energy": "energy_uj_per_inf",
    "power": "average_power_mw",
    "quality": "quality_value",
}
"""The column of a leaderboard entry that holds each metric."""

SYSTEM_METRICS = ("latency", "energy", "power")
HISTORY_METRICS = tuple(COLUMNS)
BY_ROUND = "round"

_SYSTEM = re.compile(r"[1-9]\d{0,8}\Z")
_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class SystemsQuery:
    """Systems side by side. ``to`` is the key of the system that ratios refer to, None for the page's own choice;
    ``sort`` is ``round`` or a benchmark; ``division`` None is both."""

    metric: str = "latency"
    to: int | None = None
    division: str | None = None
    sort: str = BY_ROUND


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """One device over the rounds; ``benchmarks`` empty is all of them."""

    metric: str = "latency"
    benchmarks: tuple[str, ...] = ()
    division: str | None = None


@dataclass(frozen=True, slots=True)
class OperatingPointsQuery:
    """Latency against energy on one device; ``benchmark`` None is the first that has operating points."""

    benchmark: str | None = None
    division: str | None = None


def parse_systems_query(params: Mapping[str, Sequence[str]], benchmarks: Collection[str]) -> SystemsQuery:
    """The view that ``params`` (name → values, decoded) ask for; QueryError with every problem."""
    reader = ParameterReader(params, ("metric", "to", "division", "sort"))
    to = reader.single("to")
    if to is not None and not _SYSTEM.match(to):
        reader.refuse("to", to, "is not the number of a system, such as 3 in /systems/3/")
        to = None
    query = SystemsQuery(
        metric=reader.choice("metric", SYSTEM_METRICS, "latency"),
        to=int(to) if to else None,
        division=reader.choice("division", DIVISIONS, "") or None,
        sort=reader.choice("sort", (BY_ROUND, *benchmarks), BY_ROUND),
    )
    reader.raise_problems()
    return query


def parse_history_query(params: Mapping[str, Sequence[str]], benchmarks: Collection[str]) -> HistoryQuery:
    """The view that ``params`` ask for; QueryError with every problem."""
    reader = ParameterReader(params, ("metric", "benchmark", "division"))
    query = HistoryQuery(
        metric=reader.choice("metric", HISTORY_METRICS, "latency"),
        benchmarks=reader.values("benchmark", benchmarks),
        division=reader.choice("division", DIVISIONS, "") or None,
    )
    reader.raise_problems()
    return query


def parse_operating_points_query(
    params: Mapping[str, Sequence[str]], benchmarks: Collection[str]
) -> OperatingPointsQuery:
    """The view that ``params`` ask for; QueryError with every problem."""
    reader = ParameterReader(params, ("benchmark", "division"))
    query = OperatingPointsQuery(
        benchmark=reader.choice("benchmark", benchmarks, "") or None,
        division=reader.choice("division", DIVISIONS, "") or None,
    )
    reader.raise_problems()
    return query


def refuse_any(params: Mapping[str, Sequence[str]]) -> None:
    """QueryError for any parameter of a view that has none."""
    ParameterReader(params, ()).raise_problems()


def to_params(query: SystemsQuery | HistoryQuery | OperatingPointsQuery) -> list[tuple[str, str]]:
    """The canonical parameters of ``query``: fixed order, defaults left out."""
    if isinstance(query, OperatingPointsQuery):
        params = [("benchmark", query.benchmark or "")]
    else:
        params = [("metric", "" if query.metric == "latency" else query.metric)]
    if isinstance(query, HistoryQuery):
        params.append(("benchmark", join_list(query.benchmarks)))
    params.append(("division", query.division or ""))
    if isinstance(query, SystemsQuery):
        params.append(("sort", "" if query.sort == BY_ROUND else query.sort))
        params.append(("to", str(query.to) if query.to else ""))
    return [(name, value) for name, value in params if value]


def software_slug(name: str) -> str:
    """The name of a framework as it stands in addresses; empty where it holds no letter or digit of ASCII.

    >>> software_slug("Sinian/CSI-NN2")
    'sinian-csi-nn2'
    """
    return _NOT_IN_A_SLUG.sub("-", name.lower()).strip("-")
