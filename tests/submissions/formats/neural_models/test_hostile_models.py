"""Files that are damaged or absurd: facts or a ModelError that says where, and nothing else ever."""

from __future__ import annotations

import os

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from results.domain.model_facts import ModelFacts
from submissions.formats.neural_models import limits
from submissions.formats.neural_models.analyse import analyse
from submissions.formats.neural_models.errors import ModelError

from . import onnx_files, tflite_files
from .tflite_files import TfliteFile

FILES = (
    tflite_files.mobilenet(),
    onnx_files.mobilenet(quantised=True),
    tflite_files.mobilenet("float32"),
)
MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 6)), min_size=1, max_size=6
)
"""Where (as a fraction of the length), what is put there, how many bytes it replaces."""
BOUNDED = settings(
    max_examples=int(os.environ.get("TINYSITE_HYPOTHESIS_EXAMPLES", "60")), derandomize=True, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def outcome(data: bytes) -> ModelFacts | ModelError:
    result: ModelFacts | ModelError
    try:
        result = analyse(data)
    except ModelError as problem:
        result = problem
    if isinstance(result, ModelError):
        assert all((result.where, result.expected, result.found, result.mend))
    return result


@BOUNDED
@given(which=st.integers(0, len(FILES) - 1), near_start=st.booleans(), changes=MUTATIONS)
def test_any_change_gives_facts_or_a_refusal(which: int, near_start: bool, changes) -> None:
    data = bytearray(FILES[which])
    reach = 6_000 if near_start else len(data)
    for share, put, replaced in changes:
        at = int(share * reach)
        data[at : at + replaced] = put
    result = outcome(bytes(data))
    if isinstance(result, ModelFacts):
        assert result.counted_macs >= 0
        assert result.weight_bytes <= len(data) * 8


@BOUNDED
@given(which=st.integers(0, len(FILES) - 1), share=st.floats(0, 0.999))
def test_a_file_that_was_cut_off_is_refused(which: int, share: float) -> None:
    assert isinstance(outcome(FILES[which][: int(share * len(FILES[which]))]), ModelError)


@BOUNDED
@given(
    data=st.binary(max_size=200),
    head=st.sampled_from([b"", b"\0\0\0\0TFL3", b"\x1c\0\0\0TFL3", b"\x08\x08\x3a"]),
)
def test_any_bytes_give_facts_or_a_refusal(data: bytes, head: bytes) -> None:
    outcome(head + data)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x89HDF\r\n", b"hello", bytes(1000)])
def test_what_is_no_model_is_called_so(data: bytes) -> None:
    refusal = outcome(data)
    assert isinstance(refusal, ModelError)
    assert refusal.expected == "a .tflite or .onnx model"


def test_a_file_over_the_limit_is_not_taken_apart(monkeypatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    assert "at most 10 bytes" in str(outcome(FILES[0]))


def test_a_tensor_that_is_longer_than_its_shape_is_named() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 8])]
    w = made.tensor("w", [4, 8], "int8", bytes(31))
    made.outputs = [made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 4])])]
    assert str(outcome(made.content())) == "tensor 1: expected 32 bytes, as its shape and type say; found 31"


def test_weights_that_do_not_fit_the_activations_are_refused() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 4, 4, 3])]
    w = made.tensor("w", [8, 1, 1, 3], "int8", np.ones((8, 1, 1, 3)))
    made.outputs = [made.operator("CONV_2D", [0, w], [made.tensor("y", [1, 4, 4, 9])])]
    assert str(outcome(made.content())) == (
        "operator 1 (CONV_2D): expected 8 output channels, as the weights have; found 9"
    )


def unary(shape: list[int]) -> bytes:
    made = TfliteFile()
    made.inputs, made.outputs = [made.tensor("x", shape)], [made.tensor("y", shape)]
    made.operator("RELU", [0], [1])
    return made.content()


@pytest.mark.parametrize("shape", [[1 << 30], [1 << 16, 1 << 16], [1] * 9])
def test_an_absurd_shape_is_refused(shape: list[int]) -> None:
    assert isinstance(outcome(unary(shape)), ModelError)


@pytest.mark.parametrize(
    ("shape", "peak"), [([-5, 2], 4), ([2, -5], None)], ids=["a free batch", "a free size"]
)
def test_a_negative_size_is_one_that_is_free(shape: list[int], peak: int | None) -> None:
    result = outcome(unary(shape))
    assert isinstance(result, ModelFacts)
    assert result.peak_live_bytes == peak


def test_a_shape_that_inference_arrives_at_is_bounded_too() -> None:
    nodes = [helper.make_node("Concat", ["x"] * 500, ["a"], axis=0), helper.make_node("Concat", ["a"] * 500, ["b"], axis=0),
             helper.make_node("Concat", ["b"] * 500, ["y"], axis=0)]  # fmt: skip
    made = onnx_files.model(nodes, inputs={"x": [1, 1000]}, outputs={"y": None})
    assert isinstance(outcome(made.SerializeToString()), ModelError)


def test_weights_in_another_file_are_refused() -> None:
    made = onnx.load_model_from_string(onnx_files.mobilenet())
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    refusal = outcome(made.SerializeToString())
    assert isinstance(refusal, ModelError)
    assert refusal.found == "weights in another file"


def test_protobuf_that_is_nested_thousands_deep_is_refused() -> None:
    def field(number: int, content: bytes) -> bytes:
        size, length = len(content), b""
        while size > 127:
            length, size = length + bytes([size & 127 | 128]), size >> 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + content

    graph = field(1, field(4, b"Relu"))
    for _ in range(2_000):
        graph = field(1, field(4, b"If") + field(5, field(6, graph)))
    assert isinstance(outcome(field(7, graph)), ModelError)


@pytest.mark.parametrize("count", [limits.OPERATORS + 1, limits.TENSORS + 1])
def test_more_operators_than_are_followed_are_refused(count: int) -> None:
    nodes = [helper.make_node("Relu", ["x"], [f"y{n}"]) for n in range(count)]
    made = onnx_files.model(nodes, inputs={"x": [1]}, outputs={"y0": None})
    assert f"{count:,}" in str(outcome(made.SerializeToString()))


def test_control_characters_of_names_are_not_kept() -> None:
    made = TfliteFile()
    made.inputs, made.outputs = [made.tensor("a\u202eb\x00\x1b[31m", [1])], [made.tensor("y" * 500, [1])]
    made.operator("RELU", [0], [1])
    result = outcome(made.content())
    assert isinstance(result, ModelFacts)
    assert result.inputs[0].name == "a�b��[31m"
    assert len(result.outputs[0].name) == limits.NAME_CHARACTERS


def test_more_subgraphs_than_the_main_one_are_said_to_be_missing() -> None:
    made = TfliteFile(subgraphs=2)
    made.inputs, made.outputs = [made.tensor("x", [1])], [made.tensor("y", [1])]
    made.operator("RELU", [0], [1])
    result = outcome(made.content())
    assert isinstance(result, ModelFacts)
    assert result.missing[0].what == "subgraphs"
