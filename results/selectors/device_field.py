"""Where a device stands among all devices: its place on every benchmark, and the devices that measure like it.

Everything here compares the lowest closed value of each device: open results may run another network. Latencies stand
together, energies only within one comparison group (scope and supply).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Min, QuerySet

from results.analysis.comparability import ANY, Conditions, comparability
from results.analysis.places import Place, place
from results.analysis.similarity import Distance, Neighbour, grouped_distance, nearest
from results.domain.score_metrics import COMMON_SET
from results.models import Device, Division, LeaderboardEntry
from results.services.pareto_points import conditions

T = TypeVar("T")

METRICS = ("latency_ms", "energy_uj_per_inf")
SHOWN_NEIGHBOURS = 6
FARTHEST_FACTOR = 3.0
"""Beyond this typical factor two devices do not measure alike; the nearest one is shown all the same."""

_FIELDS = (
    "run_id", "public_id", "benchmark", "round", "division", "provenance", "evaluation_set", "device_slug", "device_name",
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


@dataclass(frozen=True, slots=True)
class _Values:
    """The lowest closed values of all devices: metric → comparison group → device → benchmark → value."""

    held: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]
    classes: Mapping[str, str]


def device_field(device: Device, benchmarks: Sequence[str]) -> DeviceField:
    """The places and neighbours of ``device``; ``benchmarks`` give the order. Four queries whatever is published.

    The values of all devices come as minima, which the database keeps small; results are read of those shown alone.
    """
    values = _lowest_values()
    near = _near(device.slug, values)
    bests = _bests([device.slug, *(one.name for one in near)])
    own = _profile_of(bests["latency_ms"].get(ANY, {}).get(device.slug, {}))
    return DeviceField(
        own=own,
        strengths=tuple(_strengths(device, bests, values, benchmarks)),
        neighbours=tuple(_neighbours(device.slug, near, bests, values)),
        why_no_neighbours="" if near else _why_none(own),
    )


def _lowest_values() -> _Values:
    held: dict[str, Any] = {metric: defaultdict(lambda: defaultdict(dict)) for metric in METRICS}
    classes: dict[str, str] = {}
    for metric in METRICS:
        conditions_of = ("energy_scope", "supply_voltage_mv") if metric == "energy_uj_per_inf" else ()
        rows = (
            _closed(metric)
            .order_by()
            .values("device_slug", "device_class", "benchmark", *conditions_of)
            .annotate(lowest=Min(metric))
        )
        for row in rows:
            measured_as = Conditions(
                row["benchmark"], row.get("energy_scope", "none"), row.get("supply_voltage_mv"), ""
            )
            group = comparability().group(metric, measured_as)
            if group is None:
                continue  # nobody states the scope or the supply: it compares with nothing
            classes[row["device_slug"]] = row["device_class"]
            values = held[metric][group][row["device_slug"]]
            # supplies that differ by less than the step of comparison are one group
            values[row["benchmark"]] = min(row["lowest"], values.get(row["benchmark"], row["lowest"]))
    return _Values(held, classes)


def _bests(slugs: Sequence[str]) -> _Bests:
    bests: _Bests = {metric: defaultdict(lambda: defaultdict(dict)) for metric in METRICS}
    for metric in METRICS:
        for entry in _lowest_entries(metric, slugs):
            group = comparability().group(metric, conditions(entry))
            if group is None:
                continue
            values = bests[metric][group][entry.device_slug]
            best = Best(entry, metric, getattr(entry, metric), group)
            if entry.benchmark not in values or best.value < values[entry.benchmark].value:
                values[entry.benchmark] = best
    return bests


def _closed(metric: str) -> QuerySet[LeaderboardEntry]:
    return LeaderboardEntry.objects.filter(division=Division.CLOSED, **{f"{metric}__isnull": False})


def _lowest_entries(metric: str, slugs: Sequence[str]) -> QuerySet[LeaderboardEntry]:
    """The entry of the lowest value per device, benchmark and, for energies, scope and supply."""
    one_of = ["device_slug", "benchmark"]
    if metric == "energy_uj_per_inf":
        one_of += ["energy_scope", "supply_voltage_mv"]
    return (
        _closed(metric)
        .filter(device_slug__in=slugs)
        .order_by(*one_of, metric, "round_position", "public_id")
        .distinct(*one_of)
        .only(*_FIELDS)
    )


def _strengths(
    device: Device, bests: _Bests, values: _Values, benchmarks: Sequence[str]
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


def _near(slug: str, values: _Values) -> list[Neighbour]:
    profiles = {name: _profile_of(held) for name, held in values.held["latency_ms"].get(ANY, {}).items()}
    own = profiles.pop(slug, {})
    ordered = nearest(own, profiles, len(profiles))
    near = [one for k, one in enumerate(ordered) if k == 0 or one.distance.factor <= FARTHEST_FACTOR]
    return near[:SHOWN_NEIGHBOURS]


def _neighbours(
    slug: str, near: Sequence[Neighbour], bests: _Bests, values: _Values
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


def _energy_profiles(slug: str, values: _Values) -> dict[str, dict[str, float]]:
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
