"""Small, realistic submissions written by hand: one function per kind of thing, each with sensible defaults.

Every maker writes into a folder of the test and returns the path it wrote, so that a test changes one thing and
looks at what follows. Nothing here is copied from a published submission.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

PERFORMANCE_INPUTS = {
    "kws": [f"tst_00000{i}_{word}.bin" for i, word in enumerate(["Stop_7", "Left_2", "Right_6", "Up_8", "On_5"])],
    "vww": [f"000000{number}.bin" for number in (343218, 332570, 352684, 172877, 578967)],
    "ic": [f"{name}.bin" for name in ("emu_s_002009", "taxi_s_001241", "accentor_s_001031", "mongrel_s_000686",
                                      "stealth_bomber_s_002204")],
    "ad": [f"normal_id_01_000000{i}3_hist_librosa.bin" for i in range(5)],
}  # fmt: skip
"""The five inputs that a runner times, per benchmark."""

MODELS = {"kws": "kws01", "vww": "vww01", "ic": "ic01", "ad": "ad01", "sww": "sww01", "ic2": "ic02"}

Inputs = Sequence[tuple[str, Sequence[float]]]


def write(path: Path, text: str) -> Path:
    """``text`` at ``path``, folders made as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def eembc_results_text(
    windows: Iterable[tuple[int, float]], *, source: str = "ulp-mlperf", stated_median: float | None = None
) -> str:
    """results.txt of the EEMBC runner for windows of (iterations, runtime in seconds)."""
    lines, throughputs = [], []
    for index, (iterations, runtime_s) in enumerate(windows, start=1):
        throughputs.append(iterations / runtime_s)
        lines += [
            f"Performance results for window {2 * index}:",
            f"  # Inferences : {iterations:12d}",
            f"  Runtime      : {runtime_s:12.3f} sec.",
            f"  Throughput   : {throughputs[-1]:12.3f} inf./sec.",
            "Runtime requirements have been met."
            if runtime_s >= 10
            else "e-[The run must take at least 10 seconds and 10 iterations to be valid]",
        ]
    centre = stated_median if stated_median is not None else median(throughputs)
    lines += ["-" * 57, f"Median throughput is {centre:.3f} inf./sec.", "-" * 57]
    return "".join(f"00100.721 {source}: {line}\n" for line in lines)


def eembc_energy_text(windows: Iterable[tuple[int, float, float]]) -> str:
    """The energy part of results.txt for windows of (iterations, runtime in seconds, µJ per inference)."""
    lines, costs = [], []
    for index, (iterations, runtime_s, uj_per_inf) in enumerate(windows, start=1):
        energy_uj = iterations * uj_per_inf
        costs.append(uj_per_inf)
        lines += [
            f"Energy data for window {2 * index} at time {20 * index:.2f} for {runtime_s:.2f} sec.:",
            f"  Energy       : {energy_uj:12.3f} uJ",
            f"  Power        : {energy_uj / runtime_s:12.3f} uW",
            f"  Energy/Inf.  : {uj_per_inf:12.3f} uJ/inf.",
        ]
    lines += ["-" * 57, f"Median energy cost is {median(costs):.3f} uJ/inf.", "-" * 57]
    return "".join(f"00218.688 ulp-ml: {line}\n" for line in lines)


