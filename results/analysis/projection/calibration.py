"""Calibration: how often bands hold what they claim, from frozen projections and what was measured afterwards.

Bands are stated at 80 and 90 %. Other levels are read off by scaling both: a log error is divided by the half width of
its own 80 % band, the level of a multiple is that of a normal distribution with the same 80 % band. The two stated
levels use the stated bands themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from results.analysis.projection.cells import Floats

LEVELS = (10, 20, 30, 40, 50, 60, 70, 80, 90)
_QUANTILE = NormalDist().inv_cdf
_AT_80 = _QUANTILE(0.9)


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """Of ``n`` values ``held`` lay inside bands that claim ``level`` per cent; ``stated``: the band was published as such."""

    level: int
    held: int
    n: int
    stated: bool

    @property
    def actual(self) -> float:
        """Per cent that lay inside."""
        return 100 * self.held / self.n


def coverage_curve(error: Floats, half_80: Floats, half_90: Floats) -> tuple[CoveragePoint, ...]:
    """Actual coverage at each of :data:`LEVELS`, of absolute log errors and log half widths, each (n,).

    ValueError without a cell, or with a half width that is not positive.
    """
    if not len(error):
        raise ValueError("there is no cell to calibrate with")
    if not (np.all(half_80 > 0) and np.all(half_90 > 0)):
        raise ValueError("a band has to be wider than nothing")
    points = []
    for level in LEVELS:
        half = half_90 if level == 90 else half_80 * (_QUANTILE(0.5 + level / 200) / _AT_80)
        # Six digits are stored of values and bands: an error on the edge of its band is inside.
        held = int((error <= half * (1 + 1e-6)).sum())
        points.append(CoveragePoint(level, held, len(error), level in (80, 90)))
    return tuple(points)
