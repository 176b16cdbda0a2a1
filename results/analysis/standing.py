"""Where a run that is not published would stand among published ones, and what of it is worth a second look.

Everything here is a statement about figures, never about people, and never a verdict: rules judge, this compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from results.domain.metrics import METRICS, Direction

from .comparability import Conditions, comparability
from .ranking import BAND_TOLERANCE, RankBand, rank_bands

COST_METRICS = ("latency_ms", "energy_uj_per_inf", "average_power_mw")
FAR_AHEAD = 3.0
"""So many times better than the best comparable result is worth a second look."""
_PER_INFERENCE = ("latency_ms", "energy_uj_per_inf")
_EXACT = ("throughput_inf_per_s", "energy_uj_per_inf")
"""Metrics with enough digits that two measurements do not meet by chance."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A run as far as it is compared; ``values`` by metric id in its unit, the quality under ``quality``.

    ``quality_metric`` is top1_pct, auc or fp_fn (counts of errors, where lower is better). ``device`` and
    ``device_class`` are empty where the device is not in the catalogue. ``public_id`` is empty for a run that is not
    published, ``log_sha256`` where there is no log.
    """

    conditions: Conditions
    values: Mapping[str, float]
    quality_metric: str
    division: str
    submitter: str
    device: str
    device_class: str
    public_id: str = ""
    label: str = ""
    log_sha256: str = ""

    def group(self, metric: str) -> str | None:
        """The comparison group of ``metric``; None when its value compares with nothing."""
        return comparability().group("top1" if metric == "quality" else metric, self.conditions)


@dataclass(frozen=True, slots=True)
class Standing:
    """The place of one value: ``rank`` of ``of``, itself included; None where it compares with nothing.

    ``group_label`` says in words among which values, empty when all of the benchmark compare.
    """

    metric: str
    value: float
    rank: RankBand | None
    of: int
    group_label: str


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Something about a run that a reader would want explained, with the figures that make it so.

    ``kind`` is far-ahead, same-log, same-digits or best-quality. ``value`` and ``other_value`` are of ``metric``; both
    None and ``metric`` empty where the logs speak. ``among`` is the device class of the comparison, empty for the same
    device. ``other`` is the published run that it is seen beside.
    """

    kind: str
    other: Standpoint
    metric: str = ""
    value: float | None = None
    other_value: float | None = None
    among: str = ""


def direction_of(metric: str, quality_metric: str) -> Direction:
    """Which way is better; a quality that counts errors is better when lower."""
    if metric == "quality":
        return Direction.LOWER if quality_metric == "fp_fn" else Direction.HIGHER
    return METRICS[metric].direction


def standing(run: Standpoint, metric: str, published: Iterable[Standpoint]) -> Standing | None:
    """Where the value of ``metric`` would rank among the published runs of the same benchmark and division.

    None when the run has no such value. Ranks are those of the leaderboard: bands of 2 % for costs, none for quality.
    """
    value = run.values.get(metric)
    if value is None:
        return None
    group = run.group(metric)
    if group is None:
        return Standing(metric, value, None, 0, "")
    rivals = [other.values[metric] for other in comparable(run, metric, published)]
    falling = direction_of(metric, run.quality_metric) is Direction.HIGHER
    ordered = sorted([value, *rivals], reverse=falling)
    bands = rank_bands(ordered, 0.0 if metric == "quality" else BAND_TOLERANCE)
    return Standing(metric, value, bands[ordered.index(value)], len(ordered), comparability().label(group))


def comparable(run: Standpoint, metric: str, published: Iterable[Standpoint]) -> list[Standpoint]:
    """The published runs of the same benchmark and division whose value of ``metric`` compares with that of ``run``."""
    group = run.group(metric)
    return [
        other
        for other in published
        if other.conditions.benchmark == run.conditions.benchmark
        and other.division == run.division
        and metric in other.values
        and group is not None
        and other.group(metric) == group
    ]


def second_looks(run: Standpoint, published: Sequence[Standpoint]) -> list[SecondLook]:
    """What of ``run`` is worth a second look, each with the figures that make it so."""
    return [
        *(look for metric in _PER_INFERENCE if (look := _far_ahead(run, metric, published)) is not None),
        *_same_log(run, published),
        *(look for metric in _EXACT if (look := _same_digits(run, metric, published)) is not None),
        *_best_quality(run, published),
    ]


def _far_ahead(run: Standpoint, metric: str, published: Iterable[Standpoint]) -> SecondLook | None:
    """Against the same device where it has comparable results, else against its class."""
    if metric not in run.values:
        return None
    rivals = comparable(run, metric, published)
    for name, own in (("device", run.device), ("device_class", run.device_class)):
        alike = [other for other in rivals if own and getattr(other, name) == own]
        if not alike:
            continue
        best = min(alike, key=lambda other: other.values[metric])
        value = run.values[metric]
        if value * FAR_AHEAD > best.values[metric]:
            return None
        among = "" if name == "device" else own
        return SecondLook("far-ahead", best, metric, value, best.values[metric], among)
    return None


def _same_log(run: Standpoint, published: Iterable[Standpoint]) -> list[SecondLook]:
    same = [other for other in published if run.log_sha256 and other.log_sha256 == run.log_sha256]
    return [SecondLook("same-log", other) for other in same[:1]]


def _same_digits(run: Standpoint, metric: str, published: Iterable[Standpoint]) -> SecondLook | None:
    """Two submitters with the same figure to the last digit; a shared log has been said already."""
    value = run.values.get(metric)
    for other in published:
        if (
            value is not None
            and other.conditions.benchmark == run.conditions.benchmark
            and other.submitter != run.submitter
            and other.values.get(metric) == value
            and not (run.log_sha256 and other.log_sha256 == run.log_sha256)
        ):
            return SecondLook("same-digits", other, metric, value, value)
    return None


def _best_quality(run: Standpoint, published: Iterable[Standpoint]) -> list[SecondLook]:
    rivals, value = comparable(run, "quality", published), run.values.get("quality")
    if value is None or not rivals:
        return []
    sign = -1 if direction_of("quality", run.quality_metric) is Direction.LOWER else 1
    best = max(rivals, key=lambda other: sign * other.values["quality"])
    if sign * value <= sign * best.values["quality"]:
        return []
    return [SecondLook("best-quality", best, "quality", value, best.values["quality"])]
