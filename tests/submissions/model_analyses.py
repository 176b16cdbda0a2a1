"""Small models and their kept analyses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from submissions.checking.wire import to_wire
from submissions.formats.neural_models.analyse import analyse
from submissions.models import ModelAnalysis
from tests.submissions.formats.neural_models.tflite_files import TfliteFile


def pruned_model(*, name: str = "input") -> bytes:
    """Two pointwise convolutions of four channels each over 2 × 2 pixels; one of the first four filters is dead."""
    made, first, second = TfliteFile(), np.ones((4, 1, 1, 4)), np.ones((4, 1, 1, 4))
    first[2] = 0
    made.inputs = [made.tensor(name, [1, 2, 2, 4], scale=[0.5], zero_point=[-128])]
    x = 0
    for number, weights in enumerate((first, second)):
        w = made.tensor(f"weights {number}", [4, 1, 1, 4], "int8", weights, scale=[0.1])
        x = made.operator("CONV_2D", [x, w], [made.tensor(name, [1, 2, 2, 4])])
    made.outputs = [x]
    return made.content()


def incomplete_model() -> bytes:
    """A fully connected layer and an operator of no known kind."""
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 8])]
    w = made.tensor("w", [4, 8], "int8", np.ones((4, 8)))
    x = made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 4])])
    made.outputs = [made.operator("custom:Mystery", [x], [made.tensor("z", [1, 4])])]
    return made.content()


def kept(content: bytes, **columns: Any) -> ModelAnalysis:
    """The analysis of ``content`` as an upload would have left it."""
    facts = analyse(content)
    return ModelAnalysis.objects.create(
        sha256=facts.sha256, size_bytes=len(content), facts=to_wire(facts),
        **{"filename": "ours.tflite", "expires_at": timezone.now() + timedelta(hours=1), **columns},
    )  # fmt: skip
