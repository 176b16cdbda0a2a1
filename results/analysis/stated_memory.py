"""How much memory a device has, from statements of its sources."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class Fact(Protocol):
    """One statement about a device by one source."""

    value: str
    source: str
    source_tier: int


@dataclass(frozen=True, slots=True)
class StatedMemory:
    """The amount that counts, and the source that states it. ``most_kib`` is the greatest amount that a source of the
    same tier states: above ``kib`` the sources contradict each other."""

    kib: float
    most_kib: float
    source: str
    source_tier: int


def stated_memory(facts: Iterable[Fact]) -> StatedMemory | None:
    """What the sources nearest to the vendor state, in KiB; the least where they contradict each other.

    None where nobody states a number. A stated 0 is a 0: the device has no such memory on its chip.
    """
    held = [(fact, kib) for fact in facts if (kib := _number(fact.value)) is not None]
    if not held:
        return None
    tier = min(fact.source_tier for fact, _ in held)
    nearest = [(fact, kib) for fact, kib in held if fact.source_tier == tier]
    fact, least = min(nearest, key=lambda pair: pair[1])
    return StatedMemory(least, max(kib for _, kib in nearest), fact.source, tier)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