def eembc_log_text(
    benchmark: str, windows: Iterable[tuple[int, float]], *, session: str = "20230512185857",
    version: str = "3.0.10", inputs: Inputs | None = None, voltage_mv: int | None = None, monitor: str | None = None,
) -> str:  # fmt: skip
    """log.txt of the EEMBC runner: one input and one pair of laps per window, results from ``inputs``."""
    model = MODELS[benchmark]
    names = [name for name, _ in inputs] if inputs else PERFORMANCE_INPUTS.get(benchmark, ["input.bin"] * 5)
    vectors = [vector for _, vector in inputs] if inputs else [[0.0, 1.0]] * len(names)
    lines = [
        f"session: m-session-start-id[{session}]",
        "parser: m-bmark-run-name[ML Performance 1.0.1]-code[ulp-mlperf]",
        f"parser: m-version[{version}]",
        f"dut: m-model-[{model}]",
    ]
    if monitor is not None:
        lines.append(f"emon: m-regfile-fn[trace1-energy.bin]-type[emon]-name[{monitor}]")
    if voltage_mv is not None:
        lines.append(f"emon: m-voltage-mv[{voltage_mv}]")
    clock_us = 1_000_000
    for (iterations, runtime_s), name, vector in zip(windows, names, vectors, strict=False):
        end_us = clock_us + round(runtime_s * 1_000_000)
        lines += [
            f'parser: Command "bload dut "/home/user/datasets/{model}/{name}""',
            f"dut: m-infer-start-{iterations}",
            f"dut: m-lap-us-{clock_us}",
            f"dut: m-lap-us-{end_us}",
            "dut: m-infer-done",
            f"dut: m-results-[{','.join(f'{value:.3f}' for value in vector)}]",
        ]
        clock_us = end_us + 1_000_000
    lines += ["sequencer: m-sequencer-stop", f"session: m-session-stop-id[{session}]"]
    return "".join(f"00100.000 {line}\n" for line in lines)


def script_text(inputs: Iterable[str], model: str) -> str:
    """script.async of the EEMBC runner."""
    steps = "".join(
        f"    {{\n        cmd: 'bload dut \"/home/user/datasets/{model}/{name}\"'\n    }},\n"
        for name in inputs
    )
    return f"[\n{steps}]\n"


def make_eembc_run(
    folder: Path, *, benchmark: str = "kws", iterations: int = 1000, runtimes_s: Sequence[float] = (10.05,) * 5,
    top1_pct: float = 90.6, auc: float = 0.86, energy_uj_per_inf: float | None = None, voltage_mv: int | None = 1800,
    monitor: str = "lpm01a", session: str = "20230512185857", accuracy_inputs: Inputs = (), results: bool = True,
    prefix: bool = False,
) -> Path:  # fmt: skip
    """A benchmark folder as the EEMBC runner leaves it: performance/, accuracy/ and, with an energy, energy/.

    ``results`` false leaves all results.txt out (as in v0.5); ``prefix`` names files ``performance_log.txt`` ...
    """
    windows = [(iterations, runtime_s) for runtime_s in runtimes_s]
    inputs = PERFORMANCE_INPUTS.get(benchmark, ["input.bin"])

    def put(mode: str, name: str, text: str) -> None:
        write(folder / mode / (f"{mode}_{name}" if prefix else name), text)

    put("performance", "log.txt", eembc_log_text(benchmark, windows, session=session))
    put("performance", "script.async", script_text(inputs, MODELS[benchmark]))
    singles = [(1, 0.01)] * len(accuracy_inputs)
    put(
        "accuracy",
        "log.txt",
        eembc_log_text(benchmark, singles, session=session, inputs=accuracy_inputs or None),
    )
    put("accuracy", "script.async", script_text([name for name, _ in accuracy_inputs], MODELS[benchmark]))
    if results:
        put("performance", "results.txt", eembc_results_text(windows))
        put(
            "accuracy",
            "results.txt",
            f"00238.752 ulp-mlperf: Top-1: {top1_pct:.1f}%\n00238.774 ulp-mlperf: AUC: {auc:.2f}\n",
        )
    if energy_uj_per_inf is not None:
        energies = [(count, runtime_s, energy_uj_per_inf) for count, runtime_s in windows]
        put(
            "energy",
            "results.txt",
            eembc_energy_text(energies) + eembc_results_text(windows, source="ulp-ml"),
        )
        put("energy", "log.txt", eembc_log_text(
            benchmark, [], session=session, voltage_mv=voltage_mv, monitor=monitor))  # fmt: skip
        put("energy", "script.async", script_text(inputs, MODELS[benchmark]))
    return folder


