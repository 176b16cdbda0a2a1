from __future__ import annotations

import pytest

from results.domain.metrics import is_better, lower_is_better_value


def test_better_follows_the_direction_of_the_metric():
    assert is_better("latency_ms", 1.0, 2.0)
    assert is_better("auc", 0.9, 0.8)
    assert not is_better("auc", 0.8, 0.8)


def test_a_condition_is_not_ranked():
    with pytest.raises(ValueError, match="no direction"):
        is_better("supply_voltage_mv", 1800, 3000)


def test_every_objective_can_be_minimised():
    assert lower_is_better_value("top1_pct", 85.0) == -85.0
    assert lower_is_better_value("energy_uj_per_inf", 85.0) == 85.0
