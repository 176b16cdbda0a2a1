"""Every goal, in the order in which they are measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.scale.context import Context, Outcome
from bench.scale.reading import deep_page_goal, html_goal, other_pages_goal, page_goals, unchanged_goal

GOALS: tuple[tuple[tuple[str, ...], Callable[[Context], Iterator[Outcome]]], ...] = (
    (("1", "2", "3", "4"), page_goals),
    (("5",), deep_page_goal),
    (("6",), unchanged_goal),
    (("15",), html_goal),
    (("16",), other_pages_goal),
)
