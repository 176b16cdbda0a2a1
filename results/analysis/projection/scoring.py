"""How far projections were from what was measured afterwards. All figures in per cent, errors relative to the truth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import spearmanr

from results.analysis.projection.cells import Floats, Texts

FIGURES = ("mdape", "p90", "within10", "within25", "within50", "spearman", "coverage80", "coverage90")


def absolute_percentage_errors(log_truth: Floats, log_median: Floats) -> Floats:
    """100 · |projected / measured - 1| per cell, shape (n,)."""
    return 100 * np.abs(np.expm1(np.clip(log_median - log_truth, -50, 50)))


def score(
    log_truth: Floats,
    log_median: Floats,
    devices: Texts,
    half_80: Floats | None = None,
    half_90: Floats | None = None,
) -> dict[str, float | None]:
    """The figures of one method over n cells.

    ``spearman`` is 100 times the mean over devices with at least four scored cells of the rank correlation between
    projected and measured values; None when no device has so many. Coverages are None without bands (NaN halves count
    as not covered only when some are given). ValueError when there is no cell.
    """
    if not len(log_truth):
        raise ValueError("there is no cell to score")
    error = absolute_percentage_errors(log_truth, log_median)
    figures: dict[str, float | None] = {
        "mdape": float(np.median(error)),
        "p90": float(np.quantile(error, 0.9)),
        **{f"within{limit}": float((error <= limit).mean() * 100) for limit in (10, 25, 50)},
        "spearman": _rank_correlation(log_truth, log_median, devices),
    }
    for name, half in (("coverage80", half_80), ("coverage90", half_90)):
        given = half is not None and np.isfinite(half).any()
        figures[name] = float((np.abs(log_truth - log_median) <= half).mean() * 100) if given else None
    return figures


def _rank_correlation(log_truth: Floats, log_median: Floats, devices: Texts) -> float | None:
    found = []
    for device in np.unique(devices.astype(str)):
        own = devices == device
        if own.sum() >= 4 and np.ptp(log_truth[own]) > 0 and np.ptp(log_median[own]) > 0:
            found.append(spearmanr(log_truth[own], log_median[own])[0])
    return float(np.mean(found) * 100) if found else None


def typical_band(half_90: Floats) -> float:
    """The factor ×/÷ of the median 90 % band."""
    return float(np.exp(np.median(half_90)))


def skill(figures: Mapping[str, float | None], reference: Mapping[str, float | None]) -> float | None:
    """1 - MdAPE / MdAPE of the reference: how much of its error a method takes away; None without an error there."""
    mine, other = figures["mdape"], reference["mdape"]
    return None if not other or mine is None else 1 - mine / other
