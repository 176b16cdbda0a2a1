"""The list of devices: what was measured on each, its lowest latencies and its best scores."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from results.domain.device_query import BY_CLASS, DeviceQuery
from results.models import Device, DeviceClass, DeviceScore, Division, LeaderboardEntry, System
from results.querysets import ENERGY_MEASURED

from .device_columns import kept_until_a_change, lowest_latency_runs, results_of_devices

SCORE_SORTS = {"latency-score": "latency_ms", "energy-score": "energy_uj_per_inf"}


@dataclass(frozen=True, slots=True)
class BestLatency:
    """The lowest latency of a device on one benchmark in ms, with the result it is from.

    A closed result stands before an open one, whose network may be another.
    """

    value: float
    public_id: str
    division: str
    round: str


@dataclass(frozen=True, slots=True)
class BestScore:
    """The greatest score of one metric among the systems of a device, a closed one before an open one."""

    value: float
    system: int
    division: str


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device of the list. ``best`` maps a benchmark, ``scores`` a metric; what was not measured is absent."""

    device: Device
    results: int
    with_energy: int
    systems: int
    best: Mapping[str, BestLatency]
    scores: Mapping[str, BestScore]


@dataclass(frozen=True, slots=True)
class DeviceList:
    """``rows`` are the devices of the view that have results, in its order; the others follow by name.

    ``known`` are those without a result, ``uncurated`` those that only a submission names, with or without results.
    ``measured`` and ``per_class`` count the devices with results of the whole site.
    """

    rows: tuple[DeviceRow, ...]
    known: tuple[Device, ...]
    uncurated: tuple[DeviceRow, ...]
    measured: int
    per_class: Mapping[str, int]


def device_list(query: DeviceQuery) -> DeviceList:
    """The devices of a view. Two queries, two more for the first view after a change of the data; their answers grow
    with the devices and not with their results."""
    rows = _all_rows()
    measured = [row for row in rows if row.results]
    known = [row.device for row in rows if not row.results and row.device.curated and _in_class(row, query)]
    return DeviceList(
        rows=tuple(_in_order([row for row in measured if _matches(row, query)], query)),
        known=() if query.needs_results else tuple(known),
        uncurated=tuple(row for row in rows if not row.device.curated),
        measured=len(measured),
        per_class=Counter(row.device.device_class for row in measured),
    )


def devices_matching(devices: QuerySet[Device], query: DeviceQuery) -> QuerySet[Device]:
    """Those of ``devices`` that stand in the view of ``query``, whatever its sort."""
    entries = LeaderboardEntry.objects.filter(device_slug=OuterRef("slug"))
    if query.classes:
        devices = devices.filter(device_class__in=query.classes)
    if query.energy:
        measured = Exists(entries.filter(ENERGY_MEASURED))
        devices = devices.filter(measured if query.energy == "measured" else Exists(entries) & ~measured)
    for benchmark in query.benchmarks:
        devices = devices.filter(Exists(entries.filter(benchmark=benchmark, latency_ms__isnull=False)))
    return devices


def _all_rows() -> list[DeviceRow]:
    results, with_energy = dict(results_of_devices()), dict(results_of_devices(with_energy=True))
    best = kept_until_a_change("best latencies", _best_latencies)
    scores = kept_until_a_change("best scores", _best_scores)
    systems = dict(System.objects.order_by().values_list("device").annotate(number=Count("*")))
    return [
        DeviceRow(
            device=device,
            results=results.get(device.slug, 0),
            with_energy=with_energy.get(device.slug, 0),
            systems=systems.get(device.pk, 0),
            best=best.get(device.slug, {}),
            scores=scores.get(device.pk, {}),
        )
        for device in Device.objects.order_by("name")
    ]


def _best_latencies() -> dict[str, dict[str, BestLatency]]:
    best: dict[str, dict[str, BestLatency]] = defaultdict(dict)
    lowest = (
        LeaderboardEntry.objects.filter(run__in=lowest_latency_runs())
        # of several that are equal the one of the earliest round
        .order_by("round_position", "public_id")
        .values_list("device_slug", "benchmark", "latency_ms", "public_id", "division", "round")
    )
    for slug, benchmark, *values in lowest:
        best[slug].setdefault(benchmark, BestLatency(*values))
    return best


def _best_scores() -> dict[int, dict[str, BestScore]]:
    """By device and metric. One query, with a search per device, metric and division."""
    scores: dict[int, dict[str, BestScore]] = defaultdict(dict)
    found = {
        f"{metric}_of_{division}": _greatest(metric, division)
        for metric in SCORE_SORTS.values()
        for division in Division.values  # a closed one stands before an open one
    }
    for row in Device.objects.order_by().values("pk", **found):
        for name in found:
            metric, _, division = name.rpartition("_of_")
            if row[name] is not None:
                value = BestScore(row[name]["score"], row[name]["system"], division)
                scores[row["pk"]].setdefault(metric, value)
    return scores


def _greatest(metric: str, division: str) -> Subquery:
    """Score and system of a device's greatest score in a division, None where it has none."""
    own = DeviceScore.objects.filter(
        device=OuterRef("pk"), metric=metric, division=division, score__isnull=False
    ).order_by(F("score").desc(nulls_last=True), "-covered", "system_id")
    return Subquery(own.values(held=JSONObject(score="score", system="system_id"))[:1])


def _matches(row: DeviceRow, query: DeviceQuery) -> bool:
    energy = {None: True, "measured": row.with_energy > 0, "not-measured": row.with_energy == 0}[query.energy]
    return energy and _in_class(row, query) and all(name in row.best for name in query.benchmarks)


def _in_class(row: DeviceRow, query: DeviceQuery) -> bool:
    return not query.classes or row.device.device_class in query.classes


def _in_order(rows: Sequence[DeviceRow], query: DeviceQuery) -> Iterable[DeviceRow]:
    """In the order of the view; a device without the value stands last in either direction, equal ones by name."""
    rows = sorted(rows, key=lambda row: row.device.name.casefold())
    if query.sort_name == "name":
        return reversed(rows) if query.sort_turned else rows
    if query.sort_name == BY_CLASS:
        order = {value: k for k, value in enumerate(DeviceClass.values)}
        sign = -1 if query.sort_turned else 1
        return sorted(rows, key=lambda row: sign * order[row.device.device_class])
    values = {row.device.pk: _sort_value(row, query.sort_name) for row in rows}
    sign = -1 if query.sort_turned else 1
    held = [row for row in rows if values[row.device.pk] is not None]
    held.sort(key=lambda row: sign * (values[row.device.pk] or 0.0))
    return [*held, *(row for row in rows if values[row.device.pk] is None)]


def _sort_value(row: DeviceRow, name: str) -> float | None:
    """What a sort compares, the least first: latencies rise, scores and counts fall."""
    if name == "results":
        return -float(row.results)
    if name in SCORE_SORTS:
        score = row.scores.get(SCORE_SORTS[name])
        return -score.value if score else None
    best = row.best.get(name)
    return best.value if best else None
