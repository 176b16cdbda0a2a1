"""External figures: what somebody published outside the rounds of MLPerf Tiny, one value a row.

The vocabulary of the long table (``results/catalog/figures/*.csv``, ``/figures/``, ``/api/v1/figures/``) and of the
reasons why a row is quarantined. Such a figure names a network, never a benchmark, so it can stand on no leaderboard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class FigureMetric:
    """A quantity of an external figure; values are stored in ``unit``."""

    id: str
    name: str
    unit: str
    description: str


_M = FigureMetric
FIGURE_METRICS: dict[str, FigureMetric] = {
    metric.id: metric
    for metric in (
        _M("latency_ms", "Latency", "ms", "one inference, or one batch where batch is above 1: the network alone"),
        _M("system_latency_ms", "Latency of the system", "ms", "the same with the transfer of inputs and outputs"),
        _M("throughput_inf_per_s", "Throughput", "inf/s", "inferences per second: the network alone"),
        _M("system_throughput_inf_per_s", "Throughput of the system", "inf/s", "the same with the transfer of data"),
        _M("full_power_w", "Power under load", "W", "of the board, as the source measures it"),
        _M("idle_power_w", "Power when idle", "W", "of the board, as the source measures it"),
        _M("activation_ram_bytes", "RAM, activations", "B", "buffers of the network"),
        _M("runtime_ram_bytes", "RAM, runtime", "B", "what the inference library needs beside them"),
        _M("ram_bytes", "RAM, total", "B", "activations and runtime"),
        _M("weights_flash_bytes", "Flash, weights", "B", "parameters of the network"),
        _M("code_flash_bytes", "Flash, code", "B", "inference library and generated code"),
        _M("flash_bytes", "Flash, total", "B", "weights and code"),
        _M("top1_pct", "Top-1", "%", "share of inputs whose first answer is right"),
        _M("top5_pct", "Top-5", "%", "share of inputs with the right one among the first five answers"),
        _M("accuracy_pct", "Accuracy", "%", "as the source defines it; see the name that it gives"),
        _M("ap_pct", "Average precision", "%", "of a detector, as the source defines it"),
    )
}  # fmt: skip

PERCENT_METRICS = frozenset({"top1_pct", "top5_pct", "accuracy_pct", "ap_pct"})
RAM_METRICS = frozenset({"activation_ram_bytes", "runtime_ram_bytes", "ram_bytes"})
LATENCY_METRICS = frozenset({"latency_ms", "system_latency_ms"})
THROUGHPUT_METRICS = frozenset({"throughput_inf_per_s", "system_throughput_inf_per_s"})


class Batch(StrEnum):
    """Why a source's batch, thread or stream count was chosen; figures of the two are never mixed."""

    ONE = "one"
    BEST = "best"


class Quarantine(StrEnum):
    """Why a row is kept, shown and never used."""

    MALFORMED_NUMBER = "malformed-number"
    NOT_POSITIVE = "not-positive"
    ACCURACY_RANGE = "accuracy-range"
    INPUT_SIZE = "input-size"
    BOARD_NAME = "board-name"
    OPERATION_COUNT = "operation-count"
    BELOW_PEAK = "below-peak"
    BELOW_ROOFLINE = "below-roofline"
    RAM_ABOVE_DEVICE = "ram-above-device"


QUARANTINE_MEANING: dict[Quarantine, str] = {
    Quarantine.MALFORMED_NUMBER: "The cell is not one number.",
    Quarantine.NOT_POSITIVE: "The number is not above zero.",
    Quarantine.ACCURACY_RANGE: "A percentage below 0 or above 100.",
    Quarantine.INPUT_SIZE: "The name of the network and the stated input contradict each other.",
    Quarantine.BOARD_NAME: "The vendor has no board of this name.",
    Quarantine.OPERATION_COUNT: "The row states two counts of operations that differ tenfold or more.",
    Quarantine.BELOW_PEAK: "Faster than the peak rate of the device allows.",
    Quarantine.BELOW_ROOFLINE: "Faster than reading the weights once at the stated memory bandwidth allows.",
    Quarantine.RAM_ABOVE_DEVICE: "More RAM than the board has, on the chip and beside it.",
}

