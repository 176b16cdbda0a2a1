"""Out-of-sample projections of several methods, and the weights that would have served best (Wolpert, 1992).

Weights are convex, in logarithms, and learned per hold-out class from what each member said of hidden training cells.
A penalty keeps them near a prior while there are few such cells, so that no member wins by luck.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from results.analysis.projection.baselines import Additive, CarryForward, LowRank, MacLinear
from results.analysis.projection.cells import Cells, Floats, Rows
from results.analysis.projection.gaussian_process import GaussianProcess
from results.analysis.projection.holdout import ANCHORED, Block, Fold, Question
from results.analysis.projection.projector import Projector
from results.analysis.projection.trees import StackedTrees

PENALTY = 10.0
SMOOTH = 0.02
FULL_ANCHOR = "full anchor"
_ENGINE, _MAC, _LOW, _CARRY, _TREES = (
    GaussianProcess.name,
    MacLinear.name,
    LowRank.name,
    CarryForward.name,
    StackedTrees.name,
)
# What each member weighs before validation. Under a new model the additive methods know nothing of it, under a new
# system without anchors nothing of that; from one round to the next an average of unlike methods holds best.
PRIORS: dict[str, dict[str, float]] = {
    "cell": {_ENGINE: 0.9, Additive.name: 0.01, _MAC: 0.01, _LOW: 0.04, _CARRY: 0.02, _TREES: 0.02},
    "model": {_ENGINE: 0.96, _MAC: 0.02, _TREES: 0.02},
    "family": {_ENGINE: 0.96, _MAC: 0.02, _TREES: 0.02},
    "system:0": {_ENGINE: 0.96, _CARRY: 0.02, _TREES: 0.02},
    "system:K": {_ENGINE: 0.7, FULL_ANCHOR: 0.2, _MAC: 0.02, _LOW: 0.02, _CARRY: 0.04, _TREES: 0.02},
    "device:0": {_ENGINE: 0.96, _CARRY: 0.01, _TREES: 0.03},
    "device:K": {_ENGINE: 0.55, FULL_ANCHOR: 0.3, _MAC: 0.02, _LOW: 0.04, _CARRY: 0.06, _TREES: 0.03},
    "round:0": {_ENGINE: 0.5, _CARRY: 0.4, _TREES: 0.1},
    "round:K": {
        _ENGINE: 0.25,
        FULL_ANCHOR: 0.25,
        Additive.name: 0.02,
        _MAC: 0.2,
        _LOW: 0.03,
        _CARRY: 0.2,
        _TREES: 0.05,
    },
}


@dataclass(frozen=True, eq=False)
class OutOfSample:
    """What m members said of n hidden cells: ``rows`` (n,), ``fold`` (n,), ``said`` (n, m), ``sd`` (n,) of the engine."""

    rows: Rows
    fold: Rows
    said: Floats
    sd: Floats

    def __len__(self) -> int:
        return len(self.rows)

    def joined(self, other: OutOfSample) -> OutOfSample:
        """These cells and those of another hold-out."""
        after = self.fold.max(initial=-1) + 1
        return OutOfSample(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.fold, other.fold + after]),
            np.concatenate([self.said, other.said]),
            np.concatenate([self.sd, other.sd]),
        )


class Ensemble(Projector):
    """The members of a stack for one question: the engine, the engine with full weight of the anchors (where the
    question has some), and the plainer methods."""

    name = "ensemble"

    def __init__(self, question: str, factor_cells: int = 20, random_state: int = 0) -> None:
        self.question, self.factor_cells, self.random_state = question, factor_cells, random_state

    def fit(self, cells: Cells, process: GaussianProcess | None = None) -> Ensemble:
        """``process``: an engine that was fitted on the same cells for a like question, to be shared."""
        self.anchored_ = Question.parse(self.question).anchors > 0
        self.process_ = process or self.engine().fit(cells)
        self.others_ = [m.fit(cells) for m in self._plainer()]
        return self

    def engine(self) -> GaussianProcess:
        """The unfitted engine for the question: the leave-block-out score helps new cells, models and families."""
        kind = Question.parse(self.question).kind
        return GaussianProcess(
            leave_out=kind in ("cell", "model", "family"),
            factor_cells=self.factor_cells,
            random_state=self.random_state,
        )

    def _plainer(self) -> list[Projector]:
        seed = self.random_state
        return [
            Additive(),
            MacLinear(),
            LowRank(random_state=seed),
            CarryForward(),
            StackedTrees(self.question, random_state=seed),
        ]

    @property
    def names(self) -> list[str]:
        engine = [GaussianProcess.name] + ([FULL_ANCHOR] if Question.parse(self.question).anchors else [])
        return engine + [m.name for m in self._plainer()]

    def prior(self) -> Floats:
        """Weights (m,) before any validation; a method that has nothing to go by under the question gets next to none."""
        question = Question.parse(self.question)
        kind = (
            f"{question.kind}:{'K' if question.anchors else 0}"
            if question.kind in ANCHORED
            else question.kind
        )
        given = PRIORS[kind]
        weight = np.array([max(given.get(name, 0.0), 1e-4) for name in self.names])
        return weight / weight.sum()

    def condition(self, cells: Cells, process: GaussianProcess | None = None) -> Ensemble:
        other = copy.copy(self)
        other.process_ = process or self.process_.condition(cells)
        other.others_ = [m.condition(cells) for m in self.others_]
        return other

    def say(self, cells: Cells) -> tuple[Floats, Floats, Floats]:
        """What each member says (n, m), the engine's sd (n,), and its smoother (n, training rows)."""
        mean, sd, smoother = self.process_.moments(cells)
        engine = [mean, self.process_.anchored(cells)] if self.anchored_ else [mean]
        plainer = [m.predict(cells).log_median for m in self.others_]
        return _filled(np.stack(engine + plainer, axis=1)), sd, smoother

    def say_blocks(self, cells: Cells, blocks: Sequence[Block]) -> Iterator[tuple[Floats, Floats]]:
        """(said, sd) of the scored rows of each block, from what is visible there."""
        process = self.process_.condition(cells)
        for block in blocks:
            hidden = np.setdiff1d(np.arange(len(cells)), block.visible)
            mean, sd = process.left_out(hidden, block.scored)
            engine = [mean]
            if self.anchored_:
                engine.append(process.anchored_left_out(hidden, block.scored, block.anchors))
            visible, scored = cells.take(block.visible), cells.take(block.scored)
            plainer = [m.condition(visible).predict(scored).log_median for m in self.others_]
            yield _filled(np.stack(engine + plainer, axis=1)), sd


