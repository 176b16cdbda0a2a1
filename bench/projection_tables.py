"""Long tables to try projections on, from published figures.

    python bench/projection_tables.py FOLDER

FOLDER holds ``stm32_model_zoo_latency.csv``, ``tflite_graph_features.csv`` and ``qutibench/``; the MLPerf Tiny figures
are the project's own copy. Writes ``bench/out/{mlperf_latency,mlperf_energy,mlperf,zoo_graph,zoo,qutibench}.csv``.
"""

from __future__ import annotations

import csv
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from results.analysis.projection.published_cells import PublishedRun, table_rows  # noqa: E402
from results.catalog import identify  # noqa: E402
from results.catalog.published import PUBLISHED_FOLDER, PublishedSubmission, read_round  # noqa: E402
from results.catalog.reader import catalogue  # noqa: E402

OUT = ROOT / "bench" / "out"
LABELS = ("class", "core", "vendor", "stack", "stack_version", "submitter", "precision")
ZOO_CORES = {
    "H747": "m7", "F769": "m7", "H769": "m7", "F746": "m7", "L4R9": "m4", "F401": "m4", "U585": "m33",
    "MP157": "a7", "MP135": "a7", "MP257": "a35", "N6": "neural-art",
}  # fmt: skip
# Parameters in millions of the QuTiBench networks, as their table of topologies states the model size.
QUTI_PARAMETERS = {
    ("GoogLeNetv1", 100): 6, ("MobileNetv1", 100): 4.2, ("ResNet-50", 100): 25.5, ("ResNet-50", 80): 23.7,
    ("ResNet-50", 50): 15.8, ("ResNet-50", 30): 10.1, ("EfficientNet-S", 100): 5.4, ("EfficientNet-M", 100): 6.9,
    ("EfficientNet-L", 100): 10.6, ("CNV", 100): 6.16, ("CNV", 50): 1.54, ("CNV", 25): 0.39, ("CNV", 12.5): 0.1,
    ("MLP", 100): 10.01, ("MLP", 50): 2.91, ("MLP", 25): 0.93, ("MLP", 12.5): 0.33,
}  # fmt: skip


def published_runs(rounds: tuple[str, ...] = ("v0.5", "v0.7", "v1.0", "v1.1")) -> Iterator[PublishedRun]:
    """The closed-division runs of the shipped figures."""
    for name in rounds:
        for submission in read_round(PUBLISHED_FOLDER / name):
            if submission.record.division == "closed":
                yield from _runs(submission)


def _runs(submission: PublishedSubmission) -> Iterator[PublishedRun]:
    known, record = catalogue(), submission.record
    for run in record.runs:
        system = record.system(run.system_id)
        if system is None or run.benchmark not in known.benchmarks:
            continue
        slug = identify.identify_device(known, system, submission.round).slug
        device = known.devices.get(slug)
        software = identify.read_software(system, known)
        kind = device.device_class if device else "uncurated"
        clock = identify.read_clock_mhz(
            system.get("Processor(s) Frequencies"), system.get("Accelerator(s) Frequencies"), kind
        )
        supply = run.value("supply_voltage_mv") or identify.read_supply_voltage_mv(
            system.get("Hardware Notes")
        )
        accelerated = clock.accelerator_mhz is not None
        yield PublishedRun(
            key=f"{submission.round}/{run.key}", round=submission.round, submitter=record.submitter,
            system=run.system_id, variant=re.sub(rf"^{run.benchmark}_?", "", run.variant or ""),
            model=known.benchmarks[run.benchmark].reference_model, device=slug or run.system_id,
            vendor=device.vendor if device else "", device_class=kind,
            processor=system.get("Processor(s) Name") or "", accelerator=system.get("Accelerator") or "",
            software=software.framework_name or "", software_version=software.framework_version or "",
            precision=identify.read_precision(system, run.variant, run.system_id).label or "",
            clock_mhz=clock.accelerator_mhz if accelerated else clock.mhz, supply_mv=supply,
            latency_ms=run.value("latency_ms"), energy_uj=run.value("energy_uj_per_inf"),
        )  # fmt: skip


def mlperf() -> list[dict[str, object]]:
    """MLPerf Tiny, closed division, v0.5 to v1.1, both metrics."""
    return [
        {(f"device_{k}" if k in LABELS else k): v for k, v in row.items() if k != "key"}
        for row in table_rows(published_runs())
    ]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, skipinitialspace=True))


