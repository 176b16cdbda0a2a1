"""One graph for every file format: tensors, operators, and what each operator does to numbers and channels."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from results.domain.model_facts import LayerKind, Shape

from . import limits
from .errors import ModelError

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2066-\u2069]")

ITEM_BITS = {
    "float64": 64, "float32": 32, "float16": 16, "bfloat16": 16, "int64": 64, "uint64": 64, "int32": 32,
    "uint32": 32, "int16": 16, "uint16": 16, "int8": 8, "uint8": 8, "int4": 4, "uint4": 4, "bool": 8,
    "complex64": 64, "complex128": 128, "float8": 8,
}  # fmt: skip
"""Bits of one element; a type that is not listed (text, resource) has no fixed size."""


class Flow(StrEnum):
    """What an operator does to the channels of its inputs."""

    FILTER = "filter"
    """Every output channel is a sum over input channels, with weights."""
    SAME = "same"
    """Output channel i follows from channel i of every input that is no constant."""
    JOIN = "join"
    """Channels are put one after another."""
    RESHAPE = "reshape"
    """The same numbers in another shape."""
    MIX = "mix"
    """Anything else: nothing is known of the output's channels."""


@dataclass(slots=True)
class Tensor:
    """``values`` of a constant in its shape, None where its type cannot be read; ``storage`` tells stored buffers apart.

    ``scales`` and ``zero_points`` hold one entry, or one for each index of ``quantised_axis``.
    """

    name: str
    dtype: str
    shape: Shape | None
    is_constant: bool = False
    is_state: bool = False
    values: np.ndarray[Any, Any] | None = None
    storage: object = None
    stored_bytes: int = 0
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    quantised_axis: int = 0

    @property
    def elements(self) -> int | None:
        return None if self.shape is None else math.prod(self.shape)

    @property
    def size_bytes(self) -> int | None:
        """Bytes of the whole tensor in memory; None when shape or type do not tell."""
        bits = ITEM_BITS.get(self.dtype)
        return None if self.elements is None or bits is None else (self.elements * bits + 7) // 8

    def nonzero(self) -> np.ndarray[Any, np.dtype[np.bool_]] | None:
        """Which values differ from zero (stored: from the zero point); None where they cannot be read."""
        if self.values is None:
            return None
        if not any(self.zero_points):
            return self.values != 0
        if len(self.zero_points) == 1:
            return self.values != self.zero_points[0]
        if self.values.ndim <= self.quantised_axis or self.values.shape[self.quantised_axis] != len(
            self.zero_points
        ):
            return None
        along = [1] * self.values.ndim
        along[self.quantised_axis] = -1
        return self.values != np.array(self.zero_points).reshape(along)


@dataclass(slots=True)
class Filters:
    """The weights of an operator: tensor, axis of output channels, axis of input channels (None: depthwise), groups.

    Output channels are divided among the groups in their order; a depthwise filter has one input channel per group.
    ``source`` is the position of the activations among the operator's inputs.
    """

    tensor: int
    out_axis: int
    in_axis: int | None
    groups: int = 1
    source: int = 0


@dataclass(slots=True)
class Operator:
    """``inputs`` and ``outputs`` are indices of tensors, -1 for an input that is left out.

    What it does (kind and below) is filled in by the table of operators of its format. ``macs`` is None as long as
    a shape is unknown. ``is_folded`` marks what a compiler works out beforehand because all inputs are constants.
    """

    name: str
    label: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    kind: LayerKind = LayerKind.UNKNOWN
    macs: int | None = None
    flow: Flow = Flow.MIX
    filters: Filters | None = None
    parameters: tuple[int, ...] = ()
    kernel: Shape | None = None
    join_axis: int | None = None
    is_view: bool = False
    """Costs no memory of its own: a reshape, a copy of the same numbers in another guise."""
    may_fuse: bool = False
    """Runs inside the operator before it, where nobody else reads that one's output."""
    pads: bool = False
    is_folded: bool = False

    @property
    def read(self) -> list[int]:
        """Indices of the inputs that are there."""
        return [index for index in self.inputs if index >= 0]


@dataclass(slots=True)
class Graph:
    """What a reader understood. ``channel_axis`` of activations: −1 in TFLite (NHWC), 1 in ONNX (NCHW)."""

    file_format: str
    format_version: str
    producer: str
    channel_axis: int
    tensors: list[Tensor]
    operators: list[Operator]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    notes: list[str] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)

    def shape(self, index: int) -> Shape | None:
        return self.tensors[index].shape if index >= 0 else None

    def elements(self, index: int) -> int | None:
        return self.tensors[index].elements if index >= 0 else None


def clean_name(raw: bytes | str) -> str:
    """A name of the file as it can be stored and shown: UTF-8, no control characters, of bounded length."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    text = _UNPRINTABLE.sub("�", text)
    return text if len(text) <= limits.NAME_CHARACTERS else f"{text[: limits.NAME_CHARACTERS - 1]}…"


def checked_shape(dimensions: list[int], where: str) -> Shape:
    """``dimensions``, none negative, as a shape within the limits; ModelError otherwise."""
    if len(dimensions) > limits.RANK:
        raise ModelError(where, expected=f"at most {limits.RANK} dimensions", found=f"{len(dimensions)}")
    elements = 1
    for size in dimensions:
        elements *= size
        if size < 0 or max(size, elements) > limits.ELEMENTS:
            shown = "×".join(str(d) for d in dimensions)
            raise ModelError(
                where, expected=f"a shape of at most {limits.ELEMENTS:,} elements", found=clean_name(shown)
            )
    return tuple(dimensions)


def checked_count(count: int, most: int, what: str, *, least: int = 0) -> int:
    """``count`` if it is within the limits; ModelError otherwise."""
    if not least <= count <= most:
        raise ModelError("the file", expected=f"{least} to {most:,} {what}", found=f"{count:,}")
    return count


def checked_connections(operators: list[Operator]) -> None:
    """ModelError when the operators have more inputs and outputs together than is followed."""
    checked_count(sum(len(o.inputs) + len(o.outputs) for o in operators), limits.CONNECTIONS, "connections")
