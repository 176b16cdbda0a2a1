"""The method that ships: bands hold their level, what does not matter changes nothing, and it says when it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from results.analysis.projection.cells import Cells, cells_of
from results.analysis.projection.evaluation import figures, try_methods
from results.analysis.projection.holdout import Question
from results.analysis.projection.tinysite import TinySite

from .synthetic import cells

SMALL = {"models": 8, "boards": 5, "systems": 1}


def shifted(table: Cells, by: float) -> Cells:
    return Cells(**{**table.__dict__, "log_target": table.log_target + by})


@pytest.fixture(scope="module")
def split() -> tuple[Cells, Cells]:
    table = cells(**SMALL)
    seen = np.random.default_rng(0).random(len(table)) < 0.75
    return table.take(seen), table.take(~seen)


@pytest.fixture(scope="module")
def fitted(split) -> TinySite:
    return TinySite(("cell", "device:0", "device:1"), n_folds=3).fit(split[0])


def test_bands_hold_their_level_on_a_known_matrix() -> None:
    table = cells(models=9, boards=8, systems=1, noise=0.05)
    trial = try_methods(table, Question("cell"), n_folds=3)
    told = figures(table, trial)["tinysite"]
    assert told["mdape"] < 8
    assert 72 <= told["coverage80"] <= 90
    assert 83 <= told["coverage90"] <= 97


def test_bands_hold_their_level_without_any_feature() -> None:
    rng = np.random.default_rng(1)
    a, b, u, v = (
        rng.normal(0, 1, 36),
        rng.normal(0, 1, 5),
        rng.normal(0, 1, (36, 2)),
        rng.normal(0, 0.5, (5, 2)),
    )
    logs = a[:, None] + b + u @ v.T + rng.normal(0, 0.05, (36, 5))
    table = cells_of([{"model": f"m{m}", "device": f"d{d}", "target": float(np.exp(logs[m, d]))}
                      for m in range(36) for d in range(5) if rng.random() < 0.7])  # fmt: skip
    told = figures(table, try_methods(table, Question("cell"), n_folds=4))
    assert told["tinysite"]["mdape"] < told["additive"]["mdape"]
    assert told["tinysite"]["coverage80"] >= 70
    assert told["tinysite"]["coverage90"] >= 82


def test_units_of_the_target_scale_out(split, fitted) -> None:
    learn, ask = split
    other = TinySite(fitted.questions, n_folds=3).fit(shifted(learn, np.log(1000))).predict(ask, "cell")
    mine = fitted.predict(ask, "cell")
    assert other.log_median - np.log(1000) == pytest.approx(mine.log_median, abs=2e-3)
    assert other.log_half_90 == pytest.approx(mine.log_half_90, rel=0.05)


def test_order_of_rows_is_irrelevant_and_seeds_repeat(split, fitted) -> None:
    learn, ask = split
    shuffled = learn.take(np.random.default_rng(5).permutation(len(learn)))
    other = TinySite(fitted.questions, n_folds=3).fit(shuffled).predict(ask)
    mine = fitted.predict(ask)
    assert np.array_equal(other.log_median, mine.log_median)
    assert np.array_equal(other.log_half_80, mine.log_half_80)


def test_anchors_are_rows_of_the_table_that_was_given(split, fitted) -> None:
    learn, ask = split
    answer = fitted.predict(ask, "cell")
    related = [
        any(learn.model[i] == ask.model[row] or learn.device[i] == ask.device[row] for i in found)
        for row, found in enumerate(answer.anchors)
    ]
    assert np.mean(related) > 0.8


def test_predict_changes_nothing(split, fitted) -> None:
    before = fitted.predict(split[1])
    fitted.predict(split[0])
    assert np.array_equal(fitted.predict(split[1]).log_median, before.log_median)


def test_conditioning_takes_in_new_cells_and_leaves_the_old_projector_alone(split, fitted) -> None:
    ask = split[1]
    before = fitted.predict(ask, "cell").log_median
    new = cells(**SMALL)
    richer = fitted.condition(new).predict(ask, "cell").log_median
    assert np.abs(richer - ask.log_target).mean() < np.abs(before - ask.log_target).mean()
    assert np.array_equal(fitted.predict(ask, "cell").log_median, before)


def test_the_question_of_a_cell_is_what_was_never_measured_of_it(fitted) -> None:
    table = cells(**SMALL)
    seen = table.model[table.device == "b1s0"]
    one = table.take((table.device != "b1s0") | (table.model == seen[0]))
    none = table.take(table.device != "b1s0")
    ask = table.take((table.device == "b1s0") & (table.model == seen[3]))
    assert [fitted.condition(t).predict(ask).questions[0] for t in (one, none)] == ["device:1", "device:0"]


def test_nothing_to_learn_from_is_an_error_in_words() -> None:
    with pytest.raises(ValueError, match="more than one model and device are needed"):
        TinySite(("device:1",)).fit(cells(models=3, boards=1, systems=1))


def test_a_hold_out_that_was_not_fitted_is_named(split, fitted) -> None:
    with pytest.raises(ValueError, match="hold-out family was not fitted; there are cell"):
        fitted.predict(split[1], "family")


def test_the_interval_holds_the_median_and_grows_with_the_level(split, fitted) -> None:
    answer = fitted.predict(split[1])
    (low_80, high_80), (low_90, high_90) = answer.interval(80), answer.interval(90)
    assert (low_90 <= low_80).all()
    assert (low_80 < answer.median).all()
    assert (answer.median < high_80).all()
    assert (high_80 <= high_90).all()
    assert answer.claimable[np.array(answer.questions) == "cell"].all()