def zoo_name(row: dict[str, str]) -> str:
    """One name for a network that the zoo spells in many ways: family, width, resolution, colour, training set."""
    text, family = row["model"].lower(), row["family"].lower()
    resolution = row["resolution"].split("x")[0]
    width = re.search(r"(?<![\d.])(0\.25|0\.35|0\.5|0\.75|1\.0|1\.4)(?!\d)", text)
    tagged = re.search(r"_(025|035|050|075|100)_", text)
    alpha = width[1] if width else f"{int(tagged[1]) / 100:.2f}".rstrip("0") if tagged else ""
    alpha = {"1.": "1.0"}.get(alpha, alpha)
    base = family
    if family == "st_yolo_x":
        alpha = "_".join(re.findall(r"0\.\d+", text))
    elif "fdmobilenet" in family:
        base = "st_fdmobilenet" if text.startswith("st") else "fdmobilenet"
    elif "resnetv1" in family:
        base = "resnet32" if re.search(r"v1[_ ]32", text) else "resnet8h" if "hybrid" in text else "resnet8"
    elif "squeezenet" in family:
        base = "squeezenet1.0" if "1.0" in family + text else "squeezenet1.1"
        alpha = ""
    parts = [base, alpha, resolution + ("g" if "gray" in text or row["resolution"].endswith("x1") else "")]
    wide = re.search(r"wl\s*\d+", text)
    imagenet = any("imagenet" in row.get(k, "").lower() for k in ("model", "dataset"))
    imagenet = imagenet or "public_pretrained" in row.get("model_file", "").lower()
    return "_".join(
        parts
        + ["in"] * imagenet
        + ([wide[0].replace(" ", "")] if wide else [])
        + ["f32"] * row["format"].lower().startswith("float")
    )


