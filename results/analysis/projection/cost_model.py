"""A non-negative cost model: the time of a model is the sum of what its layers cost.

ln t = ln Σ_k e^(u_k) x_k - ln f + b_device, where x_k are MACs per layer kind, bytes and operators, and f is the clock.
Rates e^(u_k) cannot be negative, so an unseen mix of layers never gives a negative time. Fitted by the maximum of the
posterior; the priors say that all MAC kinds share one rate and take most of the time. Layer-wise additivity is what
nn-Meter (Zhang et al., MobiSys 2021) builds on.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from results.analysis.projection.cells import Floats

RESIDUAL_SD = 0.22
RATE_SD = 0.7
SHARE_OF_MACS, SHARE_OF_OTHERS = 0.8, 0.03


class CostModel:
    """Rates per kind of cost. ``fit`` learns ``log_rates_`` (k,)."""

    def fit(
        self, costs: Floats, log_time: Floats, devices: npt.NDArray[np.int64], is_mac: npt.NDArray[np.bool_]
    ) -> CostModel:
        """``costs`` (n, k) ≥ 0, ``log_time`` (n,) with the clock already multiplied in, ``devices`` (n,) codes from 0,
        ``is_mac`` (k,)."""
        n_costs, n_devices = costs.shape[1], int(devices.max()) + 1
        logs = np.log(costs + 1e-12)
        macs = costs[:, is_mac].sum(axis=1).mean() if is_mac.any() else 1.0
        typical = np.where(is_mac, macs, costs.mean(axis=0))
        share = np.where(is_mac, SHARE_OF_MACS, SHARE_OF_OTHERS if is_mac.any() else 1 / n_costs)
        prior = log_time.mean() - np.log(np.maximum(typical, 1e-9)) + np.log(share)

        def loss(w: Floats) -> tuple[float, Floats]:
            rates, offsets = w[:n_costs], w[n_costs:]
            total, parts = _log_sum(rates + logs)
            residual = log_time - total - offsets[devices]
            value = 0.5 * residual @ residual / RESIDUAL_SD**2
            value += 0.5 * ((rates - prior) ** 2).sum() / RATE_SD**2 + 0.5 * offsets @ offsets
            gradient = np.concatenate(
                [
                    -parts.T @ residual / RESIDUAL_SD**2 + (rates - prior) / RATE_SD**2,
                    -np.bincount(devices, residual, n_devices) / RESIDUAL_SD**2 + offsets,
                ]
            )
            return float(value), gradient

        start = np.concatenate([prior, np.zeros(n_devices)])
        self.log_rates_ = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x[
            :n_costs
        ]
        return self

    def predict(self, costs: Floats) -> tuple[Floats, Floats]:
        """ln Σ_k e^(u_k) x_k (n,), and the share of each kind in it (n, k): the derivative of the former by u_k."""
        return _log_sum(self.log_rates_ + np.log(costs + 1e-12))


def _log_sum(terms: Floats) -> tuple[Floats, Floats]:
    top = terms.max(axis=1, keepdims=True)
    parts = np.exp(terms - top)
    total = parts.sum(axis=1, keepdims=True)
    return (top + np.log(total))[:, 0], parts / total
