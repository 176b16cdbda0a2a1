"""From raw tables of the sources to rows of the long table: names, units, and which rows are kept."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from results.catalog.deriving import qutibench, stm32_zoo
from results.catalog.deriving.cells import slug_of
from results.catalog.deriving.zoo_names import zoo_family, zoo_name
from results.domain.figures import Batch

ZOO = {
    "use_case": "image_classification", "family": "mobilenetv2", "model": "MobileNet v2 0.35 tfs", "dataset": "Flowers",
    "format": "Int8", "resolution": "128x128x3", "board": "STM32H747I-DISCO", "series": "STM32H7", "engine": "1 CPU",
    "freq_mhz": "400.0", "tool": "8.1.0", "latency_ms": "101.11", "act_ram_kib": "237.3", "runtime_ram_kib": "",
    "weights_flash_kib": "406.9", "code_flash_kib": "", "total_ram_kib": "", "total_flash_kib": "", "date": "2024-05-18",
    "source": "MohamedElhadidy0019/stm32ai-modelzoo (fork history)", "path": "a/README.md", "commit": "81bdd9a912",
    "heading": "Reference", "metric": "Top 1 Accuracy", "raw": "97.17 %",
}  # fmt: skip
NEWEST = ZOO | {
    "model": "mobilenet_v2_0.35_128", "tool": "STM32Cube.AI 10.0.0", "date": "latest", "commit": "", "heading": "",
    "source": "STMicroelectronics/stm32ai-modelzoo@6f10965e6a (index, transcribed)",
}  # fmt: skip
QUTI = {
    "NN_Topology": "MLP", "HWType": "NCS2", "Datatype": "FP16", "Op mode": "", "batch/thread/stream": "1",
    "lat-sys": "3.16", "lat-comp": "1.6", "fps-system": "316", "fps-comp": "619", "top1": "97.95", "top5 [%]": "",
    "Idle_Pwr_W": "1.2", "Full_Pwr_W": "1.5", "GOPS": "0.02", "PruningFactor": "25.0", "nn_total_operations": "0.02",
}  # fmt: skip


def put(path: Path, *rows: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for name in ("latency", "memory", "accuracy"):
        rows = (ZOO, NEWEST) if name == "latency" else (ZOO,)
        put(tmp_path / f"stm32_model_zoo_{name}.csv", *rows)
    return tmp_path


@pytest.mark.parametrize(("stated", "resolution", "name"), [
    ("MobileNet v1 0.25", "96x96x3", "mobilenet_v1_0.25_96"),
    ("MobileNet v1 0.25 tfs", "96x96x1", "mobilenet_v1_0.25_96_grayscale"),
    ("MobileNet v1 0.25 grayscale", "96x96", "mobilenet_v1_0.25_96_grayscale"),
    ("mobilenet_v1_0.25_96_grayscale", "96x96x1", "mobilenet_v1_0.25_96_grayscale"),
    ('MobileNet v2 0.35 "training from scratch"', "128x128", "mobilenet_v2_0.35_128"),
    ("SSD Mobilenet v2 0.35 FPN-lite - coming soon", "224x224x3", "ssd_mobilenet_v2_fpnlite_035_224"),
    ("ST SSD MobileNet v1 0.25", "192x192x3", "st_ssd_mobilenet_v1_025_192"),
    ("Miniresnet  2 stacks 64x50", "", "miniresnet_2stacks_64x50"),
    ("miniresnet v2 1stack", "64x50x1", "miniresnetv2_1stacks_64x50"),
    ("ResNet v1 32 tfs", "32x32x3", "resnet_v1_32_32"),
    ("resnet_v1_32_32", "32x32x3", "resnet_v1_32_32"),
    ("Yamnet 256 on ESC-10", "", "yamnet_256_64x96"),
    ("GMP wl 24 \\*", "", "gmp_wl_24"),
    ("SqueezeNet v1.1", "224x224", "squeezenetv1.1_224"),
])  # fmt: skip
def test_one_network_has_one_name_however_the_zoo_spells_it(stated: str, resolution: str, name: str) -> None:
    assert zoo_name(stated, resolution) == name
    assert zoo_name(name, resolution) == name
    assert zoo_family(name) != name


def test_a_name_becomes_an_address() -> None:
    assert slug_of("mobilenet_v1_0.25_224") == "mobilenet-v1-025-224"


def test_a_row_of_the_zoo_gives_its_latency_and_memory_in_bytes(raw: Path) -> None:
    rows = list(stm32_zoo.figures(raw))
    latency = rows[0]
    assert (latency.model, latency.value, latency.raw) == ("mobilenet-v2-035-128", 101.11, "101.11")
    assert (latency.software, latency.software_version, latency.precision) == (
        "STM32Cube.AI",
        "8.1.0",
        "int8",
    )
    assert (latency.source, latency.commit, latency.locator) == (stm32_zoo.HISTORY, "81bdd9a912", "Reference")
    memory = [row for row in rows if row.metric == "activation_ram_bytes"]
    # The earlier latency table repeats what the memory table holds for a series; the newest states it for the board.
    assert [(row.device, row.value, row.raw) for row in memory] == [
        ("STM32H747I-DISCO", 242995.2, "237.3"), ("STM32H7", 242995.2, "237.3"),
    ]  # fmt: skip
    assert all(row.metric != "runtime_ram_bytes" for row in rows), "an empty cell is no figure"


def test_the_newest_table_names_its_repository_and_no_day(raw: Path) -> None:
    newest = next(row for row in stm32_zoo.figures(raw) if row.source == stm32_zoo.NEWEST)
    assert (newest.commit, newest.dated, newest.software_version) == ("6f10965e6a", "", "10.0.0")
    assert newest.locator == "row of mobilenet_v2_0.35_128"


def test_an_accuracy_keeps_the_name_of_its_metric_and_its_cell(raw: Path) -> None:
    accuracy = list(stm32_zoo.figures(raw))[-1]
    assert (accuracy.metric, accuracy.metric_stated) == ("top1_pct", "Top 1 Accuracy")
    assert (accuracy.value, accuracy.raw, accuracy.device) == (97.17, "97.17 %", "")


def test_a_malformed_cell_is_kept_without_a_value(raw: Path) -> None:
    put(raw / "stm32_model_zoo_latency.csv", ZOO | {"latency_ms": "521.210.0.0"})
    latency = next(stm32_zoo.figures(raw))
    assert (latency.value, latency.raw) == (None, "521.210.0.0")


def test_of_a_sweep_batch_1_and_the_batch_of_the_greatest_throughput_are_kept_apart(tmp_path: Path) -> None:
    sweep = [
        QUTI | {"batch/thread/stream": str(batch), "fps-comp": str(rate), "lat-comp": latency}
        for batch, rate, latency in (
            (1, 619, "1.6"),
            (2, 1014, "2.0"),
            (4, 2000, "1,234.5"),
            (8, 1900, "4.2"),
        )
    ]
    put(tmp_path / "qutibench" / "experimental_data.csv", *sweep)
    rows = list(qutibench.figures(tmp_path))
    latencies = [row for row in rows if row.metric == "latency_ms"]
    assert [(row.batch, row.batch_choice, row.value, row.locator) for row in latencies] == [
        (1, Batch.ONE, 1.6, "line 2"), (4, Batch.BEST, 1234.5, "line 4"),
    ]  # fmt: skip
    assert {row.model for row in rows} == {"qutibench-mlp-25-pct"}
    assert "top5_pct" not in {row.metric for row in rows}, "an empty cell is no figure"
    assert (latencies[1].operations, latencies[1].counted_operations) == (2e7, 5e6)


def test_a_folder_without_the_raw_tables_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(CommandError, match="stm32_model_zoo_latency.csv"):
        call_command("derive_figures", tmp_path, networks=tmp_path, out=out, stdout=StringIO())
    assert list(out.iterdir()) == []