def zoo_graphs(folder: Path) -> dict[str, dict[str, float]]:
    """Graph features by the zoo's network name (the median where several files carry one name)."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for row in read(folder / "tflite_graph_features.csv"):
        parts = row["path"].split("/")
        where = next((i for i, p in enumerate(parts) if p in ("models", "pretrained_models")), None)
        if where is None or not re.search(r"image_class|object_det|audio|hand|human", row["path"]):
            continue
        stem = parts[-1].replace("_int8.tflite", "").replace(".tflite", "")
        plain = re.sub(r"resnet_v1_(8|32)|hybrid_v\d|_256_64x|st_yolo_lc_v1", "", stem)
        size = re.search(r"_(\d{2,3})(x\d+)?(_|$)", plain)
        name = zoo_name({
            "family": parts[where + 1], "model": stem.replace("_", " ") if "wl" in stem else stem,
            "resolution": f"{size[1]}x{size[1]}x{'1' if 'gray' in stem else '3'}" if size else "", "format": "Int8",
            "dataset": "imagenet" if "ImageNet" in row["path"] else "", "model_file": "",
        })  # fmt: skip
        found[name].append({
            "model_macs_conv": float(row["conv"]), "model_macs_dw": float(row["dw"]), "model_macs_fc": float(row["fc"]),
            "model_ops_count": float(row["n_ops"]), "model_bytes_act": float(row["act"]),
            "model_bytes_weights": float(row["wbytes"]),
        })  # fmt: skip
    return {name: {k: statistics.median(r[k] for r in rows) for k in rows[0]} for name, rows in found.items()}


def zoo(folder: Path) -> list[dict[str, object]]:
    """The STM32 model zoo: latency per network and board with the sizes that its tables state."""
    newest: dict[tuple[str, str], dict[str, str]] = {}
    for row in sorted(read(folder / "stm32_model_zoo_latency.csv"), key=lambda r: r["date"]):
        if not row["latency_ms"] or float(row["latency_ms"]) <= 0 or not (row["board"] or row["freq_mhz"]):
            continue
        board = (row["board"] or "unspecified").replace("STM32H769I-DISCO", "STM32F769I-DISCO")
        engine = row["engine"].replace("NPU/GPU per-channel", "NPU/GPU pc")
        row["board"] = board
        newest[zoo_name(row), f"{board}@{int(float(row['freq_mhz'] or 0))}|{engine}"] = row
    sizes: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (name, _), row in newest.items():
        for column in ("weights_flash_kib", "act_ram_kib"):
            if re.fullmatch(r"[\d.]+", row[column]) and row[column].count(".") < 2:
                sizes[name][column].append(float(row[column]))
    rows = [_zoo_row(name, device, row, sizes[name]) for (name, device), row in newest.items()]
    return with_at_least(rows, 4)


def _zoo_row(name: str, device: str, row: dict[str, str], sizes: dict[str, list[float]]) -> dict[str, object]:
    board = row["board"]
    linux = bool(re.search("MP1|MP2", board))
    kind = "linux-soc" if linux else "npu" if "NPU" in row["engine"] or "N6" in board else "mcu"
    stack = "x-linux-ai" if linux else "x-cube-ai"
    version = re.search(r"(\d+)\.(\d+)", row["tool"].split("AI")[-1])
    pixels = re.match(r"(\d+)x(\d+)", row["resolution"])
    return {
        "model": name, "device": device, "target": float(row["latency_ms"]), "family": row["family"].lower(),
        "device_group": board, "device_class": kind,
        "device_core": next((c for b, c in ZOO_CORES.items() if b in board), ""), "device_stack": stack,
        "device_stack_version": f"{stack}@{version[0]}" if version else "",
        "device_clock_mhz": float(row["freq_mhz"]) if row["freq_mhz"] else "",
        "model_params_flash_kib": statistics.median(sizes["weights_flash_kib"]) if sizes["weights_flash_kib"] else "",
        "model_act_kib": statistics.median(sizes["act_ram_kib"]) if sizes["act_ram_kib"] else "",
        "model_input_pixels": float(pixels[1]) * float(pixels[2]) if pixels else "",
    }  # fmt: skip


def zoo_with_graphs(folder: Path) -> list[dict[str, object]]:
    """Those rows whose network's graph was parsed, with the graph's features instead of the stated sizes."""
    graphs = zoo_graphs(folder)
    stated = ("model_params_flash_kib", "model_act_kib", "model_input_pixels")
    rows = [
        {**{k: v for k, v in r.items() if k not in stated}, **graphs[str(r["model"])]}
        for r in zoo(folder)
        if r["model"] in graphs
    ]
    return with_at_least(rows, 4)


def with_at_least(rows: list[dict[str, object]], count: int) -> list[dict[str, object]]:
    cells: dict[object, int] = defaultdict(int)
    for row in rows:
        cells[row["device"]] += 1
    return [row for row in rows if cells[row["device"]] >= count]


def qutibench(folder: Path) -> list[dict[str, object]]:
    """QuTiBench at batch 1; rows whose operation count slipped a unit are left out, of repeats the fastest stays."""
    best: dict[tuple[str, str], dict[str, object]] = {}
    for row in read(folder / "qutibench" / "experimental_data.csv"):
        try:
            latency, operations = float(row["lat-comp"]), float(row["nn_total_operations"])
        except ValueError:
            continue
        if row["batch/thread/stream"] != "1" or latency <= 0 or operations >= 1e3:
            continue
        model, device = f"{row['NN_Topology']}_{row['PruningFactor']}", f"{row['HWType']}_{row['Datatype']}"
        size = QUTI_PARAMETERS.get((row["NN_Topology"], float(row["PruningFactor"])))
        bits = re.search(r"\d+", row["Datatype"])
        kind = re.match(r"NCS|TX2|ZCU|Ultra96|EdgeTPU|U96|Jetson|[A-Za-z]+", row["HWType"])
        new = {
            "model": model, "device": device, "target": latency, "family": row["NN_Topology"],
            "device_group": re.sub(r"-max.|-fast|-slow", "", row["HWType"]), "model_macs": operations * 0.5e9,
            "model_params": size * 1e6 if size else "", "device_peak": float(row["hw_peak_perf"]),
            "device_bandwidth": float(row["hw_bandwidth"]), "device_bits": float(bits[0]) if bits else "",
            "device_kind": kind[0] if kind else "", "device_dtype": row["Datatype"],
        }  # fmt: skip
        if (model, device) not in best or latency < best[model, device]["target"]:  # type: ignore[operator]
            best[model, device] = new
    return list(best.values())


def write(name: str, rows: list[dict[str, object]]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([{k: "" if v is None else v for k, v in row.items()} for row in rows])
    print(
        f"{name}.csv: {len(rows)} rows, {len({r['model'] for r in rows})} models, {len({r['device'] for r in rows})} devices"
    )


def main() -> None:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    both = mlperf()
    write("mlperf", both)
    for metric in ("latency", "energy"):
        write(
            f"mlperf_{metric}",
            [{k: v for k, v in r.items() if k != "metric"} for r in both if r["metric"] == metric],
        )
    write("zoo_graph", zoo_with_graphs(folder))
    write("zoo", zoo(folder))
    write("qutibench", qutibench(folder))


if __name__ == "__main__":
    main()
