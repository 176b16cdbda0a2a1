"""The analysis of a model as a page shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from results.charts.memory_ranges import range_head, range_row
from results.domain.model_facts import LayerFacts, LayerKind, MemoryRange, ModelFacts, TensorFacts, TensorRole
from results.domain.model_facts_data import facts_json, shape_text
from results.presentation import fixed_number, table_number, whole_number
from submissions.models import ModelAnalysis
from submissions.services.model_analysis import facts_of

MOST_LAYERS = 400
KIND_NAMES = {
    LayerKind.CONV: "Convolution",
    LayerKind.POINTWISE: "Pointwise convolution (1 × 1)",
    LayerKind.DEPTHWISE: "Depthwise convolution",
    LayerKind.FULLY_CONNECTED: "Fully connected",
    LayerKind.MATMUL: "Product of two activations",
    LayerKind.RECURRENT: "Recurrent",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One large figure: ``value`` is empty where it is unknown, ``note`` says more or why."""

    name: str
    value: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class KindRow:
    """The MACs of one kind of layer."""

    name: str
    layers: int
    macs: str
    share: str
    effective: str


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """One runtime: its bar, its bytes in words and kB; ``said`` is empty without an estimate."""

    label: str
    svg: str
    said: str
    typical: str
    basis: str


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer; an empty text is unknown or does not apply."""

    number: int
    operator: str
    output: str
    kernel: str
    macs: str
    effective: str
    parameters: str
    zero_share: str
    dead: str
    types: str
    is_counted: bool
    is_known: bool
    saves: bool


@dataclass(frozen=True, slots=True)
class PortRow:
    """One input or output of the model."""

    name: str
    role: str
    shape: str
    dtype: str
    quantisation: str
    size: str


@dataclass(frozen=True, slots=True)
class TypeRow:
    """How many tensors have a type."""

    dtype: str
    activations: int
    constants: int
    elements: int


@dataclass(frozen=True, slots=True)
class AnalysisView:
    """Everything that the page prints."""

    facts: ModelFacts
    headline: str
    tiles: tuple[Tile, ...]
    kinds: tuple[KindRow, ...]
    memory: tuple[MemoryRow, ...]
    memory_head: str
    layers: tuple[LayerRow, ...]
    layers_left: int
    ports: tuple[PortRow, ...]
    types: tuple[TypeRow, ...]


def analysis_view(analysis: ModelAnalysis) -> AnalysisView:
    """The page of ``analysis``. Raises WireError for facts of another release."""
    facts = facts_of(analysis)
    most = max((entry.high_bytes or 0 for entry in facts.memory), default=0)
    return AnalysisView(
        facts=facts, headline=_headline(facts), tiles=_tiles(facts), kinds=_kinds(facts),
        memory=tuple(_memory_row(entry, most) for entry in facts.memory), memory_head=range_head(most) if most else "",
        layers=tuple(_layer(layer) for layer in facts.layers[:MOST_LAYERS]), layers_left=max(len(facts.layers) - MOST_LAYERS, 0),
        ports=tuple(_port(entry, "input") for entry in facts.inputs)
        + tuple(_port(entry, "output") for entry in facts.outputs),
        types=_types(facts),
    )  # fmt: skip


def analysis_json(analysis: ModelAnalysis) -> dict[str, Any]:
    """Address, times and facts: what page and API answer alike."""
    return {
        "id": analysis.pk,
        "filename": analysis.filename,
        "expires_at": analysis.expires_at.isoformat(),
        "page": analysis.get_absolute_url(),
        "facts": facts_json(facts_of(analysis)),
    }


def _headline(facts: ModelFacts) -> str:
    if facts.macs is None:
        return f"at least {_macs(facts.counted_macs)} MACs, incomplete"
    return f"{_macs(facts.macs)} MACs"


def _macs(macs: int) -> str:
    return " ".join(filter(None, _in_millions(macs)))


def _in_millions(macs: int) -> tuple[str, str]:
    """Number and unit: millions, or the count itself where it is so small that they would be all zeros."""
    return (table_number(macs / 1e6), "M") if macs >= 100_000 else (whole_number(macs), "")


def _kb(size: int) -> str:
    return table_number(size / 1024) if size else "0"


def _tiles(facts: ModelFacts) -> tuple[Tile, ...]:
    return (_mac_tile(facts), _weight_tile(facts), _memory_tile(facts), _format_tile(facts))


def _mac_tile(facts: ModelFacts) -> Tile:
    if facts.macs is None:
        counted = f"at least {_macs(facts.counted_macs)} were counted" if facts.counted_macs else ""
        return Tile("MACs", "", "", counted or "no operator could be counted")
    if facts.effective_macs is None:
        note = "effective MACs unknown"
    elif facts.effective_macs == facts.macs:
        note = "no dead channels: all of them effective"
    else:
        note = f"{_macs(facts.effective_macs)} effective, without dead channels"
    return Tile("MACs", *_in_millions(facts.macs), note)


def _weight_tile(facts: ModelFacts) -> Tile:
    share = facts.zero_weight_share
    zeros = "" if not share else f", {fixed_number(100 * share, 1)} % of the weights are zero"
    return Tile(
        "Weights", _kb(facts.weight_bytes), "kB", f"{whole_number(facts.parameters)} parameters{zeros}"
    )


def _memory_tile(facts: ModelFacts) -> Tile:
    held = facts.ram_bytes()
    if held is None:
        return Tile("Activation memory", "", "", "the size of an activation is unknown")
    low, high = _kb(held[0]), _kb(held[1])
    return Tile("Activation memory", low if low == high else f"{low}–{high}", "kB", "depends on the runtime")


def _format_tile(facts: ModelFacts) -> Tile:
    known = "" if facts.numeric_format == "unknown" else facts.numeric_format
    count = len(facts.layers)
    note = f"{whole_number(count)} operator{'' if count == 1 else 's'}, .{facts.file_format} {facts.format_version}"
    return Tile("Numeric format", known, "", note)


def _kinds(facts: ModelFacts) -> tuple[KindRow, ...]:
    dense, effective = facts.macs_by_kind(), facts.macs_by_kind(effective=True)
    layers = Counter(layer.kind for layer in facts.layers)
    total = facts.counted_macs
    shares = [fixed_number(100 * macs / total, 2) if total else "" for macs in dense.values()]
    return tuple(
        KindRow(
            KIND_NAMES[kind],
            layers[kind],
            whole_number(macs),
            share,
            whole_number(effective[kind]) if facts.effective_macs is not None else "",
        )
        for (kind, macs), share in zip(dense.items(), shares, strict=True)
    )


def _memory_row(entry: MemoryRange, most: int) -> MemoryRow:
    if entry.low_bytes is None or entry.high_bytes is None:
        return MemoryRow(entry.label, "", "", "", entry.basis)
    low, high = _kb(entry.low_bytes), _kb(entry.high_bytes)
    svg = range_row(entry.low_bytes, entry.high_bytes, entry.typical_bytes, most) if most else ""
    typical = "" if entry.typical_bytes is None else _kb(entry.typical_bytes)
    return MemoryRow(entry.label, svg, low if low == high else f"{low}–{high}", typical, entry.basis)


def _layer(layer: LayerFacts) -> LayerRow:
    share = ""
    if layer.weights and layer.zero_weights is not None:
        share = fixed_number(100 * layer.zero_weights / layer.weights, 1)
    is_known = layer.kind is not LayerKind.UNKNOWN
    is_counted = is_known and layer.kind is not LayerKind.NONE
    dead = f"{layer.dead_channels} of {layer.channels}" if layer.dead_channels and layer.channels else ""
    types = " × ".join(dict.fromkeys(filter(None, (layer.activation_dtype, layer.weight_dtype))))
    return LayerRow(
        number=layer.number, operator=layer.operator, output=shape_text(layer.output_shape) or "",
        kernel=shape_text(layer.kernel) or "" if layer.kernel else "",
        macs="" if layer.macs is None else whole_number(layer.macs),
        effective="" if layer.effective_macs is None else whole_number(layer.effective_macs),
        parameters=whole_number(layer.parameters) if layer.parameters else "", zero_share=share, dead=dead, types=types,
        is_counted=is_counted, is_known=is_known,
        saves=layer.effective_macs is not None and layer.macs is not None and layer.effective_macs < layer.macs,
    )  # fmt: skip


def _port(tensor: TensorFacts, role: str) -> PortRow:
    if tensor.scale is not None:
        quantisation = f"{tensor.scale:.6g} × (value − {tensor.zero_point})".replace("− -", "+ ")
    else:
        quantisation = f"{tensor.scales} scales, one per channel" if tensor.scales > 1 else ""
    size = "" if tensor.size_bytes is None else whole_number(tensor.size_bytes)
    return PortRow(tensor.name, role, shape_text(tensor.shape) or "", tensor.dtype, quantisation, size)


def _types(facts: ModelFacts) -> tuple[TypeRow, ...]:
    """Tensors by type, the most frequent first; ``elements`` are those of the constants."""
    computed: Counter[str] = Counter()
    constant: Counter[str] = Counter()
    elements: Counter[str] = Counter()
    for tensor in facts.tensors:
        if tensor.role is TensorRole.CONSTANT:
            constant[tensor.dtype] += 1
            count = 1
            for size in tensor.shape or ():
                count *= size
            elements[tensor.dtype] += count
        else:
            computed[tensor.dtype] += 1
    names = sorted({*computed, *constant}, key=lambda name: (-computed[name] - constant[name], name))
    return tuple(TypeRow(name, computed[name], constant[name], elements[name]) for name in names)
