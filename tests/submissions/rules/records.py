"""A valid submission as records, and small changes to it: what the rules see, without any file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from statistics import median
from typing import Any

from results.domain.findings import Finding
from results.domain.records import (
    Evidence,
    How,
    MeasurementRecord,
    Readability,
    Reading,
    ReadResult,
    RunRecord,
    SourceFile,
    SubmissionRecord,
    SystemField,
    SystemRecord,
    Window,
)
from submissions.rules.judge import Judgement, judge
from submissions.rules.rulebook import load_rulebook

FOLDER = "closed/example_lab"
SYSTEM = "example_board"
TEMPLATE = load_rulebook("v1.1").template_system_keys
FILLED = {
    "Submitter": "Example Lab", "Division": "Closed", "Status": "Available", "Board Name": "Example Board",
    "SoC Name": "EX32L4", "Processor(s) Name": "Arm Cortex-M4", "Processor(s) Frequencies": "120 MHz",
    "Inference Framework": "TensorFlow Lite for Microcontrollers",
}  # fmt: skip


def measurement(
    metric: str,
    value: float,
    *,
    path: str = "",
    reading: Reading = Reading.STATED,
    printed: str | None = None,
) -> MeasurementRecord:
    """One value on line 7 of ``path``."""
    evidence = (Evidence(path, 7, "ab" * 32, reading),) if path else ()
    return MeasurementRecord(metric, value, printed or f"{value:g}", How.MEASURED, reading, evidence)


def windows(
    phase: str, runtimes_s: tuple[float, ...] = (10.05,) * 5, *, iterations: int | None = 1000, folder: str = "",
    energy_uj_per_inf: float | None = None, **changes: Any,
) -> tuple[Window, ...]:  # fmt: skip
    """Windows as a results.txt gives them; throughput and energy follow from the runtimes."""
    made = []
    for index, runtime_s in enumerate(runtimes_s):
        rate = iterations / runtime_s if iterations and runtime_s else None
        entry = Window(
            phase, 2 * index + 2, f"{folder}/{phase}/results.txt", 5 * index + 1, iterations, runtime_s, rate,
            energy_uj_per_inf=energy_uj_per_inf,
        )  # fmt: skip
        made.append(dataclasses.replace(entry, **changes))
    return tuple(made)


def files(folder: str, *names: str) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(f"{folder}/{name}", 1000, "cd" * 32) for name in names)


def eembc_files(folder: str, *modes: str) -> tuple[SourceFile, ...]:
    names = ("results.txt", "log.txt", "script.async")
    return files(folder, *(f"{mode}/{name}" for mode in modes for name in names))


def a_run(
    benchmark: str = "kws", *, energy: bool = False, division: str = "closed", **changes: Any
) -> RunRecord:
    """A run that breaks no rule of v1.1; ``changes`` replace fields of the record."""
    folder = f"{division}/example_lab/results/{changes.get('system_id', SYSTEM)}/{benchmark}"
    modes = ("performance", "accuracy", "energy") if energy else ("performance", "accuracy")
    timed = windows("performance", folder=folder)
    throughput = median(window.throughput_inf_per_s for window in timed if window.throughput_inf_per_s)
    values = {
        "throughput_inf_per_s": (throughput, "performance"),
        "latency_ms": (1000 / throughput, "performance"),
        "auc" if benchmark == "ad" else "top1_pct": (0.87 if benchmark == "ad" else 91.5, "accuracy"),
    }
    if energy:
        timed += windows("energy", folder=folder, energy_uj_per_inf=120.0)
        values |= {
            "energy_uj_per_inf": (120.0, "energy"), "average_power_mw": (0.12 * throughput, "energy"),
            "energy_throughput_inf_per_s": (throughput, "energy"), "supply_voltage_mv": (1800.0, "energy"),
        }  # fmt: skip
    record = RunRecord(
        submitter="example_lab", division=division, system_id=SYSTEM, benchmark=benchmark, variant="",
        folder=folder, runner="EEMBC", runner_version="3.0.10", files=eembc_files(folder, *modes), windows=timed,
        measurements={
            metric: measurement(metric, value, path=f"{folder}/{mode}/results.txt") for metric, (value, mode) in values.items()
        },
        recomputed={"throughput_inf_per_s": measurement("throughput_inf_per_s", throughput)},
        performance_log_sha256=None, dut_model=None, facts={},
    )  # fmt: skip
    return dataclasses.replace(record, **changes)


def with_value(run: RunRecord, **values: float | MeasurementRecord | None) -> RunRecord:
    """``run`` with stated values replaced, added or (None) taken away."""
    measurements = dict(run.measurements)
    for metric, value in values.items():
        if value is None:
            measurements.pop(metric, None)
        elif isinstance(value, MeasurementRecord):
            measurements[metric] = value
        else:
            measurements[metric] = measurement(metric, value, path=f"{run.folder}/accuracy/results.txt")
    return dataclasses.replace(run, measurements=measurements)


def a_streaming_run(
    *, hits: float = 44, misses: float = 6, false_alarms: float = 4, image: bool = True
) -> RunRecord:
    """A run of sww that breaks no rule of v1.3 but for the voltage that its runner does not log."""
    folder = f"{FOLDER}/results/{SYSTEM}/sww"
    names = ["energy/results.txt", "energy/log.txt", "energy/results.json"] + [
        "energy/energy_inf_000.png"
    ] * image
    values = {
        "throughput_inf_per_s": 55.7, "latency_ms": 17.9, "average_power_mw": 25.6, "supply_voltage_mv": 3000.0,
        "sww_true_positives": hits, "sww_false_negatives": misses, "sww_false_positives": false_alarms,
    }  # fmt: skip
    return RunRecord(
        "example_lab", "closed", SYSTEM, "sww", "", folder, "MLCommons", None, files(folder, *names), (),
        {metric: measurement(metric, value, path=f"{folder}/energy/results.txt") for metric, value in values.items()},
    )  # fmt: skip


def a_system(*, readability: Readability = Readability.VALID, path: str | None = None, division: str = "closed",
             system_id: str = SYSTEM, extra: tuple[SystemField, ...] = (), **changes: str | None) -> SystemRecord:  # fmt: skip
    """A complete system description; a change of None leaves the key out (spaces and brackets: use ``fields``)."""
    values = {
        **dict.fromkeys(TEMPLATE, ""),
        **FILLED,
        **{key.replace("_", " "): value for key, value in changes.items()},
    }
    if division == "open":
        values["Division"] = "Open"
    fields = tuple(
        SystemField(key, value, line)
        for line, (key, value) in enumerate(values.items(), 2)
        if value is not None
    )
    where = path or f"{division}/example_lab/systems/{system_id}.json"
    return SystemRecord("example_lab", division, system_id, where, "ef" * 32, readability, fields + extra)


def a_submission(
    *runs: RunRecord,
    system: SystemRecord | None = None,
    division: str = "closed",
    more: tuple[SourceFile, ...] = (),
) -> SubmissionRecord:
    """One submitter with ``runs`` (one kws run when none is given) of one system."""
    runs = runs or (a_run(division=division),)
    every = tuple(entry for run in runs for entry in run.files) + more
    systems = (system or a_system(division=division),)
    return SubmissionRecord("example_lab", division, f"{division}/example_lab", systems, runs, every)


def judged(
    *submissions: SubmissionRecord, round: str = "v1.1", earlier_logs: Mapping[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Judgement:  # fmt: skip
    """The judgement of ``submissions`` by the rules of ``round``."""
    return judge(ReadResult(submissions, findings), load_rulebook(round), earlier_logs=earlier_logs or {})


def codes(judgement: Judgement) -> set[str]:
    return {finding.code for finding in judgement.findings}
