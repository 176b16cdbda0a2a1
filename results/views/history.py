"""What became of a result after publication: the banner, the log, who measured the same again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from results.domain.metrics import METRICS
from results.models import Measurement, ResultChange, Run
from results.presentation import fixed_number
from results.selectors.result import ResultDetail
from results.services.changes import values_sentence
from results.views.evidence import figure

COMPARED_METRICS = ("latency_ms", "energy_uj_per_inf", "average_power_mw", "top1_pct", "auc")
"""What stands beside each other for a reproduction, in order."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One entry of the log as it is shown; ``values`` says old and new values in a sentence."""

    change: ResultChange
    values: str


@dataclass(frozen=True, slots=True)
class Banner:
    """Why a result no longer counts. ``sentence`` says what happened, without its full stop."""

    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReproductionTable:
    """Metrics by rows, runs by columns. ``rows``: (metric, value of this result, ((value, difference), …))."""

    runs: tuple[Run, ...]
    rows: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


_SENTENCES = {
    Run.Status.WITHDRAWN: "This result was withdrawn after publication",
    Run.Status.REMOVED: "This result was removed after an objection",
    Run.Status.MOVED: "This result was moved to the open division",
}


def banner(detail: ResultDetail) -> Banner | None:
    """None for a result that counts."""
    if detail.counted:
        return None
    status = Run.Status(detail.run.status)
    return Banner(status.value, _SENTENCES[status])


def change_rows(changes: Iterable[ResultChange]) -> list[ChangeRow]:
    """Entries of the log with their old and new values in words."""
    return [ChangeRow(change, values_sentence(change.data.get("values", []))) for change in changes]


def change_json(change: ResultChange) -> dict[str, object]:
    """One entry of the log as data."""
    return {
        "id": change.pk,
        "result": change.result,
        "benchmark": change.benchmark,
        "round": change.round,
        "kind": change.kind,
        "at": change.at.isoformat(),
        "actor": change.actor,
        "text": change.text,
        "rule_code": change.rule_code or None,
        "address": change.address or None,
        "values": [
            {"metric": metric, "old": old, "new": new} for metric, old, new in change.data.get("values", [])
        ],
        "moved_to": change.data.get("to"),
        "moved_from": change.data.get("from"),
        "reproduced_by": change.data.get("by"),
    }


def reproduction_table(detail: ResultDetail) -> ReproductionTable | None:
    """The values of a result and of its reproductions; None when nobody has measured it again."""
    if not detail.reproductions:
        return None
    others = [{row.metric: row for row in run.measurements.all()} for run in detail.reproductions]
    rows = tuple(
        (METRICS[metric].name, figure(own), tuple(_beside(own, other.get(metric)) for other in others))
        for metric in COMPARED_METRICS
        if (own := detail.measurements.get(metric))
    )
    return ReproductionTable(detail.reproductions, rows)


def differences(own: Mapping[str, Measurement], other: Mapping[str, Measurement]) -> dict[str, float]:
    """By how many per cent the other values lie above (below: negative) the own ones, metric by metric."""
    return {
        metric: 100 * (other[metric].value / own[metric].value - 1)
        for metric in COMPARED_METRICS
        if metric in own and metric in other and own[metric].value
    }


def _beside(own: Measurement, other: Measurement | None) -> tuple[str, str]:
    if other is None:
        return "", ""
    gap = differences({own.metric: own}, {own.metric: other}).get(own.metric)
    if gap is None:
        return figure(other), ""
    return figure(other), f"{'−' if gap < 0 else '+'}{fixed_number(abs(gap), 1)} %"
