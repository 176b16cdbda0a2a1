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


def front_sets(
    view: View, x: Numbers, y: Numbers, directions: tuple[Direction, Direction], metrics: Sequence[str],
    by: tuple[npt.NDArray[np.int32], Sequence[str | None]] | None = None, sort: str | None = None,
) -> list[FrontSet]:  # fmt: skip
    """The fronts of a view, one per division, comparison group and part.

    ``x`` and ``y`` hold a value for each row of the part, NaN where it has none; a log that was handed in again is left
    out. ``metrics`` decide what compares (see :meth:`Part.groups`). ``by`` are the parts: a code per row and what each
    code stands for, None where nobody states it. ``sort`` names the sort whose order is that of ``x``, which spares
    sorting.
    """
    part = view.part
    own, names = _sets(part, metrics, by)
    wanted = ~(np.isnan(x) | np.isnan(y) | part.repeated)
    mask = view.mask()
    if mask is not None:
        wanted &= mask
    if sort is not None:
        order = part.order(sort, directions[0])
        rows = order[wanted[order]]
    else:
        rows = np.flatnonzero(wanted)
        rows = rows[np.argsort(_cost(x[rows], directions[0]), kind="stable")]
    numbers = own[rows]
    counts = np.bincount(numbers, minlength=len(names))
    found = []
    costs = _cost(y, directions[1])
    for number in np.flatnonzero(counts):
        division, group, word = names[number]
        members = rows[numbers == number]
        compared = group is not None and word is not None
        on_front = _front(members, x, y, costs, directions) if compared else members[:0]
        found.append(FrontSet(division, group, word, on_front, int(counts[number])))
    return found


def _front(
    members: Rows, x: Numbers, y: Numbers, costs: Numbers, directions: tuple[Direction, Direction]
) -> Rows:
    """Which of ``members``, in the order of x, no other dominates.

    Only what is at least as good on y as everything before it can be; few rows are, and those are compared in full.
    """
    own = costs[members]
    best = np.minimum.accumulate(own)
    few = members[np.concatenate([[True], own[1:] <= best[:-1]])] if len(members) else members
    return few[front_mask(np.column_stack([x[few], y[few]]), directions)]


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
