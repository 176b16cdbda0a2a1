"""New networks are projected from what others published of further networks too; known ones from the rounds alone."""

from __future__ import annotations

import numpy as np
import pytest

from results.analysis.projection.cells import Cells
from results.analysis.projection.tinysite import TinySite
from results.analysis.projection.wider import WiderTinySite

from .synthetic import cells

ROUND_NETWORKS = {"m0", "m1", "m2", "m3"}
NEW_NETWORKS = ["m11", "m12", "m13"]


@pytest.fixture(scope="module")
def tables() -> tuple[Cells, int, Cells]:
    """What is learned from (four networks on six boards, then eleven on two others), and three others on the six boards."""
    table = cells(models=14, boards=8, systems=1)
    elsewhere = np.isin(table.device, ["b6s0", "b7s0"])
    in_rounds = np.isin(table.model, list(ROUND_NETWORKS)) & ~elsewhere
    is_new = np.isin(table.model, NEW_NETWORKS)
    first, second = np.flatnonzero(in_rounds), np.flatnonzero(elsewhere & ~is_new)
    return table.take(np.concatenate([first, second])), len(first), table.take(is_new & ~elsewhere)


@pytest.fixture(scope="module")
def fitted(tables: tuple[Cells, int, Cells]) -> WiderTinySite:
    return WiderTinySite(("cell", "device:1"), ("model",), n_folds=3, max_blocks=12).fit(tables[0], tables[1])


def test_a_new_network_is_nearer_the_truth_than_from_the_rounds_alone(
    tables: tuple[Cells, int, Cells], fitted: WiderTinySite
) -> None:
    learned, n_rounds, new = tables
    alone = TinySite(("model",), n_folds=3, max_blocks=12).fit(learned.take(np.arange(n_rounds)))

    def error(said) -> float:
        return float(np.median(np.abs(said.log_median - new.log_target)))

    assert error(fitted.predict(new)) < error(alone.predict(new))
    assert set(fitted.predict(new).questions) == {"model"}


def test_a_known_network_is_projected_as_from_the_rounds_alone(
    tables: tuple[Cells, int, Cells], fitted: WiderTinySite
) -> None:
    learned, n_rounds, _ = tables
    known = learned.take(np.arange(6))
    alone = TinySite(("cell", "device:1"), n_folds=3, max_blocks=12).fit(learned.take(np.arange(n_rounds)))
    assert np.array_equal(fitted.predict(known).log_median, alone.predict(known).log_median)


def test_answers_stand_in_the_order_of_the_question(
    tables: tuple[Cells, int, Cells], fitted: WiderTinySite
) -> None:
    learned, _, new = tables
    both = _joined(new.take([0]), learned.take([0]), new.take([1]))
    said = fitted.predict(both)
    assert said.log_median[1] == pytest.approx(fitted.predict(learned.take([0])).log_median[0])
    assert said.log_median[[0, 2]] == pytest.approx(fitted.predict(new.take([0, 1])).log_median)
    assert [question == "model" for question in said.questions] == [True, False, True]


def test_anchors_are_rows_of_the_whole_table(tables: tuple[Cells, int, Cells], fitted: WiderTinySite) -> None:
    learned, _, new = tables
    rows = {row for anchors in fitted.predict(new).anchors for row in anchors}
    assert rows
    assert max(rows) < len(learned)


def test_nothing_asked_is_refused(tables: tuple[Cells, int, Cells], fitted: WiderTinySite) -> None:
    with pytest.raises(ValueError, match="no cell"):
        fitted.predict(tables[2].take(np.array([], dtype=int)))


def _joined(*parts: Cells) -> Cells:
    first = parts[0]
    return Cells(
        model=np.concatenate([p.model for p in parts]),
        device=np.concatenate([p.device for p in parts]),
        metric=np.concatenate([p.metric for p in parts]),
        log_target=np.concatenate([p.log_target for p in parts]),
        **{
            group: {
                name: np.concatenate([getattr(p, group)[name] for p in parts])
                for name in getattr(first, group)
            }
            for group in ("model_features", "device_features", "model_texts", "labels")
        },
    )
