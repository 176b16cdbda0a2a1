"""A small folder of external figures: a network on two boards, a reference, and one row for each kind of fault."""

from __future__ import annotations

import csv
from pathlib import Path

from results.catalog.figure_files import DEVICE_COLUMNS, write_figures, write_graphs
from results.domain.figures import FigureRow, GraphRow
from results.services.external_figures import LoadedFigures, load_external_figures

SOURCES = """
[[source]]
repository = "vendor/zoo"
name = "Vendor zoo"
publisher = "Vendor"
licence = "none stated"
note = ""

[[source]]
repository = "lab/paper"
name = "Paper"
publisher = "Lab"
licence = "Apache-2.0"
note = ""
"""
DEVICES = (
    {"stated": "BOARD-A", "slug": "board-a", "group": "board-a", "vendor": "Vendor", "device_class": "mcu",
     "core": "Cortex-M7", "mac_per_cycle": "2", "ram_kib": "512", "external_ram_kib": "0"},
    {"stated": "BOARD-X", "group": "board-x", "device_class": "mcu", "known_board": "no", "source": "It is BOARD-A."},
    {"stated": "Accelerator", "group": "accelerator", "device_class": "npu", "peak_gops": "int8=1000",
     "bandwidth_gb_per_s": "10"},
)  # fmt: skip


def figure(**changes: object) -> FigureRow:
    """A latency of ``net_96`` on BOARD-A that nothing speaks against."""
    values: dict[str, object] = {
        "provenance": "vendor-published", "model": "net-96", "model_stated": "net_96", "family": "net",
        "task": "image classification", "dataset": "Flowers", "input": "96x96x3", "device": "BOARD-A",
        "clock_mhz": 400.0, "engine": "1 CPU", "software": "Tool", "software_version": "1.0", "precision": "int8",
        "batch": None, "batch_choice": "", "metric": "latency_ms", "metric_stated": "Inference time, ms", "value": 20.0,
        "raw": "20.0", "operations": None, "counted_operations": None, "source": "vendor/zoo", "commit": "0a1b2c3",
        "path": "pretrained_models/net/README.md", "locator": "Latency", "dated": "2024-05-18",
    }  # fmt: skip
    return FigureRow(**{**values, **changes})  # type: ignore[arg-type]


def graph(**changes: object) -> GraphRow:
    """Counts of the file of ``net_96``: a million MACs."""
    values: dict[str, object] = {
        "model": "net-96", "family": "net", "dataset": "Flowers", "precision": "int8", "macs": 1_000_000,
        "macs_conv": 900_000, "macs_pointwise": None, "macs_depthwise": 90_000, "macs_fc": 10_000, "operators": 12,
        "parameters": None, "weight_bytes": 50_000, "activation_bytes": 80_000, "input_elements": 27_648,
        "file_bytes": 60_000, "source": "vendor/zoo", "commit": "", "path": "x/pretrained_models/net/net_96.tflite",
    }  # fmt: skip
    return GraphRow(**{**values, **changes})  # type: ignore[arg-type]


USABLE = (
    figure(),
    figure(metric="activation_ram_bytes", value=102400.0, raw="100.0", metric_stated="Activation RAM, KiB"),
    figure(model="other-96", model_stated="other_96", value=5.0, raw="5.0"),
    figure(provenance="literature", model="mlp", model_stated="MLP", family="mlp", input="", device="Accelerator",
           clock_mhz=None, engine="", software="", software_version="", value=0.5, raw="0.5", batch=1, batch_choice="one",
           source="lab/paper", path="data.csv", locator="line 2", dated=""),
    figure(provenance="literature", model="mlp", model_stated="MLP", family="mlp", input="", device="Accelerator",
           clock_mhz=None, engine="", software="", software_version="", value=4.0, raw="4.0", batch=128,
           batch_choice="best", source="lab/paper", path="data.csv", locator="line 9", dated=""),
)  # fmt: skip
QUARANTINED = (
    figure(device="BOARD-X", value=21.0, raw="21.0"),
    figure(value=None, raw="521.210.0.0", locator="Latency 2"),
)


def write_folder(
    folder: Path, rows: tuple[FigureRow, ...] = (*USABLE, *QUARANTINED), graphs: tuple[GraphRow, ...] = (graph(),)
) -> Path:  # fmt: skip
    """``folder`` with the figures, made when absent."""
    folder.mkdir(parents=True, exist_ok=True)
    write_figures(folder / "small.figures.csv", rows)
    write_graphs(folder / "graphs.csv", graphs)
    (folder / "sources.toml").write_text(SOURCES)
    with (folder / "devices.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, DEVICE_COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(DEVICES)
    return folder


def load(folder: Path, *rows: FigureRow) -> LoadedFigures:
    """Write ``rows`` (all of the module without any) into ``folder`` and load them."""
    return load_external_figures(write_folder(folder, rows or (*USABLE, *QUARANTINED)))
