"""What each ONNX operator does to numbers, channels and memory; one row or function per operator."""

from __future__ import annotations

import math
from collections.abc import Callable

from results.domain.model_facts import LayerKind

from .counting import convolution, fully_connected, matrix_product, recurrent
from .errors import ModelError
from .graph import Filters, Flow, Graph, Operator

_ELEMENTWISE = {
    "Abs", "Add", "And", "BatchNormalization", "Cast", "CastLike", "Ceil", "Celu", "Clip", "Cos", "DequantizeLinear",
    "Div", "Dropout", "Elu", "Equal", "Erf", "Exp", "Floor", "Gelu", "Greater", "GreaterOrEqual", "HardSigmoid",
    "HardSwish", "Identity", "InstanceNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log", "Max", "Mean", "Min",
    "Mish", "Mod", "Mul", "Neg", "Not", "Or", "PRelu", "Pow", "QLinearAdd", "QLinearLeakyRelu", "QLinearMul",
    "QLinearSigmoid", "QuantizeLinear", "Reciprocal", "Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus",
    "Softsign", "Sqrt", "Sub", "Sum", "Swish", "Tan", "Tanh", "ThresholdedRelu", "Where", "Xor",
}  # fmt: skip
_CHANNELWISE = {
    "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "MaxPool", "Pad", "QLinearAveragePool",
    "QLinearGlobalAveragePool", "ReduceL1", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Resize",
    "Upsample",
}  # fmt: skip
_VIEWS = {"Reshape", "Flatten", "Squeeze", "Unsqueeze"}
_QUANTISING = {"QuantizeLinear", "DequantizeLinear"}
_FUSED = {"BatchNormalization", "Clip", "Dropout", "Identity", "LeakyRelu", "Relu"}
_MOVING = {
    "ArgMax", "ArgMin", "CenterCropPad", "Constant", "ConstantOfShape", "CumSum", "DepthToSpace", "DynamicQuantizeLinear",
    "Expand", "EyeLike", "Gather", "GatherElements", "GatherND", "GroupNormalization", "Hardmax", "IsInf", "IsNaN",
    "LRN", "LayerNormalization", "LogSoftmax", "LpNormalization", "MeanVarianceNormalization", "NonZero", "OneHot",
    "QLinearSoftmax", "Range", "ReduceProd", "ReverseSequence", "ScatterElements", "ScatterND", "Shape", "Size",
    "Slice", "Softmax", "SpaceToDepth", "Split", "Tile", "TopK", "Transpose", "Trilu", "Unique",
}  # fmt: skip


def describe(graph: Graph, operator: Operator) -> None:
    """Fill in what ``operator`` does; one that is not known here keeps the kind ``UNKNOWN``."""
    name = operator.name
    if name in _MULTIPLYING:
        least, of_operator = _MULTIPLYING[name]
        if (
            len([i for i in operator.inputs[:least] if i >= 0]) < least
            or not operator.outputs
            or operator.outputs[0] < 0
        ):
            raise ModelError(
                operator.label, expected=f"{least} inputs and an output",
                found=f"{len(operator.read)} and {len(operator.outputs)}",
            )  # fmt: skip
        of_operator(graph, operator)
    elif (
        name in _ELEMENTWISE
        or name in _CHANNELWISE
        or name in _VIEWS
        or name in _MOVING
        or name in ("Concat", "QLinearConcat")
    ):
        operator.kind, operator.macs = LayerKind.NONE, 0
        _flow(graph, operator)


def _flow(graph: Graph, operator: Operator) -> None:
    name, constants = operator.name, [i for i in operator.read if graph.tensors[i].is_constant]
    if name in _ELEMENTWISE:
        operator.flow = Flow.SAME
        operator.is_view = name in _QUANTISING
        operator.may_fuse = name in _FUSED or (name == "Add" and bool(constants))
        if (
            name not in _QUANTISING
            and not name.startswith("QLinear")
            and name not in ("Clip", "Dropout", "Where")
        ):
            operator.parameters = tuple(i for i in constants if (graph.elements(i) or 0) > 1)
    elif name in _CHANNELWISE:
        operator.flow, operator.pads = Flow.SAME, name == "Pad"
    elif name in _VIEWS:
        operator.flow, operator.is_view = Flow.RESHAPE, True
    elif name == "Concat":
        operator.flow, operator.join_axis = Flow.JOIN, operator.attributes.get("axis", 1)
    elif name in ("Gather", "LayerNormalization", "GroupNormalization") and operator.read:
        first = 0 if name == "Gather" else 1
        operator.parameters = tuple(
            i for i in operator.inputs[first : first + (1 if name == "Gather" else 2)] if i in constants
        )


def _weight_and_bias(graph: Graph, operator: Operator, weight: int, bias: int) -> None:
    chosen = (operator.inputs[weight], *operator.inputs[bias : bias + 1])
    operator.parameters = tuple(i for i in chosen if i >= 0 and graph.tensors[i].is_constant)


