"""Quantiles, weights and figures on numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.analysis.projection.conformal import few_units, fit_bands
from results.analysis.projection.scoring import score, skill, typical_band
from results.analysis.projection.stacking import crossed, weights


def texts(*values: str) -> np.ndarray:
    return np.array(values, dtype=object)


def test_figures_of_four_projections() -> None:
    truth, said = np.log([100.0, 100.0, 100.0, 100.0]), np.log([105.0, 80.0, 130.0, 400.0])
    half = np.log([1.1, 1.1, 1.5, 1.5])
    found = score(truth, said, texts(*"dddd"), half, half)
    assert found["mdape"] == pytest.approx(25)
    assert (found["within10"], found["within25"], found["within50"]) == (25, 50, 75)
    assert found["coverage90"] == 50
    assert found["spearman"] is None  # all truths are equal


def test_rank_correlation_is_the_mean_over_devices_with_four_cells() -> None:
    truth = np.log([1.0, 2, 3, 4, 1, 2, 3, 4, 9])
    said = np.log([1.0, 2, 3, 4, 4, 3, 2, 1, 1])
    assert score(truth, said, texts(*"aaaabbbbc"))["spearman"] == pytest.approx(0)


def test_without_bands_there_is_no_coverage() -> None:
    found = score(np.zeros(3), np.zeros(3), texts(*"abc"), np.full(3, np.nan), np.full(3, np.nan))
    assert found["coverage80"] is None


def test_skill_is_the_error_taken_away() -> None:
    assert skill({"mdape": 5.0}, {"mdape": 20.0}) == 0.75
    assert skill({"mdape": 5.0}, {"mdape": 0.0}) is None


def test_typical_band_is_a_factor() -> None:
    assert typical_band(np.log([1.5, 2.0, 9.0])) == pytest.approx(2.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 3.0))
def test_bands_hold_their_level_on_fresh_errors_of_the_same_kind(seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    errors, fresh = rng.standard_t(4, 400) * spread, rng.standard_t(4, 2000) * spread
    bands = fit_bands(errors, np.ones(400), texts(*["g"] * 400))
    low, high = bands.half_widths(np.ones(2000), texts(*["g"] * 2000))
    assert 0.72 < (np.abs(fresh) <= low).mean() < 0.88
    assert 0.84 < (np.abs(fresh) <= high).mean() < 0.96


def test_a_scale_that_tells_large_errors_from_small_is_believed() -> None:
    rng = np.random.default_rng(0)
    scale = np.where(np.arange(400) % 2, 0.05, 1.0)
    bands = fit_bands(rng.normal(0, 1, 400) * scale, scale, texts(*["g"] * 400))
    assert bands.temper == 1.0
    noise = fit_bands(rng.normal(0, 1, 400), scale, texts(*["g"] * 400))
    assert noise.temper == 0.0


def test_a_small_group_takes_the_wider_of_its_own_and_all() -> None:
    errors = np.concatenate([np.full(100, 1.0), np.full(10, 0.1), np.full(10, 5.0)])
    groups = texts(*["many"] * 100, *["calm"] * 10, *["wild"] * 10)
    bands = fit_bands(errors, np.ones(120), groups)
    _, half = bands.half_widths(np.ones(3), texts("many", "calm", "wild"))
    assert half[1] >= 1.0
    assert half[2] >= 5.0


def test_few_residuals_claim_no_level() -> None:
    assert not fit_bands(np.ones(29), np.ones(29), texts(*["g"] * 29)).claimable
    assert fit_bands(np.ones(30), np.ones(30), texts(*["g"] * 30)).claimable


def test_few_units_widen_the_bands() -> None:
    plain, wide = (
        fit_bands(np.ones(50), np.ones(50), texts(*["g"] * 50), inflation=f) for f in ((1.0, 1.0), (1.2, 1.5))
    )
    ask = (np.ones(1), texts("g"))
    assert wide.half_widths(*ask)[1] == pytest.approx(1.5 * plain.half_widths(*ask)[1])


def test_the_next_of_three_units_is_told_by_students_quantile() -> None:
    low, high = few_units(3)
    assert low == pytest.approx(np.sqrt(4 / 3) * 1.8856 / 1.2816, rel=1e-3)
    assert high == pytest.approx(np.sqrt(4 / 3) * 2.9200 / 1.6449, rel=1e-3)
    assert few_units(10_000) == pytest.approx((1.0, 1.0), abs=1e-3)


def test_weights_go_to_the_member_that_errs_least_once_there_is_evidence() -> None:
    rng = np.random.default_rng(0)
    errors = rng.normal(0, [0.1, 1.0, 1.0], (500, 3))
    prior = np.array([0.1, 0.8, 0.1])
    assert weights(errors, prior, 500)[0] > 0.8
    assert weights(errors, prior, 1)[1] > 0.5
    assert weights(errors[:0], prior, 0) == pytest.approx(prior)


def test_opposite_errors_are_averaged_away() -> None:
    errors = np.random.default_rng(0).normal(0, 1, (300, 1)) @ np.array([[1.0, -1.0]])
    assert weights(errors, np.array([0.5, 0.5]), 300) == pytest.approx([0.5, 0.5], abs=0.02)


def test_crossed_errors_come_from_weights_that_did_not_see_them() -> None:
    errors = np.vstack([np.tile([0.0, 1.0], (40, 1)), np.tile([1.0, 0.0], (40, 1))])
    fold = np.repeat([0, 1], 40)
    assert crossed(errors, fold, np.array([0.5, 0.5]), 1000).mean() > 0.9
