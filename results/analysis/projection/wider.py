"""New networks are projected from more than the rounds: from what others published of further networks as well.

The rounds measure four networks on many systems; they tell a system's speed well and what a network costs badly. Tables
that vendors publish are the other way round: many networks on few boards. So a network that was measured in a round is
projected from the rounds alone, and any other from both, with bands that were validated on both.
"""

from __future__ import annotations

import copy
from dataclasses import fields

import numpy as np

from results.analysis.projection.cells import Cells
from results.analysis.projection.projector import Projections
from results.analysis.projection.stacking import Ensemble
from results.analysis.projection.tinysite import EVERY_QUESTION, TinySite

NEW_NETWORK = ("model", "family")
KNOWN_NETWORK = tuple(question for question in EVERY_QUESTION if question not in NEW_NETWORK)


class WiderTinySite:
    """Two stacks of one kind: ``known_`` learned from the rounds, ``new_`` from the rounds and from elsewhere.

    Tables are given whole: the first ``n_rounds`` cells are those of the rounds. Anchors are row numbers of that table.
    """

    def __init__(
        self,
        known_questions: tuple[str, ...] = KNOWN_NETWORK,
        new_questions: tuple[str, ...] = NEW_NETWORK,
        n_folds: int = 5,
        max_blocks: int = 60,
        random_state: int = 0,
    ) -> None:
        self.known_questions, self.new_questions = known_questions, new_questions
        self.n_folds, self.max_blocks, self.random_state = n_folds, max_blocks, random_state

    def fit(self, cells: Cells, n_rounds: int) -> WiderTinySite:
        """Learn from a table. ValueError when it is too small."""
        self.known_ = self._stack(self.known_questions).fit(_rounds(cells, n_rounds))
        self.new_ = self._stack(self.new_questions).fit(cells)
        return self

    def condition(self, cells: Cells, n_rounds: int) -> WiderTinySite:
        """The same with these cells instead; what was validated is kept."""
        other = copy.copy(self)
        other.known_, other.new_ = self.known_.condition(_rounds(cells, n_rounds)), self.new_.condition(cells)
        return other

    @property
    def ensembles_(self) -> dict[str, Ensemble]:
        """Those of the rounds' own stack, by question."""
        return self.known_.ensembles_

    def _stack(self, questions: tuple[str, ...]) -> TinySite:
        return TinySite(questions, self.n_folds, self.max_blocks, self.random_state)

    def predict(self, cells: Cells) -> Projections:
        """Each cell by the stack of its network."""
        measured = set(self.known_.cells_.model)
        is_known = np.array([model in measured for model in cells.model], dtype=bool)
        parts = [
            (rows, stack.predict(cells.take(rows)))
            for rows, stack in (
                (np.flatnonzero(is_known), self.known_),
                (np.flatnonzero(~is_known), self.new_),
            )
            if len(rows)
        ]
        return _joined(len(cells), parts)


def _rounds(cells: Cells, n_rounds: int) -> Cells:
    return cells.take(np.arange(n_rounds))


def _joined(n: int, parts: list[tuple[np.ndarray, Projections]]) -> Projections:
    """The answers of several stacks in the order of the cells that were asked."""
    if not parts:
        raise ValueError("there is no cell to project")
    if len(parts) == 1:
        return parts[0][1]
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    columns = {}
    for column in fields(Projections):
        values = [getattr(part, column.name) for _, part in parts]
        if isinstance(values[0], tuple):
            listed = [value for one in values for value in one]
            columns[column.name] = tuple(listed[row] for row in order)
        else:
            columns[column.name] = np.concatenate(values)[order]
    return Projections(**columns)
