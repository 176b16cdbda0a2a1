"""The derived figures of the fit finder for very many results at once: the formulas of :mod:`derived` by the column.

Values are float64 of shape (n,), NaN where a figure is not known or refused; the tests hold both equal to the last bit.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

_UJ_PER_J = 1e6
_MS_PER_S = 1000.0
_UW_PER_MW = 1000.0
_ROUNDING = 1e-12


def inferences_per_joule(energy_uj: Values) -> Values:
    return _UJ_PER_J / _known(energy_uj)


def energy_delay_product_uj_ms(energy_uj: Values, latency_ms: Values) -> Values:
    return _known(energy_uj) * _known(latency_ms)


def busy_share(latency_ms: Values, fps: float | None) -> Values:
    """The share of the time spent inferring: above 1 exactly where the device does not keep up. NaN without ``fps``."""
    if fps is None:
        return np.full(len(latency_ms), np.nan)
    share = latency_ms * fps / _MS_PER_S
    return np.where(share <= 1 + _ROUNDING, np.minimum(1.0, share), share)


def average_power_at_fps_mw(
    energy_uj: Values, latency_ms: Values, fps: float | None, sleep_power_mw: float | None
) -> Values:
    if fps is None or sleep_power_mw is None or not math.isfinite(sleep_power_mw) or sleep_power_mw < 0:
        return np.full(len(latency_ms), np.nan)
    share = busy_share(_known(latency_ms), fps)
    power = _known(energy_uj) * fps / _UW_PER_MW + sleep_power_mw * (1 - share)
    return np.where(share <= 1, power, np.nan)


def _known(values: Values) -> Values:
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)
