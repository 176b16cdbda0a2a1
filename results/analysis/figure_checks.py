"""Physics checks of external figures: what cannot be so is quarantined, with the reason.

A check needs its limit: where nobody states the peak, the bandwidth or the RAM of a device, it says nothing. Limits
are generous on purpose. A row that fails keeps its value and is never used; a row that passes is merely possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from results.domain.figures import (
    LATENCY_METRICS,
    PERCENT_METRICS,
    RAM_METRICS,
    THROUGHPUT_METRICS,
    DeviceLimits,
    FigureRow,
    GraphRow,
    Quarantine,
    precision_bits,
)

from .roofline import OPERATIONS_PER_MAC

OPERATIONS_DIFFER = 10.0
_SQUARE = re.compile(r"(\d+)x\1(?:x\d+)?\Z")
# Widths of square inputs that names of networks carry; other numbers in a name are widths, depths or versions.
_SIDES = frozenset(
    {28, 32, 48, 64, 96, 112, 128, 160, 192, 224, 240, 256, 260, 299, 300, 320, 384, 416, 480, 640}
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is quarantined: a code and the sentence with the numbers."""

    code: Quarantine
    text: str


def quarantine(
    row: FigureRow, *, limits: DeviceLimits | None = None, graphs: Iterable[GraphRow] = ()
) -> Reason | None:
    """The first reason why ``row`` cannot be so; None when nothing that is known speaks against it.

    ``graphs`` are the counted files of its network; the least MACs among them set the bound.
    """
    return (
        _number_reason(row)
        or _name_reason(row, limits)
        or _operations_reason(row)
        or _ram_reason(row, limits)
        or _time_reason(row, limits, tuple(graphs))
    )


def _number_reason(row: FigureRow) -> Reason | None:
    if row.value is None:
        return Reason(Quarantine.MALFORMED_NUMBER, f"“{row.raw}” is not one number.")
    if row.metric in PERCENT_METRICS:
        if not 0 <= row.value <= 100:
            return Reason(Quarantine.ACCURACY_RANGE, f"{row.value:g} % is outside 0 to 100 %.")
    elif row.value < 0 or (row.value == 0 and row.metric not in RAM_METRICS):
        return Reason(Quarantine.NOT_POSITIVE, f"{row.value:g} is not above zero.")
    return None


def _name_reason(row: FigureRow, limits: DeviceLimits | None) -> Reason | None:
    if limits is not None and not limits.known_board:
        return Reason(
            Quarantine.BOARD_NAME, f"The vendor has no board “{row.device}”. {limits.source}".strip()
        )
    square = _SQUARE.match(row.input)
    named = {int(text) for text in re.findall(r"(?<![\d.])\d{2,3}(?![\d.])", _spaced(row.model_stated))}
    sides = named & _SIDES
    if square and sides and int(square[1]) not in sides and not _is_other_number(row):
        text = f"“{row.model_stated}” names {min(sides)} pixels, the input is stated as {row.input}."
        return Reason(Quarantine.INPUT_SIZE, text)
    window = re.search(r"\bwl (\d+)", _spaced(row.model_stated))
    if window and row.input and "x" in row.input and not _holds(row.input, int(window[1])):
        text = (
            f"“{row.model_stated}” names a window of {window[1]} samples, the input is stated as {row.input}."
        )
        return Reason(Quarantine.INPUT_SIZE, text)
    spectrum = re.search(r"(\d+)x(\d+)", row.model_stated)
    if spectrum and row.input and not row.input.startswith(spectrum[0]):
        text = f"“{row.model_stated}” names an input of {spectrum[0]}, it is stated as {row.input}."
        return Reason(Quarantine.INPUT_SIZE, text)
    return None


def _spaced(name: str) -> str:
    return name.replace("_", " ").casefold()


def _is_other_number(row: FigureRow) -> bool:
    """Whether the number in the name is a depth (ResNet 32) or a width (YAMNet 256), not a side."""
    return _spaced(row.model_stated).startswith(("resnet", "st resnet", "yamnet"))


def _holds(shape: str, samples: int) -> bool:
    """Whether an axis has so many samples, or the flat input a whole number of them (three axes of acceleration)."""
    sizes = [int(size) for size in shape.split("x") if size.isdigit()]
    return samples in sizes or max(sizes, default=0) == 3 * samples


def _operations_reason(row: FigureRow) -> Reason | None:
    stated, counted = row.operations, row.counted_operations
    if stated and counted and max(stated / counted, counted / stated) >= OPERATIONS_DIFFER:
        text = f"The row states {stated:.3g} operations per inference, another column of it {counted:.3g}."
        return Reason(Quarantine.OPERATION_COUNT, text)
    return None


def _ram_reason(row: FigureRow, limits: DeviceLimits | None) -> Reason | None:
    if row.metric not in RAM_METRICS or row.value is None or limits is None or limits.ram_kib is None:
        return None
    held_kib = limits.ram_kib + (limits.external_ram_kib or 0.0)
    if row.value > 1024 * held_kib:
        text = f"{row.value / 1024:,.0f} KiB, the board has {held_kib:,.0f} KiB."
        return Reason(Quarantine.RAM_ABOVE_DEVICE, text)
    return None


def _time_reason(row: FigureRow, limits: DeviceLimits | None, graphs: tuple[GraphRow, ...]) -> Reason | None:
    inferences_ms = _ms_per_inference(row)
    macs = [graph.macs for graph in graphs if graph.macs]
    if inferences_ms is None or limits is None or not macs:
        return None
    per_inference_ms, batch = inferences_ms
    peak_gops = limits.peak_gops.get(row.precision)
    if peak_gops is None and limits.mac_per_cycle and row.clock_mhz:
        peak_gops = OPERATIONS_PER_MAC * limits.mac_per_cycle * row.clock_mhz / 1000
    if peak_gops:
        least_ms = 1e-6 * OPERATIONS_PER_MAC * min(macs) / peak_gops
        if per_inference_ms < least_ms:
            text = f"{per_inference_ms:.3g} ms per inference; {peak_gops:.4g} GOPS need {least_ms:.3g} ms at least."
            return Reason(Quarantine.BELOW_PEAK, text)
    moved = _weight_bytes(row, graphs)
    if limits.bandwidth_gb_per_s and moved:
        least_ms = 1e-6 * moved / limits.bandwidth_gb_per_s
        if per_inference_ms * batch < least_ms:
            text = (
                f"{per_inference_ms * batch:.3g} ms; reading {moved:.3g} bytes of weights once at "
                f"{limits.bandwidth_gb_per_s:g} GB/s takes {least_ms:.3g} ms. Weights held on the chip would explain it, "
                "but the source does not say so."
            )
            return Reason(Quarantine.BELOW_ROOFLINE, text)
    return None


def _ms_per_inference(row: FigureRow) -> tuple[float, int] | None:
    """(ms per inference, batch) of a latency or throughput."""
    if not row.value:
        return None
    batch = row.batch or 1
    if row.metric in LATENCY_METRICS:
        return row.value / batch, batch
    return (1000 / row.value, batch) if row.metric in THROUGHPUT_METRICS else None


def _weight_bytes(row: FigureRow, graphs: tuple[GraphRow, ...]) -> float | None:
    bits = precision_bits(row.precision)
    parameters = [graph.parameters for graph in graphs if graph.parameters]
    return min(parameters) * bits / 8 if parameters and bits else None
