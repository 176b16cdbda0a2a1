"""Latencies that others published of further networks, as rows that projections of new networks learn from."""

from __future__ import annotations

from typing import Any

from results.analysis.projection.cells import LATENCY
from results.analysis.projection.published_cells import core_of

from .matrix import MatrixRow, external_rows
from .projection_models import model_columns

ELSEWHERE = "elsewhere"
"""Their device class: how such tables scatter is learned apart, so that the bands of the rounds' systems stay theirs."""
FIGURE = "figure:"
"""Begins the address of a row that is no published result."""
_CLASSES = ("mcu", "mcu-npu")
_SAME_SOFTWARE = {"stm32cube.ai": "x-cube-ai"}
"""Names of one software: ST's tables call X-CUBE-AI by the name of its family."""


def rows_elsewhere() -> list[dict[str, Any]]:
    """A row per usable latency of an int8 network with counted layers on a microcontroller, with its ``key``."""
    return [row for one in external_rows() if (row := _row(one)) is not None]


def _row(one: MatrixRow) -> dict[str, Any] | None:
    features = model_columns(
        conv=one.macs_conv,
        pointwise=one.macs_pointwise,
        depthwise=one.macs_depthwise,
        fully_connected=one.macs_fc,
        activation_bytes=one.activation_bytes,
        weight_bytes=one.weight_bytes,
        operators=one.ops,
    )
    if not features or one.device_class not in _CLASSES or one.precision != "int8" or not one.latency_ms:
        return None
    software = (one.stack or "").lower()
    stack = _SAME_SOFTWARE.get(software, software)
    return {
        "key": f"{FIGURE}{one.source_id}",
        "model": one.model,
        "device": one.device,
        "metric": LATENCY,
        "target": one.latency_ms,
        "family": one.family,
        "device_group": one.device_group,
        "round": "",
        "class": ELSEWHERE,
        "core": core_of(one.core or ""),
        "vendor": one.vendor or "",
        "stack": stack,
        "stack_version": f"{stack}@{one.stack_version}" if stack and one.stack_version else "",
        "submitter": "",
        "precision": "integer",
        "device_clock_mhz": one.clock_mhz,
        "device_supply_mv": None,
        **features,
    }