FIGURE_COLUMNS = {
    "provenance": "vendor-published or literature",
    "model": "slug of the network on this site, in the address of its page",
    "model_stated": "name of the network as the source writes it",
    "family": "architecture family",
    "task": "what the network does, as the source sorts it",
    "dataset": "what it was trained or evaluated on; empty: not stated",
    "input": "shape of the input as stated",
    "device": "name of the board or chip as stated; empty: not stated",
    "clock_mhz": "clock in MHz",
    "engine": "which unit computes, as stated",
    "software": "tool or runtime",
    "software_version": "its version",
    "precision": "numeric format",
    "batch": "inferences, threads or streams at once",
    "batch_choice": "one or best where the source sweeps batches: batch 1, or the batch of the greatest throughput",
    "metric": "id of the metric",
    "metric_stated": "name of the column in the source",
    "value": "in the unit of the metric; empty when the cell is not a number",
    "raw": "the cell as the source has it",
    "operations": "operations per inference that the same row states; MACs count 2",
    "counted_operations": "operations per inference that follow from another column of the same row",
    "source": "repository, owner/name",
    "commit": "commit of the repository that was read; empty: the copy that was read names none",
    "path": "file in the repository",
    "locator": "table or line of the file",
    "dated": "day of the commit; empty: not known",
}
"""The columns of the long table, in order, with their meaning. An empty cell is unknown, never 0."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row of the long table. Texts are empty and numbers None where the source does not say."""

    provenance: str
    model: str
    model_stated: str
    family: str
    task: str
    dataset: str
    input: str
    device: str
    clock_mhz: float | None
    engine: str
    software: str
    software_version: str
    precision: str
    batch: int | None
    batch_choice: str
    metric: str
    metric_stated: str
    value: float | None
    raw: str
    operations: float | None
    counted_operations: float | None
    source: str
    commit: str
    path: str
    locator: str
    dated: str


@dataclass(frozen=True, slots=True)
class GraphRow:
    """What was counted of one file of a network; ``operators`` are the nodes of the graph, None is not counted.

    ``macs_conv`` includes 1 × 1 convolutions where ``macs_pointwise`` is None; else they are counted apart.
    """

    model: str
    family: str
    dataset: str
    precision: str
    macs: int | None
    macs_conv: int | None
    macs_pointwise: int | None
    macs_depthwise: int | None
    macs_fc: int | None
    operators: int | None
    parameters: int | None
    weight_bytes: int | None
    activation_bytes: int | None
    input_elements: int | None
    file_bytes: int | None
    source: str
    commit: str
    path: str


@dataclass(frozen=True, slots=True)
class DeviceLimits:
    """What is known of a device as the sources name it. ``slug`` is that of the catalogue where it is the same board.

    ``peak_gops`` maps a numeric format to 10⁹ operations per second, ``mac_per_cycle`` is a peak per clock of the
    core; bandwidth is in 10⁹ bytes per second, RAM in KiB with what stands beside the chip apart.
    """

    stated: str
    slug: str
    group: str
    vendor: str
    device_class: str
    core: str
    known_board: bool
    mac_per_cycle: float | None
    peak_gops: dict[str, float]
    bandwidth_gb_per_s: float | None
    ram_kib: float | None
    external_ram_kib: float | None
    source: str


def precision_bits(precision: str) -> int | None:
    """Bits per weight of a numeric format such as int8, INT4 or FP16; None for one that does not say.

    >>> precision_bits("INT4"), precision_bits("float32"), precision_bits("Hybrid")
    (4, 32, None)
    """
    text = precision.casefold()
    digits = "".join(char for char in text if char.isdigit())
    if digits and text.removesuffix(digits) in ("int", "fp", "float", "uint"):
        return int(digits)
    return 32 if text == "float" else None


def numeric_format(stated: str) -> str:
    """One spelling of a stated numeric format: int8, fp32, hybrid; empty stays empty.

    >>> numeric_format("FLOAT32"), numeric_format("Int8"), numeric_format("Hybrid")
    ('fp32', 'int8', 'hybrid')
    """
    text = stated.strip().casefold()
    return {"float32": "fp32", "float": "fp32", "float16": "fp16"}.get(text, text)


_NUMBER = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)


def plain_number(raw: str) -> float | None:
    """The one number that a cell holds; commas between thousands and a per cent sign behind it are allowed.

    >>> plain_number("97.17 %"), plain_number("1,234.82")
    (97.17, 1234.82)
    >>> plain_number("521.210.0.0"), plain_number("1654.5 KiB KiB"), plain_number("1,5")
    (None, None, None)
    """
    text = raw.strip().removesuffix("%").strip()
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None
