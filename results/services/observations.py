"""The findings of the home page as rows: what results.analysis.observations makes of the closed results.

The database picks the few results that decide (the fastest of each software where there are several, the ends of each
device, one round), so that the work does not grow with how often the same was measured again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from results.analysis.comparability import Conditions, comparability
from results.analysis.observations import (
    ENERGY,
    KINDS,
    Result,
    latency_is_not_energy,
    mixed_energies,
    newest_round,
    software_alone,
    undecided_neighbours,
    zero_channels,
)
from results.analysis.observations import Observation as Observed
from results.analysis.uncertainty import Spread, spread
from results.catalog.reader import catalogue
from results.models import Benchmark, LeaderboardEntry, Observation

from .subjects import spread_of_windows, subject_of

_ENTRY = (
    "public_id", "benchmark", "round", "round_position", "division", "availability", "provenance", "energy_scope",
    "supply_voltage_mv", "evaluation_set", "clock_mhz", "device_slug", "device_short_name", "software", "framework",
    "precision", "neural_model", "submitter_slug", "duplicate_of", "latency_ms", "energy_uj_per_inf",
)  # fmt: skip
_WITH_RUN = (*_ENTRY, "run__windows", "run__performance_log_sha256")
_STACK = ("benchmark", "round", "availability", "device_slug", "clock_mhz", "framework", "software")
_DEVICE = ("benchmark", "device_slug")
_AGE = ("round_position", "availability", "software")
"""What tells two stacks of one device and clock apart."""


def observed() -> list[Observation]:
    """The rows that the entries of now support, not saved."""
    codes = {kind: code for code, kind in KINDS.items()}
    places = {code: place for place, code in enumerate(KINDS)}
    return [
        Observation(code=codes[type(one)], position=places[codes[type(one)]], values=_as_stored(asdict(one)))
        for one in observe()
        if one is not None
    ]


def write(rows: list[Observation]) -> bool:
    """Replace every row by ``rows``; False when they are the same."""
    held = {row.code: (row.position, row.values) for row in Observation.objects.all()}
    if held == {row.code: (row.position, row.values) for row in rows}:
        return False
    Observation.objects.all().delete()
    Observation.objects.bulk_create(rows)
    return True


def _as_stored(values: dict[str, object]) -> dict[str, object]:
    """``values`` as JSON gives them back: tuples are lists."""
    stored: dict[str, object] = json.loads(json.dumps(values))
    return stored


def observe() -> Iterator[Observed | None]:
    """Every observation that the entries of now support; None for one that they do not. Seven queries at most."""
    stacks = [
        _result(entry, spread(entry.latency_ms)) for entry in _fastest_of_stacks().iterator(chunk_size=2000)
    ]
    yield software_alone(stacks)
    yield zero_channels(stacks, _networks())
    yield _energy_order()
    of_round = _results_of_newest_round()
    yield mixed_energies(of_round)
    yield undecided_neighbours(of_round)


def _closed() -> QuerySet[LeaderboardEntry]:
    return LeaderboardEntry.objects.filter(division="closed")


def _fastest_of_stacks() -> QuerySet[LeaderboardEntry, Any]:
    """The fastest result of each software stack, of devices and clocks where there is another one to compare it with.

    A device at a clock that ran one software in one round says nothing of software. Others may be among them: they
    change no answer.
    """
    stacks = (
        _closed()
        .filter(duplicate_of="", latency_ms__isnull=False, clock_mhz__isnull=False)
        .exclude(software="")
    )
    pairs = list(
        stacks.order_by()
        .values("device_slug", "clock_mhz")
        .annotate(**{f"{end.name}_{name}": end(name) for name in _AGE for end in (Min, Max)})
        .filter(reduce(or_, (Q(**{f"Min_{name}__lt": F(f"Max_{name}")}) for name in _AGE)))
        .values_list("device_slug", "clock_mhz")
    )
    return (
        stacks.filter(
            device_slug__in={device for device, _ in pairs}, clock_mhz__in={clock for _, clock in pairs}
        )
        .order_by(*_STACK, "latency_ms", "public_id")
        .distinct(*_STACK)
        .values_list(*_ENTRY, named=True)
    )


def _networks() -> dict[str, tuple[str, int, int]]:
    """The reference network of each benchmark whose dense and effective MACs are known: slug and both counts."""
    known = {
        model.slug: (model.slug, model.macs, model.effective_macs)
        for model in catalogue().neural_models.values()
        if model.macs and model.effective_macs
    }
    chosen = Benchmark.objects.values_list("pk", "reference_model__slug")
    return {benchmark: known[slug] for benchmark, slug in chosen if slug in known}


def _energy_order() -> Observed | None:
    """The observation on latency and energy, within the comparison group of most results of all rounds."""
    both = _closed().filter(duplicate_of="", latency_ms__isnull=False, energy_uj_per_inf__isnull=False)
    counts: Counter[str] = Counter()
    conditions: dict[str, list[tuple[str, float | None]]] = {}
    counted = both.values_list("energy_scope", "supply_voltage_mv").annotate(count=Count("pk")).order_by()
    for scope, supply, count in counted:
        if group := comparability().group(ENERGY, Conditions("", scope, supply, "")):
            counts[group] += count
            conditions.setdefault(group, []).append((scope, supply))
    if not counts:
        return None
    group = max(sorted(counts), key=lambda name: counts[name])
    members = both.filter(
        energy_scope=conditions[group][0][0],
        supply_voltage_mv__in=[supply for _, supply in conditions[group]],
    ).values_list(*_WITH_RUN, named=True)
    ends = {
        entry.public_id: entry
        for column in ("latency_ms", "energy_uj_per_inf")
        for entry in members.order_by(*_DEVICE, column, "public_id").distinct(*_DEVICE)
    }
    return latency_is_not_energy(_results(ends.values()), group=group, total=counts[group])


def _results_of_newest_round() -> list[Result]:
    counted = (
        _closed()
        .filter(latency_ms__isnull=False)
        .values_list("round", "round_position")
        .annotate(count=Count("pk"))
        .order_by()
    )
    newest = newest_round({name: (position, count) for name, position, count in counted})
    if not newest:
        return []
    return _results(_closed().filter(round=newest).values_list(*_WITH_RUN, named=True).iterator())


def _results(entries: Iterable[Any]) -> list[Result]:
    """With the bands of the timed windows; the rows hold :data:`_WITH_RUN`."""
    return [
        _result(entry, _band(entry, "latency_ms"), _band(entry, ENERGY), entry.run__performance_log_sha256)
        for entry in entries
    ]


def _band(entry: Any, metric: str) -> Spread | None:
    value = getattr(entry, metric)
    return None if value is None else spread_of_windows(value, metric, entry.run__windows)


def _result(entry: Any, latency: Spread | None, energy: Spread | None = None, log: str = "") -> Result:
    return Result(
        subject=subject_of(entry),
        device_name=entry.device_short_name,
        framework=entry.framework,
        round_position=entry.round_position,
        latency=latency,
        energy=energy,
        log=log,
        repeats=bool(entry.duplicate_of),
    )
