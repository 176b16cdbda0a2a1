"""Published runs as rows of the projection's table: what a description states becomes the levels of a device.

Layer costs of the reference models are counted from their int8 graphs (``results/catalog/model_layers.csv``: MACs per
kind of convolution, bytes of all operator outputs, bytes of all constants, number of operators).
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from results.analysis.projection.cells import ENERGY, LATENCY, Cells, cells_of
from results.catalog.reader import FOLDER

CORE = re.compile(
    r"cortex[-™® ]*[amr]\d+\+?|\b[amr]\d{1,2}\+?(?=\b|f\b)|rxv\d|rh850|\bd\d{2}f?\b|nx\d{2}v?|ax\d{2}|c906|kryo|"
    r"neoverse|risc-?v|rv32|rv64|core i\d|x86|microblaze|vexriscv",
    re.IGNORECASE,
)
VERSION = re.compile(r"\s*v?\d+(\.\d+)*([-.]\w+)?\s*$")


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """One published run in plain values; empty text and None where nobody states it. ``key`` is its address."""

    key: str
    round: str
    submitter: str
    system: str
    variant: str
    model: str
    device: str
    vendor: str
    device_class: str
    processor: str
    accelerator: str
    software: str
    software_version: str
    precision: str
    clock_mhz: float | None
    supply_mv: float | None
    latency_ms: float | None
    energy_uj: float | None


@cache
def model_layers() -> Mapping[str, Mapping[str, float]]:
    """Costs of each reference model by slug, prefixed as columns of a table."""
    with (FOLDER / "model_layers.csv").open(newline="", encoding="utf-8") as lines:
        return {
            row["slug"]: {f"model_{name}": float(value) for name, value in row.items() if name != "slug"}
            for row in csv.DictReader(lines)
        }


def table_rows(runs: Iterable[PublishedRun]) -> list[dict[str, object]]:
    """Long rows, one per run and metric, in the columns of :func:`cells.cells_of` plus ``key``.

    A figure that was handed in again unchanged (within 1.5 %, same model, device and software) is one measurement and
    stands once: as two rows it would let a projector copy instead of project.
    """
    rows = []
    seen: dict[tuple[object, ...], list[float]] = {}
    for run in sorted(runs, key=lambda r: (r.round, r.key)):
        for metric, value in ((LATENCY, run.latency_ms), (ENERGY, run.energy_uj)):
            if not value or run.model not in model_layers():
                continue
            row = _row(run, metric, value)
            earlier = seen.setdefault((run.model, run.device, metric, row["stack"]), [])
            if not any(abs(math.log(value / other)) < 0.015 for other in earlier):
                earlier.append(value)
                rows.append(row)
    return rows


def published_cells(runs: Iterable[PublishedRun]) -> tuple[Cells, tuple[str, ...]]:
    """The cells of published runs, and the address of the run behind each."""
    rows = table_rows(runs)
    return cells_of([{k: v for k, v in row.items() if k != "key"} for row in rows]), tuple(
        str(r["key"]) for r in rows
    )


def _row(run: PublishedRun, metric: str, value: float) -> dict[str, object]:
    stack = (VERSION.sub("", run.software) or run.submitter).lower()
    accelerated = bool(run.accelerator.strip()) and run.accelerator.strip().lower() not in (
        "n/a",
        "none",
        "-",
    )
    return {
        "key": run.key,
        "model": run.model,
        "device": "|".join((run.round, run.submitter, run.system, run.variant)),
        "metric": metric,
        "target": value,
        "family": run.model,
        "device_group": run.device,
        "round": run.round,
        "class": "accelerated" if accelerated and run.device_class.startswith("mcu") else run.device_class,
        "core": core_of(run.processor)
        if not accelerated
        else re.sub(r"\W+", "-", run.accelerator.lower())[:16],
        "vendor": run.vendor,
        "stack": stack,
        "stack_version": f"{stack}@{run.software_version or run.round}",
        "submitter": run.submitter,
        "precision": "float" if run.precision.startswith(("fp", "float", "bf")) else "integer",
        "device_clock_mhz": run.clock_mhz,
        "device_supply_mv": run.supply_mv,
        **model_layers()[run.model],
    }


def core_of(processor: str) -> str:
    """The core that a description names, in one spelling: ``m4`` of “Arm® Cortex®-M4F”; its beginning where none is known."""
    match = CORE.search(processor)
    found = match[0] if match else processor[:24]
    return re.sub(r"cortex|[^a-z0-9+]", "", found.lower())
