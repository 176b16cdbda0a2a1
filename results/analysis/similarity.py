"""How alike two devices measure: a distance over the log ratios of the benchmarks that both were measured on.

A profile maps a benchmark to one value of a metric where lower is better, in one unit and of one comparison group.
What was not measured is absent and is never filled in; two profiles that share fewer than :data:`LEAST_SHARED`
benchmarks have no distance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

LEAST_SHARED = 2
"""On one shared benchmark any two devices of the same speed would look alike."""

Profile = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Distance:
    """The distance of a profile from another. ``ratios`` holds other ÷ own per shared benchmark, in order of the own.

    ``value`` is the root mean square of ln(other / own): 0 is the same profile, and it does not depend on units.
    """

    value: float
    ratios: Mapping[str, float]

    @property
    def factor(self) -> float:
        """The distance as a typical factor between two values: exp(``value``), 1 for the same profile."""
        return math.exp(self.value)

    @property
    def shared(self) -> int:
        """Benchmarks that the distance was taken over."""
        return len(self.ratios)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another profile by its name, with its distance."""

    name: str
    distance: Distance


def profile_distance(own: Profile, other: Profile) -> Distance | None:
    """sqrt(mean of ln(other / own)²) over the shared benchmarks; None when they share fewer than two.

    Symmetric, and 0 from a profile to itself. ValueError for a value that is not positive and finite.

    >>> round(profile_distance({"kws": 10.0, "ic": 40.0}, {"kws": 20.0, "ic": 80.0}).factor, 9)
    2.0
    """
    for value in (*own.values(), *other.values()):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"a profile holds positive and finite values, not {value}")
    shared = [benchmark for benchmark in own if benchmark in other]
    if len(shared) < LEAST_SHARED:
        return None
    # differences of logarithms, not logarithms of quotients: they are exactly symmetric
    steps = (math.log(other[benchmark]) - math.log(own[benchmark]) for benchmark in shared)
    mean_square = math.fsum(step * step for step in steps) / len(shared)
    return Distance(
        math.sqrt(mean_square), {benchmark: other[benchmark] / own[benchmark] for benchmark in shared}
    )


def nearest(own: Profile, others: Mapping[str, Profile], limit: int) -> list[Neighbour]:
    """At most ``limit`` of ``others``: those that share most benchmarks with ``own`` first, then the nearest, then
    by name. So a profile never comes nearer by not having been measured.
    """
    found = [
        Neighbour(name, distance)
        for name, profile in others.items()
        if (distance := profile_distance(own, profile)) is not None
    ]
    return sorted(found, key=lambda one: (-one.distance.shared, one.distance.value, one.name))[:limit]


def grouped_distance(own: Mapping[str, Profile], other: Mapping[str, Profile]) -> tuple[str, Distance] | None:
    """The distance in the comparison group that shares most benchmarks, with the group: energies of two supplies or
    scopes never meet. ``own`` and ``other`` map a group to a profile; None where no group has a distance.
    """
    found = [
        (group, distance)
        for group in sorted(own)
        if group in other and (distance := profile_distance(own[group], other[group])) is not None
    ]
    return max(found, key=lambda pair: pair[1].shared) if found else None
