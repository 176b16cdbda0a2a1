"""What a model file states: counted from its graph and weights alone, without ever running it. Pure, no Django.

Counting rules. One multiply-accumulate (MAC) is one weight, or one element of an activation, times one input element;
biases, activations, pooling, additions and softmax count none. A filter whose weights are all zero gives a constant, so
a compiler may fold it into the next bias and leave out the filter and what reads it: *effective* MACs are those that
remain, layer after layer. Zeros at padded borders are not looked into. Bytes are bytes; kB on pages are 1,024 of them.

What could not be counted is None and is named under ``missing``; nothing here is 0 because it is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Shape = tuple[int, ...]


class LayerKind(StrEnum):
    """What an operator multiplies with; ``NONE`` counts no MACs, ``UNKNOWN`` is an operator that is not known here."""

    CONV = "conv"
    POINTWISE = "pointwise"
    DEPTHWISE = "depthwise"
    FULLY_CONNECTED = "fully-connected"
    MATMUL = "matmul"
    RECURRENT = "recurrent"
    NONE = "none"
    UNKNOWN = "unknown"


COUNTED_KINDS = tuple(kind for kind in LayerKind if kind not in (LayerKind.NONE, LayerKind.UNKNOWN))


class TensorRole(StrEnum):
    """What a tensor is to the graph. A state is kept from one inference to the next."""

    INPUT = "input"
    OUTPUT = "output"
    ACTIVATION = "activation"
    CONSTANT = "constant"
    STATE = "state"


class Runtime(StrEnum):
    """What the bytes of activations are estimated for."""

    IN_PLACE = "in-place"
    LIVE_SET = "live-set"
    TFLM = "tflm"
    X_CUBE_AI = "x-cube-ai"


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One tensor. ``shape`` and ``size_bytes`` are None when the file does not tell.

    real value = scale × (stored − zero point). ``scale`` and ``zero_point`` are None without quantisation and where
    every channel has its own; ``scales`` is how many there are.
    """

    name: str
    role: TensorRole
    dtype: str
    shape: Shape | None
    size_bytes: int | None
    scale: float | None = None
    zero_point: int | None = None
    scales: int = 0


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """One operator in the order of the file, counted from 1.

    ``weights`` are the elements of its filters or matrices, ``zero_weights`` those that are zero; ``parameters`` also
    hold biases and the like. A weight that several layers share counts in each of them, and once in the model's sum.
    ``dead_channels`` of ``channels`` are outputs whose weights are all zero once dead inputs are left out.
    ``is_fused`` marks an operator that a compiler works out beforehand or runs inside its neighbour.
    """

    number: int
    name: str
    operator: str
    kind: LayerKind
    input_shape: Shape | None
    output_shape: Shape | None
    kernel: Shape | None
    macs: int | None
    effective_macs: int | None
    parameters: int
    weight_bytes: int
    weights: int
    zero_weights: int | None
    channels: int | None
    dead_channels: int | None
    activation_dtype: str
    weight_dtype: str
    output_bytes: int | None
    is_fused: bool = False


@dataclass(frozen=True, slots=True)
class MemoryRange:
    """Activation memory under one runtime, in bytes; None, with the reason in ``basis``, where there is no estimate.

    ``typical_bytes`` is where most models of the calibration stand.
    """

    runtime: Runtime
    label: str
    low_bytes: int | None
    high_bytes: int | None
    typical_bytes: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class Missing:
    """One figure that the file does not give, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ModelFeatures:
    """What a projection asks of a model. MACs by kind, dense and effective; bytes; number of operators.

    ``activation_bytes`` is the sum over the outputs of all operators: what is written during one inference.
    ``operators`` leaves out those that are fused.
    """

    macs: Mapping[LayerKind, int]
    effective_macs: Mapping[LayerKind, int]
    weight_bytes: int
    activation_bytes: int
    operators: int

    @property
    def total_macs(self) -> int:
        return sum(self.macs.values())

    @property
    def total_effective_macs(self) -> int:
        return sum(self.effective_macs.values())

    def share(self, kind: LayerKind) -> float:
        """Share of the dense MACs of that kind; 0 for a model without MACs."""
        return self.macs.get(kind, 0) / self.total_macs if self.total_macs else 0.0


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Everything that was understood of one model file.

    ``parameters`` counts each tensor once, ``weight_bytes`` each stored buffer once. ``activation_bytes`` is what all
    operators write, ``peak_live_bytes`` the most that is alive at once. ``unsupported`` names operators that are not
    known, as ``name`` or ``domain:name``.
    """

    file_format: str
    format_version: str
    producer: str
    sha256: str
    file_bytes: int
    numeric_format: str
    parameters: int
    weight_bytes: int
    weights: int
    zero_weights: int | None
    activation_bytes: int | None
    peak_live_bytes: int | None
    state_bytes: int | None
    inputs: tuple[TensorFacts, ...]
    outputs: tuple[TensorFacts, ...]
    layers: tuple[LayerFacts, ...]
    tensors: tuple[TensorFacts, ...]
    memory: tuple[MemoryRange, ...]
    unsupported: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def macs(self) -> int | None:
        """Dense MACs of one inference; None when those of any operator are unknown."""
        return _total([layer.macs for layer in self.layers])

    @property
    def effective_macs(self) -> int | None:
        """MACs that remain without dead channels; None when those of any operator are unknown."""
        return _total([layer.effective_macs for layer in self.layers])

    @property
    def counted_macs(self) -> int:
        """The MACs of those operators whose MACs are known: a lower bound where :attr:`macs` is None."""
        return sum(layer.macs or 0 for layer in self.layers)

    @property
    def zero_weight_share(self) -> float | None:
        """Zero weights ÷ weights, from 0 to 1; None where weights cannot be read or there are none."""
        return None if self.zero_weights is None or not self.weights else self.zero_weights / self.weights

    def macs_by_kind(self, *, effective: bool = False) -> dict[LayerKind, int]:
        """The counted MACs of each kind that occurs, in the order of :class:`LayerKind`."""
        sums: Counter[LayerKind] = Counter()
        for layer in self.layers:
            if layer.kind in COUNTED_KINDS:
                sums[layer.kind] += (layer.effective_macs if effective else layer.macs) or 0
        return {kind: sums[kind] for kind in COUNTED_KINDS if kind in sums}

    def operators(self) -> dict[str, int]:
        """How often each operator occurs, the most frequent first."""
        return dict(Counter(layer.operator for layer in self.layers).most_common())

    def ram_bytes(self) -> tuple[int, int] | None:
        """The least and the most activation memory over all runtimes that have an estimate; None without any."""
        known = [
            entry for entry in self.memory if entry.low_bytes is not None and entry.high_bytes is not None
        ]
        if not known:
            return None
        return min(entry.low_bytes or 0 for entry in known), max(entry.high_bytes or 0 for entry in known)

    def features(self) -> ModelFeatures | None:
        """What a projection needs; None when MACs or activations are incomplete, for a guess would look exact.

        Where only effective MACs are unknown, they are taken as the dense ones.
        """
        if self.macs is None or self.activation_bytes is None:
            return None
        macs = self.macs_by_kind()
        effective = macs if self.effective_macs is None else self.macs_by_kind(effective=True)
        run = sum(not layer.is_fused for layer in self.layers)
        return ModelFeatures(macs, effective, self.weight_bytes, self.activation_bytes, run)


def _total(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) and values else None