def mlcommons_results_text(windows: Iterable[tuple[int, float]]) -> str:
    """results.txt of the MLCommons runner for windows of (iterations, runtime in seconds)."""
    text, throughputs = "", []
    for index, (iterations, runtime_s) in enumerate(windows, start=1):
        throughputs.append(iterations / runtime_s)
        text += f"Performance results for window {index}\n    # Inferences : {iterations}\n"
        text += f"    Runtime: {runtime_s} sec.\n    Throughput: {throughputs[-1]} inf./sec.\n"
        text += "    Runtime requirements have been met.\n" if runtime_s > 10 else ""
    rule = "0725.143552 ulp-mlperf: " + "-" * 57 + "\n"
    return (
        text
        + f"{rule}0725.143552 ulp-mlperf: Median throughput is {median(throughputs):10.3f} inf./sec.\n{rule}"
    )


def mlcommons_energy_text(trials: Iterable[tuple[int, float, float]]) -> str:
    """energy/results.txt of the MLCommons runner for trials of (inferences, seconds, µJ per inference)."""
    text, costs = "Power Edition Output\n", []
    for index, (inferences, elapsed_s, uj_per_inf) in enumerate(trials):
        energy_uj = inferences * uj_per_inf
        costs.append(uj_per_inf)
        text += (
            f"Energy data for trial {index}\n  Elapsed time  : {elapsed_s}\n  Inferences    : {inferences}\n"
        )
        text += f"  Power         : {energy_uj / elapsed_s / 1000:.4f} mW.\n  Total Energy  : {energy_uj:.3f} uJ\n"
        text += f"  Energy/Inf    : {uj_per_inf:.3f} uJ/inf\n"
    return text + "-" * 57 + f"\nMedian energy cost is {median(costs):.4f} uJ/inf.\n" + "-" * 57 + "\n"


def make_mlcommons_run(
    folder: Path, *, benchmark: str = "kws", iterations: int = 250, runtimes_s: Sequence[float] = (10.5,) * 5,
    top1_pct: float = 90.2, auc: float = 0.995, energy_uj_per_inf: float | None = None,
    session: str = "20250726_005104",
) -> Path:  # fmt: skip
    """A benchmark folder as the MLCommons runner leaves it (not for sww: :func:`make_sww_run`)."""
    windows = [(iterations, runtime_s) for runtime_s in runtimes_s]
    log = (
        f"Logging initialized. Writing output to sessions\\{session}\\log.txt\n"
        f"Device model retrieved: {MODELS[benchmark]}\n"
    )
    entries: list[dict[str, Any]] = []
    for name, (count, runtime_s) in zip(PERFORMANCE_INPUTS[benchmark], windows, strict=False):
        log += f"0726.005106 ulp-mlperf: Loading file {name} segment 0\n"
        elapsed_us = round(runtime_s * 1_000_000)
        infer = {"start_time": 1000, "end_time": 1000 + elapsed_us, "results": [0.1, 0.9],
                 "elapsed_time": elapsed_us, "iterations": count, "warmups": 1, "throughput": count / runtime_s}  # fmt: skip
        entries.append({"file": name, "classes": "12", "class": "1", "infer": infer, "mode": "p"})
    write(folder / "performance/log.txt", log + f"Session logged in file sessions\\{session}\\log.txt\n")
    write(folder / "performance/results.json", json.dumps(entries))
    write(folder / "performance/results.txt", mlcommons_results_text(windows))
    write(folder / "accuracy/log.txt", log.split("0726.")[0])
    write(folder / "accuracy/results.json", "[]")
    write(
        folder / "accuracy/results.txt",
        f"0725.211938 ulp-mlperf: Top 1% = {top1_pct:.1f}\n0725.211938 ulp-mlperf: AUC = {auc:.3f}\n",
    )
    if energy_uj_per_inf is not None:
        trials = [(count, runtime_s, energy_uj_per_inf) for count, runtime_s in windows]
        write(folder / "energy/log.txt", log)
        write(folder / "energy/results.json", "[]")
        write(folder / "energy/results.txt", mlcommons_energy_text(trials))
    return folder


