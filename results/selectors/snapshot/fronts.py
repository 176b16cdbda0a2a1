"""Pareto fronts of a view over the columns, without reading an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from results.analysis.comparability import ANY
from results.analysis.pareto import front_mask
from results.domain.metrics import Direction

from .columns import NO_GROUP, Part, Rows
from .view import View

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FrontSet:
    """One set whose results compare: ``rows`` of the part that are on its front, of the ``of`` that it holds.

    ``group`` and ``part`` are None where nobody states them; then nothing in the set compares and ``rows`` is empty.
    """

    division: str
    group: str | None
    part: str | None
    rows: Rows
    of: int


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Two axes of a part and what compares on them.

    ``x`` and ``y`` hold a value for each row, NaN where it has none. ``metrics`` decide what compares (see
    :meth:`Part.groups`). ``by`` are the parts of a set: a code per row and what each code stands for, None where nobody
    states it. ``name`` tells trade-offs of a part apart.
    """

    name: object
    x: Numbers
    y: Numbers
    directions: tuple[Direction, Direction]
    metrics: Sequence[str]
    by: tuple[npt.NDArray[np.int32], Sequence[str | None]] | None = None


def front_sets(view: View, trade_off: TradeOff) -> list[FrontSet]:
    """The fronts of a view, one per division, comparison group and part; a log handed in again is left out."""
    mask, costs = view.mask(), _cost(trade_off.y, trade_off.directions[1])
    found = []
    for division, group, word, rows in _sets_in_order(view.part, trade_off):
        members = rows if mask is None else rows[mask[rows]]
        if len(members):
            compared = group is not None and word is not None
            on_front = _front(members, trade_off, costs) if compared else members[:0]
            found.append(FrontSet(division, group, word, on_front, len(members)))
    return found


def _sets_in_order(part: Part, trade_off: TradeOff) -> list[tuple[str, str | None, str | None, Rows]]:
    """Division, group, part and rows of each set of all results, in the order of x; found once per generation."""
    key = ("sets in order", trade_off.name)
    if key not in part.kept:
        own, names = _sets(part, trade_off.metrics, trade_off.by)
        drawn = np.flatnonzero(~(np.isnan(trade_off.x) | np.isnan(trade_off.y) | part.repeated)).astype(
            np.int32
        )
        by_x = drawn[np.argsort(_cost(trade_off.x[drawn], trade_off.directions[0]), kind="stable")]
        by_set = by_x[np.argsort(own[by_x], kind="stable")]
        stops = np.flatnonzero(np.diff(own[by_set])) + 1
        part.kept[key] = [(*names[own[rows[0]]], rows) for rows in np.split(by_set, stops) if len(rows)]
    return part.kept[key]  # type: ignore[return-value]


def _front(members: Rows, trade_off: TradeOff, costs: Numbers) -> Rows:
    """Which of ``members``, in the order of x, no other dominates.

    Only what is at least as good on y as everything before it can be, which few rows are; those are compared in full.
    Of equal x a worse y may stand first, so the comparison lets all of them pass that may be equal.
    """
    own = costs[members]
    best = np.minimum.accumulate(own)
    few = members[np.concatenate([[True], own[1:] <= best[:-1]])]
    return few[front_mask(np.column_stack([trade_off.x[few], trade_off.y[few]]), trade_off.directions)]


def _cost(values: Numbers, direction: Direction) -> Numbers:
    return values if direction is Direction.LOWER else -values


def _sets(
    part: Part, metrics: Sequence[str], by: tuple[npt.NDArray[np.int32], Sequence[str | None]] | None
) -> tuple[npt.NDArray[np.int32], list[tuple[str, str | None, str | None]]]:
    """The set of each row as a number, and what the numbers stand for."""
    key = ("sets", tuple(metrics))
    if key not in part.kept:
        part.kept[key] = _groups_of_trade_off(part, metrics)
    codes, names = part.kept[key]  # type: ignore[misc]
    if by is not None:
        codes = codes * len(by[1]) + by[0]
        names = [(division, group, word) for division, group, _ in names for word in by[1]]
    return codes, names


def _groups_of_trade_off(
    part: Part, metrics: Sequence[str]
) -> tuple[npt.NDArray[np.int32], list[tuple[str, str | None, str | None]]]:
    codes = part.codes["division"].astype(np.int32)
    names: list[tuple[str, list[str | None]]] = [(division, []) for division in part.words["division"]]
    for metric in dict.fromkeys(metrics):
        grouped = part.groups(metric)
        if grouped is not None:
            own, groups = grouped
            codes = codes * (len(groups) + 1) + own - NO_GROUP
            names = [(division, [*held, group]) for division, held in names for group in (None, *groups)]
    return codes, [(division, _together(groups), "") for division, groups in names]


def _together(groups: Sequence[str | None]) -> str | None:
    """As :meth:`ComparabilityRules.trade_off_group` names it."""
    if None in groups:
        return None
    return ":".join(dict.fromkeys(group for group in groups if group)) or ANY
