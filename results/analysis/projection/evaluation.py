"""Every method on the same hidden cells: what ``evaluate_projections`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from results.analysis.projection.baselines import baselines
from results.analysis.projection.cells import Cells, Floats, Rows
from results.analysis.projection.holdout import Fold, Question, folds
from results.analysis.projection.scoring import score
from results.analysis.projection.tinysite import TinySite

SMALL_TABLE = 150


@dataclass(frozen=True, eq=False)
class Trial:
    """n hidden cells: ``rows`` of the table, what every method said (log median), and the shipped method's bands."""

    rows: Rows
    said: dict[str, Floats]
    half_80: Floats
    half_90: Floats
    reasons: tuple[str, ...]

    @classmethod
    def joined(cls, parts: Sequence[Trial]) -> Trial:
        return cls(
            np.concatenate([p.rows for p in parts]),
            {name: np.concatenate([p.said[name] for p in parts]) for name in parts[0].said},
            np.concatenate([p.half_80 for p in parts]),
            np.concatenate([p.half_90 for p in parts]),
            tuple(reason for p in parts for reason in p.reasons),
        )

    def take(self, rows: Rows) -> Trial:
        """The hidden cells at these positions."""
        return Trial(
            self.rows[rows],
            {name: said[rows] for name, said in self.said.items()},
            self.half_80[rows],
            self.half_90[rows],
            tuple(self.reasons[i] for i in rows),
        )


def try_methods(
    cells: Cells,
    question: Question,
    *,
    max_blocks: int = 100,
    n_folds: int | None = None,
    jobs: int = 1,
    seed: int = 0,
) -> Trial:
    """All methods on the cells that ``question`` hides. ValueError when it leaves nothing to learn from.

    For each fold everything slow (amplitudes, weights, bands) is learned on the rows outside it; each block of the fold
    is then projected from the rows that stay visible.
    """
    # More folds leave more to learn from; a small table can afford them.
    n_folds = n_folds or (10 if len(cells) <= SMALL_TABLE else 5)
    found = folds(cells, question, n_folds=n_folds, max_blocks=max_blocks, seed=seed)
    if not found:
        raise ValueError(
            f"hold-out {question} leaves nothing to learn from: it needs at least two of what it hides, and devices "
            f"with more than {question.anchors} models"
        )
    run = partial(_try_fold, cells, str(question), seed)
    parts = (
        Parallel(n_jobs=jobs)(delayed(run)(fold) for fold in found) if jobs > 1 else [run(f) for f in found]
    )
    return Trial.joined(parts)


def _try_fold(cells: Cells, question: str, seed: int, fold: Fold) -> Trial:
    with threadpool_limits(limits=1):
        return Trial.joined(list(_trials(cells, question, seed, fold)))


def _trials(cells: Cells, question: str, seed: int, fold: Fold) -> Iterator[Trial]:
    shipped = TinySite((question,), random_state=seed).fit(cells.take(fold.learn))
    for block in fold.blocks:
        visible, scored = cells.take(block.visible), cells.take(block.scored)
        answer = shipped.condition(visible).predict(scored, question)
        said = {TinySite.name: answer.log_median}
        for method in baselines(seed):
            said[method.name] = method.fit(visible).predict(scored).log_median
        yield Trial(block.scored, said, answer.log_half_80, answer.log_half_90, answer.reasons)


def figures(cells: Cells, trial: Trial, metric: str | None = None) -> dict[str, dict[str, float | None]]:
    """The figures of every method over the trial's cells, or over those of one metric."""
    keep = np.ones(len(trial.rows), bool) if metric is None else cells.metric[trial.rows] == metric
    rows = trial.rows[keep]
    truth, devices = cells.log_target[rows], cells.device[rows]
    table = {}
    for name, said in trial.said.items():
        bands = (trial.half_80[keep], trial.half_90[keep]) if name == TinySite.name else (None, None)
        table[name] = score(truth, said[keep], devices, *bands)
    return table
