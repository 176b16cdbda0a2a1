"""What to measure next: the observation that takes most of the variance away from what is still unknown.

The posterior covariance of a Gaussian process does not depend on the values that were observed, so what a measurement
would do can be told before it is made (MacKay, Neural Computation 1992, "Information-based objective functions"; Krause,
Singh and Guestrin, JMLR 2008, section 3): with Σ the posterior covariance of the unknown cells t and of a candidate's
cells c, observing c with noise N leaves Σ_tt - Σ_tc (Σ_cc + N)⁻¹ Σ_ct. All variances are of natural logarithms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from results.analysis.projection.cells import Cells, Floats, Rows
from results.analysis.projection.gaussian_process import GaussianProcess

JITTER = 1e-9


@dataclass(frozen=True, slots=True)
class Gain:
    """What measuring one candidate does to the cells beside it: their total log variance before, and what is taken away.

    ``cells`` is how many they are.
    """

    candidate: int
    cells: int
    variance: float
    removed: float

    @property
    def share(self) -> float:
        """Share of the variance that is taken away, 0 to 1."""
        return self.removed / self.variance if self.variance > 0 else 0.0

    @property
    def factor_before(self) -> float:
        """One standard deviation of a typical cell as a factor."""
        return float(np.exp(np.sqrt(self.variance / self.cells))) if self.cells else 1.0

    @property
    def factor_after(self) -> float:
        """The same once the candidate is measured."""
        left = max(self.variance - self.removed, 0.0)
        return float(np.exp(np.sqrt(left / self.cells))) if self.cells else 1.0


def posterior(process: GaussianProcess, cells: Cells) -> tuple[Floats, Floats]:
    """Posterior covariance (n, n) of the noiseless log values of ``cells``, and their noise variances (n,)."""
    encoded = process.encoder_(cells)
    cross = process.covariance(encoded, process.encoded_)
    covariance = process.covariance(encoded, encoded) - cross @ process.precision_ @ cross.T
    covariance = 0.5 * (covariance + covariance.T)
    _, sd, _ = process.moments(cells)
    return covariance, np.maximum(sd**2 - np.diag(covariance), JITTER)


def gains(
    covariance: Floats, noise: Floats, candidates: Sequence[Rows], unknown: Rows | None = None
) -> list[Gain]:
    """What each candidate takes away from the other unknown cells, the greatest first; ties in the order given.

    ``covariance`` (n, n) and ``noise`` (n,) are those of :func:`posterior`; a candidate is the rows that are measured
    together (a latency and an energy, say). ``unknown`` are the rows that matter, all unless given; a candidate's own
    rows are not counted: measuring a cell always settles that cell. ValueError for a candidate without a row.
    """
    wanted = np.arange(len(noise)) if unknown is None else np.asarray(unknown)
    found = []
    for number, own in enumerate(candidates):
        own = np.asarray(own)
        if not len(own):
            raise ValueError(f"candidate {number} has no cell to measure")
        others = np.setdiff1d(wanted, own)
        shared = covariance[np.ix_(others, own)]
        observed = covariance[np.ix_(own, own)] + np.diag(noise[own] + JITTER)
        taken = float(np.einsum("ij,ji->", shared, np.linalg.solve(observed, shared.T)))
        variance = float(np.maximum(np.diag(covariance)[others], 0).sum())
        found.append(Gain(number, len(others), variance, min(max(taken, 0.0), variance)))
    return sorted(found, key=lambda gain: -gain.removed)
