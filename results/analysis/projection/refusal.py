"""When a number must not be given. Every reason is a sentence that a page can print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from results.analysis.projection.cells import ENERGY, GROUP, Cells, Floats
from results.analysis.projection.holdout import Question

WIDEST_FACTOR = 3.0
FEWEST_BOARDS = 4
SHARE_MARGIN = 0.3
# Classes whose boards differ so much that one anchor says little of another model, or none at all.
NEEDS_TWO_ANCHORS = frozenset({"accelerated", "mcu-npu", "npu", "linux-soc", "mobile-npu", "mcu-dsp"})
NEVER = frozenset({"fpga", "in-memory", "event-based"})
DEVICE_QUESTIONS = ("system", "device", "round")


@dataclass(frozen=True, eq=False)
class Training:
    """What refusals look at in the cells that were learned from; costs' shares have shape (n, k)."""

    cells: Cells
    shares: Floats
    cost_names: tuple[str, ...]

    def boards_of_class(self) -> dict[str, int]:
        classes, groups = self.cells.label("class"), self.cells.label(GROUP)
        return {c: len(set(groups[classes == c])) for c in set(classes) if c}


def refusals(
    cells: Cells, questions: Sequence[Question], shares: Floats, half_90: Floats, training: Training
) -> tuple[str, ...]:
    """The reason for each cell, the empty string where it can be projected.

    ``shares`` (n, k) are those of the cells' models in the modelled time, ``half_90`` (n,) the log half width of their
    90 % bands.
    """
    boards = training.boards_of_class()
    greatest = training.shares.max(axis=0, initial=0.0) if training.shares.size else np.zeros(shares.shape[1])
    versions = set(training.cells.label("stack_version"))
    reasons = []
    for row, question in enumerate(questions):
        anchors = question.anchors if question.kind in DEVICE_QUESTIONS else None
        found = _width(float(half_90[row])) or _mix(shares[row], greatest, training.cost_names)
        if question.kind in ("model", "family"):
            found = _undescribed(cells, row, training.cells) or found
        if anchors is not None:
            found = _system(_Facts.of(cells, row), anchors, boards, versions) or found
        reasons.append(found)
    return tuple(reasons)


@dataclass(frozen=True, slots=True)
class _Facts:
    metric: str
    device_class: str
    stack_version: str

    @classmethod
    def of(cls, cells: Cells, row: int) -> _Facts:
        return cls(str(cells.metric[row]), cells.label("class")[row], cells.label("stack_version")[row])


def _undescribed(cells: Cells, row: int, known: Cells) -> str:
    """A model of which no number is known, where the measured ones have some."""
    told = any(np.isfinite(column[row]) for column in cells.model_features.values())
    return (
        ""
        if told or not known.model_features
        else "nothing is known of this model: neither MACs nor sizes nor layers"
    )


def _width(half_90: float) -> str:
    factor = float(np.exp(min(half_90, 20.0)))
    if factor <= WIDEST_FACTOR:
        return ""
    return f"the 90 % band reaches a factor of {factor:.1f} either way, more than {WIDEST_FACTOR:g}"


def _mix(shares: Floats, greatest: Floats, names: Sequence[str]) -> str:
    if not len(shares):
        return ""
    over = shares - greatest
    worst = int(np.argmax(over))
    if over[worst] <= SHARE_MARGIN:
        return ""
    return (
        f"{names[worst].replace('_', ' ')} would take {shares[worst]:.0%} of the time, no measured model more than "
        f"{greatest[worst]:.0%}"
    )


def _system(facts: _Facts, anchors: int, boards: dict[str, int], versions: set[str]) -> str:
    kind = facts.device_class
    if not boards:  # a table that names no classes can only be judged by its bands
        return ""
    if kind in NEVER:
        return f"devices of class {kind} differ too much from each other to project one from others"
    if anchors == 0 and not kind:
        return "the class of the device is not known and nothing was measured on it"
    if anchors <= 1 and boards.get(kind, 0) < FEWEST_BOARDS:
        return f"only {boards.get(kind, 0)} measured boards are of class {kind or 'unknown'}; {FEWEST_BOARDS} are needed"
    if anchors <= 1 and kind in NEEDS_TWO_ANCHORS:
        return f"devices of class {kind} need two measured models before others can be projected"
    if anchors == 0 and facts.metric == ENERGY:
        return "no energy was measured on this system; one measured model is needed"
    if anchors == 0 and facts.stack_version and facts.stack_version not in versions:
        return f"nothing was measured with {facts.stack_version} yet; a new version moves results by 15 % and more"
    return ""
