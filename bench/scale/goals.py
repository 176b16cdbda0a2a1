"""Every goal, in the order in which they are measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.scale.context import Context, Outcome
from bench.scale.exporting import export_goals
from bench.scale.mixed import mixed_goal
from bench.scale.reading import deep_page_goal, html_goal, other_pages_goal, page_goals, unchanged_goal
from bench.scale.storing import (
    bulk_goal,
    facets_goal,
    ingest_goal,
    pareto_goal,
    publish_goal,
    rare_filter_goal,
)

GOALS: tuple[tuple[tuple[str, ...], Callable[[Context], Iterator[Outcome]]], ...] = (
    (("1", "2", "3", "4"), page_goals),
    (("5",), deep_page_goal),
    (("6",), unchanged_goal),
    (("7",), facets_goal),
    (("8",), pareto_goal),
    (("9",), rare_filter_goal),
    (("10", "11"), export_goals),
    (("12",), ingest_goal),
    (("13",), bulk_goal),
    (("14",), publish_goal),
    (("15",), html_goal),
    (("16",), other_pages_goal),
    (("17",), mixed_goal),
)
