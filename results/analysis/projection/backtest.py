"""The next round, projected from the rounds before it, frozen, and scored when its values are read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from results.analysis.projection.baselines import Additive, baselines
from results.analysis.projection.cells import ROUND, Cells, Rows, round_key
from results.analysis.projection.evaluation import Trial, figures
from results.analysis.projection.holdout import Block, Question, round_blocks
from results.analysis.projection.report import document
from results.analysis.projection.scoring import skill, typical_band
from results.analysis.projection.tinysite import VERSION, TinySite

FEWEST_EARLIER = 8


@dataclass(frozen=True, eq=False)
class FrozenRound:
    """Projections of a round as they stood before its values were read (but for the anchors').

    ``data_sha256`` is of the cells that could be seen, ``predictions_sha256`` of the projections: whoever keeps the two
    can prove that nothing was changed afterwards.
    """

    round: str
    question: Question
    engine_version: str
    data_sha256: str
    predictions_sha256: str
    trial: Trial


def freeze_round(cells: Cells, round_id: str, anchors: int = 0, random_state: int = 0) -> FrozenRound:
    """Project the cells of ``round_id`` from those of earlier rounds and ``anchors`` random cells of each new system.

    Rounds are ordered by the numbers in their labels. Targets of the round other than the anchors' are not looked at: they may be NaN.
    ValueError when fewer than eight cells lie before the round, or it has none to project.
    """
    earlier = rows_before(cells, round_id)
    if len(earlier) < FEWEST_EARLIER:
        raise ValueError(
            f"{len(earlier)} cells were published before round {round_id}; {FEWEST_EARLIER} are needed to project from"
        )
    blocks = blocks_of_round(cells, round_id, anchors, random_state)
    if not blocks:
        raise ValueError(f"round {round_id} has no system with more than {anchors} measured models")
    question = Question("round", anchors)
    learn = cells.take(earlier)
    shipped = TinySite((str(question),), random_state=random_state).fit(learn)
    trial = _trial(cells, blocks, shipped, str(question), random_state)
    seen = np.unique(np.concatenate([earlier, *[b.anchors for b in blocks]]))
    return FrozenRound(
        round_id, question, VERSION, cells_sha256(cells.take(seen)), _predictions_sha256(cells, trial), trial
    )


def rows_before(cells: Cells, round_id: str) -> Rows:
    """The rows of earlier rounds that have a value."""
    rounds = cells.label(ROUND)
    before = np.array([name != "" and round_key(name) < round_key(round_id) for name in rounds], dtype=bool)
    return np.flatnonzero(before & np.isfinite(cells.log_target))


def blocks_of_round(cells: Cells, round_id: str, anchors: int, random_state: int = 0) -> list[Block]:
    """What is visible and what is projected, a block per system of the round; which cells are anchors is drawn."""
    own = np.flatnonzero(cells.label(ROUND) == round_id)
    return round_blocks(
        cells, rows_before(cells, round_id), own, anchors, np.random.default_rng(random_state)
    )


def _trial(cells: Cells, blocks: list[Block], shipped: TinySite, question: str, seed: int) -> Trial:
    parts = []
    for block in blocks:
        visible, asked = cells.take(block.visible), cells.take(block.scored)
        answer = shipped.condition(visible).predict(asked, question)
        said = {TinySite.name: answer.log_median}
        said |= {m.name: m.fit(visible).predict(asked).log_median for m in baselines(seed)}
        parts.append(Trial(block.scored, said, answer.log_half_80, answer.log_half_90, answer.reasons))
    return Trial.joined(parts)


def score_round(frozen: FrozenRound, cells: Cells) -> dict[str, Any]:
    """The frozen projections against what ``cells`` (the same rows, with values) hold: a document per metric."""
    metrics = {}
    for metric in np.unique(cells.metric[frozen.trial.rows].astype(str)):
        keep = cells.metric[frozen.trial.rows] == metric
        measured = np.isfinite(cells.log_target[frozen.trial.rows])
        trial = frozen.trial.take(np.flatnonzero(keep & measured))
        if not len(trial.rows):
            continue
        found = figures(cells, trial)
        answered = np.flatnonzero(np.array([not r for r in trial.reasons]))
        metrics[metric] = document(frozen.question, len(trial.rows), found) | {
            "band90": round(typical_band(trial.half_90), 4),
            "skill": skill(found[TinySite.name], found[Additive.name]),
            "answered": len(answered),
            "answered_mdape": figures(cells, trial.take(answered))[TinySite.name]["mdape"]
            if len(answered)
            else None,
        }
    return {
        "round": frozen.round,
        "engine_version": frozen.engine_version,
        "data_sha256": frozen.data_sha256,
        "predictions_sha256": frozen.predictions_sha256,
        "metrics": metrics,
    }


def cells_sha256(cells: Cells) -> str:
    """Hash of what can be seen, whatever the order of the rows."""
    rows = [
        [*map(str, (cells.model[i], cells.device[i], cells.metric[i])), _digits(cells.log_target[i])]
        for i in range(len(cells))
    ]
    return hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()


def _predictions_sha256(cells: Cells, trial: Trial) -> str:
    rows: Rows = trial.rows
    stated = [
        [*map(str, (cells.model[row], cells.device[row], cells.metric[row])), trial.reasons[i]]
        + [_digits(trial.said[name][i]) for name in sorted(trial.said)]
        + [_digits(trial.half_80[i]), _digits(trial.half_90[i])]
        for i, row in enumerate(rows)
    ]
    return hashlib.sha256(json.dumps(sorted(stated)).encode()).hexdigest()


def _digits(value: float) -> str:
    """Ten digits: what a reader could see, and no more than what two machines agree on."""
    return "" if not np.isfinite(value) else f"{value:.10g}"
