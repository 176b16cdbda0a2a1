"""How much memory activations need, as a range per runtime: no single number is right for all of them.

Published sizes were compared with these estimates: the greedy plan is the head of TensorFlow Lite Micro's arena in 142
of 147 public models and in the others up to a third smaller; X-CUBE-AI 8.1 needs between 1/1.02 and 1/0.43 of the
in-place bound and between 1/1.96 and 1/0.65 of the live set on 32 int8 models of ST's model zoo (median: in-place
bound / 0.84).
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass

from results.domain.model_facts import MemoryRange, Runtime

from . import limits
from .graph import Graph, Operator

TFLM_ALIGNMENT_BYTES = 16
TFLM_LEAST_SHARE = 0.75
"""Greedy plan ÷ real head of the arena, at worst."""
X_CUBE_AI_IN_PLACE = (0.43, 0.84, 1.02)
X_CUBE_AI_LIVE_SET = (0.65, 1.96)
"""In-place bound (least, median, most) and live set (least, most) ÷ the RAM that X-CUBE-AI reports."""

LABELS = {
    Runtime.IN_PLACE: "In-place bound",
    Runtime.LIVE_SET: "Live set",
    Runtime.TFLM: "TensorFlow Lite Micro",
    Runtime.X_CUBE_AI: "X-CUBE-AI",
}


@dataclass(frozen=True, slots=True)
class Buffer:
    """One piece of memory: bytes, and the first and last operator (from 0) during which it has to be kept."""

    size_bytes: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Which tensors are activations, and which share one piece of memory in every runtime.

    ``root`` leads from a tensor to the one whose memory it shares; ``size`` is bytes by root, None where unknown.
    """

    tensors: set[int]
    root: dict[int, int]
    size: dict[int, int | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """``ranges`` for every runtime; ``peak_live_bytes`` is the live set; None where sizes are unknown."""

    ranges: tuple[MemoryRange, ...]
    peak_live_bytes: int | None
    state_bytes: int | None
    unknown: tuple[str, ...]


class Sharing:
    """Tensors that share one piece of memory."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def root(self, index: int) -> int:
        while (parent := self._parent.get(index, index)) != index:
            self._parent[index] = self._parent.get(parent, parent)
            index = parent
        return index

    def share(self, first: int, second: int) -> None:
        first, second = self.root(first), self.root(second)
        if first != second:
            self._parent[second] = first


def kept(graph: Graph) -> Kept:
    """The activations of ``graph`` and the form in which each is kept."""
    held = _activations(graph)
    sharing = _sharing(graph, held, in_place=False)
    return Kept(held, {index: sharing.root(index) for index in held}, _sizes(graph, held, sharing))


def plan(graph: Graph, activations: Kept, *, is_int8: bool) -> Plan:
    """The memory of ``graph``; ``is_int8`` says whether the calibration of X-CUBE-AI holds for it."""
    held, state = activations.tensors, _state_bytes(graph)
    unknown = tuple(
        graph.tensors[i].name for i in sorted(held) if activations.size[activations.root[i]] is None
    )
    if unknown or state is None:
        ranges = tuple(
            MemoryRange(kind, label, None, None, None, "the shape or type of an activation is unknown")
            for kind, label in LABELS.items()
        )
        return Plan(ranges, None, state, unknown)
    buffers = _buffers(graph, held, _sharing(graph, held, in_place=False), activations.size)
    live = peak_of(buffers)
    lowest = min(_in_place_peak(graph, held, _sharing(graph, held, in_place=True)), live)
    return Plan(_ranges(lowest, live, greedy_plan(buffers), state, is_int8), live, state, ())


def _activations(graph: Graph) -> set[int]:
    """Tensors that are computed, or given with each inference."""
    used = {*graph.inputs, *graph.outputs}
    for operator in graph.operators:
        if not operator.is_folded:
            used.update(operator.read, (i for i in operator.outputs if i >= 0))
    return {i for i in used if not graph.tensors[i].is_constant and not graph.tensors[i].is_state}


def _state_bytes(graph: Graph) -> int | None:
    sizes = [tensor.size_bytes for tensor in graph.tensors if tensor.is_state]
    return None if any(size is None for size in sizes) else sum(size or 0 for size in sizes)


def _sharing(graph: Graph, held: set[int], *, in_place: bool) -> Sharing:
    """Who shares memory: in an ONNX graph what is fused anyway; with ``in_place`` also reshapes and padding."""
    sharing = Sharing()
    readers: dict[int, int] = {}
    for operator in graph.operators:
        for index in set(operator.read):
            readers[index] = readers.get(index, 0) + 1
    for operator in graph.operators:
        sources = [i for i in operator.read if i in held]
        if not sources or not operator.outputs or operator.outputs[0] not in held:
            continue
        is_fused = graph.file_format == "onnx" and (
            operator.is_view or (operator.may_fuse and len(sources) == 1 and readers[sources[0]] == 1)
        )
        if is_fused or (in_place and (operator.is_view or operator.pads)):
            sharing.share(sources[0], operator.outputs[0])
    return sharing


def _sizes(graph: Graph, held: set[int], sharing: Sharing) -> dict[int, int | None]:
    """Bytes of each shared piece: those of its smallest form (what is quantised at once is kept quantised)."""
    sizes: dict[int, list[int | None]] = {}
    for index in held:
        sizes.setdefault(sharing.root(index), []).append(graph.tensors[index].size_bytes)
    return {
        root: None if any(size is None for size in forms) else min(size or 0 for size in forms)
        for root, forms in sizes.items()
    }


def _buffers(graph: Graph, held: set[int], sharing: Sharing, size: dict[int, int | None]) -> list[Buffer]:
    first, last = _lifetimes(graph, held, sharing)
    return [Buffer(size[root] or 0, first[root], last[root]) for root in sorted(first) if size[root]]


def _lifetimes(graph: Graph, held: set[int], sharing: Sharing) -> tuple[dict[int, int], dict[int, int]]:
    """First and last operator of each root. Inputs are there from the start, outputs until the end."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}

    def use(index: int, position: int) -> None:
        if index in held:
            root = sharing.root(index)
            first[root] = min(first.get(root, position), position)
            last[root] = max(last.get(root, position), position)

    for index in graph.inputs:
        use(index, 0)
    for position, operator in enumerate(graph.operators):
        if not operator.is_folded:
            for index in (*operator.inputs, *operator.outputs):
                use(index, position)
    for index in graph.outputs:
        use(index, max(len(graph.operators) - 1, 0))
    return first, last


def peak_of(buffers: list[Buffer]) -> int:
    """The most bytes that are alive during one operator."""
    change: dict[int, int] = {}
    for buffer in buffers:
        change[buffer.first] = change.get(buffer.first, 0) + buffer.size_bytes
        change[buffer.last + 1] = change.get(buffer.last + 1, 0) - buffer.size_bytes
    alive = peak = 0
    for position in sorted(change):
        alive += change[position]
        peak = max(peak, alive)
    return peak


def greedy_plan(buffers: list[Buffer]) -> int | None:
    """Length of the arena's head as TensorFlow Lite Micro lays it out; None for more tensors than are planned here.

    Its GreedyMemoryPlanner places the largest buffer first, each into the lowest gap between those that are alive at
    the same time.
    """
    if len(buffers) > limits.LIVE_TENSORS:
        return None
    placed: list[tuple[int, int, Buffer]] = []  # offset, length; kept in the order of offsets
    length = 0
    for order in sorted(range(len(buffers)), key=lambda i: (-buffers[i].size_bytes, i)):
        buffer = buffers[order]
        needed = math.ceil(buffer.size_bytes / TFLM_ALIGNMENT_BYTES) * TFLM_ALIGNMENT_BYTES
        offset = 0
        for start, taken, other in placed:
            if other.last < buffer.first or other.first > buffer.last:
                continue
            if start - offset >= needed:
                break
            offset = max(offset, start + taken)
        insort(placed, (offset, needed, buffer), key=lambda entry: entry[0])
        length = max(length, offset + needed)
    return length


def _in_place_peak(graph: Graph, held: set[int], sharing: Sharing) -> int:
    """Peak of a runtime in which every output may overwrite the inputs that nobody reads afterwards.

    Reshapes cost nothing and padding is done while its reader runs.
    """
    size = _sizes(graph, held, sharing)
    _, last = _lifetimes(graph, held, sharing)
    kept = {sharing.root(index) for index in graph.outputs if index in held}
    alive = {sharing.root(index) for index in graph.inputs if index in held}
    peak = sum(size[root] or 0 for root in alive)
    for position, operator in enumerate(graph.operators):
        if operator.is_folded:
            continue
        read, written = _roots(operator, held, sharing)
        if written <= read:  # it works on one piece of memory
            continue
        dying = {root for root in read if last[root] <= position} - kept - written
        others = alive - dying - written
        needed = max(_sum(size, dying), _sum(size, written))
        peak = max(peak, _sum(size, others) + needed)
        alive = (alive - dying) | {root for root in written if last[root] > position or root in kept}
    return peak


def _roots(operator: Operator, held: set[int], sharing: Sharing) -> tuple[set[int], set[int]]:
    read = {sharing.root(index) for index in operator.read if index in held}
    return read, {sharing.root(index) for index in operator.outputs if index in held}


def _sum(size: dict[int, int | None], roots: set[int]) -> int:
    return sum(size[root] or 0 for root in roots)


def _ranges(
    lowest: int, live: int, planned: int | None, state: int, is_int8: bool
) -> tuple[MemoryRange, ...]:
    kept = " State between inferences is included." if state else ""
    return (
        _one(
            Runtime.IN_PLACE, lowest + state, lowest + state, None,
            "Every output overwrites the inputs that nobody reads afterwards; padding costs nothing. A runtime that cuts "
            f"layers into patches can need less.{kept}",
        ),
        _one(
            Runtime.LIVE_SET, live + state, live + state, None,
            f"Every tensor has memory of its own from first to last use, without gaps.{kept}",
        ),
        _tflm(planned, state, kept),
        _x_cube_ai(lowest + state, live + state, is_int8),
    )  # fmt: skip


def _one(kind: Runtime, low: int, high: int, typical: int | None, basis: str) -> MemoryRange:
    return MemoryRange(kind, LABELS[kind], low, high, typical, basis)


def _tflm(planned: int | None, state: int, kept: str) -> MemoryRange:
    if planned is None:
        return MemoryRange(
            Runtime.TFLM, LABELS[Runtime.TFLM], None, None, None,
            f"not planned: more than {limits.LIVE_TENSORS:,} activations",
        )  # fmt: skip
    return _one(
        Runtime.TFLM, planned + state, math.ceil(planned / TFLM_LEAST_SHARE) + state, planned + state,
        "Greedy plan of the arena's head: exact for 142 of 147 public models, up to a third too small for the rest. "
        f"The tail (3 to 30 kB) and scratch buffers of kernels come on top.{kept}",
    )  # fmt: skip


def _x_cube_ai(lowest: int, live: int, is_int8: bool) -> MemoryRange:
    if not is_int8:
        return MemoryRange(
            Runtime.X_CUBE_AI, LABELS[Runtime.X_CUBE_AI], None, None, None,
            "not estimated: the calibration holds for int8 models only",
        )  # fmt: skip
    least, median, most = X_CUBE_AI_IN_PLACE
    low = max(lowest / most, live / X_CUBE_AI_LIVE_SET[1])
    high = min(lowest / least, live / X_CUBE_AI_LIVE_SET[0])
    low, high = min(low, high), max(low, high)
    typical = min(max(lowest / median, low), high)
    return _one(
        Runtime.X_CUBE_AI, math.floor(low), math.ceil(high), round(typical),
        "Calibrated on 32 int8 models of ST's model zoo as X-CUBE-AI 8.1 reports them; all of them lie in such a range.",
    )  # fmt: skip
