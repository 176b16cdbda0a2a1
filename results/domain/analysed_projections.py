"""The projections of a model that a reader had analysed, as they are kept beside its facts. Pure, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .model_facts import ModelFacts


class Progress(StrEnum):
    """How far the worker is. ``FITTING``: the engine is learned first, which takes minutes."""

    WAITING = "waiting"
    FITTING = "fitting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AnalysedProjections:
    """``answers`` hold what was said of each system and metric, in the columns of a projection; empty until ``DONE``.

    ``reason`` says why there are none where ``progress`` is ``REFUSED``. ``measured_as`` is the reference network that
    counts the same MACs of every kind, empty where none does: its results are those of this model.
    """

    token: str
    filename: str
    facts: ModelFacts
    progress: Progress
    reason: str
    measured_as: str
    answers: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        return self.filename or "your model"
