"""What each TensorFlow Lite operator does to numbers, channels and memory; one row or function per operator."""

from __future__ import annotations

import math
from collections.abc import Callable

from results.domain.model_facts import LayerKind

from .counting import convolution, fully_connected, matrix_product, recurrent
from .errors import ModelError
from .graph import Filters, Flow, Graph, Operator

_ELEMENTWISE = {
    "ABS", "ADD", "ADD_N", "CAST", "CEIL", "COS", "DEQUANTIZE", "DIV", "ELU", "EQUAL", "EXP", "FLOOR", "FLOOR_DIV",
    "FLOOR_MOD", "GELU", "GREATER", "GREATER_EQUAL", "HARD_SWISH", "LEAKY_RELU", "LESS", "LESS_EQUAL", "LOG",
    "LOGICAL_AND", "LOGICAL_NOT", "LOGICAL_OR", "LOGISTIC", "MAXIMUM", "MINIMUM", "MUL", "NEG", "NOT_EQUAL", "POW",
    "PRELU", "QUANTIZE", "FAKE_QUANT", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "ROUND", "RSQRT", "SELECT",
    "SELECT_V2", "SIGN", "SIN", "SQRT", "SQUARE", "SQUARED_DIFFERENCE", "SUB", "TANH", "ZEROS_LIKE",
}  # fmt: skip
_CHANNELWISE = {
    "AVERAGE_POOL_2D", "MAX_POOL_2D", "MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "RESIZE_BILINEAR",
    "RESIZE_NEAREST_NEIGHBOR", "PAD", "PADV2", "MIRROR_PAD", "L2_POOL_2D",
}  # fmt: skip
_VIEWS = {"RESHAPE", "SQUEEZE", "EXPAND_DIMS"}
_MOVING = {
    "ARG_MAX", "ARG_MIN", "ASSIGN_VARIABLE", "BATCH_TO_SPACE_ND", "BROADCAST_ARGS", "BROADCAST_TO", "CALL_ONCE",
    "CUMSUM", "DEPTH_TO_SPACE", "DYNAMIC_UPDATE_SLICE", "EMBEDDING_LOOKUP", "FILL", "GATHER", "GATHER_ND",
    "L2_NORMALIZATION", "LOCAL_RESPONSE_NORMALIZATION", "LOG_SOFTMAX", "ONE_HOT", "PACK", "RANGE", "RANK",
    "READ_VARIABLE", "REDUCE_ALL", "REDUCE_ANY", "REDUCE_PROD", "REVERSE_SEQUENCE", "REVERSE_V2", "SCATTER_ND",
    "SHAPE", "SLICE", "SOFTMAX", "SPACE_TO_BATCH_ND", "SPACE_TO_DEPTH", "SPLIT", "SPLIT_V", "STRIDED_SLICE", "TILE",
    "TOPK_V2", "TRANSPOSE", "UNPACK", "VAR_HANDLE", "WHERE",
}  # fmt: skip
_TABLES = {"EMBEDDING_LOOKUP": 1, "GATHER": 0}
"""Operators that look rows up, and which input holds the table."""


def describe(graph: Graph, operator: Operator) -> None:
    """Fill in what ``operator`` does; one that is not known here keeps the kind ``UNKNOWN``."""
    name = operator.name
    if name in _MULTIPLYING:
        least, of_operator = _MULTIPLYING[name]
        if len(operator.read) < least or not operator.outputs or operator.outputs[0] < 0:
            raise ModelError(
                operator.label, expected=f"{least} inputs and an output",
                found=f"{len(operator.read)} and {len(operator.outputs)}",
            )  # fmt: skip
        of_operator(graph, operator)
    elif (
        name in _ELEMENTWISE
        or name in _CHANNELWISE
        or name in _MOVING
        or name in _VIEWS
        or name == "CONCATENATION"
    ):
        operator.kind, operator.macs = LayerKind.NONE, 0
        _flow(graph, operator)


