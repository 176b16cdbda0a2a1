"""The engine's algebra: closed forms against refitting, gradients against differences."""

from __future__ import annotations

import numpy as np
import pytest

from results.analysis.projection.gaussian_process import GaussianProcess, _Objective, leave_out_score

from .synthetic import cells, truths

CHANGES = {"models": 9, "boards": 5, "systems": 1, "energy": True}


@pytest.fixture(scope="module")
def fitted() -> GaussianProcess:
    return GaussianProcess(iterations=15).fit(cells(**CHANGES))


def test_leaving_a_block_out_in_closed_form_is_conditioning_on_the_rest(fitted) -> None:
    table, hidden = cells(**CHANGES), np.arange(10, 24)
    mean, sd = fitted.left_out(hidden, hidden)
    rest = fitted.condition(table.take(np.setdiff1d(np.arange(len(table)), hidden)))
    expected = rest.moments(table.take(hidden))
    assert mean == pytest.approx(expected[0], abs=1e-6)
    assert sd == pytest.approx(expected[1], rel=1e-4)


def test_full_anchor_in_closed_form_is_the_full_anchor_of_a_conditioned_process(fitted) -> None:
    table = cells(**CHANGES)
    own = np.flatnonzero(table.device == "b1s0")
    anchors, scored = own[:2], own[2:]
    rest = fitted.condition(table.take(np.setdiff1d(np.arange(len(table)), scored)))
    assert fitted.anchored_left_out(scored, scored, anchors) == pytest.approx(
        rest.anchored(table.take(scored)), abs=1e-6
    )


def test_a_full_anchor_scales_with_the_anchor(fitted) -> None:
    table = cells(**CHANGES)
    own = np.flatnonzero((table.device == "b1s0") & (table.metric == "latency"))
    log = table.log_target.copy()
    log[own[0]] += 0.5
    moved = type(table)(**{**table.__dict__, "log_target": log})
    rest = np.setdiff1d(np.arange(len(table)), own[1:])
    before, after = (fitted.condition(t.take(rest)).anchored(table.take(own[1:])) for t in (table, moved))
    # Both metrics of the anchor's cell are of one system; the latency anchor moves latencies by nearly all of 0.5.
    assert (after - before).mean() == pytest.approx(0.5, abs=0.1)


def test_the_objectives_gradient_is_its_derivative(fitted) -> None:
    table = cells(models=9, boards=4, systems=1, energy=True)
    process = GaussianProcess(iterations=1, factor_cells=3).fit(table)
    encoded = process.encoded_
    residual = table.log_target - encoded.base - process.means_[encoded.energy.astype(int)]
    objective = _Objective(process, encoded, residual)
    objective.grams = objective.grams.astype(np.float64)
    objective._sum = lambda sizes: (sizes @ objective.grams).reshape(len(residual), -1)
    objective._dots = lambda matrix: objective.grams @ matrix.ravel()
    objective.maximum()
    rng = np.random.default_rng(0)
    w = objective.centre + rng.normal(0, 0.1, len(objective.centre))
    _, gradient = objective(w)
    for position in rng.choice(len(w), 12, replace=False):
        step = np.zeros(len(w))
        step[position] = 1e-5
        difference = (objective(w + step)[0] - objective(w - step)[0]) / 2e-5
        assert gradient[position] == pytest.approx(difference, rel=1e-3, abs=1e-7)


def test_leave_out_score_of_single_rows_is_the_sum_of_their_densities() -> None:
    rng = np.random.default_rng(1)
    a = rng.normal(size=(5, 5))
    covariance, y = a @ a.T + np.eye(5), rng.normal(size=5)
    precision = np.linalg.inv(covariance)
    score, _ = leave_out_score(precision, precision @ y, [np.array([i]) for i in range(5)])
    expected = 0.0
    for i in range(5):
        rest = np.delete(np.arange(5), i)
        gain = np.linalg.solve(covariance[np.ix_(rest, rest)], covariance[rest, i])
        variance = covariance[i, i] - covariance[i, rest] @ gain
        expected += -0.5 * (y[i] - gain @ y[rest]) ** 2 / variance - 0.5 * np.log(variance)
    assert score == pytest.approx(expected / 5)


def test_half_of_a_known_matrix_gives_the_other_half_within_its_noise() -> None:
    changes = {"models": 12, "boards": 8, "systems": 2, "noise": 0.03}
    table, truth = cells(**changes), truths(**changes)
    seen = np.random.default_rng(1).random(len(table)) < 0.5
    process = GaussianProcess(iterations=30).fit(table.take(seen))
    mean, sd, _ = process.moments(table.take(~seen))
    assert np.median(np.abs(mean - truth[~seen])) < 0.03
    assert np.median(sd) < 0.1


def test_a_core_never_seen_is_far_less_certain() -> None:
    table = cells(models=9, boards=6, systems=1)
    new = table.label("core") == "c0"
    process = GaussianProcess(iterations=20).fit(table.take(~new))
    assert process.moments(table.take(new))[1].mean() > 2 * process.moments(table.take(~new))[1].mean()


def test_a_rate_is_projected_like_a_time() -> None:
    table = cells(models=10, boards=4, systems=1, noise=0.01)
    rate = type(table)(**{**table.__dict__, "log_target": -table.log_target})
    seen = np.arange(len(table)) % 4 != 0
    times, rates = (
        GaussianProcess(iterations=15).fit(t.take(seen)).moments(t.take(~seen))[0] for t in (table, rate)
    )
    assert rates == pytest.approx(-times, abs=1e-3)
