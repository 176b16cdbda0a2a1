"""The best scores of a device: which system has each, over how many benchmarks, and why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from results.models import System
from results.presentation import fixed_number
from results.selectors.device_report import DeviceBest, DeviceReport

NAMES = {"latency_ms": "Latency", "energy_uj_per_inf": "Energy", "memory": "Memory"}


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """One metric: the score, or ``k of n`` where there is none; the system that stands for the device; the reason."""

    name: str
    value: str
    has_score: bool
    coverage: str
    system: System | None
    why: str


def score_cards(report: DeviceReport) -> list[ScoreCard]:
    """Latency, energy and memory in this order; no card for a device without a result."""
    if not report.detail.entries:
        return []
    return [_card(best) for best in report.best]


def best_data(report: DeviceReport) -> list[dict[str, object]]:
    """The same as data; ``score`` is null without full coverage."""
    return [
        {
            "metric": best.metric,
            "score": best.score.score if best.score else None,
            "covered": best.covered,
            "of": best.of,
            "system": best.row.system.pk if best.row else None,
            "system_id": best.row.system.system_id if best.row else None,
            "reason": best.reason or None,
        }
        for best in report.best
    ]


def _card(best: DeviceBest) -> ScoreCard:
    coverage = f"{best.covered} of {best.of}"
    value = best.score.score if best.score else None
    return ScoreCard(
        name=NAMES[best.metric],
        value=fixed_number(value, 2) if value is not None else coverage,
        has_score=value is not None,
        coverage=coverage,
        system=best.row.system if best.row else None,
        why=best.reason,
    )