def _flow(graph: Graph, operator: Operator) -> None:
    name = operator.name
    if name in _ELEMENTWISE:
        operator.flow = Flow.SAME
        constants = [i for i in operator.read if graph.tensors[i].is_constant]
        operator.parameters = tuple(i for i in constants if (graph.elements(i) or 0) > 1)
    elif name in _CHANNELWISE:
        operator.flow = Flow.SAME
        operator.pads = name == "PAD"
    elif name in _VIEWS:
        operator.flow, operator.is_view = Flow.RESHAPE, True
    elif name == "CONCATENATION":
        operator.flow, operator.join_axis = Flow.JOIN, operator.attributes.get("axis", -1)
    elif name in _TABLES and len(operator.inputs) > _TABLES[name]:
        table = operator.inputs[_TABLES[name]]
        operator.parameters = (table,) if table >= 0 and graph.tensors[table].is_constant else ()


def _conv_2d(graph: Graph, operator: Operator) -> None:
    weight, before = graph.shape(operator.inputs[1]), graph.shape(operator.inputs[0])
    _needs_rank(operator, weight, 4)
    groups = before[-1] // weight[3] if weight and before and weight[3] else 1
    convolution(graph, operator, Filters(operator.inputs[1], 0, 3, max(groups, 1)))
    operator.parameters = tuple(i for i in operator.inputs[1:3] if i >= 0)


def _conv_3d(graph: Graph, operator: Operator) -> None:
    _needs_rank(operator, graph.shape(operator.inputs[1]), 5)
    convolution(graph, operator, Filters(operator.inputs[1], 4, 3))
    operator.parameters = tuple(i for i in operator.inputs[1:3] if i >= 0)


def _depthwise(graph: Graph, operator: Operator) -> None:
    weight, before = graph.shape(operator.inputs[1]), graph.shape(operator.inputs[0])
    _needs_rank(operator, weight, 4)
    convolution(graph, operator, Filters(operator.inputs[1], 3, None, before[-1] if before else 1))
    operator.parameters = tuple(i for i in operator.inputs[1:3] if i >= 0)


def _transpose_conv(graph: Graph, operator: Operator) -> None:
    # its inputs are: output shape, weights, activations, bias
    _needs_rank(operator, graph.shape(operator.inputs[1]), 4)
    convolution(graph, operator, Filters(operator.inputs[1], 0, 3, source=2), transposed=True)
    operator.parameters = tuple(i for i in (operator.inputs[1], *operator.inputs[3:4]) if i >= 0)


def _fully_connected(graph: Graph, operator: Operator) -> None:
    fully_connected(graph, operator, Filters(operator.inputs[1], 0, 1))
    operator.parameters = tuple(i for i in operator.inputs[1:3] if i >= 0)


def _batch_matmul(graph: Graph, operator: Operator) -> None:
    matrix_product(graph, operator, common=-2 if operator.attributes.get("adjoint_first") else -1)
    operator.parameters = tuple(i for i in operator.read if graph.tensors[i].is_constant)


def _lstm(graph: Graph, operator: Operator) -> None:
    constants = [i for i in operator.read if graph.tensors[i].is_constant]
    recurrent(graph, operator, constants, is_sequence=operator.name.startswith("UNIDIRECTIONAL"))


def _svdf(graph: Graph, operator: Operator) -> None:
    recurrent(graph, operator, [i for i in operator.inputs[1:4] if i >= 0], is_sequence=False)


def _needs_rank(operator: Operator, weight: tuple[int, ...] | None, rank: int) -> None:
    if weight is not None and (len(weight) != rank or not math.prod(weight)):
        shown = "×".join(str(size) for size in weight) or "a scalar"
        raise ModelError(
            operator.label, expected=f"weights of {rank} dimensions, none of them 0", found=shown
        )


_MULTIPLYING: dict[str, tuple[int, Callable[[Graph, Operator], None]]] = {
    "CONV_2D": (2, _conv_2d),
    "CONV_3D": (2, _conv_3d),
    "DEPTHWISE_CONV_2D": (2, _depthwise),
    "TRANSPOSE_CONV": (3, _transpose_conv),
    "FULLY_CONNECTED": (2, _fully_connected),
    "BATCH_MATMUL": (2, _batch_matmul),
    "SVDF": (3, _svdf),
    "LSTM": (2, _lstm),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (2, _lstm),
    "UNIDIRECTIONAL_SEQUENCE_RNN": (2, _lstm),
    "RNN": (2, _lstm),
}
"""Operator → how many inputs it needs, and the function that counts it."""
