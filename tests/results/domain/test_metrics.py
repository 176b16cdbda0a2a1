"""The table of metrics: what everything else reads about units and directions."""

from __future__ import annotations

import pytest

from results.domain.metrics import ENERGY_METRICS, METRICS, Direction, MetricKind


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_what_describes_a_run_is_not_ranked_and_what_is_ranked_has_a_direction(metric) -> None:
    assert (metric.direction is Direction.NONE) == (metric.kind is MetricKind.CONDITION)


def test_only_counts_may_be_zero() -> None:
    assert {metric.id for metric in METRICS.values() if metric.zero_allowed} == {
        "sww_false_positives", "sww_false_negatives", "sww_true_positives",
    }  # fmt: skip


def test_energies_are_known_metrics() -> None:
    assert set(METRICS) >= ENERGY_METRICS
