"""Bands from out-of-sample residuals: split conformal prediction with groups (Vovk, Gammerman and Shafer, 2005).

A band is ± q · s around the log median, where s is the projector's own scale of the cell and q the quantile of
|error| / s over cells that were projected under the same kind of hold-out. A group (metric and device class) with enough
residuals has a quantile of its own; a smaller one takes the wider of its own and that of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, t

from results.analysis.projection.cells import Floats, Texts

LEVELS = (0.8, 0.9)
OWN_GROUP, OWN_UNITS = (
    25,
    8,
)  # residuals, and models or systems they come from, for a group to speak for itself
SMALLEST_GROUP = 6
CLAIMABLE = 30  # residuals below which no level may be claimed in per cent
TEMPERS = (0.0, 0.5, 1.0)


@dataclass(frozen=True, eq=False)
class Bands:
    """Fitted bands. ``temper``: how much of the scale's variation from cell to cell is believed (0: none)."""

    temper: float
    typical: float
    pooled: tuple[float, float]
    groups: dict[str, tuple[float, float]]
    n_residuals: int
    inflation: tuple[float, float] = (1.0, 1.0)

    def half_widths(self, scale: Floats, groups: Texts) -> tuple[Floats, Floats]:
        """Half widths in logarithms of the 80 % and the 90 % band of cells with this scale, each (n,)."""
        size = _tempered(scale, self.typical, self.temper)
        factors = np.array([self.groups.get(g, self.pooled) for g in groups]).reshape(-1, 2)
        return self.inflation[0] * size * factors[:, 0], self.inflation[1] * size * factors[:, 1]

    @property
    def claimable(self) -> bool:
        return self.n_residuals >= CLAIMABLE


def fit_bands(
    errors: Floats,
    scale: Floats,
    groups: Texts,
    units: npt.NDArray | None = None,
    inflation: tuple[float, float] = (1.0, 1.0),
) -> Bands:
    """Bands of out-of-sample ``errors`` (log), with their ``scale`` (> 0) and group names, each (n,).

    ``units`` (n,) names what each cell is one of (its model, system, board); by default every cell is its own.

    ``inflation`` widens the 80 % and the 90 % bands: cells of one round or one model err together, so that few rounds or models say less
    than their cells seem to.

    The temper is the one with the least mean interval score at 90 % (Gneiting and Raftery, 2007, section 6.2).
    """
    typical = float(np.median(scale)) if len(scale) else 1.0
    best = min(TEMPERS, key=lambda much: (_interval_score(errors, _tempered(scale, typical, much)), much))
    z = np.abs(errors) / _tempered(scale, typical, best)
    pooled = _quantiles(z)
    own = {}
    for group in set(groups):
        members = z[groups == group]
        if len(members) < SMALLEST_GROUP:
            continue
        found = _quantiles(members)
        if len(members) < OWN_GROUP or (units is not None and len(set(units[groups == group])) < OWN_UNITS):
            found = (max(found[0], pooled[0]), max(found[1], pooled[1]))
        own[group] = found
    return Bands(best, typical, pooled, own, len(errors), inflation)


def few_units(units: int) -> tuple[float, float]:
    """How much wider the 80 % and the 90 % band are for one more of few units than for one of very many: the ratio of
    Student's and the normal quantile times √(1 + 1/U), as in a prediction interval from U observations."""
    units = max(units, 2)
    wider = np.sqrt(1 + 1 / units)
    low, high = (float(wider * t.ppf((1 + p) / 2, units - 1) / norm.ppf((1 + p) / 2)) for p in LEVELS)
    return low, high


def _tempered(scale: Floats, typical: float, temper: float) -> Floats:
    return np.maximum(typical, 1e-6) ** (1 - temper) * np.maximum(scale, 1e-6) ** temper


def _quantiles(z: Floats) -> tuple[float, float]:
    """The conformal quantiles; of fewer than nine residuals none holds 90 %: the greatest, and half as much again."""
    if not len(z):
        return 2.0, 3.0
    found = []
    for level in LEVELS:
        rank = np.ceil((len(z) + 1) * level)
        found.append(float(np.sort(z)[int(rank) - 1]) if rank <= len(z) else float(z.max() * 1.5))
    return found[0], max(found)


def _interval_score(errors: Floats, size: Floats) -> float:
    if not len(errors):
        return 0.0
    half = _quantiles(np.abs(errors) / size)[1] * size
    return float(np.mean(2 * half + 2 / (1 - LEVELS[1]) * np.maximum(np.abs(errors) - half, 0)))
