"""What every method of projection shares: ``fit``, ``condition``, ``predict``, and the shape of its answer."""

from __future__ import annotations

import copy
import inspect
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from results.analysis.projection.cells import Cells, Floats


@dataclass(frozen=True, eq=False)
class Projections:
    """What a projector says of n cells, in natural logarithms of the target's own unit; arrays of shape (n,).

    ``log_sd`` and the half widths of the 80 % and 90 % bands are NaN where a method gives none. ``reasons`` says in
    words why a cell cannot be projected (the empty string: it can); the number stands beside it for scoring only and
    must not be shown. ``anchors`` are the rows of the training cells that carry most of the number, the heaviest
    first. ``questions`` is the hold-out class whose validation chose weights and bands. ``claimable`` (bool): enough
    residuals stand behind the bands to call them 80 % and 90 %; where not, show them as a rough range.
    """

    log_median: Floats
    log_sd: Floats
    log_half_80: Floats
    log_half_90: Floats
    reasons: tuple[str, ...]
    anchors: tuple[tuple[int, ...], ...]
    questions: tuple[str, ...]
    claimable: npt.NDArray[np.bool_]

    @property
    def median(self) -> Floats:
        """The projected values in the unit of the target, shape (n,)."""
        return np.exp(self.log_median)

    def interval(self, level: int) -> tuple[Floats, Floats]:
        """Lower and upper end of the band of ``level`` per cent (80 or 90), in the unit of the target."""
        half = {80: self.log_half_80, 90: self.log_half_90}[level]
        return np.exp(self.log_median - half), np.exp(self.log_median + half)

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Which cells may be shown, shape (n,)."""
        return np.array([not reason for reason in self.reasons], dtype=bool)


def point_projections(log_median: Floats) -> Projections:
    """The answer of a method that gives a number and no band."""
    n, nothing = len(log_median), np.full(len(log_median), np.nan)
    return Projections(
        log_median, nothing, nothing, nothing, ("",) * n, ((),) * n, ("",) * n, np.zeros(n, bool)
    )


class Projector:
    """A method of projection in the manners of scikit-learn.

    The constructor only stores parameters; ``fit`` learns attributes that end in ``_``; ``predict`` changes nothing.
    ``name`` is what tables of results call the method.
    """

    name = ""

    def get_params(self) -> dict[str, Any]:
        """The constructor's parameters by name."""
        names = [
            p
            for p in inspect.signature(type(self).__init__).parameters
            if p not in ("self", "args", "kwargs")
        ]
        return {name: getattr(self, name) for name in names}

    def clone(self) -> Self:
        """An unfitted projector with the same parameters."""
        return type(self)(**copy.deepcopy(self.get_params()))

    def fit(self, cells: Cells) -> Self:
        """Learn from cells whose ``log_target`` is known. ValueError when there is none."""
        raise NotImplementedError

    def condition(self, cells: Cells) -> Self:
        """A projector that knows exactly these cells but keeps slow parameters as ``fit`` learned them."""
        return self.clone().fit(cells)

    def predict(self, cells: Cells) -> Projections:
        """The projection of each cell."""
        raise NotImplementedError


def known(cells: Cells) -> Cells:
    """``cells`` if each has a target. ValueError otherwise, or when the table is empty."""
    if not len(cells):
        raise ValueError("there is no cell to learn from")
    if not np.isfinite(cells.log_target).all():
        row = int(np.flatnonzero(~np.isfinite(cells.log_target))[0])
        raise ValueError(
            f"cell {row} ({cells.model[row]} on {cells.device[row]}) has no positive target to learn from"
        )
    return cells
