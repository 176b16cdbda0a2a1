"""What stands beside a projection of one network on one device: the nearest measured results, and a bound."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.analysis.derived import NO_MACS_OF_EVENTS
from results.analysis.roofline import BANDWIDTH_FIELDS, PEAK_FIELDS, roofline_of
from results.models import DeviceClass, DeviceFact, LeaderboardEntry, System
from results.services.projection_models import ProjectedModel

from .fit_projected import ProjectedCell, ProjectedView

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """``nearest`` are results of the same device whose networks count MACs most alike, the nearest first.

    ``bound_ms`` is the least latency that the roofline of the device allows an int8 network; None, with ``no_bound``
    saying why, where no source states peak and bandwidth.
    """

    nearest: tuple[LeaderboardEntry, ...]
    bound_ms: float | None
    no_bound: str


def beside(cells: Sequence[ProjectedCell], view: ProjectedView) -> dict[tuple[str, int], Beside]:
    """Network and system → what stands beside. Two queries."""
    devices = {cell.system.device_id for cell in cells}
    macs = {network.slug: network.macs for network in view.networks}
    entries: dict[str, list[LeaderboardEntry]] = defaultdict(list)
    slugs = {cell.system.device.slug for cell in cells}
    for entry in LeaderboardEntry.objects.filter(
        device_slug__in=slugs, latency_ms__isnull=False, duplicate_of=""
    ).order_by("-round_position", "latency_ms", "public_id"):
        if macs.get(entry.neural_model):
            entries[entry.device_slug].append(entry)
    facts: dict[int, list[DeviceFact]] = defaultdict(list)
    for fact in DeviceFact.objects.filter(device__in=devices, field__in=PEAK_FIELDS | BANDWIDTH_FIELDS):
        facts[fact.device_id].append(fact)
    found = {}
    for cell in cells:
        bound, why = _bound(cell.network, cell.system, facts[cell.system.device_id])
        nearest = _nearest(cell.network.macs, entries[cell.system.device.slug], macs)
        found[cell.network.slug, cell.system.pk] = Beside(nearest, bound, why)
    return found


def _nearest(
    wanted: float, entries: Sequence[LeaderboardEntry], macs: Mapping[str, float]
) -> tuple[LeaderboardEntry, ...]:
    """One result per network."""
    first: dict[str, LeaderboardEntry] = {}
    for entry in entries:
        first.setdefault(entry.neural_model, entry)
    by_distance = sorted(
        first.values(), key=lambda entry: (abs(math.log(macs[entry.neural_model] / wanted)), entry.public_id)
    )
    return tuple(by_distance[:NEAREST])


def _bound(network: ProjectedModel, system: System, facts: Sequence[DeviceFact]) -> tuple[float | None, str]:
    if system.device.device_class == DeviceClass.EVENT_BASED:
        return None, NO_MACS_OF_EVENTS
    if network.weight_kib is None:
        return None, "the bytes of its weights were not counted"
    roof = roofline_of(facts, clock_mhz=system.accelerator_clock_mhz or system.clock_mhz)
    return (
        (None, roof)
        if isinstance(roof, str)
        else (roof.bound_ms(network.macs, 1024 * network.weight_kib), "")
    )
