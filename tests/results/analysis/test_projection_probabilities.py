"""Probabilities of meeting limits: what has to hold whatever the numbers are."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.projection import probabilities
from results.analysis.projection.probabilities import (
    Limits,
    LogNormal,
    average_powers_mw,
    chances,
    correlation,
    joint_draws,
)

positive = st.floats(1e-3, 1e5)
spreads = st.floats(0.01, 1.2)
quantities = st.builds(LogNormal, positive, spreads)


@given(quantities)
def test_the_median_is_met_with_one_half(quantity: LogNormal) -> None:
    assert quantity.at_most(quantity.median) == pytest.approx(0.5)


@given(quantities, positive, positive)
def test_a_wider_limit_is_never_less_probable(quantity: LogNormal, one: float, other: float) -> None:
    assert quantity.at_most(min(one, other)) <= quantity.at_most(max(one, other))


@given(quantities, positive, st.sampled_from([1e-3, 60.0, 1e3]))
def test_the_unit_does_not_matter(quantity: LogNormal, limit: float, factor: float) -> None:
    other = LogNormal(quantity.median * factor, quantity.log_sd)
    assert other.at_most(limit * factor) == pytest.approx(quantity.at_most(limit), abs=1e-9)


@given(quantities, positive)
def test_it_is_the_normal_distribution_of_the_logarithm(quantity: LogNormal, limit: float) -> None:
    known = statistics.NormalDist(math.log(quantity.median), quantity.log_sd).cdf(math.log(limit))
    assert quantity.at_most(limit) == pytest.approx(known, abs=1e-9)


def test_the_wider_of_the_two_bands_counts() -> None:
    by_80 = LogNormal.of_bands(10.0, 10 * math.exp(1.2815515655), 10 * math.exp(1.5))
    assert by_80.log_sd == pytest.approx(1.0)
    assert by_80.at_most(10 * math.exp(1.2815515655)) == pytest.approx(0.9)
    by_90 = LogNormal.of_bands(10.0, 11.0, 10 * math.exp(1.6448536270))
    assert by_90.log_sd == pytest.approx(1.0)


@given(quantities, quantities, positive, positive, st.floats(0.1, 100), st.floats(0, 50), positive)
def test_all_limits_together_are_no_more_probable_than_the_least_probable(
    latency: LogNormal, energy: LogNormal, ms: float, uj: float, fps: float, asleep: float, mw: float
) -> None:
    found = chances(latency, energy, Limits(ms, uj, fps, asleep, mw))
    assert found.all_met is not None
    assert 0 <= found.all_met <= found.least <= 1
    assert set(found.each) == {"latency_ms", "energy_uj", "fps", "average_power_mw"}


@given(quantities, quantities, positive, positive, st.floats(1, 10))
def test_all_together_grow_with_each_limit(
    latency: LogNormal, energy: LogNormal, ms: float, uj: float, more: float
) -> None:
    def together(ms: float, uj: float) -> float:
        found = chances(latency, energy, Limits(latency_ms=ms, energy_uj=uj)).all_met
        assert found is not None
        return found

    assert together(ms, uj) <= together(ms * more, uj)
    assert together(ms, uj) <= together(ms, uj * more)


@given(quantities, positive, st.floats(0.1, 1000))
def test_two_limits_on_the_latency_count_once(latency: LogNormal, ms: float, fps: float) -> None:
    found = chances(latency, None, Limits(latency_ms=ms, fps=fps))
    assert found.all_met == pytest.approx(latency.at_most(min(ms, 1000 / fps)))


def test_draws_are_the_same_at_every_call_and_have_the_stated_spread_and_correlation() -> None:
    latency, energy = LogNormal(20.0, 0.3), LogNormal(900.0, 0.5)
    times, energies = joint_draws(latency, energy)
    again = joint_draws(latency, energy)
    assert (times == again[0]).all()
    assert (energies == again[1]).all()
    assert len(times) == probabilities.DRAWS
    assert np.median(times) == pytest.approx(20.0, rel=0.01)
    assert np.log(energies).std() == pytest.approx(0.5, rel=0.05)
    found = np.corrcoef(np.log(times), np.log(energies))[0, 1]
    assert correlation(latency, energy) == pytest.approx(0.6)
    assert found == pytest.approx(0.6, abs=0.05)


def test_energies_whose_band_is_narrower_than_that_of_the_latency_move_with_it() -> None:
    assert correlation(LogNormal(1.0, 0.5), LogNormal(1.0, 0.2)) == 1.0


def test_a_draw_that_does_not_keep_up_has_no_average_power() -> None:
    powers = average_powers_mw(np.array([50.0, 150.0]), np.array([1000.0, 1000.0]), 10.0, 2.0)
    assert powers.tolist() == [11.0, math.inf]


def test_a_limit_on_energy_without_an_energy_has_no_probability() -> None:
    found = chances(LogNormal(10.0, 0.2), None, Limits(latency_ms=20.0, energy_uj=5.0))
    assert found.all_met is None
    assert set(found.each) == {"latency_ms"}


def test_without_a_limit_everything_meets_them_all() -> None:
    assert chances(LogNormal(10.0, 0.2), None, Limits()).all_met == 1.0


def test_an_impossible_posterior_and_a_power_without_sleep_are_refused() -> None:
    with pytest.raises(ValueError, match="positive median"):
        LogNormal(0.0, 0.1)
    with pytest.raises(ValueError, match="power asleep"):
        Limits(fps=1.0, average_power_mw=3.0)
