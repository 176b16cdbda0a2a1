"""The reference networks of MLPerf Tiny, counted from their .tflite files: what a projection knows of a network.

Counted are the MACs of CONV_2D (1 × 1 apart), DEPTHWISE_CONV_2D and FULLY_CONNECTED, the operators of the graph, the
bytes of constant tensors, and the bytes of what every operator writes.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from results.catalog.reader import catalogue
from results.domain.figures import GraphRow

SOURCE = "mlcommons/tiny"
_BYTES = {0: 4, 1: 2, 2: 4, 3: 1, 4: 8, 6: 1, 7: 2, 9: 1}
"""Bytes of an element by the number of its type: float32, float16, int32, uint8, int64, bool, int16, int8."""
_FAMILIES = {"kws01": "ds_cnn", "vww01": "mobilenet_v1", "ic01": "resnet_v1", "ic02": "resnet_v1", "ad01": "fc_autoencoder",
             "sww01": "ds_cnn_1d"}  # fmt: skip
_CONV, _DEPTHWISE, _FULLY_CONNECTED = 3, 4, 9


def graphs(folder: Path) -> Iterator[GraphRow]:
    """One row per int8 file ``<slug of the catalogue>_….tflite`` in ``folder``; others are passed over."""
    for path in sorted(folder.glob("*.tflite")):
        match = re.match(r"([a-z]+\d+)_(?!fp32)", path.name)
        entry = catalogue().neural_models.get(match[1]) if match else None
        if match is None or entry is None:
            continue
        place = re.search(r"@ (\w+), (\S+)", entry.source)
        yield _count(path, entry.slug, *(place.groups() if place else ("", "")))


def _count(path: Path, slug: str, commit: str, source_path: str) -> GraphRow:
    import tflite  # only this derivation reads network files; the shipped copy needs no such package

    data = path.read_bytes()
    model = tflite.Model.GetRootAsModel(data, 0)
    graph = model.Subgraphs(0)
    macs: Counter[str] = Counter()
    written = 0
    for number in range(graph.OperatorsLength()):
        operator = graph.Operators(number)
        code = model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        outputs = [graph.Tensors(operator.Outputs(k)) for k in range(operator.OutputsLength())]
        written += sum(_elements(tensor) * _BYTES[tensor.Type()] for tensor in outputs)
        if kind in (_CONV, _DEPTHWISE, _FULLY_CONNECTED):
            macs.update(_macs(kind, graph.Tensors(operator.Inputs(1)), outputs[0]))
    constants = [
        graph.Tensors(k) for k in range(graph.TensorsLength())
        if model.Buffers(graph.Tensors(k).Buffer()).DataLength() > 0
    ]  # fmt: skip
    inputs = [graph.Tensors(graph.Inputs(k)) for k in range(graph.InputsLength())]
    return GraphRow(
        model=slug, family=_FAMILIES.get(slug, slug), dataset="", precision="int8", macs=sum(macs.values()), macs_conv=macs["conv"],
        macs_pointwise=macs["pointwise"], macs_depthwise=macs["depthwise"], macs_fc=macs["fc"],
        operators=graph.OperatorsLength(), parameters=None,
        weight_bytes=sum(_elements(tensor) * _BYTES[tensor.Type()] for tensor in constants),
        activation_bytes=written, input_elements=sum(_elements(tensor) for tensor in inputs), file_bytes=len(data),
        source=SOURCE, commit=commit, path=source_path,
    )  # fmt: skip


def _macs(kind: int, weights: Any, output: Any) -> dict[str, int]:
    """MACs of one operator by kind: every weight once per place of the output."""
    shape = [int(size) for size in weights.ShapeAsNumpy()]
    out = [int(size) for size in output.ShapeAsNumpy()]
    if kind == _FULLY_CONNECTED:
        return {"fc": math.prod(shape) * math.prod(out[:-1])}
    places = math.prod(out[:3])
    if kind == _DEPTHWISE:
        return {"depthwise": places * math.prod(shape)}
    return {"pointwise" if shape[1:3] == [1, 1] else "conv": places * math.prod(shape)}


def _elements(tensor: Any) -> int:
    return math.prod(int(size) for size in tensor.ShapeAsNumpy()) if tensor.ShapeLength() else 1
