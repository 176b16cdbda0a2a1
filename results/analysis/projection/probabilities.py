"""How probable it is that a projected system meets a limit.

A projection is a median with a band of 80 and one of 90 %. Here it is read as a log-normal posterior whose spread is that
of the wider band: sd = max(half_80 / 1.2816, half_90 / 1.6449), in natural logarithms, the numbers being the quantiles of
the standard normal at 90 and 95 % (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 14).
P(x ≤ limit) = Φ((ln limit − ln median) / sd).

Energy is latency × power. Power is taken to be independent of latency, so the two share the spread of the time:
corr(ln latency, ln energy) = sd_latency / sd_energy, at most 1. What depends on both is counted over seeded draws.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from results.analysis.projection.cells import Floats

DRAWS = 2000
SEED = 20210616
QUANTILES = {80: 1.2815515655446004, 90: 1.6448536269514722}
"""Standard normal quantile at the upper end of the central band of so many per cent."""
_UW_PER_MW, _MS_PER_S = 1000.0, 1000.0


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A positive quantity: its median in its own unit, and the standard deviation of its natural logarithm."""

    median: float
    log_sd: float

    def __post_init__(self) -> None:
        if not (self.median > 0 and math.isfinite(self.median) and self.log_sd >= 0):
            raise ValueError(
                f"median {self.median} with sd {self.log_sd}: a positive median and a sd of at least 0"
            )

    @classmethod
    def of_bands(cls, median: float, high_80: float, high_90: float) -> LogNormal:
        """The posterior of a projection from the upper ends of its bands, in the unit of ``median``.

        ValueError where an end lies below the median.
        """
        halves = {80: math.log(high_80 / median), 90: math.log(high_90 / median)}
        return cls(median, max(half / QUANTILES[level] for level, half in halves.items()))

    def at_most(self, limit: float) -> float:
        """P(x ≤ ``limit``), the limit in the unit of the median; 0.5 at the median."""
        if limit <= 0:
            return 0.0
        distance = math.log(limit / self.median)
        if self.log_sd == 0:
            return 0.5 if distance == 0 else float(distance > 0)
        return 0.5 * math.erfc(-distance / (self.log_sd * math.sqrt(2)))


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of latency in ms, of energy in µJ per inference, and of the mean power in mW.

    ``fps`` in inferences per second must be kept up with. A limit on power needs ``fps`` and ``sleep_power_mw``.
    """

    latency_ms: float | None = None
    energy_uj: float | None = None
    fps: float | None = None
    sleep_power_mw: float | None = None
    average_power_mw: float | None = None

    def __post_init__(self) -> None:
        if self.average_power_mw is not None and (self.fps is None or self.sleep_power_mw is None):
            raise ValueError("a limit on average power needs the frame rate and the power asleep")

    @property
    def needs_energy(self) -> bool:
        return self.energy_uj is not None or self.average_power_mw is not None


@dataclass(frozen=True, slots=True)
class Chances:
    """Probabilities from 0 to 1: of each limit by the name of its field in :class:`Limits`, and of all together.

    ``all_met`` is 1 without a limit. It is None where a limit needs an energy that is not projected; then ``each`` lacks
    that limit.
    """

    each: Mapping[str, float]
    all_met: float | None

    @property
    def least(self) -> float:
        return min(self.each.values(), default=1.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """A projected quantity in its own unit: median and the bands of 80 and 90 %."""

    median: float
    low_80: float
    high_80: float
    low_90: float
    high_90: float
    is_better_higher: bool = False


def derived_spread(
    name: str, latency: LogNormal, energy: LogNormal | None, fps: float | None, sleep_power_mw: float | None
) -> Spread | None:
    """``latency`` (ms), ``energy`` (µJ), ``energy-delay`` (µJ·ms), ``inferences-per-joule`` or ``average-power`` (mW).

    None where the energy is needed and not projected, or half of the draws do not keep up with the frame rate.
    ValueError for another name.
    """
    if name == "latency":
        return _closed(latency)
    if energy is None:
        return None
    if name == "energy":
        return _closed(energy)
    if name == "inferences-per-joule":
        return _closed(LogNormal(1e6 / energy.median, energy.log_sd), is_better_higher=True)
    times, energies = joint_draws(latency, energy)
    if name == "energy-delay":
        drawn = times * energies
    elif name == "average-power" and fps is not None and sleep_power_mw is not None:
        drawn = average_powers_mw(times, energies, fps, sleep_power_mw)
    else:
        raise ValueError(f"{name}: no quantity that follows from latency and energy")
    low_90, low_80, median, high_80, high_90 = np.quantile(
        drawn, (0.05, 0.1, 0.5, 0.9, 0.95), method="nearest"
    )
    if not math.isfinite(median):
        return None
    return Spread(float(median), float(low_80), float(high_80), float(low_90), float(high_90))


def _closed(quantity: LogNormal, *, is_better_higher: bool = False) -> Spread:
    ends = {level: math.exp(z * quantity.log_sd) for level, z in QUANTILES.items()}
    m = quantity.median
    return Spread(m, m / ends[80], m * ends[80], m / ends[90], m * ends[90], is_better_higher)


def chances(latency: LogNormal, energy: LogNormal | None, limits: Limits) -> Chances:
    """How probable each limit is met, and all of them.

    Limits on the latency alone are limits on one quantity: that of the tightest is that of all, and a product would
    count it twice. With limits on both, all are counted over the same draws of latency and energy, and never exceed the
    least of the single ones.
    """
    each: dict[str, float] = {}
    if limits.latency_ms is not None:
        each["latency_ms"] = latency.at_most(limits.latency_ms)
    if limits.fps is not None:
        each["fps"] = latency.at_most(_MS_PER_S / limits.fps)
    if not limits.needs_energy:
        return Chances(each, min(each.values(), default=1.0))
    if energy is None:
        return Chances(each, None)
    met: list[np.ndarray] = []
    times, energies = joint_draws(latency, energy)
    if limits.energy_uj is not None:
        each["energy_uj"] = energy.at_most(limits.energy_uj)
        met.append(energies <= limits.energy_uj)
    if limits.average_power_mw is not None:
        powers = average_powers_mw(times, energies, limits.fps or 0.0, limits.sleep_power_mw or 0.0)
        each["average_power_mw"] = float(np.mean(powers <= limits.average_power_mw))
        met.append(powers <= limits.average_power_mw)
    if len(each) == 1:
        return Chances(each, next(iter(each.values())))
    if limits.latency_ms is not None:
        met.append(times <= limits.latency_ms)
    if limits.fps is not None:
        met.append(times <= _MS_PER_S / limits.fps)
    return Chances(each, min(float(np.mean(np.all(met, axis=0))), *each.values()))


def correlation(latency: LogNormal, energy: LogNormal) -> float:
    """Of the logarithms, from 0 to 1: the share of the energy's spread that comes from the time."""
    if energy.log_sd == 0:
        return 0.0
    return min(1.0, latency.log_sd / energy.log_sd)


