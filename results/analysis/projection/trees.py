"""Extremely randomised trees (Geurts, Ernst and Wehenkel, 2006) on features and on what the plain baselines say.

For training, the baselines' words are taken out of sample under the question's own hold-out: in-sample they would leak
the answer, and the forest would learn to copy it.
"""

from __future__ import annotations

import copy

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor

from results.analysis.projection.baselines import Additive, MacLinear
from results.analysis.projection.cells import Cells, Floats
from results.analysis.projection.features import NumberColumns, device_levels
from results.analysis.projection.holdout import Question, folds
from results.analysis.projection.projector import Projections, Projector, known, point_projections


class StackedTrees(Projector):
    """A forest for the residual over the mean of two baselines. ``question`` is the hold-out that it serves."""

    name = "trees"

    def __init__(
        self, question: str = "cell", trees: int = 100, max_blocks: int = 40, random_state: int = 0
    ) -> None:
        self.question, self.trees, self.max_blocks, self.random_state = (
            question,
            trees,
            max_blocks,
            random_state,
        )

    def fit(self, cells: Cells) -> StackedTrees:
        known(cells)
        self.model_columns_ = NumberColumns(device=False).fit(dict(cells.model_features))
        self.device_columns_ = NumberColumns(device=True).fit(dict(cells.device_features))
        self.levels_ = device_levels(cells)
        self.codes_ = {n: {v: i for i, v in enumerate(sorted(set(cells.label(n))))} for n in self.levels_}
        rows, spoken = self._out_of_sample(cells)
        self.condition_(cells)
        self.forest_ = None
        if len(rows) >= 10:
            centre = spoken.mean(axis=1)
            self.forest_ = ExtraTreesRegressor(
                self.trees, min_samples_leaf=2, random_state=self.random_state, n_jobs=1
            )
            self.forest_.fit(
                self._table(cells.take(rows), spoken - self.centre_), cells.log_target[rows] - centre
            )
        return self

    def condition(self, cells: Cells) -> StackedTrees:
        other = copy.copy(self)
        other.condition_(cells)
        return other

    def condition_(self, cells: Cells) -> None:
        self.baselines_ = [Additive(iterations=25).fit(cells), MacLinear().fit(cells)]
        if not hasattr(self, "centre_"):
            self.centre_ = float(cells.log_target.mean())

    def _out_of_sample(self, cells: Cells) -> tuple[np.ndarray, Floats]:
        self.centre_ = float(cells.log_target.mean())
        rows, spoken = [], []
        for fold in folds(
            cells, Question.parse(self.question), max_blocks=self.max_blocks, seed=self.random_state
        ):
            for block in fold.blocks:
                visible, scored = cells.take(block.visible), cells.take(block.scored)
                said = [
                    m.fit(visible).predict(scored).log_median for m in (Additive(iterations=25), MacLinear())
                ]
                rows.append(block.scored)
                spoken.append(np.stack(said, axis=1))
        if not rows:
            return np.array([], dtype=int), np.zeros((0, 2))
        found, table = np.concatenate(rows), np.concatenate(spoken)
        fine = np.isfinite(table).all(axis=1)
        return found[fine], table[fine]

    def _table(self, cells: Cells, spoken: Floats) -> Floats:
        n = len(cells)
        texts = [[self.codes_[name].get(v, -1) for v in cells.label(name)] for name in self.levels_]
        return np.column_stack(
            [
                self.model_columns_(dict(cells.model_features), n),
                self.device_columns_(dict(cells.device_features), n),
                *[np.array(t, dtype=float) for t in texts],
                (cells.metric == "energy").astype(float),
                spoken,
                spoken[:, 0] - spoken[:, 1],
            ]
        )

    def predict(self, cells: Cells) -> Projections:
        spoken = np.stack([m.predict(cells).log_median for m in self.baselines_], axis=1)
        if self.forest_ is None:
            return point_projections(spoken.mean(axis=1))
        return point_projections(
            spoken.mean(axis=1) + self.forest_.predict(self._table(cells, spoken - self.centre_))
        )
