"""When there must be no number, and what is said instead."""

from __future__ import annotations

import numpy as np
import pytest

from results.analysis.projection.cells import cells_of
from results.analysis.projection.holdout import Question
from results.analysis.projection.refusal import Training, refusals


def training(boards: int = 4, device_class: str = "mcu") -> Training:
    table = cells_of([
        {"model": "a", "device": f"d{i}", "device_group": f"g{i}", "class": device_class, "stack_version": "s@1", "target": 1.0}
        for i in range(boards)
    ])  # fmt: skip
    return Training(table, np.tile([0.2, 0.8], (boards, 1)), ("macs_conv", "macs_fc"))


def reason(
    question: str = "cell", half_90: float = 0.2, shares=(0.2, 0.8), known: Training | None = None, **facts
) -> str:
    row = {
        "model": "a",
        "device": "new",
        "class": "mcu",
        "stack_version": "s@1",
        "metric": "latency",
        "target": None,
    } | facts
    return refusals(
        cells_of([row]),
        [Question.parse(question)],
        np.array([shares]),
        np.array([half_90]),
        known or training(),
    )[0]


def test_an_ordinary_cell_is_projected() -> None:
    assert reason() == ""
    assert reason("system:1") == ""


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("factor of 3.3", {"half_90": 1.2}),
        ("macs conv would take 60% of the time", {"shares": (0.6, 0.4)}),
        ("only 3 measured boards are of class mcu", {"question": "device:1", "known": training(boards=3)}),
        (
            "two measured models",
            {"question": "device:1", "class": "npu", "known": training(device_class="npu")},
        ),
        (
            "differ too much",
            {"question": "device:2", "class": "fpga", "known": training(device_class="fpga")},
        ),
        ("class of the device is not known", {"question": "device:0", "class": ""}),
        ("no energy was measured on this system", {"question": "system:0", "metric": "energy"}),
        ("nothing was measured with s@2", {"question": "system:0", "stack_version": "s@2"}),
    ],
)
def test_a_refusal_says_why(said: str, changes: dict[str, object]) -> None:
    assert said in reason(**changes)  # type: ignore[arg-type]


def test_a_model_without_a_single_number_is_refused_where_others_have_some() -> None:
    described = Training(
        cells_of([{"model": "a", "device": "d", "model_macs": 5.0, "target": 1.0}]), np.zeros((1, 0)), ()
    )
    assert "nothing is known of this model" in reason("model", shares=(), known=described)
    assert reason("model", shares=(), known=described, model_macs=7.0) == ""


def test_two_anchors_are_enough_for_an_accelerator() -> None:
    assert reason("device:2", known=training(device_class="npu"), **{"class": "npu"}) == ""


def test_a_table_without_classes_is_judged_by_its_bands_alone() -> None:
    plain = Training(cells_of([{"model": "a", "device": "d", "target": 1.0}]), np.zeros((1, 0)), ())
    assert reason("device:0", shares=(), known=plain, **{"class": "", "stack_version": ""}) == ""
