"""What a badge says of a result: benchmark, value, round, division, and who stands behind it."""

from __future__ import annotations

from results.domain.metrics import METRICS
from results.models import Provenance, Run
from results.selectors.result import ResultDetail
from results.views.evidence import figure

_VALUES = ("latency_ms", "energy_uj_per_inf", "average_power_mw", "top1_pct", "auc")
"""The first of them that the result has is its value."""


def badge_texts(detail: ResultDetail) -> tuple[str, str, str]:
    """Left field, right field and tone. A result that no longer counts shows no value."""
    run, publication = detail.run, detail.run.system.publication
    reviewed = publication.provenance == Provenance.REVIEWED
    # Only what MLCommons reviewed may carry the name of its suite.
    rules = f"MLPerf Tiny {publication.round_id}" if reviewed else f"rules of {publication.round_id}"
    left = f"{rules} {publication.division} {run.benchmark_id}"
    if not detail.counted:
        return (
            left,
            {"moved": "moved to the open division"}.get(run.status, Run.Status(run.status).value),
            "removed",
        )
    held = detail.measurements
    metric = next((name for name in _VALUES if name in held), None)
    value = f"{METRICS[metric].name.lower()} {figure(held[metric])}" if metric else "no figure"
    if reviewed:
        return left, value, "plain"
    return left, f"{value}, not verified by MLCommons", "unreviewed"
