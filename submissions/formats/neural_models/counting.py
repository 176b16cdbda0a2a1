"""MACs of the operators that multiply, the same for every format. Sources: the operators' own definitions.

conv: output elements × input channels per group × kernel size; fully connected: rows × inputs × outputs.
"""

from __future__ import annotations

import math

from results.domain.model_facts import LayerKind, Shape

from .errors import ModelError
from .graph import Filters, Flow, Graph, Operator


def convolution(graph: Graph, operator: Operator, filters: Filters, *, transposed: bool = False) -> None:
    """A convolution; ``transposed`` spreads each input element over the kernel instead of gathering."""
    operator.filters, operator.flow = filters, Flow.FILTER
    operator.kind = LayerKind.DEPTHWISE if filters.in_axis is None else LayerKind.CONV
    weight = graph.shape(filters.tensor)
    if weight is None:
        return
    kernel = tuple(
        size for axis, size in enumerate(weight) if axis not in (filters.out_axis, filters.in_axis)
    )
    operator.kernel = kernel[1:] if filters.in_axis is None else kernel
    if filters.in_axis is not None and math.prod(kernel) == 1 and filters.groups == 1:
        operator.kind = LayerKind.POINTWISE
    before, after = graph.shape(operator.inputs[filters.source]), graph.shape(operator.outputs[0])
    if before is None or after is None:
        return
    _check_channels(graph, operator, filters, transposed, before, after)
    if transposed:
        operator.macs = math.prod(before) * (math.prod(weight) // weight[filters.in_axis or 0])
    else:
        operator.macs = math.prod(after) * (math.prod(weight) // weight[filters.out_axis])


def _check_channels(
    graph: Graph, operator: Operator, filters: Filters, transposed: bool, before: Shape, after: Shape
) -> None:
    """Weights and activations have to agree, else a count of MACs means nothing."""
    weight = graph.shape(filters.tensor) or ()
    per_group = 1 if filters.in_axis is None else weight[filters.in_axis]
    inputs, outputs = per_group * filters.groups, weight[filters.out_axis]
    if transposed:
        inputs, outputs = per_group, outputs * filters.groups
    for what, wanted, shape in (("input", inputs, before), ("output", outputs, after)):
        found = shape[graph.channel_axis] if len(shape) > 1 else 0
        if found != wanted:
            raise ModelError(
                operator.label, expected=f"{wanted} {what} channels, as the weights have", found=f"{found}"
            )
    if outputs % filters.groups:
        raise ModelError(
            operator.label,
            expected=f"filters for each of {filters.groups} groups",
            found=f"{outputs} filters",
        )


def fully_connected(graph: Graph, operator: Operator, filters: Filters) -> None:
    """Every input row times a constant matrix."""
    operator.kind, operator.flow, operator.filters = LayerKind.FULLY_CONNECTED, Flow.FILTER, filters
    weight, elements = graph.shape(filters.tensor), graph.elements(operator.inputs[0])
    if weight is None or elements is None:
        return
    if len(weight) != 2 or filters.in_axis is None:
        raise ModelError(operator.label, expected="a matrix of weights", found=f"{len(weight)} dimensions")
    inputs, outputs = weight[filters.in_axis], weight[filters.out_axis]
    if not inputs or elements % inputs:
        raise ModelError(
            operator.label,
            expected=f"rows of {inputs} inputs, as the weights have",
            found=f"{elements} elements",
        )
    rows, after = elements // inputs, graph.elements(operator.outputs[0])
    if after is not None and after != rows * outputs:
        raise ModelError(operator.label, expected=f"{rows * outputs} output elements", found=f"{after}")
    operator.macs = rows * inputs * outputs


def matrix_product(graph: Graph, operator: Operator, *, common: int) -> None:
    """Two activations multiplied; ``common`` is the axis of the first that is summed over."""
    operator.kind = LayerKind.MATMUL
    first, after = graph.shape(operator.inputs[0]), graph.elements(operator.outputs[0])
    if first and after is not None and -len(first) <= common < len(first):
        operator.macs = after * first[common]


def recurrent(graph: Graph, operator: Operator, weights: list[int], *, is_sequence: bool) -> None:
    """Every weight matrix once for each step of each sequence: the first two axes of the input, or one step."""
    operator.kind, operator.flow = LayerKind.RECURRENT, Flow.MIX
    operator.parameters = tuple(weights)
    shape = graph.shape(operator.inputs[0])
    sizes = [graph.elements(index) for index in weights if len(graph.shape(index) or ()) >= 2]
    if shape is None or any(size is None for size in sizes):
        return
    steps = shape[0] * (shape[1] if is_sequence and len(shape) == 3 else 1) if shape else 1
    operator.macs = steps * sum(size or 0 for size in sizes)
