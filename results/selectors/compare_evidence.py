"""Where the measured values of a comparison stand in the submitted files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from results.domain.links import public_file_address
from results.models import Evidence, LeaderboardEntry

_QUALITIES = {"top1": "top1_pct", "auc": "auc", "fp_fn": "sww_false_positives"}
_METRICS = ("latency_ms", "energy_uj_per_inf", "average_power_mw", *_QUALITIES.values())


@dataclass(frozen=True, slots=True)
class StatedAt:
    """The place that a value was read from. ``path`` is that in the submission, lines count from 1; ``address`` is
    the line in the public repository, empty for results that have none."""

    path: str
    line: int | None
    last_line: int | None
    sha256: str
    address: str


Places = Mapping[tuple[int, str], StatedAt]
"""(run, metric of a line) → the first place of its evidence."""


def places_of(entries: Iterable[LeaderboardEntry]) -> Places:
    """The places of every measured value of ``entries``, which come with ``system__publication``: one query."""
    held = {entry.run_id: entry for entry in entries}
    found: dict[tuple[int, str], StatedAt] = {}
    rows = Evidence.objects.filter(measurement__run__in=held, measurement__metric__in=_METRICS)
    for one in rows.select_related("measurement").order_by("measurement_id", "position"):
        entry, metric = held[one.measurement.run_id], one.measurement.metric
        if metric == _QUALITIES.get(entry.quality_metric):
            metric = "quality"
        found.setdefault((entry.run_id, metric), _stated_at(one, entry))
    return found


def _stated_at(evidence: Evidence, entry: LeaderboardEntry) -> StatedAt:
    publication = entry.system.publication
    return StatedAt(
        evidence.path,
        evidence.line,
        evidence.last_line,
        evidence.sha256,
        public_file_address(
            publication.repository, publication.commit, evidence.path, evidence.line, evidence.last_line
        ),
    )
