"""What became of a result after publication: the banner, the log, who measured the same again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from results.analysis.comparing import Answer, Comparison, compare
from results.domain.metrics import METRICS
from results.models import Measurement, ResultChange, Run
from results.presentation import fixed_number
from results.selectors.result import ResultDetail
from results.services.changes import values_sentence
from results.services.subjects import subject_of
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
    """Metrics by rows, runs by columns. ``rows``: (metric, value of this result, ((value, difference), …)).

    ``reasons`` are sentences that say why values stand beside each other without a difference.
    """

    runs: tuple[Run, ...]
    rows: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    reasons: tuple[str, ...]


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
    rows = []
    reasons: dict[str, None] = {}
    for metric in COMPARED_METRICS:
        own = detail.measurements.get(metric)
        if own is None:
            continue
        cells = []
        for other in detail.reproductions:
            value = next((row for row in other.measurements.all() if row.metric == metric), None)
            comparison = _comparison(metric, detail, other)
            if value and comparison and comparison.reasons:
                reasons.setdefault(f"{METRICS[metric].name}: {comparison.text}")
            cells.append(_beside(own, value, comparison))
        rows.append((METRICS[metric].name, figure(own), tuple(cells)))
    return ReproductionTable(detail.reproductions, tuple(rows), tuple(reasons))


def _comparison(metric: str, detail: ResultDetail, other: Run) -> Comparison | None:
    """What the rules say of the two; None while one of them waits for its recomputation."""
    entry = getattr(other, "entry", None)
    if detail.entry is None or entry is None:
        return None
    return compare(metric, subject_of(entry), subject_of(detail.entry))


def _beside(own: Measurement, other: Measurement | None, comparison: Comparison | None) -> tuple[str, str]:
    """The other value, and by how many per cent it lies above the own one where the two compare."""
    if other is None:
        return "", ""
    if comparison is None:
        return figure(other), ""
    if comparison.answer is Answer.NOT_COMPARABLE:
        return figure(other), "not compared"
    if not own.value:
        return figure(other), ""
    gap = 100 * (other.value / own.value - 1)
    return figure(other), f"{'−' if gap < 0 else '+'}{fixed_number(abs(gap), 1)} %"