def _take_zero_point(graph: Graph, operator: Operator, weight: int, point: int | None) -> None:
    """Integer operators name the zero point of their weights as an input of its own."""
    if point is None or len(operator.inputs) <= point or operator.inputs[point] < 0:
        return
    values = graph.tensors[operator.inputs[point]].values
    if values is not None:
        tensor = graph.tensors[operator.inputs[weight]]
        tensor.zero_points = tuple(int(value) for value in values.reshape(-1).tolist())
        tensor.quantised_axis = 0 if operator.name.endswith(("Conv", "ConvInteger")) else 1


def _conv_at(weight: int, bias: int, point: int | None = None) -> Callable[[Graph, Operator], None]:
    """A convolution whose weights, bias and zero point of the weights stand at these inputs.

    Weights are O, I ÷ groups, kernel.
    """

    def conv(graph: Graph, operator: Operator) -> None:
        groups, shape = operator.attributes.get("group", 1), graph.shape(operator.inputs[weight])
        before = graph.shape(operator.inputs[0])
        _needs_kernel(operator, shape, groups)
        _take_zero_point(graph, operator, weight, point)
        # one input channel for each group and more than one group: every filter reads a channel of its own
        is_depthwise = bool(shape) and groups > 1 and (shape or (0, 0))[1] == 1
        if before is not None and is_depthwise and len(before) > 1 and before[1] != groups:
            raise ModelError(operator.label, expected=f"{groups} input channels", found=f"{before[1]}")
        convolution(graph, operator, Filters(operator.inputs[weight], 0, None if is_depthwise else 1, groups))
        _weight_and_bias(graph, operator, weight, bias)

    return conv


def _conv_transpose(graph: Graph, operator: Operator) -> None:
    groups, shape = operator.attributes.get("group", 1), graph.shape(operator.inputs[1])
    _needs_kernel(operator, shape, 1)
    convolution(graph, operator, Filters(operator.inputs[1], 1, 0, groups), transposed=True)
    if groups > 1:  # a filter of one group meets the inputs of that group only; zeros are not looked into
        operator.filters = None
    _weight_and_bias(graph, operator, 1, 2)


def _gemm(graph: Graph, operator: Operator) -> None:
    weight = operator.inputs[1]
    if operator.attributes.get("transA"):
        matrix_product(graph, operator, common=0)
        return
    if not graph.tensors[weight].is_constant:
        matrix_product(graph, operator, common=-1)
        return
    transposed = bool(operator.attributes.get("transB"))
    fully_connected(graph, operator, Filters(weight, *((0, 1) if transposed else (1, 0))))
    _weight_and_bias(graph, operator, 1, 2)


def _matmul_at(weight: int, point: int | None = None) -> Callable[[Graph, Operator], None]:
    """A matrix product: with a constant second matrix it is a fully connected layer."""

    def matmul(graph: Graph, operator: Operator) -> None:
        index = operator.inputs[weight]
        shape = graph.shape(index)
        _take_zero_point(graph, operator, weight, point)
        if graph.tensors[index].is_constant and shape is not None and len(shape) == 2:
            fully_connected(graph, operator, Filters(index, 1, 0))
        else:
            matrix_product(graph, operator, common=-1)
        operator.parameters = (index,) if graph.tensors[index].is_constant else ()

    return matmul


def _recurrent(graph: Graph, operator: Operator) -> None:
    constants = [i for i in operator.inputs[1:4] if i >= 0 and graph.tensors[i].is_constant]
    recurrent(graph, operator, [i for i in operator.inputs[1:3] if i >= 0], is_sequence=True)
    if len(operator.inputs) > 3 and operator.inputs[3] in constants:
        operator.parameters = (*operator.parameters, operator.inputs[3])


def _needs_kernel(operator: Operator, weight: tuple[int, ...] | None, groups: int) -> None:
    if not isinstance(groups, int) or groups < 1:
        raise ModelError(operator.label, expected="at least 1 group", found=f"{groups}"[:40])
    if weight is not None and (len(weight) < 3 or not math.prod(weight)):
        shown = "×".join(str(size) for size in weight) or "a scalar"
        raise ModelError(operator.label, expected="weights with a kernel, no size 0", found=shown)


_MULTIPLYING: dict[str, tuple[int, Callable[[Graph, Operator], None]]] = {
    "Conv": (2, _conv_at(1, 2)),
    "ConvInteger": (2, _conv_at(1, 99, 3)),
    "QLinearConv": (4, _conv_at(3, 8, 5)),
    "ConvTranspose": (2, _conv_transpose),
    "Gemm": (2, _gemm),
    "MatMul": (2, _matmul_at(1)),
    "MatMulInteger": (2, _matmul_at(1, 3)),
    "QLinearMatMul": (4, _matmul_at(3, 5)),
    "LSTM": (3, _recurrent),
    "GRU": (3, _recurrent),
    "RNN": (3, _recurrent),
}
"""Operator → how many inputs it needs, and the function that counts it."""
