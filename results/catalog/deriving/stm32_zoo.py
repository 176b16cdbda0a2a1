"""STM32 model zoo: its published tables of latency, memory and accuracy become rows of the long table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from results.domain.figures import FigureRow, GraphRow, numeric_format, plain_number

from .cells import raw_rows, slug_of
from .zoo_names import dataset_name, zoo_family, zoo_name

HISTORY = "MohamedElhadidy0019/stm32ai-modelzoo"
NEWEST = "STMicroelectronics/stm32ai-modelzoo"
NEWEST_COMMIT = "6f10965e6a"
KIB = 1024.0
_MEMORY = {
    "act_ram_kib": ("activation_ram_bytes", "Activation RAM, KiB"),
    "runtime_ram_kib": ("runtime_ram_bytes", "Runtime RAM, KiB"),
    "total_ram_kib": ("ram_bytes", "Total RAM, KiB"),
    "weights_flash_kib": ("weights_flash_bytes", "Weights Flash, KiB"),
    "code_flash_kib": ("code_flash_bytes", "Code Flash, KiB"),
    "total_flash_kib": ("flash_bytes", "Total Flash, KiB"),
}
_ACCURACY = {"top 1 accuracy": "top1_pct", "top 1 accuracy (%)": "top1_pct", "ap": "ap_pct", "ap*": "ap_pct"}


def figures(folder: Path) -> Iterator[FigureRow]:
    """Every cell of ``stm32_model_zoo_{latency,memory,accuracy}.csv`` in ``folder``, in the order of the files.

    Memory is taken from the memory tables, and from the latency tables where they hold it themselves (the newest).
    """
    for _, row in raw_rows(folder / "stm32_model_zoo_latency.csv"):
        yield _figure(row, "latency_ms", "Inference time, ms", row["latency_ms"], device=row["board"])
        if _is_newest(row):
            yield from _memory(row, device=row["board"])
    for _, row in raw_rows(folder / "stm32_model_zoo_memory.csv"):
        yield from _memory(row, device=row["series"])
    for _, row in raw_rows(folder / "stm32_model_zoo_accuracy.csv"):
        metric = _ACCURACY.get(row["metric"].casefold(), "accuracy_pct")
        yield _figure(row, metric, row["metric"], row["raw"], device="")


def _is_newest(row: dict[str, str]) -> bool:
    return row["source"].startswith(NEWEST)


def _memory(row: dict[str, str], *, device: str) -> Iterator[FigureRow]:
    for column, (metric, stated) in _MEMORY.items():
        if row[column]:
            yield _figure(row, metric, stated, row[column], device=device, factor=KIB)


def _figure(
    row: dict[str, str], metric: str, stated: str, raw: str, *, device: str, factor: float = 1.0
) -> FigureRow:
    name = zoo_name(row["model"], row["resolution"])
    software, version = _tool(row.get("tool", ""))
    newest = _is_newest(row)
    value = plain_number(raw)
    return FigureRow(
        provenance="vendor-published", model=slug_of(name), model_stated=row["model"], family=zoo_family(name),
        task=row["use_case"].replace("_", " "), dataset=dataset_name(row["dataset"]), input=row["resolution"],
        device=device, clock_mhz=float(row["freq_mhz"]) if row.get("freq_mhz") else None, engine=row.get("engine", ""),
        software=software, software_version=version, precision=numeric_format(row["format"]), batch=None,
        batch_choice="", metric=metric, metric_stated=stated, value=None if value is None else round(value * factor, 6),
        raw=raw, operations=None, counted_operations=None, source=NEWEST if newest else HISTORY,
        commit=NEWEST_COMMIT if newest else row["commit"], path=row["path"],
        locator=row["heading"] or f"row of {row['model']}", dated="" if newest else row["date"],
    )  # fmt: skip


def _tool(text: str) -> tuple[str, str]:
    """(tool, version): a bare version is one of STM32Cube.AI, as the tables of that time say above them."""
    if not text:
        return "", ""
    if text[0].isdigit():
        return "STM32Cube.AI", text
    name, _, version = text.rpartition(" ")
    return name, version.removeprefix("v")


def graphs(path: Path) -> Iterator[GraphRow]:
    """What ``tflite_graph_features.csv`` counts of files of the zoo; files of other collections are left out."""
    for _, row in raw_rows(path):
        parts = row["path"].split("/")
        if len(parts) < 6 or parts[1] not in ("models", "pretrained_models"):
            continue
        stated = parts[-1].removesuffix(".tflite").removesuffix("_int8")
        side = re.search(r"_(\d{2,3})(?:_(?:tfs|tl|fft|grayscale))*$", parts[-2])
        square = side and not stated.startswith(("gmp", "ign"))  # their number is a window of samples
        name = zoo_name(stated, f"{side[1]}x{side[1]}" if side and square else "")
        conv, macs = int(row["conv"]), int(row["macs"])
        yield GraphRow(
            model=slug_of(name), family=zoo_family(name), dataset=dataset_name(parts[4]), precision="int8", macs=macs,
            macs_conv=conv, macs_pointwise=None, macs_depthwise=int(row["dw"]), macs_fc=int(row["fc"]),
            operators=int(row["n_ops"]), parameters=None, weight_bytes=int(row["wbytes"]),
            activation_bytes=int(row["act"]), input_elements=int(row["inp"]), file_bytes=int(row["size"]),
            source=HISTORY, commit="", path=row["path"],
        )  # fmt: skip
