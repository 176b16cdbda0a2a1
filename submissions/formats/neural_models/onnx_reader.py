"""ONNX files (protobuf) → :class:`Graph`. Shapes come from ONNX's own inference; nothing is executed.

Weights outside the file are refused: a file may not name another file of this machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper

from results.domain.model_facts import LayerKind

from . import limits
from .errors import ModelError
from .graph import (
    ITEM_BITS,
    Graph,
    Operator,
    Tensor,
    checked_connections,
    checked_count,
    checked_shape,
    clean_name,
)
from .onnx_operators import describe

_STANDARD = ("", "ai.onnx", "com.microsoft")
"""Domains whose operators are looked up by name; com.microsoft holds the quantised ones of ONNX Runtime."""
_TYPES = {number: name.lower() for name, number in TensorProto.DataType.items()} | {
    TensorProto.FLOAT: "float32", TensorProto.DOUBLE: "float64",
}  # fmt: skip
_SCALARS = {AttributeProto.INT: "i", AttributeProto.INTS: "ints"}
_DATA_FIELDS = ("float", "int32", "int64", "double", "uint64")
_LONGEST_ATTRIBUTE = 64


def read_onnx(data: bytes) -> Graph:
    """The main graph. Raises ModelError, and for damaged content whatever onnx raises."""
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError as fault:
        raise ModelError(
            "the file",
            expected="a .tflite or .onnx model",
            found="neither (no TFL3 at byte 4, no protobuf of ONNX)",
        ) from fault
    if not model.graph.node:
        raise ModelError(
            "the file", expected="a .tflite or .onnx model", found="no graph with operators in it"
        )
    _check(model.graph)
    notes = _fix_batch(model.graph)
    inferred = _with_shapes(model)
    return _Reader(inferred, notes).read()


def _check(graph: GraphProto) -> None:
    """The limits, before anything follows the content."""
    checked_count(len(graph.node), limits.OPERATORS, "operators", least=1)
    checked_count(
        len(graph.initializer) + len(graph.sparse_initializer) + len(graph.input) + len(graph.value_info),
        limits.TENSORS, "tensors",
    )  # fmt: skip
    for tensor in graph.initializer:
        _check_tensor(tensor)
    for node in graph.node:
        where = f"operator {clean_name(node.op_type)}"
        checked_count(max(len(node.input), len(node.output)), limits.PORTS, f"inputs or outputs of {where}")
        for attribute in node.attribute:
            if attribute.HasField("t"):
                _check_tensor(attribute.t)
    for value in (*graph.input, *graph.output, *graph.value_info):
        _check_dimensions(value)


def _check_tensor(tensor: TensorProto) -> None:
    name = clean_name(tensor.name) or "without a name"
    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        raise ModelError(
            f"tensor {name}", expected="weights inside the file", found="weights in another file",
            mend="Save the model as one file (onnx.save_model without save_as_external_data).",
        )  # fmt: skip
    checked_shape(list(tensor.dims), f"tensor {name}")


def _check_dimensions(value: Any) -> None:
    if value.type.HasField("tensor_type"):
        known = [d.dim_value for d in value.type.tensor_type.shape.dim if d.HasField("dim_value")]
        checked_shape([max(size, 0) for size in known if size], f"tensor {clean_name(value.name)}")


def _fix_batch(graph: GraphProto) -> list[str]:
    """A free first dimension of an input is the batch: 1. What was stated of shapes inside is worked out anew."""
    constants = {tensor.name for tensor in graph.initializer}
    notes = []
    for value in graph.input:
        sizes = value.type.tensor_type.shape.dim
        if value.name in constants or not sizes:
            continue
        if sizes[0].HasField("dim_param") or sizes[0].dim_value <= 0:
            sizes[0].dim_value = 1
            notes.append(
                f"The batch of input {clean_name(value.name)} is free in the file; it is counted as 1."
            )
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")
    return notes


def _with_shapes(model: ModelProto) -> ModelProto:
    """The model with the shapes that onnx infers, those of operators it does not know as the file states them."""
    stated = list(model.graph.value_info)
    del model.graph.value_info[:]
    try:
        inferred = onnx.shape_inference.infer_shapes(
            model, check_type=False, strict_mode=False, data_prop=True
        )
    except MemoryError:
        raise
    except Exception as fault:  # a native library: its exceptions have no common class of their own
        raise ModelError(
            "the graph", expected="operators whose shapes fit together", found=clean_name(str(fault))
        ) from fault
    known = {value.name for value in inferred.graph.value_info}
    known.update(value.name for value in inferred.graph.output if value.type.tensor_type.HasField("shape"))
    inferred.graph.value_info.extend(value for value in stated if value.name not in known)
    for value in (*inferred.graph.output, *inferred.graph.value_info):
        _check_dimensions(value)
    return inferred


class _Reader:
    """Tensors by name; ONNX graphs have no numbers for them."""

    def __init__(self, model: ModelProto, notes: list[str]) -> None:
        self._model, self._notes = model, notes
        self._tensors: list[Tensor] = []
        self._index: dict[str, int] = {}

    def read(self) -> Graph:
        model, graph = self._model, self._model.graph
        for initializer in graph.initializer:
            self._constant(initializer.name, initializer)
        for value in (*graph.input, *graph.output, *graph.value_info):
            self._typed(value)
        operators = [self._operator(node, number) for number, node in enumerate(graph.node, start=1)]
        checked_connections(operators)
        checked_count(len(self._tensors), limits.TENSORS, "tensors")
        opsets = ", ".join(f"{o.domain or 'ai.onnx'} {o.version}" for o in model.opset_import[:4])
        read = Graph(
            "onnx", clean_name(f"IR {model.ir_version}, {opsets or 'no operator set'}"),
            clean_name(f"{model.producer_name} {model.producer_version}".strip()), 1, self._tensors, operators,
            tuple(self._index[v.name] for v in graph.input if not self._tensors[self._index[v.name]].is_constant),
            tuple(self._index[v.name] for v in graph.output), self._notes,
        )  # fmt: skip
        if graph.sparse_initializer:
            read.missing.append(("weights", "some are stored in sparse form, which is not read here"))
        for operator, node in zip(operators, graph.node, strict=True):
            if any(a.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS) for a in node.attribute):
                read.missing.append(
                    ("subgraphs", f"{operator.label} holds a graph of its own, which is not counted")
                )
            if _folded(read, operator):
                operator.is_folded, operator.kind, operator.macs = True, LayerKind.NONE, 0
            elif node.domain in _STANDARD:
                _note_scale(read, operator)
                describe(read, operator)
        return read

    def _at(self, name: str) -> int:
        """Index of the tensor ``name``, made without shape when it is new; -1 for an input that is left out."""
        if not name:
            return -1
        if name not in self._index:
            self._index[name] = len(self._tensors)
            self._tensors.append(Tensor(clean_name(name), "unknown", None))
        return self._index[name]

    def _typed(self, value: Any) -> None:
        tensor = self._tensors[self._at(value.name)]
        if tensor.is_constant or not value.type.HasField("tensor_type"):
            return
        stated = value.type.tensor_type
        tensor.dtype = _type_name(stated.elem_type)
        if stated.HasField("shape"):
            sizes = [d.dim_value if d.HasField("dim_value") else -1 for d in stated.shape.dim]
            if all(size >= 0 for size in sizes):
                tensor.shape = checked_shape(sizes, f"tensor {tensor.name}")

    def _constant(self, name: str, stated: TensorProto) -> None:
        tensor = self._tensors[self._at(name)]
        tensor.is_constant, tensor.dtype = True, _type_name(stated.data_type)
        tensor.shape, tensor.storage = checked_shape(list(stated.dims), f"tensor {tensor.name}"), name
        tensor.values = _values(stated, tensor)
        tensor.stored_bytes = tensor.size_bytes or 0

    def _operator(self, node: NodeProto, number: int) -> Operator:
        name = clean_name(node.op_type)
        if node.domain not in _STANDARD:
            name = clean_name(f"{node.domain}:{name}")
        outputs = tuple(self._at(output) for output in node.output)
        if name == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value" and attribute.HasField("t") and node.output:
                    self._constant(node.output[0], attribute.t)
        attributes = {
            a.name: list(a.ints) if a.type == AttributeProto.INTS else a.i
            for a in node.attribute
            if a.type in _SCALARS and len(a.ints) <= _LONGEST_ATTRIBUTE
        }
        label = f"operator {number} ({name})"
        return Operator(name, label, tuple(self._at(i) for i in node.input), outputs, attributes)


def _type_name(number: int) -> str:
    name = _TYPES.get(number, f"type {number}")
    return "float8" if name.startswith("float8") else name


def _values(stated: TensorProto, tensor: Tensor) -> np.ndarray[Any, Any] | None:
    """The stored numbers; ModelError when there are more or fewer than the shape says."""
    bits = ITEM_BITS.get(tensor.dtype)
    if bits is None or tensor.dtype in ("bfloat16", "float8"):
        return None
    if stated.HasField("raw_data"):
        wanted = (math.prod(stated.dims) * bits + 7) // 8
        if wanted != len(stated.raw_data):
            raise ModelError(
                f"tensor {tensor.name}", expected=f"{wanted:,} bytes, as its shape and type say",
                found=f"{len(stated.raw_data):,}",
            )  # fmt: skip
    elif math.prod(stated.dims) and not any(getattr(stated, f"{kind}_data") for kind in _DATA_FIELDS):
        raise ModelError(f"tensor {tensor.name}", expected="numbers for its shape", found="none")
    return numpy_helper.to_array(stated)


def _folded(graph: Graph, operator: Operator) -> bool:
    """Whether all inputs are constants, so that the operator is gone before the first inference.

    The result keeps what is stored: quantised weights stay int8 behind a DequantizeLinear.
    """
    tensors = [graph.tensors[index] for index in operator.read]
    if operator.name == "Constant":
        return True
    if not tensors or not operator.outputs or not all(tensor.is_constant for tensor in tensors):
        return False
    target, source = graph.tensors[operator.outputs[0]], tensors[0]
    fold = _FOLDING.get(operator.name)
    if fold is None or target.is_constant:
        return False
    target.storage, target.stored_bytes, target.dtype = source.storage, source.stored_bytes, source.dtype
    target.scales, target.zero_points, target.quantised_axis = (
        source.scales, source.zero_points, source.quantised_axis,
    )  # fmt: skip
    fold(operator, tensors, target)
    target.is_constant = True
    if target.values is not None:
        target.shape = tuple(target.values.shape)
    elif target.shape is None:
        target.shape = source.shape
    return True


def _keep(operator: Operator, tensors: Sequence[Tensor], target: Tensor) -> None:
    target.values = tensors[0].values


def _dequantise(operator: Operator, tensors: Sequence[Tensor], target: Tensor) -> None:
    target.values = tensors[0].values
    if len(tensors) > 1 and tensors[1].values is not None:
        target.scales = _finite(tensors[1].values.reshape(-1).tolist())
    if len(tensors) > 2 and tensors[2].values is not None:
        target.zero_points = tuple(int(point) for point in tensors[2].values.reshape(-1).tolist())
        target.quantised_axis = _axis(operator, tensors[0])


def _quantise(operator: Operator, tensors: Sequence[Tensor], target: Tensor) -> None:
    """Float weights that are quantised beforehand: the numbers become those of the narrower type."""
    source, scale = tensors[0], tensors[1].values if len(tensors) > 1 else None
    target.dtype = tensors[2].dtype if len(tensors) > 2 else "uint8"
    bits = ITEM_BITS.get(target.dtype, 8)
    target.stored_bytes = ((source.elements or 0) * bits + 7) // 8
    target.values = None
    if source.values is None or scale is None:
        return
    if scale.size > 1:
        along = [1] * source.values.ndim
        along[_axis(operator, source)] = -1
        scale = scale.reshape(along)
    point = tensors[2].values if len(tensors) > 2 else None
    with np.errstate(all="ignore"):
        target.values = np.rint(source.values / scale) + (0 if point is None else point.reshape(scale.shape))


def _note_scale(graph: Graph, operator: Operator) -> None:
    """An activation that is quantised carries its scale and zero point, as in TFLite."""
    if operator.name not in ("QuantizeLinear", "DequantizeLinear") or len(operator.read) < 2:
        return
    index = operator.outputs[0] if operator.name == "QuantizeLinear" else operator.read[0]
    held = [graph.tensors[i].values for i in operator.read[1:3]]
    if index < 0 or graph.tensors[index].is_constant or held[0] is None:
        return
    graph.tensors[index].scales = _finite(held[0].reshape(-1).tolist())
    if len(held) > 1 and held[1] is not None:
        graph.tensors[index].zero_points = tuple(int(point) for point in held[1].reshape(-1).tolist())


def _axis(operator: Operator, tensor: Tensor) -> int:
    rank = len(tensor.shape or ())
    axis = int(operator.attributes.get("axis", 1))
    return axis % rank if rank and -rank <= axis < rank else 0


def _transpose(operator: Operator, tensors: Sequence[Tensor], target: Tensor) -> None:
    values = tensors[0].values
    target.values = None if values is None else values.transpose(operator.attributes.get("perm"))
    if len(target.zero_points) > 1:  # the axis has moved; only one zero point is followed
        target.values = None


def _reshape(operator: Operator, tensors: Sequence[Tensor], target: Tensor) -> None:
    values = tensors[0].values
    if len(target.zero_points) > 1 or values is None or target.shape is None:
        target.values = None
    else:
        target.values = values.reshape(target.shape)


def _finite(scales: Iterable[float]) -> tuple[float, ...]:
    return tuple(float(scale) for scale in scales)


_FOLDING = {
    "Identity": _keep, "Dropout": _keep, "DequantizeLinear": _dequantise, "QuantizeLinear": _quantise,
    "Transpose": _transpose, "Reshape": _reshape, "Flatten": _reshape, "Squeeze": _reshape, "Unsqueeze": _reshape,
}  # fmt: skip
