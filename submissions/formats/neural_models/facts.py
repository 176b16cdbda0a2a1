"""From a graph to :class:`results.domain.model_facts.ModelFacts`."""

from __future__ import annotations

import math
from collections.abc import Iterable

from results.domain.model_facts import (
    COUNTED_KINDS,
    LayerFacts,
    LayerKind,
    Missing,
    ModelFacts,
    TensorFacts,
    TensorRole,
)

from . import limits, memory
from .dead_channels import Effect, effects
from .errors import ModelError
from .graph import Graph, Operator, Tensor, clean_name
from .memory import Kept, Plan

UNKNOWN = "unknown"
MIXED = "mixed"


def facts_of(graph: Graph, *, sha256: str, file_bytes: int) -> ModelFacts:
    """Count ``graph``. Raises ModelError where a figure would go beyond the limits."""
    held = memory.kept(graph)
    numeric_format = _overall_format(graph, held)
    plan = memory.plan(graph, held, is_int8=numeric_format == "int8")
    found = effects(graph)
    layers = tuple(
        _layer(graph, operator, effect, held, number)
        for number, (operator, effect) in enumerate(zip(graph.operators, found, strict=True), start=1)
    )
    if sum(layer.macs or 0 for layer in layers) > limits.MACS:
        raise ModelError("the model", expected=f"at most {limits.MACS:,} MACs", found="more")
    parameters = {index for operator in graph.operators for index in operator.parameters}
    written = [layer.output_bytes for layer in layers if not layer.is_fused]
    return ModelFacts(
        file_format=graph.file_format, format_version=graph.format_version, producer=graph.producer, sha256=sha256,
        file_bytes=file_bytes, numeric_format=numeric_format,
        parameters=sum(graph.elements(index) or 0 for index in parameters),
        weight_bytes=_stored_bytes(graph, parameters), weights=_weights(graph, found)[0],
        zero_weights=_weights(graph, found)[1],
        activation_bytes=None if any(size is None for size in written) else sum(size or 0 for size in written),
        peak_live_bytes=plan.peak_live_bytes, state_bytes=plan.state_bytes,
        inputs=tuple(_tensor(graph, index) for index in graph.inputs),
        outputs=tuple(_tensor(graph, index) for index in graph.outputs),
        layers=layers, tensors=tuple(_tensor(graph, index) for index in _used(graph)), memory=plan.ranges,
        unsupported=_first(dict.fromkeys(o.name for o in graph.operators if o.kind is LayerKind.UNKNOWN)),
        missing=_missing(graph, layers, plan), notes=_first(graph.notes),
    )  # fmt: skip


def _layer(graph: Graph, operator: Operator, effect: Effect, held: Kept, number: int) -> LayerFacts:
    outputs = [i for i in operator.outputs if i >= 0]
    source = operator.filters.source if operator.filters else 0
    inputs = operator.inputs[source : source + 1] or (-1,)
    sizes = [_bytes_of(graph, held, index) for index in outputs]
    return LayerFacts(
        number=number, name=graph.tensors[outputs[0]].name if outputs else "", operator=operator.name,
        kind=operator.kind, input_shape=graph.shape(inputs[0]), output_shape=graph.shape(outputs[0]) if outputs else None,
        kernel=operator.kernel, macs=operator.macs, effective_macs=effect.effective_macs,
        parameters=sum(graph.elements(index) or 0 for index in operator.parameters),
        weight_bytes=_stored_bytes(graph, operator.parameters), weights=effect.weights, zero_weights=effect.zero_weights,
        channels=effect.channels, dead_channels=effect.dead_channels,
        activation_dtype=_dtype_of(graph, held, inputs[0]), weight_dtype=_weight_dtype(graph, operator),
        output_bytes=None if any(size is None for size in sizes) else sum(size or 0 for size in sizes),
        is_fused=_is_fused(operator, held, inputs[0], outputs),
    )  # fmt: skip


def _is_fused(operator: Operator, held: Kept, source: int, outputs: list[int]) -> bool:
    if operator.is_folded:
        return True
    shares = bool(outputs) and source in held.root and held.root.get(outputs[0]) == held.root[source]
    return shares and operator.name not in ("Reshape", "Flatten", "Squeeze", "Unsqueeze")


def _bytes_of(graph: Graph, held: Kept, index: int) -> int | None:
    """Bytes in the form in which the tensor is kept: an ONNX activation that is quantised at once is int8."""
    if index in held.root:
        return held.size[held.root[index]]
    return graph.tensors[index].size_bytes


def _dtype_of(graph: Graph, held: Kept, index: int) -> str:
    """Type in which the tensor is kept, empty for an input that is left out."""
    if index < 0:
        return ""
    tensor = graph.tensors[index]
    if index not in held.root:
        return tensor.dtype
    kept = [graph.tensors[i] for i, root in held.root.items() if root == held.root[index]]
    return min(kept, key=lambda form: form.size_bytes if form.size_bytes is not None else math.inf).dtype


