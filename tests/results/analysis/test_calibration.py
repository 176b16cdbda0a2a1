from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.projection.calibration import coverage_curve


def test_normal_errors_with_bands_of_their_own_size_lie_on_the_diagonal() -> None:
    rng = np.random.default_rng(3)
    scale = rng.uniform(0.1, 0.5, 20_000)
    error = np.abs(rng.normal(0, scale))
    for point in coverage_curve(error, 1.2816 * scale, 1.6449 * scale):
        assert point.actual == pytest.approx(point.level, abs=1.2)


def test_stated_levels_use_the_stated_bands() -> None:
    error, half_80, half_90 = np.array([0.1, 0.3, 0.5, 0.9]), np.full(4, 0.3), np.full(4, 0.8)
    held = {point.level: point.held for point in coverage_curve(error, half_80, half_90) if point.stated}
    assert held == {80: 2, 90: 3}


@given(st.lists(st.floats(0, 3), min_size=1, max_size=40), st.floats(0.01, 1))
def test_wider_levels_hold_no_less_up_to_80(errors: list[float], half: float) -> None:
    size = np.full(len(errors), half)
    held = [point.held for point in coverage_curve(np.array(errors), size, 1.3 * size)]
    assert held == sorted(held)


@pytest.mark.parametrize(("errors", "half"), [([], []), ([0.1], [0.0]), ([0.1], [np.nan])])
def test_nothing_to_calibrate_with_is_an_error(errors: list[float], half: list[float]) -> None:
    with pytest.raises(ValueError, match=r"no cell|wider"):
        coverage_curve(np.array(errors), np.array(half), np.array(half))
