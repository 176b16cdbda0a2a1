"""Pareto fronts over measured points: which are not beaten, and by whom and how much the others are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from results.domain.metrics import Direction

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dominance:
    """A point of the front that beats another: ``index`` of it, and per objective by how much.

    ``factors`` are worse / better (≥ 1, 1 for equal), ``differences`` |worse - better|, both in the order of the
    objectives. A factor is NaN when one of the two values is not positive.
    """

    index: int
    factors: tuple[float, ...]
    differences: tuple[float, ...]


def front_mask(values: npt.ArrayLike, directions: Sequence[Direction]) -> npt.NDArray[np.bool_]:
    """Which of the points no other point dominates.

    ``values`` has shape (n, d): one row per point, one column per objective; ``directions`` has length d. A point
    dominates another when it is at least as good in every objective and better in one. Identical points do not
    dominate each other: both are on the front. A point with a missing value (NaN) is not comparable: it is never on
    the front and dominates nothing. Returns shape (n,). ValueError for other shapes or a direction NONE.
    """
    costs = _costs(values, directions)
    mask = np.zeros(len(costs), dtype=bool)
    known = np.flatnonzero(~np.isnan(costs).any(axis=1))
    if costs.shape[1] == 1:
        mask[known] = costs[known, 0] == costs[known, 0].min(initial=np.inf)
        return mask
    # In lexical order a point can only be dominated by one before it, so one pass over the growing front decides.
    order = known[np.lexsort(costs[known].T[::-1])]
    if costs.shape[1] == 2 and len(order):
        # With two objectives only a point that is no worse on the second than all before it can be on the front.
        second = costs[order, 1]
        order = order[np.concatenate([[True], second[1:] <= np.minimum.accumulate(second)[:-1]])]
    elif len(order) > _BLOCK:
        # What a few points beat need not be compared with the front, and that is nearly everything.
        few = costs[order[np.linspace(0, len(order) - 1, _BLOCK // 2, dtype=np.int64)]]
        few = few[~_beaten(few, few)]
        order = order[~_beaten(costs[order], few)]
    front = np.empty((0, costs.shape[1]))
    for start in range(0, len(order), _BLOCK):
        block = order[start : start + _BLOCK]
        block = block[~_beaten(costs[block], front)]
        block = block[~_beaten(costs[block], costs[block])]
        mask[block] = True
        front = np.vstack([front, costs[block]])
    return mask


def _beaten(costs: Values, rivals: Values) -> npt.NDArray[np.bool_]:
    """Which rows of ``costs``, shape (n, d), some row of ``rivals``, shape (m, d), dominates; shape (n,)."""
    beaten = np.zeros(len(costs), dtype=bool)
    for start in range(0, len(costs), _COMPARED):
        block = costs[start : start + _COMPARED]
        no_worse = np.ones((len(block), len(rivals)), dtype=bool)
        better = np.zeros((len(block), len(rivals)), dtype=bool)
        for ours, theirs in zip(block.T, rivals.T, strict=True):
            no_worse &= theirs <= ours[:, None]
            better |= theirs < ours[:, None]
        beaten[start : start + _COMPARED] = (no_worse & better).any(axis=1)
    return beaten


def dominated_by(values: npt.ArrayLike, directions: Sequence[Direction]) -> list[Dominance | None]:
    """For each point the point of the front that beats it, None for the front itself and for missing values.

    Of several, the one that is better by the greatest factor over all objectives (the greatest sum of logarithms;
    an objective with a value that is not positive counts by its difference only when all else is equal), then the
    first in the order of ``values``.
    """
    table = np.asarray(values, dtype=float)
    costs = _costs(values, directions)
    mask = front_mask(values, directions)
    front = np.flatnonzero(mask)
    beaten: list[Dominance | None] = [None] * len(costs)
    others = np.flatnonzero(~mask & ~np.isnan(costs).any(axis=1))
    for start in range(0, len(others), _BLOCK):
        block = others[start : start + _BLOCK]
        for index, best in zip(
            block.tolist(), _best_rivals(table, costs, block, front).tolist(), strict=True
        ):
            beaten[index] = Dominance(
                index=best,
                factors=tuple(_factor(a, b) for a, b in zip(table[best], table[index], strict=True)),
                differences=tuple(float(abs(a - b)) for a, b in zip(table[best], table[index], strict=True)),
            )
    return beaten


_BLOCK = 512
"""Points that are compared with a front at a time: bounds the memory."""
_COMPARED = 4096
"""Points that are compared with few others at a time."""


def _best_rivals(
    table: Values, costs: Values, block: npt.NDArray[np.intp], front: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """For each point of ``block``, which some point of ``front`` dominates, the index of the one that does so most."""
    ours, theirs = costs[block][:, None, :], costs[front][None, :, :]
    dominates = (theirs <= ours).all(axis=2) & (theirs < ours).any(axis=2)
    values, rivals = table[block][:, None, :], table[front][None, :, :]
    low, high = np.minimum(values, rivals), np.maximum(values, rivals)
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = np.where(low > 0, np.log(high / low), 0.0).sum(axis=2)
    gains = np.where(dominates, gains, -np.inf)
    leading = gains == gains.max(axis=1, keepdims=True)
    differences = np.where(leading, np.abs(theirs - ours).sum(axis=2), -np.inf)
    # argmax takes the first of equals, which is the first in the order of the values.
    return front[np.argmax(differences, axis=1)]


def _costs(values: npt.ArrayLike, directions: Sequence[Direction]) -> Values:
    """``values`` with every objective turned so that lower is better, shape (n, d)."""
    table = np.asarray(values, dtype=float)
    if table.size == 0:
        table = table.reshape(0, len(directions))
    if table.ndim != 2 or table.shape[1] != len(directions):
        raise ValueError(f"values of shape {table.shape} do not fit {len(directions)} directions")
    if Direction.NONE in directions:
        raise ValueError("an objective needs a direction")
    signs = np.array([-1.0 if direction is Direction.HIGHER else 1.0 for direction in directions])
    return table * signs


def _factor(a: float, b: float) -> float:
    return float(max(a, b) / min(a, b)) if min(a, b) > 0 else float("nan")