def joint_draws(latency: LogNormal, energy: LogNormal) -> tuple[Floats, Floats]:
    """Latencies and energies drawn together, each of shape (:data:`DRAWS`,); the same numbers at every call."""
    own, other = _standard_draws()
    shared = correlation(latency, energy)
    mixed = shared * own + math.sqrt(1 - shared**2) * other
    return latency.median * np.exp(latency.log_sd * own), energy.median * np.exp(energy.log_sd * mixed)


def average_powers_mw(latency_ms: Floats, energy_uj: Floats, fps: float, sleep_power_mw: float) -> Floats:
    """Mean power at ``fps`` per draw (n,), infinite where the draw does not keep up with the frame rate."""
    busy = latency_ms * fps / _MS_PER_S
    power = energy_uj * fps / _UW_PER_MW + sleep_power_mw * np.maximum(0.0, 1 - busy)
    return np.where(busy <= 1, power, np.inf)


@cache
def _standard_draws() -> tuple[Floats, Floats]:
    """Two independent standard normals, antithetic: each comes with its negative, so that their median is 0."""
    half = np.random.default_rng(SEED).standard_normal((2, DRAWS // 2))
    draws = np.concatenate([half, -half], axis=1)
    draws.flags.writeable = False
    return draws[0], draws[1]
