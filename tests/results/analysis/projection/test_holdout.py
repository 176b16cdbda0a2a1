"""What is hidden stays hidden."""

from __future__ import annotations

import numpy as np
import pytest

from results.analysis.projection.cells import GROUP
from results.analysis.projection.holdout import Question, folds

from .synthetic import cells

ALL = ["cell", "model", "family", "system:0", "system:1", "system:2", "device:0", "device:1", "device:2"]


@pytest.mark.parametrize("text", ["cells", "model:1", "device:", "device:-1", "round:x", "", "cell:0"])
def test_an_unknown_hold_out_says_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="system:K"):
        Question.parse(text)


@pytest.mark.parametrize("text", ALL)
def test_nothing_scored_was_learned_from_or_visible(text: str) -> None:
    for fold in folds(cells(models=6, boards=4), Question.parse(text)):
        for block in fold.blocks:
            assert not set(block.scored) & (set(fold.learn) | set(block.visible))
            assert set(block.anchors) <= set(block.visible)


@pytest.mark.parametrize("text", ["model", "family", "system:0", "device:0"])
def test_the_hidden_thing_is_nowhere_in_sight(text: str) -> None:
    table = cells(models=6, boards=4)
    unit = {
        "model": table.model,
        "family": table.label("family"),
        "system": table.device,
        "device": table.label(GROUP),
    }[text.split(":")[0]]
    for fold in folds(table, Question.parse(text)):
        for block in fold.blocks:
            assert not set(unit[block.scored]) & set(unit[block.visible])


def test_a_device_hides_its_whole_group_but_for_the_anchors() -> None:
    table = cells(models=6, boards=4, energy=True)
    for fold in folds(table, Question.parse("device:2")):
        for block in fold.blocks:
            group = table.label(GROUP)[block.scored[0]]
            seen = block.visible[table.label(GROUP)[block.visible] == group]
            assert set(seen) == set(block.anchors)
            assert len(set(table.model[block.anchors])) == 2
            assert len(block.anchors) == 4  # both metrics of an anchor are known


def test_every_cell_is_hidden_once_and_the_seed_repeats() -> None:
    table = cells(models=6, boards=4)
    found = [
        np.concatenate([b.scored for f in folds(table, Question("cell"), seed=s) for b in f.blocks])
        for s in (3, 3, 4)
    ]
    assert sorted(found[0]) == list(range(len(table)))
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_a_table_of_one_board_has_no_device_to_hide() -> None:
    assert folds(cells(boards=1, systems=1), Question.parse("device:0")) == []
