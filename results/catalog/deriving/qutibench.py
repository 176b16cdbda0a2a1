"""QuTiBench: measurements of pruned and quantised networks on accelerators become rows of the long table.

Of each sweep over batches (threads on a DPU) two are kept, apart from each other: batch 1, and the batch of the
greatest throughput.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from results.domain.figures import Batch, FigureRow, GraphRow, numeric_format, plain_number

from .cells import raw_rows, slug_of

SOURCE, COMMIT = "RCL-lab/QutibenchWeb", "66c3aaa3"
PATH = "_notebooks/data/cleaned_csv/experimental_data.csv"
TOPOLOGIES = "_notebooks/data/cnn_topologies_compute_memory_requirements.csv"
_DATASET = {"MLP": "MNIST", "CNV": "CIFAR-10"}
_METRICS = {
    "lat-comp": "latency_ms",
    "lat-sys": "system_latency_ms",
    "fps-comp": "throughput_inf_per_s",
    "fps-system": "system_throughput_inf_per_s",
    "Full_Pwr_W": "full_power_w",
    "Idle_Pwr_W": "idle_power_w",
    "top1": "top1_pct",
    "top5 [%]": "top5_pct",
}


def figures(folder: Path) -> Iterator[FigureRow]:
    """The kept rows of ``qutibench/experimental_data.csv`` below ``folder``, every stated metric of them."""
    held = list(raw_rows(folder / "qutibench" / "experimental_data.csv"))
    best: dict[tuple[str, ...], tuple[float, int]] = {}
    for line, row in held:
        rate = plain_number(row["fps-comp"]) or plain_number(row["fps-system"]) or 0.0
        if rate > best.get(_configuration(row), (0.0, 0))[0]:
            best[_configuration(row)] = (rate, line)
    for line, row in held:
        one = row["batch/thread/stream"] == "1"
        if one or best.get(_configuration(row), (0.0, 0))[1] == line:
            yield from _figures(line, row, Batch.ONE if one else Batch.BEST)


def _configuration(row: dict[str, str]) -> tuple[str, ...]:
    return row["NN_Topology"], row["PruningFactor"], row["HWType"], row["Datatype"]


def _figures(line: int, row: dict[str, str], choice: Batch) -> Iterator[FigureRow]:
    batch = int(row["batch/thread/stream"])
    name, stated = _names(row["NN_Topology"], float(row["PruningFactor"]))
    operations, in_batch = plain_number(row["nn_total_operations"]), plain_number(row["GOPS"])
    for column, metric in _METRICS.items():
        if not row[column]:
            continue
        yield FigureRow(
            provenance="literature", model=slug_of(name), model_stated=stated, family=_family(row["NN_Topology"]),
            task="image classification", dataset=_DATASET.get(row["NN_Topology"], "ImageNet"), input="",
            device=row["HWType"], clock_mhz=None, engine=row["Op mode"], software="", software_version="",
            precision=numeric_format(row["Datatype"]), batch=batch, batch_choice=choice, metric=metric,
            metric_stated=column, value=plain_number(row[column]), raw=row[column],
            operations=None if operations is None else round(operations * 1e9, 3),
            counted_operations=None if in_batch is None else round(in_batch * 1e9 / batch, 3), source=SOURCE,
            commit=COMMIT, path=PATH, locator=f"line {line}", dated="",
        )  # fmt: skip


def _names(topology: str, share: float) -> tuple[str, str]:
    """(name on this site, name as stated): the share of channels that is kept is part of it."""
    kept = f"{share:g}"
    name = f"qutibench {topology}"
    return (
        (name, topology) if share == 100 else (f"{name} {kept.replace('.', '_')} pct", f"{topology} {kept} %")
    )


def _family(topology: str) -> str:
    return re.sub(r"v15$|-(S|M|L)$", "", topology).casefold().replace("-", "")


def graphs(folder: Path) -> Iterator[GraphRow]:
    """Operations and parameters of ``cnn_topologies_compute_memory_requirements.csv``; an operation is half a MAC."""
    path = folder / "qutibench" / "cnn_topologies_compute_memory_requirements.csv"
    for _, row in raw_rows(path):
        match = re.fullmatch(r"(\S+) ([\d.]+)%", row[""])
        if match is None:
            continue
        name, _ = _names(match[1], float(match[2]))
        yield GraphRow(
            model=slug_of(name), family=_family(match[1]), dataset=_DATASET.get(match[1], "ImageNet"), precision="",
            macs=round(float(row["Total OPs"]) * 1e9 / 2), macs_conv=None, macs_pointwise=None, macs_depthwise=None,
            macs_fc=None, operators=None, parameters=round(float(row["Total Model Size"]) * 1e6), weight_bytes=None,
            activation_bytes=None, input_elements=None, file_bytes=None, source=SOURCE, commit=COMMIT, path=TOPOLOGIES,
        )  # fmt: skip
