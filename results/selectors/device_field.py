"""Where a device stands among all devices: its place on every benchmark, and the devices that measure like it.

Everything here compares the lowest closed value of each device: open results may run another network. Latencies stand
together, energies only within one comparison group (scope and supply).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from results.analysis.comparability import ANY, comparability
from results.analysis.places import Place, place
from results.analysis.similarity import Distance, Neighbour, grouped_distance, nearest
from results.domain.score_metrics import COMMON_SET
from results.models import Device, LeaderboardEntry

from .device_columns import LowestValues, lowest_runs, lowest_values

T = TypeVar("T")

METRICS = ("latency_ms", "energy_uj_per_inf")
SHOWN_NEIGHBOURS = 6
FARTHEST_FACTOR = 3.0
"""Beyond this typical factor two devices do not measure alike; the nearest one is shown all the same."""

_FIELDS = (
    "run_id", "public_id", "round_position", "benchmark", "round", "division", "provenance", "evaluation_set", "device_slug", "device_name",
    "device_short_name", "device_class",
    "energy_scope", "supply_voltage_mv", "latency_ms", "energy_uj_per_inf", "software", "submitter_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Best:
    """The lowest closed value of one device on one benchmark, in one comparison group, with the result it is from."""

    entry: LeaderboardEntry
    metric: str
    value: float
    group: str


@dataclass(frozen=True, slots=True)
class Strength:
    """Where the best value of the device stands: among the devices of its class and among all of them.

    ``group_label`` says for energies what they include and at which supply; empty for latencies.
    """

    best: Best
    group_label: str
    in_class: Place
    among_all: Place


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    """A device that measures alike. ``latency`` and ``energy`` are distances over the common set; ``results`` maps a
    benchmark to the neighbour's result that its latency ratio is from. ``energy`` is None where no comparison group
    has energies of both on two benchmarks.
    """

    slug: str
    name: str
    short_name: str
    device_class: str
    latency: Distance
    results: Mapping[str, Best]
    energy: Distance | None
    energy_label: str


@dataclass(frozen=True, slots=True)
class DeviceField:
    """The device among the others. ``own`` holds its best values of the common set by benchmark (latency).

    ``why_no_neighbours`` says in a sentence why ``neighbours`` is empty, else it is empty itself.
    """

    own: Mapping[str, Best]
    strengths: tuple[Strength, ...]
    neighbours: tuple[NeighbourRow, ...]
    why_no_neighbours: str


_Bests = dict[str, dict[str, dict[str, dict[str, Best]]]]
"""Metric → comparison group → device → benchmark → best value with its result."""


def device_field(device: Device, benchmarks: Sequence[str]) -> DeviceField:
    """The places and neighbours of ``device``; ``benchmarks`` give the order. One query whatever is published.

    The values of all devices are minima of the columnar snapshot; results are read of those shown alone.
    """
    values = lowest_values()
    near = _near(device.slug, values)
    bests = _bests([device.slug, *(one.name for one in near)])
    own = _profile_of(bests["latency_ms"].get(ANY, {}).get(device.slug, {}))
    return DeviceField(
        own=own,
        strengths=tuple(_strengths(device, bests, values, benchmarks)),
        neighbours=tuple(_neighbours(device.slug, near, bests, values)),
        why_no_neighbours="" if near else _why_none(own),
    )


def _bests(slugs: Sequence[str]) -> _Bests:
    """The results of the lowest values: of several that are equal the one of the earliest round, of several energies
    the one at the lowest supply before that."""
    lowest = [(slug, *found) for slug in slugs for found in lowest_runs(slug)]
    wanted = {run for *_, runs in lowest for run in runs}
    found = (
        LeaderboardEntry.objects.filter(run__in=wanted).order_by("round_position", "public_id").only(*_FIELDS)
    )
    entries = {entry.run_id: entry for entry in found}
    bests: _Bests = {metric: defaultdict(lambda: defaultdict(dict)) for metric in METRICS}
    for slug, metric, group, benchmark, runs in lowest:
        tied = [entry for run, entry in entries.items() if run in runs]  # in the order of the query
        if tied:
            entry = min(tied, key=_supply) if metric == "energy_uj_per_inf" else tied[0]
            bests[metric][group][slug][benchmark] = Best(entry, metric, getattr(entry, metric), group)
    return bests


def _supply(entry: LeaderboardEntry) -> float:
    return entry.supply_voltage_mv if entry.supply_voltage_mv is not None else math.inf


def _strengths(
    device: Device, bests: _Bests, values: LowestValues, benchmarks: Sequence[str]
) -> Iterable[Strength]:
    for benchmark in benchmarks:
        for metric in METRICS:
            for group, devices in sorted(bests[metric].items()):
                best = devices.get(device.slug, {}).get(benchmark)
                if best is None:
                    continue
                rivals = {
                    slug: held[benchmark]
                    for slug, held in values.held[metric][group].items()
                    if benchmark in held and slug != device.slug
                }
                alike = [v for slug, v in rivals.items() if values.classes[slug] == device.device_class]
                yield Strength(
                    best=best,
                    group_label=comparability().label(group),
                    in_class=place(best.value, alike),
                    among_all=place(best.value, list(rivals.values())),
                )


def _near(slug: str, values: LowestValues) -> list[Neighbour]:
    profiles = {name: _profile_of(held) for name, held in values.held["latency_ms"].get(ANY, {}).items()}
    own = profiles.pop(slug, {})
    ordered = nearest(own, profiles, len(profiles))
    near = [one for k, one in enumerate(ordered) if k == 0 or one.distance.factor <= FARTHEST_FACTOR]
    return near[:SHOWN_NEIGHBOURS]


def _neighbours(
    slug: str, near: Sequence[Neighbour], bests: _Bests, values: LowestValues
) -> Iterable[NeighbourRow]:
    own_energy = _energy_profiles(slug, values)
    for one in near:
        results = bests["latency_ms"][ANY][one.name]
        grouped = grouped_distance(own_energy, _energy_profiles(one.name, values))
        group, energy = grouped if grouped else ("", None)
        entry = next(iter(results.values())).entry
        yield NeighbourRow(
            slug=entry.device_slug,
            name=entry.device_name,
            short_name=entry.device_short_name or entry.device_name,
            device_class=entry.device_class,
            latency=one.distance,
            results={benchmark: results[benchmark] for benchmark in one.distance.ratios},
            energy=energy,
            energy_label=comparability().label(group) if group else "",
        )


def _energy_profiles(slug: str, values: LowestValues) -> dict[str, dict[str, float]]:
    return {
        group: _profile_of(devices[slug])
        for group, devices in values.held["energy_uj_per_inf"].items()
        if slug in devices
    }


def _profile_of(values: Mapping[str, T]) -> dict[str, T]:
    return {benchmark: values[benchmark] for benchmark in COMMON_SET if benchmark in values}


def _why_none(own: Mapping[str, Best]) -> str:
    if not own:
        return "No closed result on this device has a latency on a benchmark of the common set."
    if len(own) == 1:
        return f"Only {next(iter(own))} of the common set was measured here in the closed division; it takes two."
    return "No other device shares two benchmarks of the common set with this one."
