"""Strengths and neighbours of a device, as its page prints them and its data give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.analysis.places import Place
from results.analysis.ranking import BAND_TOLERANCE
from results.domain.metrics import METRICS
from results.domain.score_metrics import COMMON_SET
from results.models import Device, DeviceClass, LeaderboardEntry
from results.presentation import Cell, aligned_column, fixed_number, times_text
from results.selectors.device_field import Best, DeviceField, NeighbourRow, Strength

_BETTER = {"latency_ms": ("faster", "slower"), "energy_uj_per_inf": ("less energy", "more energy")}
_NOUNS = {"latency_ms": "latency", "energy_uj_per_inf": "energy"}


@dataclass(frozen=True, slots=True)
class StrengthLine:
    """One row of the table of strengths. ``against_median`` is in words, empty where no other device was measured."""

    best: Best
    metric: str
    unit: str
    number: Cell
    in_class: str
    among_all: str
    against_median: str


@dataclass(frozen=True, slots=True)
class RatioCell:
    """Neighbour ÷ device on one benchmark, with the neighbour's result; both empty where it was not measured."""

    text: str
    public_id: str


@dataclass(frozen=True, slots=True)
class NeighbourLine:
    """One row of the table of neighbours; ``energy`` is empty where there is no distance."""

    row: NeighbourRow
    factor: str
    shared: int
    ratios: tuple[RatioCell, ...]
    energy: str
    energy_label: str


def strength_lines(field: DeviceField, device: Device) -> list[StrengthLine]:
    """The strengths in their order, latencies and energies each aligned in their column."""
    columns = {
        metric: iter(aligned_column(s.best.value for s in field.strengths if s.best.metric == metric))
        for metric in _NOUNS
    }
    label = DeviceClass(device.device_class).label
    return [
        StrengthLine(
            best=strength.best,
            metric=_metric_words(strength),
            unit=METRICS[strength.best.metric].unit,
            number=next(columns[strength.best.metric]),
            in_class=f"{strength.in_class.rank} of {strength.in_class.of} {label}",
            among_all=f"{strength.among_all.rank} of {strength.among_all.of}",
            against_median=against_median(strength.among_all, strength.best.metric),
        )
        for strength in field.strengths
    ]


def strength_sentence(field: DeviceField) -> str:
    """On which benchmark the device stands best and least well against the median; empty when there are not two."""
    placed = [
        strength
        for strength in field.strengths
        if strength.best.metric == "latency_ms" and strength.among_all.times_median is not None
    ]
    if len(placed) < 2:
        return ""
    ordered = sorted(placed, key=lambda strength: strength.among_all.times_median or 0.0)
    first, last = ordered[0], ordered[-1]
    return (
        f"By latency it stands best on {_said(first)}, and least well on {_said(last)}, "
        "each against the median of all devices measured."
    )


def against_median(place: Place, metric: str) -> str:
    """``2.4 times faster``, ``1.3 times more energy``; a ratio within the tolerance is ``at the median``."""
    times = place.times_median
    if times is None:
        return ""
    if max(times, 1 / times) <= 1 + BAND_TOLERANCE:
        return "at the median"
    better, worse = _BETTER[metric]
    return f"{times_text(max(times, 1 / times))} times {better if times < 1 else worse}"


def neighbour_lines(rows: Sequence[NeighbourRow]) -> list[NeighbourLine]:
    """The neighbours in their order, with a ratio per benchmark of the common set."""
    return [
        NeighbourLine(
            row=row,
            factor=_ratio(row.latency.factor),
            shared=row.latency.shared,
            ratios=tuple(_ratio_cell(row, name) for name in COMMON_SET),
            energy=_ratio(row.energy.factor) if row.energy else "",
            energy_label=f"{row.energy_label}, {row.energy.shared} benchmarks" if row.energy else "",
        )
        for row in rows
    ]


def strength_data(field: DeviceField) -> list[dict[str, object]]:
    """Strengths as data; ranks are bands with both ends, ``times_median`` is value ÷ median."""
    return [
        {
            "benchmark": strength.best.entry.benchmark,
            "metric": strength.best.metric,
            "value": strength.best.value,
            "result": strength.best.entry.public_id,
            "group": strength.group_label or None,
            "in_class": place_data(strength.in_class),
            "among_all": place_data(strength.among_all),
        }
        for strength in field.strengths
    ]


def neighbour_data(field: DeviceField) -> list[dict[str, object]]:
    """Neighbours as data; distances are root mean squares of ln(neighbour ÷ device)."""
    return [
        {
            "device": row.slug,
            "name": row.name,
            "class": row.device_class,
            "latency_distance": row.latency.value,
            "latency_ratios": dict(row.latency.ratios),
            "results": {benchmark: best.entry.public_id for benchmark, best in row.results.items()},
            "energy_distance": row.energy.value if row.energy else None,
            "energy_ratios": dict(row.energy.ratios) if row.energy else None,
            "energy_group": row.energy_label or None,
        }
        for row in field.neighbours
    ]


def place_data(place: Place) -> Mapping[str, object]:
    """A place as data, its rank band with both ends."""
    return {
        "rank_first": place.rank.first,
        "rank_last": place.rank.last,
        "of": place.of,
        "times_median": place.times_median,
    }


def _metric_words(strength: Strength) -> str:
    noun = _NOUNS[strength.best.metric]
    return f"{noun}, {strength.group_label}" if strength.group_label else noun


def _said(strength: Strength) -> str:
    words = against_median(strength.among_all, strength.best.metric)
    return f"{strength.best.entry.benchmark} ({words})"


def _ratio_cell(row: NeighbourRow, benchmark: str) -> RatioCell:
    if benchmark not in row.latency.ratios:
        return RatioCell("", "")
    return RatioCell(_ratio(row.latency.ratios[benchmark]), row.results[benchmark].entry.public_id)


def neighbour_entries(neighbours: Sequence[NeighbourRow]) -> list[LeaderboardEntry]:
    """The results of other devices whose figures stand on the page."""
    return [best.entry for row in neighbours for best in row.results.values()]


def _ratio(value: float) -> str:
    return f"×{fixed_number(value, 2 if value < 10 else 0)}"
