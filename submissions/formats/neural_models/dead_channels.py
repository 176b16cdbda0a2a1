"""Which channels are constants whatever the input, and the MACs that remain without them.

A filter whose weights are all zero gives a constant (its bias). What reads that channel can have the constant folded
into its own bias, so those weights count as zero too, which may make further filters dead: one pass in the order of the
graph finds them all. Exact but for padded borders, where a constant channel meets the padding's own value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from results.domain.model_facts import COUNTED_KINDS

from . import limits
from .errors import ModelError
from .graph import Filters, Flow, Graph, Operator

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(slots=True)
class Effect:
    """What the zeros of one operator's weights come to; None where they cannot be read."""

    weights: int = 0
    zero_weights: int | None = 0
    channels: int | None = None
    dead_channels: int | None = None
    effective_macs: int | None = 0


def effects(graph: Graph) -> list[Effect]:
    """One effect per operator. Raises ModelError when more weights would have to be searched than the limit says."""
    return _Walk(graph).run()


class _Walk:
    """``_dead`` holds, for tensors with constant channels, the axis of the channels and which are constant."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._dead: dict[int, tuple[int, Mask]] = {}
        self._budget = limits.WEIGHTS_EXAMINED

    def run(self) -> list[Effect]:
        return [self._effect(operator) for operator in self._graph.operators]

    def _effect(self, operator: Operator) -> Effect:
        if operator.filters is not None:
            return self._filtered(operator, operator.filters)
        if operator.flow is Flow.SAME:
            self._pass_on(operator)
        elif operator.flow is Flow.JOIN:
            self._join(operator)
        elif operator.flow is Flow.RESHAPE:
            self._reshape(operator)
        if operator.kind not in COUNTED_KINDS:
            return Effect(effective_macs=operator.macs)
        matrices = [i for i in operator.parameters if len(self._graph.shape(i) or ()) >= 2]
        weights = sum(self._graph.elements(index) or 0 for index in matrices)
        held = [self._zeros(index) for index in matrices]
        zeros = None if any(count is None for count in held) else sum(count or 0 for count in held)
        return Effect(weights, zeros, effective_macs=operator.macs)

    def _zeros(self, index: int) -> int | None:
        nonzero = self._nonzero(index)
        return None if nonzero is None else int(nonzero.size - np.count_nonzero(nonzero))

    def _nonzero(self, index: int) -> Mask | None:
        tensor = self._graph.tensors[index]
        if tensor.values is not None:
            self._budget -= tensor.values.size
            if self._budget < 0:
                raise ModelError(
                    "the weights",
                    expected=f"at most {limits.WEIGHTS_EXAMINED:,} over all layers",
                    found="more",
                )
        return tensor.nonzero()

    def _filtered(self, operator: Operator, filters: Filters) -> Effect:
        tensor = self._graph.tensors[filters.tensor]
        if not tensor.is_constant:  # a matrix that is computed: nothing of it is known to be zero
            return Effect(effective_macs=operator.macs)
        weights = tensor.elements or 0
        nonzero = self._nonzero(filters.tensor)
        if nonzero is None or operator.macs is None:
            zeros = None if nonzero is None else int(nonzero.size - np.count_nonzero(nonzero))
            return Effect(weights, zeros, effective_macs=None)
        zeros = int(nonzero.size - np.count_nonzero(nonzero))
        pairs = _pairs(nonzero, filters)
        dead_inputs = self._dead_inputs(operator, filters)
        pairs_left = _without(pairs, dead_inputs, filters)
        dead = ~pairs_left.any(axis=1)
        per_pair = operator.macs // pairs.size if pairs.size else 0
        kept = _live_pairs(pairs.shape[1], dead, dead_inputs, filters)
        self._mark(operator.outputs[0], self._output_axis(operator), dead)
        return Effect(weights, zeros, len(dead), int(dead.sum()), kept * per_pair)

    def _output_axis(self, operator: Operator) -> int:
        shape = self._graph.shape(operator.outputs[0]) or ()
        is_matrix = operator.filters is not None and operator.kernel is None
        return len(shape) - 1 if is_matrix or self._graph.channel_axis < 0 else self._graph.channel_axis

    def _dead_inputs(self, operator: Operator, filters: Filters) -> Mask:
        """For each input channel of the filters, over all groups, whether it is constant."""
        source = operator.inputs[filters.source]
        shape = self._graph.shape(source) or ()
        if filters.in_axis is None:
            count = filters.groups
        else:
            weight = self._graph.shape(filters.tensor) or ()
            count = weight[filters.in_axis] * filters.groups
        marked = self._dead.get(source)
        if marked is None:
            return np.zeros(count, bool)
        axis, mask = marked
        if (
            mask.size == count
            and shape[axis] == count
            and (operator.kernel is not None or axis == len(shape) - 1)
        ):
            return mask
        rows = _spread(axis, mask, shape).reshape(
            -1, count
        )  # a matrix reads every element as an input of its own
        return rows.all(axis=0)

    def _mark(self, index: int, axis: int, dead: Mask) -> None:
        shape = self._graph.shape(index)
        if dead.any() and shape is not None and 0 <= axis < len(shape) and shape[axis] == dead.size:
            self._dead[index] = (axis, dead)

    def _pass_on(self, operator: Operator) -> None:
        """A channel stays constant where it is so in every input that is computed."""
        computed = [i for i in operator.read if not self._graph.tensors[i].is_constant]
        marked = [self._dead.get(index) for index in computed]
        known = [mark for mark in marked if mark is not None]
        if not known or len(known) < len(marked):
            return
        sizes = {mask.size for _, mask in known}
        if len(sizes) != 1:
            return
        together = np.logical_and.reduce([mask for _, mask in known])
        for index in operator.outputs:
            shape = self._graph.shape(index) or ()
            # reductions drop axes: channels of TFLite stay last, those of ONNX stay where they were
            axis = len(shape) - 1 if self._graph.channel_axis < 0 else known[0][0]
            self._mark(index, axis, together)

    def _join(self, operator: Operator) -> None:
        shape = self._graph.shape(operator.outputs[0])
        if shape is None or operator.join_axis is None or not any(i in self._dead for i in operator.read):
            return
        joined = operator.join_axis % len(shape) if shape else 0
        parts = []
        for index in operator.read:
            before = self._graph.shape(index)
            if before is None or joined >= len(before):
                return
            axis, mask = self._dead.get(index, (joined, np.zeros(before[joined], bool)))
            if axis != joined:
                return
            parts.append(mask)
        self._mark(operator.outputs[0], joined, np.concatenate(parts))

    def _reshape(self, operator: Operator) -> None:
        marked = self._dead.get(operator.inputs[0]) if operator.inputs else None
        if marked is None or not operator.outputs:
            return
        before, after = self._graph.shape(operator.inputs[0]), self._graph.shape(operator.outputs[0])
        if not before or not after or math.prod(before) != math.prod(after):
            return
        axis = len(after) - 1 if self._graph.channel_axis < 0 else min(1, len(after) - 1)
        spread = _spread(marked[0], marked[1], before).reshape(after)
        others = tuple(other for other in range(len(after)) if other != axis)
        self._mark(operator.outputs[0], axis, spread.all(axis=others) if others else spread)


def _spread(axis: int, mask: Mask, shape: tuple[int, ...]) -> Mask:
    """``mask`` of one axis as one truth value per element."""
    if math.prod(shape) > limits.WEIGHTS_EXAMINED:
        raise ModelError(
            "the activations",
            expected=f"at most {limits.WEIGHTS_EXAMINED:,} elements in a reshape",
            found="more",
        )
    along = [1] * len(shape)
    along[axis] = -1
    return np.broadcast_to(mask.reshape(along), shape)


def _pairs(nonzero: Mask, filters: Filters) -> Mask:
    """[output channel, input channel within its group]: whether any weight between the two is not zero."""
    if filters.in_axis is None:
        return (
            np.moveaxis(nonzero, filters.out_axis, 0)
            .reshape(nonzero.shape[filters.out_axis], -1)
            .any(1)[:, None]
        )
    ordered = np.moveaxis(nonzero, (filters.out_axis, filters.in_axis), (0, 1))
    return ordered.reshape(*ordered.shape[:2], -1).any(axis=2)


def _per_filter(outputs: int, inputs: int, dead_inputs: Mask, filters: Filters) -> Mask:
    """[output channel, input channel within its group]: whether that input is constant."""
    groups = dead_inputs.reshape(filters.groups, inputs)
    return np.repeat(groups, outputs // filters.groups, axis=0)


def _without(pairs: Mask, dead_inputs: Mask, filters: Filters) -> Mask:
    return pairs & ~_per_filter(*pairs.shape, dead_inputs, filters)


def _live_pairs(inputs: int, dead: Mask, dead_inputs: Mask, filters: Filters) -> int:
    """How many pairs of channels are left to multiply: a dead side removes the pair, a zero inside does not."""
    live = ~_per_filter(dead.size, inputs, dead_inputs, filters)
    return int(live[~dead].sum())
