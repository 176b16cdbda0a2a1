"""Small .tflite files written for the tests: tensors, operators, bytes. Nothing is copied from a published model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
import tflite

_TYPES = {
    "float32": tflite.TensorType.FLOAT32, "int8": tflite.TensorType.INT8, "int16": tflite.TensorType.INT16,
    "int32": tflite.TensorType.INT32, "uint8": tflite.TensorType.UINT8, "float16": tflite.TensorType.FLOAT16,
    "int4": tflite.TensorType.INT4, "string": tflite.TensorType.STRING,
}  # fmt: skip


@dataclass
class _Tensor:
    name: str
    shape: Sequence[int]
    dtype: str
    data: bytes | None
    scale: Sequence[float]
    zero_point: Sequence[int]
    axis: int
    signature: Sequence[int] | None
    is_state: bool


@dataclass
class TfliteFile:
    """Add tensors and operators in order, then ask for :meth:`content`."""

    tensors: list[_Tensor] = field(default_factory=list)
    operators: list[tuple[str, list[int], list[int], int]] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    subgraphs: int = 1

    def tensor(
        self, name: str, shape: Sequence[int], dtype: str = "int8", data: np.ndarray[Any, Any] | bytes | None = None,
        *, scale: Sequence[float] = (), zero_point: Sequence[int] = (), axis: int = 0,
        signature: Sequence[int] | None = None, is_state: bool = False,
    ) -> int:  # fmt: skip
        """Index of a new tensor; a constant when ``data`` is given."""
        raw = data.astype(dtype).tobytes() if isinstance(data, np.ndarray) else data
        self.tensors.append(_Tensor(name, shape, dtype, raw, scale, zero_point, axis, signature, is_state))
        return len(self.tensors) - 1

    def operator(self, name: str, inputs: Sequence[int], outputs: Sequence[int], *, axis: int = -1) -> int:
        """The first output of a new operator; ``custom:…`` is one of no known kind."""
        self.operators.append((name, list(inputs), list(outputs), axis))
        return outputs[0]

    def content(self) -> bytes:
        builder = flatbuffers.Builder(1 << 16)
        codes = list(dict.fromkeys(name for name, *_ in self.operators))
        buffers = [self._buffer(builder, None)] + [
            self._buffer(builder, t.data) for t in self.tensors if t.data is not None
        ]
        tensors = self._tensors(builder)
        operators = [self._operator(builder, codes.index(entry[0]), entry) for entry in self.operators]
        name = builder.CreateString("main")
        lists = [self._ints(builder, self.inputs), self._ints(builder, self.outputs)]
        offsets = [_offsets(builder, tensors), _offsets(builder, operators)]
        graphs = []
        for _ in range(self.subgraphs):
            tflite.SubGraphStart(builder)
            tflite.SubGraphAddTensors(builder, offsets[0])
            tflite.SubGraphAddInputs(builder, lists[0])
            tflite.SubGraphAddOutputs(builder, lists[1])
            tflite.SubGraphAddOperators(builder, offsets[1])
            tflite.SubGraphAddName(builder, name)
            graphs.append(tflite.SubGraphEnd(builder))
        parts = [_offsets(builder, [self._code(builder, code) for code in codes]), _offsets(builder, graphs)]
        held, description = _offsets(builder, buffers), builder.CreateString("made for a test")
        tflite.ModelStart(builder)
        tflite.ModelAddVersion(builder, 3)
        tflite.ModelAddOperatorCodes(builder, parts[0])
        tflite.ModelAddSubgraphs(builder, parts[1])
        tflite.ModelAddDescription(builder, description)
        tflite.ModelAddBuffers(builder, held)
        builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

    def _buffer(self, builder: Any, data: bytes | None) -> int:
        vector = builder.CreateByteVector(data) if data is not None else None
        tflite.BufferStart(builder)
        if vector is not None:
            tflite.BufferAddData(builder, vector)
        return int(tflite.BufferEnd(builder))

    def _tensors(self, builder: Any) -> list[int]:
        made, number = [], 0
        for tensor in self.tensors:
            if tensor.data is not None:
                number += 1
            made.append(self._tensor(builder, tensor, number if tensor.data is not None else 0))
        return made

    def _tensor(self, builder: Any, tensor: _Tensor, buffer: int) -> int:
        quantisation, name = self._quantisation(builder, tensor), builder.CreateString(tensor.name)
        shape = self._ints(builder, tensor.shape)
        signature = self._ints(builder, tensor.signature) if tensor.signature is not None else None
        tflite.TensorStart(builder)
        tflite.TensorAddShape(builder, shape)
        tflite.TensorAddType(builder, _TYPES[tensor.dtype])
        tflite.TensorAddBuffer(builder, buffer)
        tflite.TensorAddName(builder, name)
        tflite.TensorAddIsVariable(builder, tensor.is_state)
        if quantisation is not None:
            tflite.TensorAddQuantization(builder, quantisation)
        if signature is not None:
            tflite.TensorAddShapeSignature(builder, signature)
        return int(tflite.TensorEnd(builder))

    def _quantisation(self, builder: Any, tensor: _Tensor) -> int | None:
        if not tensor.scale:
            return None
        scales = builder.CreateNumpyVector(np.array(tensor.scale, np.float32))
        points = builder.CreateNumpyVector(np.array(tensor.zero_point or [0] * len(tensor.scale), np.int64))
        tflite.QuantizationParametersStart(builder)
        tflite.QuantizationParametersAddScale(builder, scales)
        tflite.QuantizationParametersAddZeroPoint(builder, points)
        tflite.QuantizationParametersAddQuantizedDimension(builder, tensor.axis)
        return int(tflite.QuantizationParametersEnd(builder))

    def _operator(self, builder: Any, code: int, entry: tuple[str, list[int], list[int], int]) -> int:
        name, inputs, outputs, axis = entry
        lists = [self._ints(builder, inputs), self._ints(builder, outputs)]
        options = None
        if name == "CONCATENATION":
            tflite.ConcatenationOptionsStart(builder)
            tflite.ConcatenationOptionsAddAxis(builder, axis)
            options = tflite.ConcatenationOptionsEnd(builder)
        tflite.OperatorStart(builder)
        tflite.OperatorAddOpcodeIndex(builder, code)
        tflite.OperatorAddInputs(builder, lists[0])
        tflite.OperatorAddOutputs(builder, lists[1])
        if options is not None:
            tflite.OperatorAddBuiltinOptionsType(builder, tflite.BuiltinOptions.ConcatenationOptions)
            tflite.OperatorAddBuiltinOptions(builder, options)
        return int(tflite.OperatorEnd(builder))

    def _code(self, builder: Any, name: str) -> int:
        is_custom = name.startswith("custom:")
        number = tflite.BuiltinOperator.CUSTOM if is_custom else getattr(tflite.BuiltinOperator, name)
        custom = builder.CreateString(name.removeprefix("custom:")) if is_custom else None
        tflite.OperatorCodeStart(builder)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, min(number, 127))
        tflite.OperatorCodeAddBuiltinCode(builder, number)
        if custom is not None:
            tflite.OperatorCodeAddCustomCode(builder, custom)
        return int(tflite.OperatorCodeEnd(builder))

    def _ints(self, builder: Any, values: Sequence[int]) -> int:
        return int(builder.CreateNumpyVector(np.array(list(values), np.int32)))


def _offsets(builder: Any, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


MOBILENET_BLOCKS = [
    (16, 1),
    (32, 2),
    (32, 1),
    (64, 2),
    (64, 1),
    (128, 2),
    *[(128, 1)] * 5,
    (256, 2),
    (256, 1),
]
"""Output channels and stride of MobileNetV1 at width 0.25, block by block."""


def mobilenet(dtype: str = "int8", seed: int = 0) -> bytes:
    """MobileNetV1, width 0.25, 96 × 96 × 3, two classes, random weights none of which is zero."""
    made, size = TfliteFile(), 96
    random = np.random.default_rng(seed)

    def weights(name: str, shape: Sequence[int]) -> int:
        values = random.integers(1, 100, shape)
        return made.tensor(name, shape, dtype, values, scale=[0.1] if dtype == "int8" else ())

    def bias(count: int) -> int:
        kind = "int32" if dtype == "int8" else dtype
        return made.tensor("bias", [count], kind, random.integers(1, 9, count))

    x = made.tensor("image", [1, size, size, 3], dtype, scale=[0.5], zero_point=[-128])
    made.inputs = [x]
    size //= 2
    y = made.tensor("conv", [1, size, size, 8], dtype)
    x = made.operator("CONV_2D", [x, weights("first", [8, 3, 3, 3]), bias(8)], [y])
    channels = 8
    for out, stride in MOBILENET_BLOCKS:
        size = -(-size // stride)
        y = made.tensor("depthwise", [1, size, size, channels], dtype)
        x = made.operator("DEPTHWISE_CONV_2D", [x, weights("dw", [1, 3, 3, channels]), bias(channels)], [y])
        y = made.tensor("pointwise", [1, size, size, out], dtype)
        x = made.operator("CONV_2D", [x, weights("pw", [out, 1, 1, channels]), bias(out)], [y])
        channels = out
    x = made.operator("AVERAGE_POOL_2D", [x], [made.tensor("pool", [1, 1, 1, 256], dtype)])
    shape = made.tensor("shape", [2], "int32", np.array([-1, 256]))
    x = made.operator("RESHAPE", [x, shape], [made.tensor("flat", [1, 256], dtype)])
    y = made.tensor("logits", [1, 2], dtype)
    x = made.operator("FULLY_CONNECTED", [x, weights("dense", [2, 256]), bias(2)], [y])
    made.outputs = [made.operator("SOFTMAX", [x], [made.tensor("classes", [1, 2], dtype)])]
    return made.content()
