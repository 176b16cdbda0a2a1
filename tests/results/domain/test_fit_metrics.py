"""What the finder can limit and rank by."""

from __future__ import annotations

from results.domain.fit_metrics import FIT_METRICS, FRONT_METRICS, LIMIT_PARAMETERS, OBJECTIVES
from results.domain.metrics import Direction


def test_every_limit_objective_and_front_is_of_a_known_metric() -> None:
    assert {limit.metric for limit in LIMIT_PARAMETERS.values()} <= FIT_METRICS.keys()
    assert set(OBJECTIVES) | set(FRONT_METRICS) <= FIT_METRICS.keys()
    assert all(name == metric.name for name, metric in FIT_METRICS.items())


def test_a_limit_is_a_least_where_more_is_better() -> None:
    for limit in LIMIT_PARAMETERS.values():
        direction = FIT_METRICS[limit.metric].direction
        if direction is not Direction.NONE:
            assert limit.is_least == (direction is Direction.HIGHER), limit.name
        assert limit.name.endswith("_min" if limit.is_least else "_max")


def test_only_counted_errors_may_be_limited_to_nothing() -> None:
    assert [limit.name for limit in LIMIT_PARAMETERS.values() if limit.zero_allowed] == ["quality_max"]


def test_what_a_device_has_is_no_merit_of_a_result() -> None:
    of_device = {name for name, metric in FIT_METRICS.items() if metric.of_device}
    assert of_device == {"ram", "flash"}
    assert not of_device & set(FRONT_METRICS)
    assert not of_device & set(OBJECTIVES)
