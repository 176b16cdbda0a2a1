"""One case per operator and form of weights that a reader knows, with MACs worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from results.domain.model_facts import LayerKind, ModelFacts
from submissions.formats.neural_models import analyse as entrance
from submissions.formats.neural_models import tflite_reader
from submissions.formats.neural_models.analyse import analyse
from submissions.formats.neural_models.errors import ModelError

from . import onnx_files, tflite_files
from .tflite_files import TfliteFile


def tflite(
    operator: str, shapes: list[list[int]], out: list[int], *, constants: int = 1, order: list[int] | None = None,
    extra: int = 0, **options,
) -> ModelFacts:  # fmt: skip
    """One operator: the first of ``shapes`` is the input, the last ``constants`` are weights of ones."""
    made, inputs = TfliteFile(), []
    for number, shape in enumerate(shapes):
        is_constant = number >= len(shapes) - constants
        inputs.append(
            made.tensor(f"t{number}", shape, "int8", np.ones(shape) if is_constant else None, **options)
        )
    made.inputs = inputs[: len(shapes) - constants]
    inputs = [inputs[i] for i in order] if order else inputs
    made.outputs = [made.operator(operator, inputs + [-1] * extra, [made.tensor("y", out)])]
    return analyse(made.content())


@pytest.mark.parametrize(
    ("operator", "shapes", "out", "options", "macs", "kind"),
    [
        ("CONV_3D", [[1, 4, 4, 4, 2], [3, 3, 3, 2, 5]], [1, 2, 2, 2, 5], {}, 8 * 5 * 54, LayerKind.CONV),
        ("CONV_2D", [[1, 4, 4, 6], [4, 3, 3, 3]], [1, 4, 4, 4], {}, 16 * 4 * 27, LayerKind.CONV),
        ("TRANSPOSE_CONV", [[1, 4, 4, 6], [3, 2, 2, 6]], [1, 8, 8, 3], {"order": [1, 1, 0]}, 96 * 12, LayerKind.CONV),
        ("DEPTHWISE_CONV_2D", [[1, 4, 4, 2], [1, 3, 3, 6]], [1, 4, 4, 6], {}, 96 * 9, LayerKind.DEPTHWISE),
        ("BATCH_MATMUL", [[2, 3, 4], [2, 4, 5]], [2, 3, 5], {"constants": 0}, 30 * 4, LayerKind.MATMUL),
        ("UNIDIRECTIONAL_SEQUENCE_LSTM", [[1, 7, 3], [4, 3], [4, 2]], [1, 7, 2], {"constants": 2}, 7 * 20,
         LayerKind.RECURRENT),
        ("RNN", [[1, 3], [4, 3], [4, 4]], [1, 4], {"constants": 2}, 28, LayerKind.RECURRENT),
    ],
)  # fmt: skip
def test_macs_of_tflite_operators(operator, shapes, out, options, macs: int, kind: LayerKind) -> None:
    facts = tflite(operator, shapes, out, **options)
    assert facts.macs == facts.effective_macs == macs
    assert facts.layers[0].kind == kind


@pytest.mark.parametrize(
    ("operator", "shapes", "out", "said"),
    [
        ("CONV_2D", [[1, 4, 4, 3], [4, 3, 3]], [1, 4, 4, 4], "weights of 4 dimensions"),
        ("CONV_2D", [[1, 4, 4, 5], [4, 3, 3, 2]], [1, 4, 4, 4], "4 input channels"),
        ("DEPTHWISE_CONV_2D", [[1, 4, 4, 4], [1, 3, 3, 6]], [1, 4, 4, 6], "filters for each of 4 groups"),
        ("FULLY_CONNECTED", [[1, 9], [4, 8]], [1, 4], "rows of 8 inputs"),
        ("FULLY_CONNECTED", [[1, 8], [4, 8]], [1, 5], "4 output elements"),
        ("FULLY_CONNECTED", [[1, 8], [4, 8, 1]], [1, 4], "a matrix of weights"),
    ],
)
def test_weights_that_do_not_fit_are_refused_with_the_operator(operator, shapes, out, said: str) -> None:
    with pytest.raises(ModelError, match=said) as refused:
        tflite(operator, shapes, out)
    assert refused.value.where == f"operator 1 ({operator})"


def test_an_operator_without_its_weights_is_refused() -> None:
    with pytest.raises(ModelError, match="2 inputs and an output"):
        tflite("CONV_2D", [[1, 4, 4, 3]], [1, 4, 4, 4], constants=0)


def test_every_channel_may_have_a_zero_point_of_its_own() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 2])]
    w = made.tensor(
        "w", [2, 2], "uint8", np.array([[5, 5], [5, 9]]), scale=[0.1, 0.1], zero_point=[5, 9], axis=0
    )
    made.outputs = [made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 2])])]
    facts = analyse(made.content())
    assert (facts.zero_weights, facts.layers[0].dead_channels) == (3, 1)
    assert next(t for t in facts.tensors if t.name == "w").scales == 2


def test_a_mean_over_the_picture_keeps_dead_channels() -> None:
    made, matrix = TfliteFile(), np.ones((3, 2))
    matrix[1] = 0
    made.inputs = [made.tensor("x", [1, 2, 2, 2])]
    w = made.tensor("w", [3, 1, 1, 2], "int8", matrix.reshape(3, 1, 1, 2))
    x = made.operator("CONV_2D", [0, w], [made.tensor("y", [1, 2, 2, 3])])
    x = made.operator("MEAN", [x], [made.tensor("mean", [1, 3])])
    d = made.tensor("d", [4, 3], "int8", np.ones((4, 3)))
    made.outputs = [made.operator("FULLY_CONNECTED", [x, d], [made.tensor("out", [1, 4])])]
    assert analyse(made.content()).layers[-1].effective_macs == 8


def test_a_table_that_rows_are_looked_up_in_is_a_parameter() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 3], "int32")]
    table = made.tensor("table", [10, 4], "int8", np.ones((10, 4)))
    made.outputs = [made.operator("EMBEDDING_LOOKUP", [0, table], [made.tensor("y", [1, 3, 4])])]
    facts = analyse(made.content())
    assert (facts.parameters, facts.macs) == (40, 0)
    assert facts.missing[0].why == "no operator of the graph multiplies with weights"


def test_texts_have_no_size_and_that_is_said() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 8])]
    w = made.tensor("w", [4, 8], "int8", np.ones((4, 8)))
    y = made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 4])])
    made.outputs = [made.operator("ARG_MAX", [y], [made.tensor("label", [1], "string")])]
    facts = analyse(made.content())
    assert facts.peak_live_bytes is None
    assert facts.missing[0].why == "1 tensors have no known size, the first is label"


def onnx(nodes: list, shape: list[int], *, dtype: int = TensorProto.FLOAT, **constants) -> ModelFacts:
    made = onnx_files.model(nodes, inputs={"x": shape}, outputs={"y": None}, constants=constants, dtype=dtype)
    made.graph.output[0].type.tensor_type.elem_type = 0
    return analyse(made.SerializeToString())


def node(operator: str, inputs: str, **attributes):
    return helper.make_node(operator, inputs.split(), ["y"], **attributes)


SCALE, ZERO, HALF = np.float32(0.1), np.uint8(0), np.uint8(128)


def test_integer_operators_name_the_zero_point_of_their_weights() -> None:
    weights = np.full((3, 2, 1, 1), 128, np.uint8)
    weights[0] = 130
    facts = onnx(
        [node("QLinearConv", "x s z w s h s z")], [1, 2, 2, 2], dtype=TensorProto.UINT8, w=weights, s=SCALE, z=ZERO, h=HALF
    )  # fmt: skip
    assert (facts.macs, facts.effective_macs, facts.zero_weights) == (24, 8, 4)
    assert facts.numeric_format == "uint8"


def test_an_integer_matrix_product_is_fully_connected() -> None:
    facts = onnx(
        [node("QLinearMatMul", "x s z w s h s z")], [1, 4], dtype=TensorProto.UINT8, w=np.full((4, 3), 128, np.uint8),
        s=SCALE, z=ZERO, h=HALF,
    )  # fmt: skip
    assert facts.macs_by_kind() == {LayerKind.FULLY_CONNECTED: 12}
    assert facts.effective_macs == 0


@pytest.mark.parametrize(
    ("made", "shape", "weights", "macs"),
    [
        (node("ConvInteger", "x w"), [1, 2, 4, 4], np.ones((3, 2, 3, 3), np.uint8), 12 * 18),
        (node("MatMulInteger", "x w"), [1, 4], np.ones((4, 3), np.uint8), 12),
    ],
)
def test_macs_of_integer_operators_without_zero_points(made, shape, weights, macs: int) -> None:
    assert onnx([made], shape, dtype=TensorProto.UINT8, w=weights).macs == macs


@pytest.mark.parametrize(
    ("made", "shape", "weights", "macs"),
    [
        (node("ConvTranspose", "x w", group=2), [1, 4, 3, 3], np.ones((4, 3, 2, 2), np.float32), 36 * 12),
        (node("Gemm", "x w", transA=1), [8, 2], np.ones((8, 4), np.float32), 64),
        (node("Gemm", "x x", transB=1), [2, 8], None, 2 * 2 * 8),
        (node("MatMul", "x w"), [3, 2, 8], np.ones((3, 8, 4), np.float32), 3 * 2 * 8 * 4),
    ],
    ids=["transposed in groups", "transposed input", "an activation twice", "a stack of matrices"],
)
def test_macs_of_less_usual_forms(made, shape, weights, macs: int) -> None:
    facts = onnx([made], shape, **({} if weights is None else {"w": weights}))
    assert facts.macs == facts.effective_macs == macs


def folded(*before, weights: np.ndarray, transposed: bool = False) -> ModelFacts:
    nodes = [*before, node("Gemm", "x d", transB=int(transposed))]
    return onnx(nodes, [1, 2], w=weights, s=SCALE, z=np.int8(0))


def test_weights_are_followed_through_operators_that_run_beforehand() -> None:
    weights = np.array([[0, 1], [0, 2], [0, 3]], np.float32)
    transpose = helper.make_node("Transpose", ["w"], ["d"], perm=[1, 0])
    assert folded(transpose, weights=weights).layers[-1].zero_weights == 3
    reshape = [helper.make_node("Identity", ["w"], ["i"]), helper.make_node("Flatten", ["i"], ["d"], axis=1)]
    facts = folded(*reshape, weights=weights, transposed=True)
    assert (facts.macs, facts.layers[-1].zero_weights, facts.parameters) == (6, 3, 6)
    assert [layer.is_fused for layer in facts.layers] == [True, True, False]


def test_constants_may_be_operators() -> None:
    weights = numpy_helper.from_array(np.ones((2, 3), np.float32))
    facts = onnx([helper.make_node("Constant", [], ["d"], value=weights), node("Gemm", "x d")], [1, 2])
    assert (facts.macs, facts.weight_bytes) == (6, 24)


def test_weights_of_a_type_that_cannot_be_read_leave_effective_macs_unknown() -> None:
    made = onnx_files.model(
        [node("Gemm", "x w")], inputs={"x": [1, 2]}, outputs={"y": None}, dtype=TensorProto.BFLOAT16
    )
    tensor = made.graph.initializer.add()
    tensor.name, tensor.data_type, tensor.raw_data = "w", TensorProto.BFLOAT16, bytes(12)
    tensor.dims.extend([2, 3])
    facts = analyse(made.SerializeToString())
    assert (facts.macs, facts.effective_macs, facts.zero_weights) == (6, None, None)
    assert facts.missing[0].what == "effective MACs and zero weights"
    features = facts.features()
    assert features is not None
    assert features.total_effective_macs == features.total_macs == 6


def test_graphs_within_the_graph_are_said_to_be_missing() -> None:
    inner = helper.make_graph(
        [node("Relu", "x")], "inner", [], [helper.make_tensor_value_info("y", 1, [1, 2])]
    )
    condition = numpy_helper.from_array(np.array(True), "c")
    made = onnx_files.model(
        [helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)], inputs={"x": [1, 2]}, outputs={"y": None}
    )  # fmt: skip
    made.graph.initializer.append(condition)
    facts = analyse(made.SerializeToString())
    assert facts.macs is None
    assert facts.missing[0].what == "subgraphs"


def test_a_concatenation_of_onnx_keeps_dead_channels_apart() -> None:
    first = np.ones((2, 2, 1, 1), np.float32)
    first[0] = 0
    nodes = [helper.make_node("Conv", ["x", "v"], ["a"]), helper.make_node("Concat", ["a", "x"], ["b"], axis=1),
             helper.make_node("GlobalAveragePool", ["b"], ["p"]), helper.make_node("Flatten", ["p"], ["f"]),
             node("Gemm", "f w")]  # fmt: skip
    facts = onnx(nodes, [1, 2, 3, 3], v=first, w=np.ones((4, 5), np.float32))
    assert (facts.layers[-1].macs, facts.layers[-1].effective_macs) == (20, 15)


@pytest.mark.parametrize(
    ("made", "shape", "weights", "said"),
    [
        (node("Conv", "x w", group=0), [1, 4, 4, 4], (4, 4, 3, 3), "at least 1 group|fit together"),
        (node("Conv", "x w", group=3), [1, 4, 4, 4], (3, 1, 3, 3), "3 input channels|fit together"),
        (node("Conv", "x w"), [1, 4, 4, 4], (4, 4), "a kernel|fit together"),
        (node("Conv", "x"), [1, 4, 4, 4], (1,), "2 inputs and an output|fit together"),
    ],
)
def test_onnx_weights_that_do_not_fit_are_refused(made, shape, weights, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        onnx([made], shape, w=np.ones(weights, np.float32))


def test_a_tensor_without_numbers_for_its_shape_is_refused() -> None:
    made = onnx_files.model([node("Gemm", "x w")], inputs={"x": [1, 2]}, outputs={"y": None})
    tensor = made.graph.initializer.add()
    tensor.name, tensor.data_type = "w", TensorProto.FLOAT
    tensor.dims.extend([2, 3])
    with pytest.raises(ModelError, match="numbers for its shape"):
        analyse(made.SerializeToString())
    tensor.raw_data = bytes(20)
    with pytest.raises(ModelError, match="24 bytes, as its shape and type say; found 20"):
        analyse(made.SerializeToString())


@pytest.mark.parametrize("step", ["facts_of", "read"])
def test_whatever_goes_wrong_is_a_refusal_but_a_lack_of_memory_is_not(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def broken(fault: Exception):
        def fail(*_: object, **__: object) -> None:
            raise fault

        where = (entrance, "facts_of") if step == "facts_of" else (tflite_reader, "read_tflite")
        monkeypatch.setattr(*where, fail)

    broken(KeyError("a surprise"))
    with pytest.raises(ModelError, match="damaged structure"):
        analyse(tflite_files.mobilenet())
    broken(MemoryError())
    with pytest.raises(MemoryError):
        analyse(tflite_files.mobilenet())
    broken(ModelError("here", expected="one thing", found="another"))
    with pytest.raises(ModelError, match="^here: expected one thing; found another$"):
        analyse(tflite_files.mobilenet())


def test_weights_behind_the_structure_of_the_file_are_refused() -> None:
    import flatbuffers
    import tflite as schema

    builder = flatbuffers.Builder(256)
    schema.BufferStart(builder)
    schema.BufferAddOffset(builder, 4096)
    schema.BufferAddSize(builder, 10)
    buffer = schema.BufferEnd(builder)
    buffers = tflite_files._offsets(builder, [buffer])
    schema.SubGraphStart(builder)
    graphs = tflite_files._offsets(builder, [schema.SubGraphEnd(builder)])
    schema.ModelStart(builder)
    schema.ModelAddBuffers(builder, buffers)
    schema.ModelAddSubgraphs(builder, graphs)
    builder.Finish(schema.ModelEnd(builder), file_identifier=b"TFL3")
    with pytest.raises(ModelError, match="appended behind it"):
        analyse(bytes(builder.Output()))
