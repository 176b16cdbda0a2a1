"""Small .onnx files written for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .tflite_files import MOBILENET_BLOCKS


def model(
    nodes: Sequence[Any], *, inputs: dict[str, Sequence[Any]], outputs: dict[str, Sequence[Any] | None],
    constants: dict[str, np.ndarray[Any, Any]] | None = None, domains: Sequence[str] = (), dtype: int = TensorProto.FLOAT,
) -> onnx.ModelProto:  # fmt: skip
    """A model of ``nodes``; a size that is a text is free."""
    graph = helper.make_graph(
        list(nodes), "made for a test",
        [helper.make_tensor_value_info(name, dtype, list(shape)) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, dtype, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 13), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(graph, opset_imports=opsets, producer_name="test")


class Network:
    """A float network, or one with quantised weights and activations (QDQ), layer by layer."""

    def __init__(self, *, quantised: bool = False) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        self.quantised = quantised
        self._random = np.random.default_rng(0)
        if quantised:
            self.constants |= {"scale": np.float32(0.1).reshape(()), "zero": np.int8(0).reshape(())}

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        out = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [out], **attributes))
        return out

    def weights(self, shape: Sequence[int]) -> str:
        name = f"weights{len(self.constants)}"
        if not self.quantised:
            self.constants[name] = self._random.uniform(1, 2, shape).astype(np.float32)
            return name
        self.constants[name] = self._random.integers(1, 100, shape).astype(np.int8)
        return self.add("DequantizeLinear", name, "scale", "zero")

    def bias(self, count: int) -> str:
        self.constants[f"bias{len(self.constants)}"] = np.ones(count, np.float32)
        return f"bias{len(self.constants) - 1}"

    def requantise(self, x: str) -> str:
        if not self.quantised:
            return x
        return self.add("DequantizeLinear", self.add("QuantizeLinear", x, "scale", "zero"), "scale", "zero")

    def conv(self, x: str, before: int, after: int, kernel: int, stride: int = 1, groups: int = 1) -> str:
        pads = [0, 0, 1, 1] if stride == 2 and kernel > 1 else [kernel // 2] * 4
        y = self.add(
            "Conv", x, self.weights([after, before // groups, kernel, kernel]), self.bias(after),
            kernel_shape=[kernel, kernel], strides=[stride, stride], pads=pads, group=groups,
        )  # fmt: skip
        return self.requantise(self.add("Relu", y))


def mobilenet(*, quantised: bool = False, batch: int | str = 1) -> bytes:
    """MobileNetV1, width 0.25, 3 × 96 × 96, two classes: the same network as in ``tflite_files``."""
    net = Network(quantised=quantised)
    x = net.conv(net.requantise("image"), 3, 8, 3, 2)
    channels = 8
    for out, stride in MOBILENET_BLOCKS:
        x = net.conv(x, channels, channels, 3, stride, groups=channels)
        x = net.conv(x, channels, out, 1)
        channels = out
    x = net.requantise(net.add("GlobalAveragePool", x))
    x = net.add("Flatten", x)
    x = net.requantise(net.add("Gemm", x, net.weights([2, 256]), net.bias(2), transB=1))
    y = net.add("Softmax", x)
    made = model(
        net.nodes, inputs={"image": [batch, 3, 96, 96]}, outputs={y: [batch, 2]}, constants=net.constants
    )
    return made.SerializeToString()
