"""Facts of a model as JSON and as rows: the one shape of page, API and command."""

from __future__ import annotations

from typing import Any

from .model_facts import LayerFacts, MemoryRange, ModelFacts, Shape, TensorFacts

LAYER_COLUMNS = (
    "number", "name", "operator", "kind", "input_shape", "output_shape", "kernel", "macs", "effective_macs", "parameters",
    "weight_bytes", "weights", "zero_weights", "channels", "dead_channels", "activation_type", "weight_type",
    "output_bytes", "fused",
)  # fmt: skip


def facts_json(facts: ModelFacts) -> dict[str, Any]:
    """Everything, with null for what is unknown; the names of units stand in the keys."""
    return {
        "file": {
            "format": facts.file_format, "version": facts.format_version, "producer": facts.producer,
            "bytes": facts.file_bytes, "sha256": facts.sha256,
        },
        "complete": facts.is_complete,
        "missing": [{"what": entry.what, "why": entry.why} for entry in facts.missing],
        "unsupported_operators": list(facts.unsupported), "notes": list(facts.notes),
        "numeric_format": facts.numeric_format, "macs": _macs(facts), "parameters": facts.parameters,
        "weight_bytes": facts.weight_bytes, "weights": facts.weights, "zero_weights": facts.zero_weights,
        "zero_weight_share": facts.zero_weight_share,
        "activation_bytes": {
            "written": facts.activation_bytes, "peak_live": facts.peak_live_bytes, "state": facts.state_bytes,
        },
        "memory": [_memory(entry) for entry in facts.memory], "operators": facts.operators(),
        "inputs": [_tensor(entry) for entry in facts.inputs], "outputs": [_tensor(entry) for entry in facts.outputs],
        "layers": [_layer(entry) for entry in facts.layers], "tensors": [_tensor(entry) for entry in facts.tensors],
    }  # fmt: skip


def layer_rows(facts: ModelFacts) -> list[list[object]]:
    """One row per layer under LAYER_COLUMNS; None is unknown, shapes are written as ``1×96×96×3``."""
    return [
        [shape_text(value) if isinstance(value, list) else value for value in _layer(layer).values()]
        for layer in facts.layers
    ]


def shape_text(shape: Shape | list[int] | None) -> str | None:
    """A shape as people write it; a scalar is ``1``, None stays None."""
    return None if shape is None else "×".join(str(size) for size in shape) or "1"


def _macs(facts: ModelFacts) -> dict[str, Any]:
    dense, effective = facts.macs_by_kind(), facts.macs_by_kind(effective=True)
    return {
        "dense": facts.macs, "effective": facts.effective_macs, "counted": facts.counted_macs,
        "by_kind": {
            str(kind): {
                "dense": macs, "effective": effective[kind],
                "share": macs / facts.counted_macs if facts.counted_macs else None,
            }
            for kind, macs in dense.items()
        },
    }  # fmt: skip


def _memory(entry: MemoryRange) -> dict[str, Any]:
    return {
        "runtime": str(entry.runtime), "label": entry.label, "low_bytes": entry.low_bytes,
        "typical_bytes": entry.typical_bytes, "high_bytes": entry.high_bytes, "basis": entry.basis,
    }  # fmt: skip


def _tensor(entry: TensorFacts) -> dict[str, Any]:
    return {
        "name": entry.name, "role": str(entry.role), "type": entry.dtype, "shape": _list(entry.shape),
        "bytes": entry.size_bytes, "scale": entry.scale, "zero_point": entry.zero_point, "scales": entry.scales,
    }  # fmt: skip


def _layer(layer: LayerFacts) -> dict[str, Any]:
    values = (
        layer.number, layer.name, layer.operator, str(layer.kind), _list(layer.input_shape), _list(layer.output_shape),
        _list(layer.kernel), layer.macs, layer.effective_macs, layer.parameters, layer.weight_bytes, layer.weights,
        layer.zero_weights, layer.channels, layer.dead_channels, layer.activation_dtype, layer.weight_dtype,
        layer.output_bytes, layer.is_fused,
    )  # fmt: skip
    return dict(zip(LAYER_COLUMNS, values, strict=True))


def _list(shape: Shape | None) -> list[int] | None:
    return None if shape is None else list(shape)
