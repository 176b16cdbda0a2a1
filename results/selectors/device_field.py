"""Where a device stands among all devices: its place on every benchmark, and the devices that measure like it.

Everything here compares the lowest closed value of each device: open results may run another network. Latencies stand
together, energies only within one comparison group (scope and supply).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from results.analysis.comparability import ANY, comparability
from results.analysis.places import Place, place
from results.analysis.similarity import Distance, Neighbour, grouped_distance, nearest
from results.models import Device, Division, LeaderboardEntry
from results.services.pareto_points import conditions
from results.services.scores import COMMON_SET

METRICS = ("latency_ms", "energy_uj_per_inf")
SHOWN_NEIGHBOURS = 6
FARTHEST_FACTOR = 3.0
"""Beyond this typical factor two devices do not measure alike; the nearest one is shown all the same."""

_FIELDS = (
    "run_id", "public_id", "benchmark", "round", "evaluation_set", "device_slug", "device_name",
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


_Held = dict[str, dict[str, dict[str, dict[str, Best]]]]
"""Metric → comparison group → device → benchmark → best value."""


def device_field(device: Device, benchmarks: Sequence[str]) -> DeviceField:
    """The places and neighbours of ``device``; ``benchmarks`` give the order. Two queries whatever is published."""
    held = _best_values()
    own = held["latency_ms"].get(ANY, {}).get(device.slug, {})
    neighbours = tuple(_neighbours(device.slug, held))
    return DeviceField(
        own=_profile_of(own),
        strengths=tuple(_strengths(device, held, benchmarks)),
        neighbours=neighbours,
        why_no_neighbours="" if neighbours else _why_none(_profile_of(own)),
    )


def _best_values() -> _Held:
    held: _Held = {metric: defaultdict(lambda: defaultdict(dict)) for metric in METRICS}
    for metric in METRICS:
        for entry in _lowest(metric):
            group = comparability().group(metric, conditions(entry))
            if group is None:
                continue  # nobody states the scope or the supply: it compares with nothing
            values = held[metric][group][entry.device_slug]
            best = Best(entry, metric, getattr(entry, metric), group)
            # supplies that differ by less than the step of comparison are one group
            if entry.benchmark not in values or best.value < values[entry.benchmark].value:
                values[entry.benchmark] = best
    return held


def _lowest(metric: str) -> Iterable[LeaderboardEntry]:
    """The lowest closed value per device, benchmark and, for energies, scope and supply: a row for each, no more."""
    one_of = ["device_slug", "benchmark"]
    if metric == "energy_uj_per_inf":
        one_of += ["energy_scope", "supply_voltage_mv"]
    return (
        LeaderboardEntry.objects.filter(division=Division.CLOSED, **{f"{metric}__isnull": False})
        .order_by(*one_of, metric, "round_position", "public_id")
        .distinct(*one_of)
        .only(*_FIELDS)
    )


def _strengths(device: Device, held: _Held, benchmarks: Sequence[str]) -> Iterable[Strength]:
    for benchmark in benchmarks:
        for metric in METRICS:
            for group, devices in sorted(held[metric].items()):
                best = devices.get(device.slug, {}).get(benchmark)
                if best is None:
                    continue
                rivals = [
                    values[benchmark]
                    for slug, values in devices.items()
                    if benchmark in values and slug != device.slug
                ]
                alike = [rival for rival in rivals if rival.entry.device_class == device.device_class]
                yield Strength(
                    best=best,
                    group_label=comparability().label(group),
                    in_class=place(best.value, [rival.value for rival in alike]),
                    among_all=place(best.value, [rival.value for rival in rivals]),
                )


def _neighbours(slug: str, held: _Held) -> Iterable[NeighbourRow]:
    latencies = held["latency_ms"].get(ANY, {})
    profiles = {name: _values(_profile_of(values)) for name, values in latencies.items()}
    own = profiles.pop(slug, {})
    ordered = nearest(own, profiles, len(profiles))
    near = [one for k, one in enumerate(ordered) if k == 0 or one.distance.factor <= FARTHEST_FACTOR]
    own_energy = _energy_profiles(slug, held)
    for one in near[:SHOWN_NEIGHBOURS]:
        yield _neighbour_row(one, latencies[one.name], own_energy, held)


def _neighbour_row(
    found: Neighbour,
    results: Mapping[str, Best],
    own_energy: Mapping[str, Mapping[str, float]],
    held: _Held,
) -> NeighbourRow:
    grouped = grouped_distance(own_energy, _energy_profiles(found.name, held))
    group, energy = grouped if grouped else ("", None)
    entry = next(iter(results.values())).entry
    return NeighbourRow(
        slug=entry.device_slug,
        name=entry.device_name,
        short_name=entry.device_short_name or entry.device_name,
        device_class=entry.device_class,
        latency=found.distance,
        results={benchmark: results[benchmark] for benchmark in found.distance.ratios},
        energy=energy,
        energy_label=comparability().label(group) if group else "",
    )


def _energy_profiles(slug: str, held: _Held) -> dict[str, dict[str, float]]:
    return {
        group: _values(_profile_of(devices[slug]))
        for group, devices in held["energy_uj_per_inf"].items()
        if slug in devices
    }


def _profile_of(values: Mapping[str, Best]) -> dict[str, Best]:
    return {benchmark: values[benchmark] for benchmark in COMMON_SET if benchmark in values}


def _values(profile: Mapping[str, Best]) -> dict[str, float]:
    return {benchmark: best.value for benchmark, best in profile.items()}


def _why_none(own: Mapping[str, Best]) -> str:
    if not own:
        return "No closed result on this device has a latency on a benchmark of the common set."
    if len(own) == 1:
        return f"Only {next(iter(own))} of the common set was measured here in the closed division; it takes two."
    return "No other device shares two benchmarks of the common set with this one."