def sww_results_text(
    *, true_positives: int = 44, false_negatives: int = 6, false_positives: int = 4, duty_cycle: float = 0.56085,
    period_s: float = 0.031987, throughput: float = 55.742,
) -> str:  # fmt: skip
    """The streaming-wakeword lines of results.txt."""
    return (
        f"Accuracy: {true_positives} True positives, {false_negatives} False negatives, "
        f"{false_positives} False positives\nAverage duty cycle: {duty_cycle}\n"
        f"Average period: {period_s} s\nEstimated throughput: {throughput} inf./sec.\n"
    )


def make_sww_run(
    folder: Path, *, power_mw: float | None = 25.622, performance: bool = True, **numbers: Any
) -> Path:
    """A streaming-wakeword folder: energy/ when a power is given, performance/ unless left out."""
    log = "Logging initialized. Writing output to sessions\\20250729_132607\\log.txt\nDevice model retrieved: sww01\n"
    if performance:
        write(folder / "performance/results.txt", sww_results_text(**{"throughput": 55.908, **numbers}))
        write(folder / "performance/log.txt", log)
        write(folder / "performance/results.json", "[]")
    if power_mw is not None:
        energy_uj = power_mw * 1000 * 1200.002
        text = (
            "Power Edition Output\nEnergy data for trial 0\n  Elapsed time  : 1200.002\n  Inferences    : 1\n"
            f"  Power         : {power_mw:.4f} mW.\n  Total Energy  : {energy_uj:.3f} uJ\n"
            f"  Energy/Inf    : {energy_uj:.3f} uJ/inf\nMedian energy cost is {energy_uj:.4f} uJ/inf.\n"
        )
        write(folder / "energy/results.txt", text + sww_results_text(**numbers))
        write(folder / "energy/log.txt", log)
        write(folder / "energy/results.json", "[]")
        write(folder / "energy/energy_inf_000.png", "not a picture")
    return folder


SYSTEM_FIELDS: Mapping[str, str] = {
    "Submitter": "Example Lab",
    "Division": "closed",
    "Status": "available",
    "Board Name": "Example Board",
    "SoC Name": "EX32L4",
    "Processor(s) Name": "Arm Cortex-M4",
    "Processor(s) Frequencies": "120 MHz",
    "Hardware Notes": "Operating at 1.8 V",
    "Inference Framework": "TensorFlow Lite for Microcontrollers",
    "Operating System ": "bare metal",
    "Quantization Method": "post-training int8",
}


def make_system_json(path: Path, **changes: str | None) -> Path:
    """A valid system description; a change of None leaves a key out, others are added or replaced."""
    fields = {key: value for key, value in {**SYSTEM_FIELDS, **changes}.items() if value is not None}
    return write(path, json.dumps(fields, indent="\t"))


def make_submission(
    root: Path, *, division: str = "closed", submitter: str = "example_lab", system: str = "example_board",
    benchmarks: Sequence[str] = ("kws",), system_fields: Mapping[str, str | None] | None = None, **run: Any,
) -> Path:  # fmt: skip
    """A round folder with one submitter, one system and EEMBC runs; returns the submitter's folder.

    ``run`` goes to :func:`make_eembc_run`. Call it again with the same ``root`` for further submitters.
    """
    folder = root / division / submitter
    fields = {"Division": division, **(system_fields or {})}
    make_system_json(folder / "systems" / f"{system}.json", **fields)
    for benchmark in benchmarks:
        make_eembc_run(folder / "results" / system / benchmark, benchmark=benchmark, **run)
    return folder
