"""The best scores of a device: which system has each, over how many benchmarks, and why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from results.domain.score_metrics import SCORE_METRICS
from results.models import DeviceClass, System
from results.presentation import fixed_number
from results.selectors.device_report import DeviceBest, DeviceReport
from results.views.device_standing import place_data

NAMES = {"latency_ms": "Latency", "energy_uj_per_inf": "Energy", "peak_ram_kib": "Memory"}


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """One metric: the score, or ``k of n`` where there is none; the system that stands for the device, and the address
    of its row among all systems; the reason."""

    name: str
    value: str
    has_score: bool
    band: str
    coverage: str
    place: str
    row_url: str
    system: System | None
    why: str


def score_cards(report: DeviceReport) -> list[ScoreCard]:
    """Latency, energy and memory in this order; no card for a device without a result."""
    if not report.detail.counts.results:
        return []
    label = DeviceClass(report.device.device_class).label
    return [_card(best, label) for best in report.best]


def best_data(report: DeviceReport) -> list[dict[str, object]]:
    """The same as data; ``score`` is null without full coverage."""
    return [
        {
            "metric": best.metric,
            "score": best.score.score if best.score else None,
            "score_low": best.low,
            "score_high": best.high,
            "in_class": place_data(best.in_class) if best.in_class else None,
            "among_all": place_data(best.among_all) if best.among_all else None,
            "covered": best.covered,
            "of": best.of,
            "system": best.row.system.pk if best.row else None,
            "system_id": best.row.system.system_id if best.row else None,
            "reason": best.reason or None,
        }
        for best in report.best
    ]


def _card(best: DeviceBest, device_class: str) -> ScoreCard:
    coverage = f"{best.covered} of {best.of}"
    value = best.score.score if best.score else None
    return ScoreCard(
        name=NAMES[best.metric],
        value=fixed_number(value, 2) if value is not None else coverage,
        has_score=value is not None,
        band=f"{fixed_number(best.low, 2)}–{fixed_number(best.high, 2)}" if best.low and best.high else "",
        coverage=coverage,
        place=_place_words(best, device_class),
        row_url=_row_url(best),
        system=best.row.system if best.row else None,
        why=best.reason,
    )


def _row_url(best: DeviceBest) -> str:
    """The row of the system on the page of scores; empty where no system stands for the device."""
    if best.row is None:
        return ""
    word = next(word for word, metric in SCORE_METRICS.items() if metric.id == best.metric)
    return f"{reverse('results:scores')}?metric={word}#system-{best.row.system.pk}"


def _place_words(best: DeviceBest, device_class: str) -> str:
    """``rank 9–10 of 17 devices, 5 of 11 MCU``; empty for an open score."""
    if best.among_all is None or best.in_class is None:
        return ""
    return (
        f"rank {best.among_all.rank} of {best.among_all.of} devices, "
        f"{best.in_class.rank} of {best.in_class.of} {device_class}"
    )
