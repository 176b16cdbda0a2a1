"""The method that ships: a stack of the engine and the baselines, mixed and given bands per hold-out class."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from results.analysis.projection.cells import GROUP, ROUND, Cells, Floats, Rows, Texts
from results.analysis.projection.conformal import Bands, few_units, fit_bands
from results.analysis.projection.gaussian_process import GaussianProcess
from results.analysis.projection.holdout import Question, folds
from results.analysis.projection.projector import Projections, Projector, known
from results.analysis.projection.refusal import Training, refusals
from results.analysis.projection.stacking import Ensemble, OutOfSample, crossed, out_of_sample, weights

VERSION = "1"
EVERY_QUESTION = (
    "cell",
    "model",
    "family",
    "system:0",
    "system:1",
    "system:2",
    "device:0",
    "device:1",
    "device:2",
)
ANCHORS_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Layer:
    """What validation learned for one hold-out class: the weight of each member, and the bands of the mix."""

    names: tuple[str, ...]
    weights: Floats
    bands: Bands


class TinySite(Projector):
    """Stack of the engine and the baselines, validated under the hold-out classes ``questions``.

    ``fit`` hides training cells as each question would, learns there the weights of the members and the widths of the
    bands, then fits all members on everything. ``predict`` takes for every cell the layer of its own question (the
    class that it would be a hold-out of), or the one that is asked for. ``condition`` keeps what was validated and takes
    in new cells at once.
    """

    name = "tinysite"

    def __init__(
        self,
        questions: Sequence[str] = EVERY_QUESTION,
        n_folds: int = 5,
        max_blocks: int = 60,
        random_state: int = 0,
    ) -> None:
        self.questions, self.n_folds, self.max_blocks, self.random_state = (
            questions,
            n_folds,
            max_blocks,
            random_state,
        )

    def fit(self, cells: Cells) -> TinySite:
        known(cells)
        order = cells.order()
        canonical = cells.take(order)
        self.layers_: dict[str, Layer] = {}
        self.ensembles_: dict[str, Ensemble] = {}
        shared: dict[bool, GaussianProcess] = {}
        for text in self.questions:
            ensemble = Ensemble(text, random_state=self.random_state)
            # A fold has fewer cells per device: validation has to try the engine with the factors that it will have.
            rehearsal = Ensemble(
                text, factor_cells=round(0.75 * ensemble.factor_cells), random_state=self.random_state
            )
            found, units = self._validated(rehearsal, canonical)
            if len(found):
                self.layers_[text] = _layer(ensemble, canonical, found, units)
                engine = ensemble.engine()
                if engine.leave_out not in shared:
                    shared[engine.leave_out] = engine.fit(canonical)
                self.ensembles_[text] = ensemble.fit(canonical, shared[engine.leave_out])
        if not self.layers_:
            raise ValueError(
                f"{len(cells)} cells leave nothing to learn from under the hold-outs {', '.join(self.questions)}: "
                "more than one model and device are needed"
            )
        return self._know(canonical, order)

    def _validated(self, ensemble: Ensemble, cells: Cells) -> tuple[OutOfSample, int]:
        """What the members said of hidden training cells, and from how many independent units those come."""
        question = Question.parse(ensemble.question)
        found = out_of_sample(ensemble, cells, self._folds(cells, question))
        if question.kind == "round":
            # Few rounds lie behind: what hiding whole devices tells is the nearest thing.
            units = len(np.unique(found.fold))
            nearest = out_of_sample(ensemble, cells, self._folds(cells, Question("device", question.anchors)))
            return found.joined(nearest), units
        return found, len(set(_units(cells, question)[found.rows]))

    def _folds(self, cells: Cells, question: Question):
        return folds(
            cells, question, n_folds=self.n_folds, max_blocks=self.max_blocks, seed=self.random_state
        )

    def _conditioned(self, cells: Cells) -> dict[str, Ensemble]:
        """Every ensemble on these cells; an engine that several share is conditioned once."""
        processes = {id(e.process_): e.process_ for e in self.ensembles_.values()}
        fresh = {key: process.condition(cells) for key, process in processes.items()}
        return {q: e.condition(cells, fresh[id(e.process_)]) for q, e in self.ensembles_.items()}

    def condition(self, cells: Cells) -> TinySite:
        order = known(cells).order()
        other = copy.copy(self)
        canonical = cells.take(order)
        other.ensembles_ = self._conditioned(canonical)
        return other._know(canonical, order)

    def _know(self, canonical: Cells, order: Rows) -> TinySite:
        self.cells_, self.order_ = canonical, order
        process = next(iter(self.ensembles_.values())).process_
        self.training_ = Training(canonical, process.encoded_.shares, tuple(process.encoder_.costs_))
        return self

    def predict(self, cells: Cells, question: str | None = None) -> Projections:
        """Projections of ``cells``, each under its own question or all under ``question`` (one of those fitted)."""
        if question is not None and question not in self.layers_:
            raise ValueError(f"hold-out {question} was not fitted; there are {', '.join(self.layers_)}")
        asked = (
            [question] * len(cells)
            if question
            else [self.question_of(cells, row) for row in range(len(cells))]
        )
        n = len(cells)
        median, sd, half_80, half_90 = (np.full(n, np.nan) for _ in range(4))
        anchors: list[tuple[int, ...]] = [()] * n
        shares = np.zeros((n, len(self.training_.cost_names)))
        for text in dict.fromkeys(asked):
            rows = np.flatnonzero(np.array(asked, dtype=object) == text)
            own, layer, ensemble = cells.take(rows), self.layers_[text], self.ensembles_[text]
            said, spread, smoother = ensemble.say(own)
            median[rows], sd[rows] = mix(said, spread, layer.weights)
            half_80[rows], half_90[rows] = layer.bands.half_widths(sd[rows], band_groups(own))
            heaviest = np.argsort(-np.abs(smoother), axis=1, kind="stable")[:, :ANCHORS_SHOWN]
            for row, found in zip(rows, heaviest, strict=True):
                anchors[row] = tuple(int(self.order_[i]) for i in found)
            shares[rows] = ensemble.process_.encoder_(own).shares
        questions = [Question.parse(q) for q in asked]
        reasons = refusals(cells, questions, shares, half_90, self.training_)
        claimable = np.array([self.layers_[q].bands.claimable for q in asked], dtype=bool)
        return Projections(median, sd, half_80, half_90, reasons, tuple(anchors), tuple(asked), claimable)

    def question_of(self, cells: Cells, row: int) -> str:
        """The hold-out class of a cell: what about it was never measured. The nearest fitted one where its own is not."""
        known_cells = self.cells_
        own = known_cells.device == cells.device[row]
        anchors = len(set(known_cells.model[own]) - {cells.model[row]})
        if anchors <= 2:
            board = (known_cells.label(GROUP) == cells.label(GROUP)[row]) & ~own
            kind = f"{'system' if board.any() else 'device'}:{anchors}"
            if kind in self.layers_ and cells.model[row] in set(known_cells.model):
                return kind
        if cells.label("family")[row] not in set(known_cells.label("family")):
            wanted = ("family", "model", "cell")
        elif cells.model[row] not in set(known_cells.model):
            wanted = ("model", "family", "cell")
        else:
            wanted = ("cell", "model", "family")
        return next((q for q in wanted if q in self.layers_), next(iter(self.layers_)))


def mix(said: Floats, sd: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Log median of the stack (n,) and its scale: the engine's sd together with how far the members disagree."""
    mean = said @ weight
    return mean, np.sqrt(sd**2 + ((said - mean[:, None]) ** 2) @ weight)


