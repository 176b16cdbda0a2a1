"""Everything that the page of a device says, read once: the page, its data and the API are made from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from results.analysis.places import Place, score_place
from results.analysis.ranking import Interval
from results.domain.score_metrics import COMMON_SET
from results.models import Benchmark, Device, DeviceScore, Division

from .device import SCORED, DeviceDetail, SystemRow, device_detail
from .device_columns import kept_until_a_change
from .device_field import DeviceField, device_field
from .device_gaps import Gap, gaps
from .device_roofline import DeviceRoofline, device_roofline
from .scores import NO_MEMORY, interval_of

ScoreRow = tuple[str, int, str, Interval]
"""(metric, device, class of the device, score with its band)."""


@dataclass(frozen=True, slots=True)
class DeviceBest:
    """The system that stands for the device in one metric: that of the greatest score, a closed one before an open
    one; where no system has a score, the best covered one.

    ``low`` and ``high`` are the band of the score. ``in_class`` and ``among_all`` are its places among the greatest
    closed scores of all devices; None for a score that is open. ``row`` and ``score`` are None where no system has a value of the metric; ``reason`` says in words why there is
    no score, else it is empty. ``covered`` of ``of`` benchmarks of the common set compare with the reference.
    """

    metric: str
    row: SystemRow | None
    score: DeviceScore | None
    covered: int
    of: int
    reason: str
    low: float | None = None
    high: float | None = None
    in_class: Place | None = None
    among_all: Place | None = None


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
        counts = self.detail.counts
        return 0 < counts.results == counts.of_division.get(Division.OPEN, 0)


def device_report(slug: str) -> DeviceReport:
    """The report of one device; Device.DoesNotExist when there is none. Fourteen queries whatever it holds, and
    one more for the first device after a change of the data."""
    detail = device_detail(slug)
    closed = kept_until_a_change("closed scores", lambda: list(_closed_scores()))
    benchmarks = tuple(Benchmark.objects.select_related("reference_model"))
    latency = _placed(_best(detail, "latency_ms"), detail.device, closed)
    roofline = device_roofline(detail, latency.row, benchmarks)
    return DeviceReport(
        detail=detail,
        benchmarks=benchmarks,
        best=(
            latency,
            _placed(_best(detail, "energy_uj_per_inf"), detail.device, closed),
            _placed(_best(detail, "peak_ram_kib", NO_MEMORY), detail.device, closed),
        ),
        field=device_field(detail.device, [benchmark.pk for benchmark in benchmarks]),
        roofline=roofline,
        gaps=tuple(gaps(detail, benchmarks, roofline.refusal)),
    )


def _best(detail: DeviceDetail, metric: str, none: str = "not measured") -> DeviceBest:
    row = detail.best.get(metric)
    if row is None:
        return DeviceBest(metric, None, None, 0, len(COMMON_SET), none)
    score = row.scores[metric]
    if not score.covered and score.score is None:
        return DeviceBest(metric, None, None, 0, score.of, score.reason or "not measured")
    return DeviceBest(metric, row, score, score.covered, score.of, score.reason)


def _closed_scores() -> Iterator[ScoreRow]:
    """The greatest closed score of every device and metric. One query, with a search per device and metric."""
    greatest = {metric: _greatest_closed(metric) for metric in SCORED}
    for row in Device.objects.order_by().values("pk", "device_class", **greatest):
        for metric in SCORED:
            if row[metric] is not None:
                yield metric, row["pk"], row["device_class"], interval_of(DeviceScore(**row[metric]))


def _greatest_closed(metric: str) -> Any:
    """Score and band of a device's greatest closed score, None where it has none."""
    own = DeviceScore.objects.filter(
        device=OuterRef("pk"), metric=metric, division=Division.CLOSED, score__isnull=False
    ).order_by(F("score").desc(nulls_last=True))
    return Subquery(own.values(held=JSONObject(score="score", low="low", high="high"))[:1])


def _placed(best: DeviceBest, device: Device, closed: Sequence[ScoreRow]) -> DeviceBest:
    """``best`` with its band, and with its places where it is a closed score."""
    if best.row is None or best.score is None or best.score.score is None:
        return best
    own = interval_of(best.score)
    best = replace(best, low=own.low, high=own.high)
    if best.row.system.publication.division != Division.CLOSED:
        return best
    rivals = [
        (kind, score) for metric, pk, kind, score in closed if metric == best.metric and pk != device.pk
    ]
    return replace(
        best,
        in_class=score_place(own, [score for kind, score in rivals if kind == device.device_class]),
        among_all=score_place(own, [score for _, score in rivals]),
    )
