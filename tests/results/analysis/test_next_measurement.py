"""The measurement that says most: its closed form against plain conditioning, and against the engine's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.analysis.projection.cells import Cells, cells_of
from results.analysis.projection.gaussian_process import GaussianProcess
from results.analysis.projection.next_measurement import JITTER, gains, posterior


def covariance(size: int, seed: int) -> np.ndarray:
    factor = np.random.default_rng(seed).normal(size=(size, size + 2))
    return factor @ factor.T


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 9), st.integers(0, 10_000), st.data())
def test_what_is_taken_away_is_the_variance_before_less_that_after(
    size: int, seed: int, data: st.DataObject
) -> None:
    prior = covariance(size, seed)
    noise = np.random.default_rng(seed + 1).uniform(0.01, 2.0, size)
    own = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=size - 1, unique=True))
    others = [row for row in range(size) if row not in own]
    observed = prior[np.ix_(own, own)] + np.diag(noise[own] + JITTER)
    after = prior - prior[:, own] @ np.linalg.inv(observed) @ prior[own]
    (gain,) = gains(prior, noise, [np.array(own)])
    assert gain.removed == pytest.approx(
        np.diag(prior)[others].sum() - np.diag(after)[others].sum(), abs=1e-7
    )
    assert 0 <= gain.share <= 1
    assert gain.factor_after <= gain.factor_before


@given(st.integers(3, 9), st.integers(0, 10_000))
def test_the_best_comes_first_and_less_noise_never_says_less(size: int, seed: int) -> None:
    prior = covariance(size, seed)
    candidates = [np.array([row]) for row in range(size)]
    noisy, quiet = (gains(prior, np.full(size, level), candidates) for level in (1.0, 0.1))
    assert [gain.removed for gain in noisy] == sorted((gain.removed for gain in noisy), reverse=True)
    by_candidate = {gain.candidate: gain.removed for gain in noisy}
    assert all(gain.removed >= by_candidate[gain.candidate] - 1e-9 for gain in quiet)


def test_a_cell_that_nothing_depends_on_says_nothing() -> None:
    prior = np.diag([1.0, 2.0, 3.0])
    assert [gain.removed for gain in gains(prior, np.ones(3), [np.array([0]), np.array([1, 2])])] == [
        0.0,
        0.0,
    ]


def test_a_candidate_needs_a_cell() -> None:
    with pytest.raises(ValueError, match="candidate 1"):
        gains(np.eye(2), np.ones(2), [np.array([0]), np.array([], int)])


MODELS = {"a": (1e5, 2e5), "b": (1e6, 3e6), "c": (2e6, 9e6), "d": (4e6, 2e7), "e": (8e6, 1e7)}


def table(target: bool = True) -> Cells:
    """Five networks on six boards; without ``target`` all are unknown."""
    rng = np.random.default_rng(7)
    rows = [
        {"model": model, "device": f"board-{k}|x", "device_group": f"board-{k}", "class": "mcu", "stack": f"s{k % 2}",
         "target": (macs / 1e5) ** 0.9 * (k + 1) * float(np.exp(rng.normal(0, 0.1))) if target else None,
         "model_macs_conv": conv, "model_macs_pointwise": macs, "model_weight_bytes": macs / 10}
        for k in range(6)
        for model, (macs, conv) in MODELS.items()
    ]  # fmt: skip
    return cells_of(rows)


def test_the_engine_is_as_much_surer_afterwards_as_was_told_whatever_the_value_is() -> None:
    everything = table()
    known = [
        row
        for row in range(len(everything))
        if everything.device[row] != "board-5|x" or everything.model[row] == "a"
    ]
    hidden = [row for row in range(len(everything)) if row not in known]
    process = GaussianProcess(max_rows=60, iterations=5).fit(everything.take(known))
    asked = everything.take(hidden)
    before, noise = posterior(process, asked)
    for candidate in range(len(hidden)):
        (gain,) = gains(before, noise, [np.array([candidate])])
        others = [k for k in range(len(hidden)) if k != candidate]
        for value in (0.1, 40.0):
            learned = everything.take([*known, hidden[candidate]])
            target = learned.log_target.copy()
            target[-1] = np.log(value)
            after, _ = posterior(process.condition(replace(learned, log_target=target)), asked)
            told = np.diag(before)[others].sum() - gain.removed
            assert np.diag(after)[others].sum() == pytest.approx(told, rel=1e-4, abs=1e-7)
