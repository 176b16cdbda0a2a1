"""TensorFlow Lite files (FlatBuffers, identifier TFL3) → :class:`Graph`.

The accessors of the schema follow offsets without looking. Every count is checked before a loop runs over it, and what
they raise for an offset that leads outside the file is said of the part that was being read.
"""

from __future__ import annotations

import contextlib
import math
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import tflite

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
from .tflite_operators import describe

IDENTIFIER = b"TFL3"
_OPERATOR_NAMES = {v: k for k, v in vars(tflite.BuiltinOperator).items() if isinstance(v, int)}
_TYPES = {v: k.lower() for k, v in vars(tflite.TensorType).items() if isinstance(v, int)}
_NUMPY = {
    "float32": "<f4", "float16": "<f2", "float64": "<f8", "int8": "i1", "uint8": "u1", "int16": "<i2", "uint16": "<u2",
    "int32": "<i4", "uint32": "<u4", "int64": "<i8", "uint64": "<u8", "bool": "u1", "bfloat16": "<u2",
}  # fmt: skip


def read_tflite(data: bytes) -> Graph:
    """The main subgraph of the file. Raises ModelError."""
    with _reading("the head of the file"):
        model = tflite.Model.GetRootAsModel(data, 0)
        subgraphs = checked_count(model.SubgraphsLength(), limits.SUBGRAPHS, "subgraphs", least=1)
        main, version, description = (
            model.Subgraphs(0),
            model.Version(),
            clean_name(model.Description() or b""),
        )
    buffers = _buffers(model)
    tensors = _tensors(main, buffers)
    operators = _operators(main, _operator_codes(model), len(tensors))
    with _reading("the inputs and outputs of the graph"):
        inputs = _indices(
            main.InputsAsNumpy, main.InputsLength(), len(tensors), "inputs of the graph", least=0
        )
        outputs = _indices(
            main.OutputsAsNumpy, main.OutputsLength(), len(tensors), "outputs of the graph", least=0
        )
    graph = Graph("tflite", f"schema {version}", description, -1, tensors, operators, inputs, outputs)
    if subgraphs > 1:
        graph.missing.append(
            ("subgraphs", f"{subgraphs - 1} besides the main one; what they compute is not counted")
        )
    _fold_constants(graph)
    for operator in operators:
        if not operator.is_folded:
            describe(graph, operator)
    return graph


@contextlib.contextmanager
def _reading(where: str) -> Iterator[None]:
    """Says of ``where`` what the accessors raise when they are led astray."""
    try:
        yield
    except ModelError:
        raise
    except (struct.error, TypeError, IndexError, ValueError, OverflowError) as fault:
        raise ModelError(
            where, expected="data inside the file", found="an offset or length that leads outside it",
            mend="The file was cut off or altered on its way; send it again from where it was made.",
        ) from fault  # fmt: skip


def _buffers(model: Any) -> list[np.ndarray[Any, Any]]:
    """The bytes of every buffer; empty for activations."""
    found = []
    with _reading("the list of buffers"):
        count = checked_count(model.BuffersLength(), limits.TENSORS, "buffers", least=1)
    for index in range(count):
        with _reading(f"buffer {index}"):
            buffer = model.Buffers(index)
            data, appended_at = buffer.DataAsNumpy(), buffer.Offset()
        if appended_at > 1:
            raise ModelError(
                f"buffer {index}", expected="weights inside the model's structure",
                found="weights appended behind it, a form for files of more than 2 GB",
            )  # fmt: skip
        found.append(np.zeros(0, np.uint8) if isinstance(data, int) else data)
    return found


def _operator_codes(model: Any) -> list[str]:
    names = []
    with _reading("the list of operator codes"):
        count = checked_count(model.OperatorCodesLength(), limits.OPERATOR_CODES, "operator codes")
    for index in range(count):
        with _reading(f"operator code {index}"):
            code = model.OperatorCodes(index)
            # files from before 2020 have the number in the field of 8 bits only
            number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
            custom = clean_name(code.CustomCode() or b"")
        name = _OPERATOR_NAMES.get(number, f"BUILTIN_{number}")
        names.append(f"custom:{custom or 'without a name'}" if name == "CUSTOM" else name)
    return names


def _tensors(subgraph: Any, buffers: list[np.ndarray[Any, Any]]) -> list[Tensor]:
    with _reading("the list of tensors"):
        count = checked_count(subgraph.TensorsLength(), limits.TENSORS, "tensors", least=1)
    found = []
    for index in range(count):
        with _reading(f"tensor {index}"):
            found.append(_tensor(subgraph.Tensors(index), f"tensor {index}", buffers))
    return found


def _tensor(stated: Any, where: str, buffers: list[np.ndarray[Any, Any]]) -> Tensor:
    number = stated.Buffer()
    if number >= len(buffers):
        raise ModelError(where, expected=f"a buffer below {len(buffers)}", found=f"buffer {number}")
    buffer = buffers[number]
    tensor = Tensor(
        clean_name(stated.Name() or b"") or where, _TYPES.get(stated.Type(), f"type {stated.Type()}"), _shape(stated, where),
        is_constant=bool(buffer.size), is_state=bool(stated.IsVariable()), storage=number, stored_bytes=int(buffer.size),
    )  # fmt: skip
    _read_quantisation(stated, tensor, where)
    if tensor.is_constant and stated.Sparsity() is None:
        tensor.values = _values(tensor, buffer, where)
    return tensor


