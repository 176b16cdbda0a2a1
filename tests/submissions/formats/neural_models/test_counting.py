"""MACs, parameters, bytes and memory of models whose figures are known."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import helper

from results.domain.model_facts import LayerKind, ModelFacts, Runtime
from submissions.formats.neural_models.analyse import analyse

from . import onnx_files, tflite_files
from .tflite_files import TfliteFile

MOBILENET_KINDS = {
    LayerKind.CONV: 497_664,
    LayerKind.POINTWISE: 6_193_152,
    LayerKind.DEPTHWISE: 798_336,
    LayerKind.FULLY_CONNECTED: 512,
}


def memory(facts: ModelFacts, runtime: Runtime) -> tuple[int | None, int | None]:
    return next((m.low_bytes, m.high_bytes) for m in facts.memory if m.runtime == runtime)


@pytest.mark.parametrize(
    "content",
    [
        tflite_files.mobilenet(),
        onnx_files.mobilenet(quantised=True),
        onnx_files.mobilenet(quantised=True, batch="N"),
    ],
    ids=["tflite", "onnx", "onnx with a free batch"],
)
def test_mobilenet_at_a_quarter_width_has_its_analytic_figures(content: bytes) -> None:
    facts = analyse(content)
    assert facts.is_complete
    assert facts.macs == facts.effective_macs == 7_489_664
    assert facts.macs_by_kind() == MOBILENET_KINDS
    assert facts.parameters == 210_850
    assert facts.numeric_format == "int8"
    assert facts.peak_live_bytes == 55_296
    assert memory(facts, Runtime.LIVE_SET) == (55_296, 55_296)
    assert memory(facts, Runtime.IN_PLACE) == (36_864, 36_864)
    assert memory(facts, Runtime.TFLM)[0] == 64_512


@pytest.mark.parametrize(
    "content", [tflite_files.mobilenet("float32"), onnx_files.mobilenet()], ids=["tflite", "onnx"]
)
def test_the_same_network_in_float_needs_four_times_the_bytes(content: bytes) -> None:
    facts = analyse(content)
    assert (facts.macs, facts.parameters, facts.numeric_format) == (7_489_664, 210_850, "float32")
    assert facts.weight_bytes == 4 * 210_850
    assert facts.peak_live_bytes == 4 * 55_296


def test_the_features_for_projections_are_complete_and_agree_between_formats() -> None:
    tflite, onnx = (
        analyse(tflite_files.mobilenet()).features(),
        analyse(onnx_files.mobilenet(quantised=True)).features(),
    )
    assert tflite is not None
    assert onnx is not None
    assert tflite.macs == onnx.macs == MOBILENET_KINDS
    assert tflite.weight_bytes == onnx.weight_bytes
    assert tflite.share(LayerKind.DEPTHWISE) == pytest.approx(0.1066, abs=1e-4)
    assert tflite.operators == onnx.operators == 31
    assert onnx.activation_bytes == pytest.approx(tflite.activation_bytes, rel=1e-4)


def test_a_free_batch_is_counted_as_one_and_said() -> None:
    (note,) = analyse(onnx_files.mobilenet(batch="N")).notes
    assert note == "The batch of input image is free in the file; it is counted as 1."


def chain(
    weights: list[np.ndarray], *, bias: int = 0, dtype: str = "int8", zero_point: int = 0
) -> ModelFacts:  # fmt: skip
    """Pointwise convolutions over 2 × 2 pixels; each matrix is [output channels, input channels]."""
    made = TfliteFile()
    x = made.tensor("x", [1, 2, 2, weights[0].shape[1]], dtype)
    made.inputs = [x]
    for number, matrix in enumerate(weights):
        out = matrix.shape[0]
        w = made.tensor(
            f"w{number}", [out, 1, 1, matrix.shape[1]], dtype, matrix.reshape(out, 1, 1, -1), scale=[0.1],
            zero_point=[zero_point],
        )  # fmt: skip
        b = made.tensor(f"b{number}", [out], "int32", np.full(out, bias))
        x = made.operator("CONV_2D", [x, w, b], [made.tensor(f"y{number}", [1, 2, 2, out], dtype)])
    made.outputs = [x]
    return analyse(made.content())


@pytest.mark.parametrize("bias", [0, 7], ids=["no bias", "a bias that can be folded on"])
def test_a_filter_of_zeros_and_what_reads_it_are_not_effective(bias: int) -> None:
    first, second = np.ones((4, 3)), np.ones((5, 4))
    first[1] = 0
    facts = chain([first, second], bias=bias)
    assert facts.macs == 4 * (4 * 3 + 5 * 4)
    assert facts.effective_macs == 4 * (3 * 3 + 5 * 3)
    assert facts.layers[0].dead_channels == 1
    assert facts.zero_weights == 3


def test_death_spreads_to_filters_that_read_only_dead_channels() -> None:
    first, second, third = np.ones((2, 2)), np.array([[1, 0], [0, 1]]), np.ones((3, 2))
    first[0] = 0
    facts = chain([first, second, third])
    assert [layer.dead_channels for layer in facts.layers] == [1, 1, 0]
    assert facts.effective_macs == 4 * (1 * 2 + 1 * 1 + 3 * 1)


def test_single_zeros_save_nothing() -> None:
    facts = chain([np.array([[1, 0], [0, 1]])])
    assert facts.effective_macs == facts.macs
    assert facts.zero_weight_share == 0.5


def test_zero_is_the_zero_point() -> None:
    weights = np.array([[128, 128], [128, 130]])
    facts = chain([weights], dtype="uint8", zero_point=128)
    assert facts.zero_weights == 3
    assert facts.layers[0].dead_channels == 1


def branches(operator: str, axis: int = -1) -> ModelFacts:
    """Two convolutions of one input, the first with a dead channel 0, put together and read by a third."""
    made, one, other = TfliteFile(), np.ones((2, 2)), np.ones((2, 2))
    one[0] = 0
    made.inputs = [made.tensor("x", [1, 2, 2, 2])]
    arms = []
    for name, matrix in (("a", one), ("b", other)):
        w = made.tensor(f"w{name}", [2, 1, 1, 2], "int8", matrix.reshape(2, 1, 1, 2))
        arms.append(made.operator("CONV_2D", [0, w], [made.tensor(name, [1, 2, 2, 2])]))
    channels = 4 if operator == "CONCATENATION" else 2
    joined = made.operator(operator, arms, [made.tensor("joined", [1, 2, 2, channels])], axis=axis)
    w = made.tensor("w", [1, 1, 1, channels], "int8", np.ones((1, 1, 1, channels)))
    made.outputs = [made.operator("CONV_2D", [joined, w], [made.tensor("out", [1, 2, 2, 1])])]
    return analyse(made.content())


def test_a_sum_is_dead_only_where_every_summand_is() -> None:
    facts = branches("ADD")
    assert facts.layers[-1].effective_macs == facts.layers[-1].macs


def test_a_concatenation_keeps_dead_channels_apart() -> None:
    facts = branches("CONCATENATION", axis=3)
    assert facts.layers[-1].macs == 16
    assert facts.layers[-1].effective_macs == 12


def test_a_flattened_dead_channel_is_dead_at_every_pixel() -> None:
    made, matrix = TfliteFile(), np.ones((3, 2))
    matrix[2] = 0
    made.inputs = [made.tensor("x", [1, 2, 2, 2])]
    w = made.tensor("w", [3, 1, 1, 2], "int8", matrix.reshape(3, 1, 1, 2))
    x = made.operator("CONV_2D", [0, w], [made.tensor("y", [1, 2, 2, 3])])
    x = made.operator("RESHAPE", [x], [made.tensor("flat", [1, 12])])
    w = made.tensor("d", [5, 12], "int8", np.ones((5, 12)))
    made.outputs = [made.operator("FULLY_CONNECTED", [x, w], [made.tensor("out", [1, 5])])]
    assert analyse(made.content()).layers[-1].effective_macs == 5 * 8


def test_dead_channels_are_those_whose_value_no_input_changes() -> None:
    """Seen from outside: random networks are run on random inputs, and constants are looked for."""
    random = np.random.default_rng(1)
    for _ in range(30):
        sizes = random.integers(1, 7, 4)
        weights = [
            random.integers(1, 50, (after, before)) * (random.random((after, before)) < 0.4)
            for before, after in zip(sizes, sizes[1:], strict=False)
        ]
        inputs = random.random((16, sizes[0])) + 0.1
        facts = chain(weights, bias=1)
        values = inputs
        for layer, matrix in zip(facts.layers, weights, strict=True):
            values = values @ matrix.T + 1.0
            assert layer.dead_channels == int((np.ptp(values, axis=0) < 1e-9).sum())


def test_an_unknown_operator_makes_the_count_incomplete_never_zero() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 8])]
    w = made.tensor("w", [4, 8], "int8", np.ones((4, 8)))
    x = made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 4])])
    made.outputs = [made.operator("custom:Mystery", [x], [made.tensor("z", [1, 4])])]
    facts = analyse(made.content())
    assert facts.macs is facts.effective_macs is facts.features() is None
    assert facts.counted_macs == 32
    assert facts.unsupported == ("custom:Mystery",)
    assert facts.missing[0].why == "1 of 2 operators are not known here: custom:Mystery"


def test_a_free_size_beside_the_batch_leaves_macs_and_memory_unknown() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 1, 1, 3], signature=[-1, -1, -1, 3])]
    w = made.tensor("w", [4, 1, 1, 3], "int8", np.ones((4, 1, 1, 3)))
    made.outputs = [
        made.operator("CONV_2D", [0, w], [made.tensor("y", [1, 1, 1, 4], signature=[-1, -1, -1, 4])])
    ]
    facts = analyse(made.content())
    assert facts.macs is facts.peak_live_bytes is facts.ram_bytes() is None
    assert {missing.what for missing in facts.missing} == {"MACs", "activation memory"}


def test_operators_of_another_domain_are_named_as_in_qonnx() -> None:
    nodes = [helper.make_node("Quant", ["x"], ["q"], domain="qonnx.custom_op.general"),
             helper.make_node("MatMul", ["q", "w"], ["y"])]  # fmt: skip
    made = onnx_files.model(
        nodes, inputs={"x": [1, 8]}, outputs={"y": None}, constants={"w": np.ones((8, 4), np.float32)},
        domains=["qonnx.custom_op.general"],
    )  # fmt: skip
    facts = analyse(made.SerializeToString())
    assert facts.macs is None
    assert facts.unsupported == ("qonnx.custom_op.general:Quant",)
    assert facts.layers[1].macs is None, "a shape that is unknown gives no MACs"


def test_types_that_differ_between_weights_and_activations_are_mixed() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 8], "float32")]
    w = made.tensor("w", [4, 8], "int8", np.ones((4, 8)), scale=[0.1])
    made.outputs = [made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 4], "float32")])]
    assert analyse(made.content()).numeric_format == "mixed"


def test_narrow_weights_of_int16_activations_are_int16() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 8], "int16")]
    w = made.tensor("w", [4, 8], "int8", np.ones((4, 8)), scale=[0.1])
    made.outputs = [made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 4], "int16")])]
    assert analyse(made.content()).numeric_format == "int16"


def test_weights_that_are_stored_as_float16_are_followed_through_their_unpacking() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 8], "float32")]
    stored = made.tensor("stored", [4, 8], "float16", np.ones((4, 8)))
    w = made.operator("DEQUANTIZE", [stored], [made.tensor("w", [4, 8], "float32")])
    made.outputs = [made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 4], "float32")])]
    facts = analyse(made.content())
    assert (facts.macs, facts.weight_bytes, facts.parameters) == (32, 64, 32)
    assert facts.peak_live_bytes == 32 + 16
    assert facts.layers[0].is_fused


def test_int4_weights_are_two_to_a_byte() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 4])]
    w = made.tensor("w", [2, 4], "int4", b"\x10\x00\x22\x22", scale=[0.1])
    made.outputs = [made.operator("FULLY_CONNECTED", [0, w], [made.tensor("y", [1, 2])])]
    facts = analyse(made.content())
    assert (facts.weight_bytes, facts.zero_weights) == (4, 3)


def test_a_state_is_kept_besides_the_activations() -> None:
    made = TfliteFile()
    made.inputs = [made.tensor("x", [1, 8])]
    w, t = (
        made.tensor("w", [4, 8], "int8", np.ones((4, 8))),
        made.tensor("t", [4, 3], "int8", np.ones((4, 3))),
    )
    state = made.tensor("state", [1, 12], is_state=True)
    made.outputs = [made.operator("SVDF", [0, w, t, -1, state], [made.tensor("y", [1, 4])])]
    facts = analyse(made.content())
    assert facts.macs == 32 + 12
    assert facts.macs_by_kind() == {LayerKind.RECURRENT: 44}
    assert facts.state_bytes == 12
    assert memory(facts, Runtime.LIVE_SET) == (24, 24)


def onnx_facts(nodes: list, shape: list[int], **constants: np.ndarray) -> ModelFacts:
    made = onnx_files.model(nodes, inputs={"x": shape}, outputs={"y": None}, constants=constants)
    return analyse(made.SerializeToString())


@pytest.mark.parametrize(
    ("node", "shape", "weights", "macs", "kind"),
    [
        (helper.make_node("Conv", ["x", "w"], ["y"], group=2), [1, 4, 5, 5], (6, 2, 3, 3), 6 * 9 * 18, LayerKind.CONV),
        (helper.make_node("Conv", ["x", "w"], ["y"], group=4), [1, 4, 5, 5], (8, 1, 3, 3), 8 * 9 * 9, LayerKind.DEPTHWISE),
        (helper.make_node("Conv", ["x", "w"], ["y"]), [1, 4, 9], (6, 4, 3), 6 * 7 * 12, LayerKind.CONV),
        (helper.make_node("ConvTranspose", ["x", "w"], ["y"]), [1, 4, 5, 5], (4, 3, 2, 2), 100 * 12, LayerKind.CONV),
        (helper.make_node("Gemm", ["x", "w"], ["y"]), [2, 8], (8, 4), 64, LayerKind.FULLY_CONNECTED),
        (helper.make_node("MatMul", ["x", "x"], ["y"]), [3, 6, 6], None, 3 * 216, LayerKind.MATMUL),
        (helper.make_node("LSTM", ["x", "w", "r"], ["y"], hidden_size=2), [5, 1, 3], (1, 8, 3), 5 * (24 + 16),
         LayerKind.RECURRENT),
    ],
    ids=["grouped", "depthwise with two filters each", "one dimension", "transposed", "gemm", "two activations", "lstm"],
)  # fmt: skip
def test_macs_of_onnx_operators(node, shape: list[int], weights, macs: int, kind: LayerKind) -> None:
    constants = {} if weights is None else {"w": np.ones(weights, np.float32)}
    if node.op_type == "LSTM":
        constants["r"] = np.ones((1, 8, 2), np.float32)
    facts = onnx_facts([node], shape, **constants)
    assert facts.macs == facts.effective_macs == macs
    assert facts.layers[0].kind == kind


def test_grouped_filters_lose_only_their_own_dead_inputs() -> None:
    first, second = np.ones((4, 2, 1, 1), np.float32), np.ones((6, 2, 1, 1), np.float32)
    first[0] = 0
    nodes = [
        helper.make_node("Conv", ["x", "v"], ["m"]),
        helper.make_node("Conv", ["m", "w"], ["y"], group=2),
    ]
    facts = onnx_facts(nodes, [1, 2, 1, 1], v=first, w=second)
    assert facts.layers[1].macs == 12
    assert facts.layers[1].effective_macs == 12 - 3


def test_weights_that_quantisation_rounds_to_zero_are_zero() -> None:
    weights = np.array([[0.01, 1.0], [0.02, 0.03]], np.float32)
    nodes = [helper.make_node("QuantizeLinear", ["w", "s", "z"], ["q"]),
             helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"]),
             helper.make_node("Gemm", ["x", "d"], ["y"], transB=1)]  # fmt: skip
    facts = onnx_facts(nodes, [1, 2], w=weights, s=np.float32(0.1), z=np.int8(5))
    gemm = facts.layers[-1]
    assert (gemm.zero_weights, gemm.dead_channels, gemm.weight_dtype, gemm.weight_bytes) == (3, 1, "int8", 4)


def test_more_activations_than_are_planned_leave_one_runtime_without_estimate(monkeypatch) -> None:
    from submissions.formats.neural_models import limits

    monkeypatch.setattr(limits, "LIVE_TENSORS", 5)
    facts = analyse(tflite_files.mobilenet())
    assert memory(facts, Runtime.TFLM) == (None, None)
    assert memory(facts, Runtime.LIVE_SET) == (55_296, 55_296)