def _weight_dtype(graph: Graph, operator: Operator) -> str:
    if operator.filters is not None:
        return graph.tensors[operator.filters.tensor].dtype
    return graph.tensors[operator.parameters[0]].dtype if operator.parameters else ""


def _overall_format(graph: Graph, held: Kept) -> str:
    """int8, int16, float32 … when all that is multiplied has that type; else mixed. Weights may be narrower than int16."""
    pairs = set()
    for operator in graph.operators:
        if operator.kind in COUNTED_KINDS and operator.inputs:
            source = operator.inputs[operator.filters.source if operator.filters else 0]
            activation = _dtype_of(graph, held, source)
            pairs.add((activation, _weight_dtype(graph, operator) or activation))
    if not pairs:
        return UNKNOWN
    if len(pairs) > 1:
        return MIXED
    activation, weight = next(iter(pairs))
    return activation if activation == weight or (activation, weight) == ("int16", "int8") else MIXED


def _tensor(graph: Graph, index: int) -> TensorFacts:
    tensor = graph.tensors[index]
    one = tensor.scales if len(tensor.scales) == 1 and math.isfinite(tensor.scales[0]) else ()
    return TensorFacts(
        name=tensor.name, role=_role(graph, tensor, index), dtype=tensor.dtype, shape=tensor.shape,
        size_bytes=tensor.size_bytes, scale=one[0] if one else None,
        zero_point=(tensor.zero_points[0] if len(tensor.zero_points) == 1 else 0) if one else None,
        scales=len(tensor.scales),
    )  # fmt: skip


def _role(graph: Graph, tensor: Tensor, index: int) -> TensorRole:
    if tensor.is_constant:
        return TensorRole.CONSTANT
    if tensor.is_state:
        return TensorRole.STATE
    if index in graph.inputs:
        return TensorRole.INPUT
    return TensorRole.OUTPUT if index in graph.outputs else TensorRole.ACTIVATION


def _used(graph: Graph) -> list[int]:
    """Tensors that any operator touches, in the order of the file."""
    used = {*graph.inputs, *graph.outputs}
    for operator in graph.operators:
        used.update(operator.read, (i for i in operator.outputs if i >= 0))
    return sorted(used)


def _stored_bytes(graph: Graph, indices: Iterable[int]) -> int:
    """Bytes in the file; a buffer that several tensors share counts once."""
    stored = {graph.tensors[index].storage: graph.tensors[index].stored_bytes for index in indices}
    return sum(stored.values())


def _weights(graph: Graph, found: list[Effect]) -> tuple[int, int | None]:
    """Weights and how many of them are zero; a tensor that several layers share counts once."""
    seen: dict[object, Effect] = {}
    for number, (operator, effect) in enumerate(zip(graph.operators, found, strict=True)):
        if effect.weights:
            seen.setdefault(operator.filters.tensor if operator.filters else ("layer", number), effect)
    zeros = [effect.zero_weights for effect in seen.values()]
    weights = sum(effect.weights for effect in seen.values())
    return weights, None if any(count is None for count in zeros) else sum(count or 0 for count in zeros)


def _missing(graph: Graph, layers: tuple[LayerFacts, ...], plan: Plan) -> tuple[Missing, ...]:
    found = [Missing(what, why) for what, why in graph.missing]
    unsupported = sum(layer.kind is LayerKind.UNKNOWN for layer in layers)
    if unsupported:
        names = ", ".join(
            _first(dict.fromkeys(o.name for o in graph.operators if o.kind is LayerKind.UNKNOWN))[:5]
        )
        found.append(Missing("MACs", f"{unsupported} of {len(layers)} operators are not known here: {names}"))
    unknown = [layer for layer in layers if layer.macs is None and layer.kind is not LayerKind.UNKNOWN]
    if unknown:
        found.append(
            Missing("MACs", f"the shape is unknown in {len(unknown)} layers, first in {_called(unknown[0])}")
        )
    unread = [layer for layer in layers if layer.macs is not None and layer.effective_macs is None]
    if unread:
        found.append(
            Missing(
                "effective MACs and zero weights",
                f"the weights of {len(unread)} layers cannot be read, first of {_called(unread[0])}",
            )
        )
    if plan.unknown:
        found.append(
            Missing(
                "activation memory",
                f"{len(plan.unknown)} tensors have no known size, the first is {plan.unknown[0]}",
            )
        )
    if not any(layer.kind in COUNTED_KINDS for layer in layers) and not unsupported:
        found.append(Missing("MACs", "no operator of the graph multiplies with weights"))
    return tuple(found[: limits.NAMES_SHOWN])


def _called(layer: LayerFacts) -> str:
    return f"{layer.operator} (layer {layer.number})"


def _first(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(clean_name(name) for name in names)[: limits.NAMES_SHOWN]