def _shape(stated: Any, where: str) -> tuple[int, ...] | None:
    """The shape; a free batch is 1, and with any other free size the shape is unknown (None)."""
    count = checked_count(stated.ShapeLength(), limits.RANK, f"dimensions of {where}")
    sizes = stated.ShapeAsNumpy().tolist() if count else []
    marks = checked_count(stated.ShapeSignatureLength(), limits.RANK, f"dimensions of {where}")
    signature = stated.ShapeSignatureAsNumpy().tolist() if marks else sizes
    if any(size < 0 for size in signature[1:]) or any(size < 0 for size in sizes[1:]):
        return None
    if sizes and sizes[0] < 0:
        sizes[0] = 1
    return checked_shape(sizes, where)


def _read_quantisation(stated: Any, tensor: Tensor, where: str) -> None:
    quantisation = stated.Quantization()
    if quantisation is None or not quantisation.ScaleLength():
        return
    most = max(tensor.shape or (1,), default=1)
    count = checked_count(quantisation.ScaleLength(), max(most, 1), f"scales of {where}")
    points = checked_count(quantisation.ZeroPointLength(), count, f"zero points of {where}")
    tensor.scales = tuple(quantisation.ScaleAsNumpy().tolist())
    tensor.zero_points = tuple(quantisation.ZeroPointAsNumpy().tolist()) if points else ()
    tensor.quantised_axis = quantisation.QuantizedDimension()
    if count > 1 and not 0 <= tensor.quantised_axis < len(tensor.shape or ()):
        raise ModelError(
            where, expected="a quantised dimension of the tensor", found=f"{tensor.quantised_axis}"
        )


def _values(tensor: Tensor, buffer: np.ndarray[Any, Any], where: str) -> np.ndarray[Any, Any] | None:
    """The stored numbers in their shape; None for a type whose zeros cannot be told."""
    if tensor.shape is None or tensor.dtype not in ITEM_BITS:
        return None
    wanted = (math.prod(tensor.shape) * ITEM_BITS[tensor.dtype] + 7) // 8
    if wanted != buffer.size:
        raise ModelError(
            where, expected=f"{wanted:,} bytes, as its shape and type say", found=f"{buffer.size:,}"
        )
    if tensor.dtype == "int4":  # two to a byte, the lower half first
        halves = np.stack([buffer & 15, buffer >> 4], axis=-1).reshape(-1)[: math.prod(tensor.shape)]
        return halves.reshape(tensor.shape)
    kind = _NUMPY.get(tensor.dtype)
    return None if kind is None else buffer.view(kind).reshape(tensor.shape)


def _operators(subgraph: Any, codes: list[str], tensors: int) -> list[Operator]:
    with _reading("the list of operators"):
        count = checked_count(subgraph.OperatorsLength(), limits.OPERATORS, "operators", least=1)
    found = []
    for index in range(count):
        with _reading(f"operator {index + 1}"):
            found.append(_operator(subgraph.Operators(index), index + 1, codes, tensors))
    checked_connections(found)
    return found


def _operator(stated: Any, number: int, codes: list[str], tensors: int) -> Operator:
    code = stated.OpcodeIndex()
    if code >= len(codes):
        raise ModelError(
            f"operator {number}", expected=f"one of {len(codes)} operator codes", found=f"code {code}"
        )
    label = f"operator {number} ({codes[code]})"
    inputs = _indices(stated.InputsAsNumpy, stated.InputsLength(), tensors, f"inputs of {label}")
    outputs = _indices(stated.OutputsAsNumpy, stated.OutputsLength(), tensors, f"outputs of {label}", least=0)
    return Operator(codes[code], label, inputs, outputs, _attributes(stated, codes[code]))


def _indices(read: Any, count: int, tensors: int, what: str, *, least: int = -1) -> tuple[int, ...]:
    checked_count(count, limits.PORTS, what)
    indices = tuple(read().tolist()) if count else ()
    for index in indices:
        if not least <= index < tensors:
            raise ModelError(what, expected=f"tensors below {tensors}", found=f"tensor {index}")
    return indices


def _attributes(stated: Any, name: str) -> dict[str, Any]:
    options = stated.BuiltinOptions()
    if options is None:
        return {}
    if name == "CONCATENATION":
        return {"axis": _options(options, tflite.ConcatenationOptions).Axis()}
    if name == "BATCH_MATMUL":
        return {"adjoint_first": bool(_options(options, tflite.BatchMatMulOptions).AdjX())}
    return {}


def _options(table: Any, kind: Any) -> Any:
    options = kind()
    options.Init(table.Bytes, table.Pos)
    return options


def _fold_constants(graph: Graph) -> None:
    """Weights that are stored smaller and unpacked before the first inference are constants all the same."""
    for operator in graph.operators:
        if operator.name not in ("DEQUANTIZE", "DENSIFY") or not operator.read or not operator.outputs:
            continue
        source, target = graph.tensors[operator.read[0]], graph.tensors[operator.outputs[0]]
        if not source.is_constant or target.is_constant:
            continue
        _become(target, source)
        operator.is_folded, operator.kind, operator.macs = True, LayerKind.NONE, 0


def _become(target: Tensor, source: Tensor) -> None:
    """``target`` holds the numbers of ``source``, which stays what is stored."""
    target.is_constant, target.values, target.storage = True, source.values, source.storage
    target.stored_bytes, target.dtype = source.stored_bytes, source.dtype
    target.scales, target.zero_points = source.scales, source.zero_points
    target.quantised_axis = source.quantised_axis
