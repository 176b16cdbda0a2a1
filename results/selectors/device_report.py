"""Everything that the page of a device says, read once: the page, its data and the API are made from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.models import Benchmark, Device, DeviceScore, Division
from results.services.scores import COMMON_SET

from .device import DeviceDetail, SystemRow, device_detail
from .device_field import DeviceField, device_field
from .device_gaps import Gap, gaps
from .device_roofline import DeviceRoofline, device_roofline

NO_MEMORY = "no result states its peak RAM or the bytes of its model"


@dataclass(frozen=True, slots=True)
class DeviceBest:
    """The system that stands for the device in one metric: that of the greatest score, a closed one before an open
    one; where no system has a score, the best covered one.

    ``row`` and ``score`` are None where no system has a value of the metric; ``reason`` says in words why there is
    no score, else it is empty. ``covered`` of ``of`` benchmarks of the common set compare with the reference.
    """

    metric: str
    row: SystemRow | None
    score: DeviceScore | None
    covered: int
    of: int
    reason: str


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """A device with its results, its best scores, its place among the others, its roofline, and what is missing."""

    detail: DeviceDetail
    benchmarks: tuple[Benchmark, ...]
    best: tuple[DeviceBest, ...]
    field: DeviceField
    roofline: DeviceRoofline
    gaps: tuple[Gap, ...]

    @property
    def device(self) -> Device:
        return self.detail.device

    @property
    def only_open(self) -> bool:
        """Whether there are results and all of them are in the open division."""
        entries = self.detail.entries
        return bool(entries) and all(entry.division == "open" for entry in entries)


def device_report(slug: str) -> DeviceReport:
    """The report of one device; Device.DoesNotExist when there is none. Nine queries whatever it holds."""
    detail = device_detail(slug)
    benchmarks = tuple(Benchmark.objects.select_related("reference_model"))
    latency = _best(detail.systems, "latency_ms")
    roofline = device_roofline(detail, latency.row, benchmarks)
    return DeviceReport(
        detail=detail,
        benchmarks=benchmarks,
        best=(
            latency,
            _best(detail.systems, "energy_uj_per_inf"),
            DeviceBest("memory", None, None, 0, len(COMMON_SET), NO_MEMORY),
        ),
        field=device_field(detail.device, [benchmark.pk for benchmark in benchmarks]),
        roofline=roofline,
        gaps=tuple(gaps(detail, benchmarks, roofline.refusal)),
    )


def _best(rows: Sequence[SystemRow], metric: str) -> DeviceBest:
    held = [(row, row.scores[metric]) for row in rows if metric in row.scores]
    if not held:
        return DeviceBest(metric, None, None, 0, len(COMMON_SET), "not measured")
    row, score = max(held, key=_standing)
    if not score.covered and score.score is None:
        return DeviceBest(metric, None, None, 0, score.of, score.reason or "not measured")
    return DeviceBest(metric, row, score, score.covered, score.of, score.reason)


def _standing(pair: tuple[SystemRow, DeviceScore]) -> tuple[bool, int, bool, float, int]:
    row, score = pair
    closed = row.system.publication.division == Division.CLOSED
    return (score.score is not None, score.covered, closed, score.score or 0.0, -row.system.pk)
