"""Average power of a device that wakes for each frame, infers and sleeps.

The energy of an inference is measured; what the device draws asleep is not part of MLPerf Tiny, so the reader states it.
"""

from __future__ import annotations

_MS_PER_S = 1000.0
_UW_PER_MW = 1000.0
_ROUNDING = 1e-12


def busy_share(latency_ms: float, fps: float) -> float:
    """The share of the time spent inferring at ``fps`` inferences per second; above 1 the device does not keep up.

    >>> busy_share(25.0, 10.0)
    0.25
    """
    return latency_ms * fps / _MS_PER_S


def keeps_up(latency_ms: float, fps: float) -> bool:
    """Whether one inference ends before the next begins."""
    return busy_share(latency_ms, fps) <= 1 + _ROUNDING


def average_power_mw(energy_uj: float, latency_ms: float, fps: float, sleep_power_mw: float) -> float:
    """Mean power in mW at ``fps``: the inferences' energy, and sleep in between. Wake-up costs are not in it.

    ValueError where the device does not keep up: there is no such average.

    >>> average_power_mw(energy_uj=1000.0, latency_ms=25.0, fps=10.0, sleep_power_mw=0.4)
    10.3
    """
    if not keeps_up(latency_ms, fps):
        raise ValueError(
            f"{fps:g} inferences per second of {latency_ms:g} ms take more than the time there is"
        )
    asleep = max(0.0, 1 - busy_share(latency_ms, fps))
    return energy_uj * fps / _UW_PER_MW + sleep_power_mw * asleep
