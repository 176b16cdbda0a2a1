"""The roofline of a device: the least time that its peak rate and its memory bandwidth allow for a network.

Operations count 2 per MAC, MACs are dense: every weight of the file, zeros included. Both limits are taken from
verified sources only; without them there is no roofline, and the reason is a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

OPERATIONS_PER_MAC = 2

VERIFIED_TIERS = (1, 2)
"""The vendor's data sheet or manual; the vendor's page or tool, or a maintained project that restates it."""

PEAK_FIELDS = frozenset({"accelerator_peak", "accelerator_peak_mac_cycle"})
BANDWIDTH_FIELDS = frozenset(
    {"ext_memory_bandwidth_gb_s", "ext_memory_bandwidth_gbit_s", "internal_bandwidth_gbs"}
)
_GOPS = {"GOPS": 1.0, "TOPS": 1000.0}
_GB_PER_S = {"GB/s": 1.0, "Gbit/s": 0.125}
_MAC_PER_CYCLE = "MAC/cycle"
# one number, its unit perhaps, a remark perhaps: "64 MAC/cycle (Ethos-U55-64)"; no sum, no range, no "up to"
_ONE_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?:\s+(?P<unit>[A-Za-z]+(?:/\w+)?))?(?:\s+\([^()]*\))?\Z")


class Fact(Protocol):
    """One statement about a device by one source."""

    field: str
    value: str
    unit: str
    source: str
    source_tier: int


@dataclass(frozen=True, slots=True)
class Roofline:
    """``peak_gops`` in 10⁹ operations per second, ``bandwidth_gb_per_s`` in 10⁹ bytes per second, with their sources."""

    peak_gops: float
    bandwidth_gb_per_s: float
    peak_source: str
    bandwidth_source: str

    def bound_ms(self, macs: float, moved_bytes: float) -> float:
        """The least latency in ms: the longer of computing ``macs`` at the peak and moving ``moved_bytes``.

        >>> Roofline(100.0, 4.0, "", "").bound_ms(macs=50e6, moved_bytes=1e6)
        1.0
        """
        return 1e-6 * max(OPERATIONS_PER_MAC * macs / self.peak_gops, moved_bytes / self.bandwidth_gb_per_s)


def intensity(macs: float, moved_bytes: float) -> float:
    """Operations per byte moved: where a network stands along the roofline.

    >>> intensity(50e6, 1e6)
    100.0
    """
    return OPERATIONS_PER_MAC * macs / moved_bytes


def attained_gops(macs: float, latency_ms: float) -> float:
    """10⁹ operations per second that a measured latency amounts to.

    >>> attained_gops(50e6, 2.0)
    50.0
    """
    return 1e-6 * OPERATIONS_PER_MAC * macs / latency_ms


def roofline_of(facts: Iterable[Fact], *, clock_mhz: float | None = None) -> Roofline | str:
    """The roofline that the verified statements give, or the sentence that says why there is none.

    ``clock_mhz`` is the clock of the unit that computes at the operating point; peaks stated per cycle need it.
    """
    held = list(facts)
    peak = _one_value(
        "peak rate",
        [fact for fact in held if fact.field in PEAK_FIELDS],
        lambda fact: _peak_gops(fact, clock_mhz),
    )
    bandwidth = _one_value(
        "memory bandwidth", [fact for fact in held if fact.field in BANDWIDTH_FIELDS], _gb_per_s
    )
    refusals = [found for found in (peak, bandwidth) if isinstance(found, str)]
    if isinstance(peak, str) or isinstance(bandwidth, str):
        return " ".join(refusals)
    return Roofline(peak[0], bandwidth[0], peak[1], bandwidth[1])


class _Convert(Protocol):
    def __call__(self, fact: Fact, /) -> float | str: ...


def _one_value(what: str, facts: Sequence[Fact], convert: _Convert) -> tuple[float, str] | str:
    """The value that the verified facts agree on, with its source; else a sentence."""
    if not facts:
        return f"No source states the {what}."
    verified = [fact for fact in facts if fact.source_tier in VERIFIED_TIERS]
    if not verified:
        return f"The {what} is stated by sources that are not verified, and is not used."
    converted = [(convert(fact), fact.source) for fact in verified]
    values = [(value, source) for value, source in converted if isinstance(value, float)]
    if not values:
        reasons = dict.fromkeys(value for value, _ in converted if isinstance(value, str))
        return f"The {what} cannot be computed: {'; '.join(reasons)}."
    if len({value for value, _ in values}) > 1:
        return f"Verified sources contradict each other on the {what}, and neither is chosen."
    return values[0]


def _peak_gops(fact: Fact, clock_mhz: float | None) -> float | str:
    number, unit = _number(fact)
    if number is not None and unit in _GOPS:
        return number * _GOPS[unit]
    if number is not None and unit == _MAC_PER_CYCLE:
        if clock_mhz is None:
            return "it is stated per cycle, and the clock of the unit that computes is not stated"
        return OPERATIONS_PER_MAC * number * clock_mhz / 1000
    return f"“{fact.value}” is not one number of operations"


def _gb_per_s(fact: Fact) -> float | str:
    number, unit = _number(fact)
    if number is not None and unit in _GB_PER_S:
        return number * _GB_PER_S[unit]
    return f"“{fact.value}” is not one number of bytes per second"


def _number(fact: Fact) -> tuple[float | None, str]:
    """The one positive number of a statement and its unit; a unit within the value must be that of the field."""
    match = _ONE_NUMBER.match(fact.value.strip())
    unit = fact.unit.split(" (")[0].strip()
    if match is None or (match["unit"] and match["unit"] != unit) or float(match["number"]) <= 0:
        return None, unit
    return float(match["number"]), unit
