"""What the columnar snapshot says of devices: exact counts over all results of one, the lowest values of all of them.

None of it reads a row of the table, however many results a device has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from results.analysis.comparability import ANY
from results.domain.metrics import Direction

from .snapshot import Part, current_snapshot
from .snapshot.columns import NO_GROUP, Rows, picked
from .snapshot.counting import kept

SORT_OF = {"latency_ms": "latency", "energy_uj_per_inf": "energy"}
"""Metric of which devices have lowest values → its column in the snapshot."""

_NO_ROWS: Rows = np.empty(0, np.int32)

T = TypeVar("T")


@dataclass(frozen=True, eq=False, slots=True)
class DeviceCounts:
    """Counts over every result on a device. ``systems`` are primary keys, rising; ``rounds`` the ids of rounds.

    ``without_cost`` counts results with neither an energy nor a power, ``never_measured`` names the submitters that
    have no other result here, in order.
    """

    results: int
    of_benchmark: Mapping[str, int]
    latencies_of: Mapping[str, int]
    of_division: Mapping[str, int]
    systems: npt.NDArray[np.int64]
    submitters: int
    rounds: frozenset[str]
    with_energy: int
    without_cost: int
    never_measured: tuple[str, ...]
    without_quality: int


@dataclass(frozen=True, slots=True)
class LowestValues:
    """The lowest closed values of all devices: metric → comparison group → device → benchmark → value."""

    held: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]
    classes: Mapping[str, str]


def kept_until_a_change(name: str, made: Callable[[], T]) -> T:
    """What ``made`` gives, which follows from the published data alone: made again once these have changed."""
    return kept(current_snapshot().kept, name, made)


class RoundLatency(NamedTuple):
    """One latency of a chart over the rounds; ``title`` says whose it is."""

    benchmark: str
    round: str
    latency_ms: float
    title: str


def rows_of(part: Part, slug: str) -> Rows:
    """The rows of a device in ``part``, in the order of their runs."""
    code = part.code("device", slug)
    if code is None:
        return _NO_ROWS
    order, starts = _by_device(part)
    return order[starts[code] : starts[code + 1]]


def number_of_results(slug: str) -> int:
    """How many results a device has."""
    return sum(len(rows_of(part, slug)) for part in current_snapshot().parts.values())


def results_of_devices(*, with_energy: bool = False) -> list[tuple[str, int]]:
    """(device, results), those with most results first; ``with_energy`` counts those that state what an energy or power
    includes."""
    snapshot = current_snapshot()
    size = len(snapshot.words["device"])
    counted = np.zeros(size, np.int64)
    for part in snapshot.parts.values():
        codes = part.codes["device"]
        if with_energy and (none := part.code("scope", "none")) is not None:
            codes = codes[part.codes["scope"] != none]
        counted += np.bincount(codes, minlength=size)
    order = np.argsort(-counted, kind="stable")
    return [(snapshot.words["device"][k], int(counted[k])) for k in order if counted[k]]


def lowest_latency_runs() -> list[int]:
    """The runs of the lowest latency of each device on each benchmark, a closed one before an open one; several tie."""
    runs: list[int] = []
    for part in current_snapshot().parts.values():
        values = part.values["latency"]
        rows = np.flatnonzero(~np.isnan(values))
        devices, is_open = part.codes["device"][rows], part.codes["division"][rows] != _closed(part)
        order = np.lexsort((values[rows], is_open, devices))
        _, first, place = np.unique(devices[order], return_index=True, return_inverse=True)
        leading = order[first][place]
        equal = (values[rows[order]] == values[rows[leading]]) & (is_open[order] == is_open[leading])
        runs += part.runs[rows[order[equal]]].tolist()
    return runs


def device_counts(slug: str) -> DeviceCounts:
    """The counts of one device; all of them 0 where nothing was measured on it."""
    snapshot = current_snapshot()
    held = [(part, rows) for part in snapshot.parts.values() if len(rows := rows_of(part, slug))]

    def codes(name: str) -> npt.NDArray[np.uint16]:
        return np.concatenate([part.codes[name][rows] for part, rows in held] or [np.empty(0, np.uint16)])

    def absent(name: str) -> npt.NDArray[np.bool_]:
        return np.isnan(np.concatenate([part.values[name][rows] for part, rows in held] or [np.empty(0)]))

    words = snapshot.words
    divisions, names = (
        np.bincount(codes("division"), minlength=len(words["division"])),
        codes("submitter_name"),
    )
    no_energy = absent("energy")
    no_cost = no_energy & absent("power")
    never = np.setdiff1d(names[no_cost], names[~no_cost])
    systems = [part.systems[rows] for part, rows in held]
    return DeviceCounts(
        results=len(names),
        of_benchmark={part.benchmark: len(rows) for part, rows in held},
        latencies_of={
            part.benchmark: int(np.count_nonzero(~np.isnan(part.values["latency"][rows]))) for part, rows in held
        },
        of_division={word: int(n) for word, n in zip(words["division"], divisions, strict=True) if n},
        systems=np.unique(np.concatenate(systems)) if systems else np.empty(0, np.int64),
        submitters=len(np.unique(codes("submitter"))),
        rounds=frozenset(words["round"][code] for code in np.unique(codes("round"))),
        with_energy=int(np.count_nonzero(~no_energy)),
        without_cost=int(np.count_nonzero(no_cost)),
        never_measured=tuple(sorted(words["submitter_name"][code] for code in never)),
        without_quality=int(np.count_nonzero(absent("quality"))),
    )  # fmt: skip


def lowest_latencies_of_rounds(slug: str, most: int) -> Iterator[RoundLatency]:
    """The ``most`` lowest latencies of a device on each benchmark in each round, with framework and submitter."""
    for part in current_snapshot().parts.values():
        rows = rows_of(part, slug)
        rows = rows[~np.isnan(part.values["latency"][rows])]
        rounds = part.codes["round"][rows]
        order = np.lexsort((part.values["latency"][rows], rounds))
        _, first, sizes = np.unique(rounds[order], return_index=True, return_counts=True)
        place = np.arange(len(order)) - np.repeat(first, sizes)
        for row in rows[order[place < most]].tolist():
            words = {
                name: part.words[name][part.codes[name][row]]
                for name in ("round", "framework", "submitter_name")
            }
            title = f"{words['framework'] or 'software not stated'}, {words['submitter_name']}"
            yield RoundLatency(part.benchmark, words["round"], float(part.values["latency"][row]), title)


def lowest_runs(slug: str) -> Iterator[tuple[str, str, str, list[int]]]:
    """(metric, comparison group, benchmark, runs) of the lowest closed values of a device; several runs tie."""
    for part in current_snapshot().parts.values():
        rows = rows_of(part, slug)
        rows = rows[part.codes["division"][rows] == _closed(part)] if len(rows) else rows
        for metric, sort in SORT_OF.items():
            own = rows[~np.isnan(part.values[sort][rows])]
            grouped = part.groups(metric) if len(own) else None
            groups = np.zeros(len(own), np.int16) if grouped is None else grouped[0][own]
            names = part.group_names(metric) if len(own) else []
            for group in np.unique(groups[groups != NO_GROUP]):
                alike = own[groups == group]
                values = part.values[sort][alike]
                yield metric, names[group], part.benchmark, part.runs[alike[values == values.min()]].tolist()


def lowest_values() -> LowestValues:
    """The lowest closed values of all devices. Worked out once per benchmark and change of its results."""
    return kept_until_a_change("lowest of devices", _lowest_values)


def _lowest_values() -> LowestValues:
    held: dict[str, dict[str, dict[str, dict[str, float]]]] = {metric: {} for metric in SORT_OF}
    classes: dict[str, str] = {}
    for part in current_snapshot().parts.values():
        if "lowest of devices" not in part.kept:
            part.kept["lowest of devices"] = list(_lowest_of(part))
        for metric, group, device, device_class, value in part.kept["lowest of devices"]:  # type: ignore[attr-defined]
            classes[device] = device_class
            held[metric].setdefault(group, {}).setdefault(device, {})[part.benchmark] = value
    return LowestValues(held, classes)


def _lowest_of(part: Part) -> Iterator[tuple[str, str, str, str, float]]:
    """(metric, comparison group, device, its class, lowest closed value) of one benchmark."""
    devices, kinds = part.words["device"], part.words["class"]
    closed = part.codes["division"] == _closed(part)
    for metric, sort in SORT_OF.items():
        values, grouped = part.values[sort], part.groups(metric)
        rising = part.order(sort, Direction.LOWER)
        rows = rising[picked(closed & ~np.isnan(values), rising)]
        names = [ANY] if grouped is None else grouped[1]
        groups = np.zeros(len(rows), np.int64) if grouped is None else grouped[0][rows].astype(np.int64)
        rows, groups = rows[groups != NO_GROUP], groups[groups != NO_GROUP]
        lowest = np.full(len(names) * len(devices), -1)
        # Written from the greatest value down: what stands in the end is the row of the lowest.
        lowest[(groups * len(devices) + part.codes["device"][rows])[::-1]] = rows[::-1]
        for cell in np.flatnonzero(lowest >= 0).tolist():
            group, device = divmod(cell, len(devices))
            row = lowest[cell]
            yield metric, names[group], devices[device], kinds[part.codes["class"][row]], float(values[row])


def _closed(part: Part) -> int:
    """The code of the closed division, -1 where it has no result."""
    code = part.code("division", "closed")
    return -1 if code is None else code


def _by_device(part: Part) -> tuple[Rows, npt.NDArray[np.int64]]:
    """All rows, those of one device together, and where each device begins."""
    if "by device" not in part.kept:
        codes = part.codes["device"]
        order = np.argsort(codes, kind="stable").astype(np.int32)
        starts = np.searchsorted(codes[order], np.arange(len(part.words["device"]) + 1))
        part.kept["by device"] = order, starts
    return part.kept["by device"]  # type: ignore[return-value]
