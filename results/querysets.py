"""Reads of the leaderboard entries as a reader would say them: matching a query, in its order, beyond a cursor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet

from results.analysis.comparability import comparability
from results.domain.cursor import Cursor
from results.domain.metrics import Direction
from results.domain.query import LeaderboardQuery, ParetoQuery
from results.domain.vocabulary import FILTERS, NOT_STATED, RANGES

FILTER_COLUMNS = {
    "benchmark": "benchmark",
    "division": "division",
    "round": "round",
    "availability": "availability",
    "class": "device_class",
    "device": "device_slug",
    "submitter": "submitter_slug",
    "framework": "framework",
    "style": "deployment_style",
    "precision": "precision",
    "provenance": "provenance",
    "supply": "supply_voltage_mv",
    "scope": "energy_scope",
}
VALUE_COLUMNS = {
    "latency": "latency_ms",
    "energy": "energy_uj_per_inf",
    "power": "average_power_mw",
    "quality": "quality_value",
    "throughput": "throughput_inf_per_s",
    "clock": "clock_mhz",
    "device": "device_name",
    "submitter": "submitter_name",
    "round": "round_position",
}
"""Column of each sort, and of each range."""

ENERGY_MEASURED = ~Q(energy_scope="none")


class LeaderboardEntryQuerySet(QuerySet):
    """Entries of published runs."""

    def of_benchmark(self, benchmark: str | None) -> LeaderboardEntryQuerySet:
        """The entries of one benchmark, or all."""
        return self if benchmark is None else self.filter(benchmark=benchmark)

    def matching(self, query: LeaderboardQuery | ParetoQuery) -> LeaderboardEntryQuerySet:
        """The entries that stand in the view of ``query``."""
        return self.of_benchmark(query.benchmark).filter(condition(query))

    def in_order(
        self, query: LeaderboardQuery, quality_metric: str = "", *, backwards: bool = False
    ) -> LeaderboardEntryQuerySet:
        """In the order of ``query``: what was not measured stands last, equal values by run."""
        column = F(VALUE_COLUMNS[query.sort_name])
        rising = (query.sort_direction(quality_metric) is Direction.LOWER) != backwards
        if rising:
            order = column.asc(nulls_first=True) if backwards else column.asc(nulls_last=True)
        else:
            order = column.desc(nulls_first=True) if backwards else column.desc(nulls_last=True)
        return self.order_by(order, "-run_id" if backwards else "run_id")

    def beyond(
        self, cursor: Cursor, query: LeaderboardQuery, quality_metric: str = ""
    ) -> LeaderboardEntryQuerySet:
        """The entries after the cursor's in the order of ``query``; those before it when it leads backwards."""
        column = VALUE_COLUMNS[query.sort_name]
        (value,) = cursor.values
        rising = query.sort_direction(quality_metric) is Direction.LOWER
        missing = Q(**{f"{column}__isnull": True})
        later_run = Q(**{f"run_id__{'lt' if cursor.backwards else 'gt'}": cursor.run_id})
        if value is None:
            beyond = missing & later_run
            return self.filter(beyond | ~missing if cursor.backwards else beyond)
        further = Q(**{f"{column}__{'gt' if rising != cursor.backwards else 'lt'}": value})
        beyond = further | Q(**{column: value}) & later_run
        return self.filter(beyond if cursor.backwards else beyond | missing)


def condition(query: LeaderboardQuery | ParetoQuery, without: Iterable[str] = ()) -> Q:
    """Everything that ``query`` asks of an entry beside its benchmark, leaving out the parameters ``without``.

    Names in ``without`` are filters, ``energy``, or ranges such as ``latency``.
    """
    left_out = set(without)
    wanted = Q()
    for name in FILTERS:
        if name not in left_out and (values := query.filters.get(name)):
            wanted &= _any_of(name, values)
    if query.energy and "energy" not in left_out:
        wanted &= ENERGY_MEASURED if query.energy == "measured" else ~ENERGY_MEASURED
    for name in RANGES:
        ends = query.ranges.get(name)
        if ends and name not in left_out:
            wanted &= _between(VALUE_COLUMNS[name], ends.low, ends.high)
    return wanted


def _any_of(name: str, values: tuple[str, ...]) -> Q:
    column = FILTER_COLUMNS[name]
    if name == "supply":
        step = comparability().supply_step_mv
        wanted = Q()
        for value in values:
            nominal = comparability().nominal_supply_mv(float(value))
            wanted |= Q(**{f"{column}__gte": nominal - step / 2, f"{column}__lt": nominal + step / 2})
        return wanted
    return Q(**{f"{column}__in": ["" if value == NOT_STATED else value for value in values]})


def _between(column: str, low: float | None, high: float | None) -> Q:
    ends: dict[str, Any] = {}
    if low is not None:
        ends[f"{column}__gte"] = low
    if high is not None:
        ends[f"{column}__lte"] = high
    return Q(**ends)
