"""A round is projected without its values, frozen, and scored afterwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from results.analysis.projection.backtest import cells_sha256, freeze_round, score_round
from results.analysis.projection.cells import Cells

from .synthetic import cells


@pytest.fixture(scope="module")
def rounds() -> Cells:
    table = cells(models=5, boards=6, systems=1, energy=True, noise=0.02)
    names = {d: f"v{1 + i // 2}" for i, d in enumerate(sorted(set(table.device)))}
    labels = {**table.labels, "round": np.array([names[d] for d in table.device], dtype=object)}
    return replace(table, labels=labels)


@pytest.fixture(scope="module")
def frozen(rounds):
    return freeze_round(rounds, "v3", anchors=1)


def test_values_of_the_round_are_not_looked_at(rounds, frozen) -> None:
    hidden = np.zeros(len(rounds), bool)
    hidden[frozen.trial.rows] = True
    blind = replace(rounds, log_target=np.where(hidden, np.nan, rounds.log_target))
    again = freeze_round(blind, "v3", anchors=1)
    assert again.predictions_sha256 == frozen.predictions_sha256
    assert again.data_sha256 == frozen.data_sha256


def test_another_past_is_another_freeze(rounds, frozen) -> None:
    earlier = int(np.flatnonzero(rounds.labels["round"] == "v1")[0])
    changed = rounds.log_target.copy()
    changed[earlier] += 0.7
    other = freeze_round(replace(rounds, log_target=changed), "v3", anchors=1)
    assert other.data_sha256 != frozen.data_sha256
    assert other.predictions_sha256 != frozen.predictions_sha256


def test_each_metric_is_scored_with_every_method(rounds, frozen) -> None:
    found = score_round(frozen, rounds)
    assert set(found["metrics"]) == {"latency", "energy"}
    latency = found["metrics"]["latency"]
    assert latency["n"] == 8  # two systems of five models, one of them an anchor
    assert {"tinysite", "additive", "carry-forward"} <= set(latency["methods"])
    assert latency["methods"]["tinysite"]["coverage90"] is not None
    assert latency["skill"] == pytest.approx(
        1 - latency["methods"]["tinysite"]["mdape"] / latency["methods"]["additive"]["mdape"], abs=1e-3
    )


@pytest.mark.parametrize(
    ("round_id", "anchors", "said"), [("v1", 0, "0 cells"), ("v9", 0, "no system"), ("v3", 5, "more than 5")]
)
def test_a_round_that_cannot_be_projected_says_why(rounds, round_id: str, anchors: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        freeze_round(rounds, round_id, anchors)


def test_the_hash_of_data_does_not_depend_on_the_order_of_rows(rounds) -> None:
    assert cells_sha256(rounds) == cells_sha256(rounds.take(np.arange(len(rounds))[::-1]))