def _filled(said: Floats) -> Floats:
    """A member without a word repeats the engine."""
    return np.where(np.isfinite(said), said, said[:, :1])


def out_of_sample(ensemble: Ensemble, cells: Cells, folds: Sequence[Fold]) -> OutOfSample:
    """The ensemble learns on a fold's rows, then projects every block of it from the rows visible there."""
    rows, number, said, sds = [], [], [], []
    for index, fold in enumerate(folds):
        fitted = ensemble.clone().fit(cells.take(fold.learn))
        for block, (words, sd) in zip(fold.blocks, fitted.say_blocks(cells, fold.blocks), strict=True):
            rows.append(block.scored)
            number.append(np.full(len(block.scored), index))
            said.append(words)
            sds.append(sd)
    if not rows:
        return OutOfSample(
            np.zeros(0, int), np.zeros(0, int), np.zeros((0, len(ensemble.names))), np.zeros(0)
        )
    return OutOfSample(
        np.concatenate(rows), np.concatenate(number), np.concatenate(said), np.concatenate(sds)
    )


def weights(errors: Floats, prior: Floats, units: int) -> Floats:
    """Convex weights (m,) of members with out-of-sample ``errors`` (n, m): the least mean absolute error of the mix plus
    ``PENALTY`` / ``units`` times the Kullback-Leibler divergence from ``prior``. ``units``: how many independent things
    (models, systems) the cells come from; a hundred cells of three models are three."""
    if not len(errors):
        return prior
    scale = float(np.median(np.abs(errors), axis=0).min())
    scale = max(scale, 1e-4)
    strength = PENALTY / max(units, 1)

    def loss(logits: Floats) -> tuple[float, Floats]:
        w = np.exp(logits - logits.max())
        w /= w.sum()
        mixed = errors @ w
        smooth = np.sqrt(mixed**2 + (SMOOTH * scale) ** 2)
        ratio = np.log(np.maximum(w, 1e-12) / prior)
        value = smooth.mean() / scale + strength * (w @ ratio)
        slope = errors.T @ (mixed / smooth) / len(errors) / scale + strength * (ratio + 1)
        return float(value), w * (slope - w @ slope)

    found = minimize(loss, np.log(prior), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    w = np.exp(found.x - found.x.max())
    return w / w.sum()


def crossed(errors: Floats, fold: Rows, prior: Floats, units: int) -> Floats:
    """The mix's out-of-sample errors (n,), each with weights learned from the other folds."""
    out = np.empty(len(errors))
    for index in np.unique(fold):
        own = fold == index
        out[own] = errors[own] @ weights(errors[~own], prior, units)
    return out