def band_groups(cells: Cells) -> Texts:
    """Metric and device class: the groups whose bands may differ."""
    return np.array(
        [f"{m}|{c}" for m, c in zip(cells.metric, cells.label("class"), strict=True)], dtype=object
    )


def _units(cells: Cells, question: Question) -> Texts:
    """What a question hides at a time, for each cell: the cell, its model, family, system or board, or its round."""
    of = {
        "cell": cells.pairs,
        "model": lambda: cells.model,
        "family": lambda: cells.label("family"),
        "system": lambda: cells.device,
        "device": lambda: cells.label(GROUP),
        "round": lambda: cells.label(ROUND),
    }
    return of[question.kind]()


def _layer(ensemble: Ensemble, cells: Cells, found: OutOfSample, units: int) -> Layer:
    question = Question.parse(ensemble.question)
    errors = found.said - cells.log_target[found.rows][:, None]
    prior = ensemble.prior()
    weight = weights(errors, prior, units)
    _, scale = mix(found.said, found.sd, weight)
    residuals = crossed(errors, found.fold, prior, units)
    # Rounds drift, all their cells in one direction, so there it is the deviation itself that grows.
    drift = 1 + 1 / max(units, 1)
    inflation = (drift, drift) if question.kind == "round" else few_units(units)
    own = cells.take(found.rows)
    names = own.device if question.kind == "round" else _units(own, question)
    bands = fit_bands(residuals, scale, band_groups(own), names, inflation)
    return Layer(tuple(ensemble.names), weight, bands)
