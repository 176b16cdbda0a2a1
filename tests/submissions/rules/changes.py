"""Submissions with one thing changed, as records: a name for each way in which the tests differ from a valid one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from results.domain.records import SourceFile, SubmissionRecord

from .records import (
    FOLDER,
    SYSTEM,
    a_run,
    a_submission,
    a_system,
    files,
    measurement,
    windows,
    with_value,
)

KWS = f"{FOLDER}/results/{SYSTEM}/kws"
Make = Callable[[], SubmissionRecord]


def replaced(**changes: object) -> SubmissionRecord:
    return a_submission(a_run(**changes))  # type: ignore[arg-type]


def timed(*runtimes_s: float, iterations: int = 1000) -> SubmissionRecord:
    made = windows("performance", runtimes_s, folder=KWS, iterations=iterations)
    rate = iterations / sorted(runtimes_s)[len(runtimes_s) // 2]
    run = with_value(a_run(windows=made, recomputed={}), throughput_inf_per_s=rate, latency_ms=1000 / rate)
    return a_submission(run)


def metered(*runtimes_s: float, iterations: int = 1000, **values: float | None) -> SubmissionRecord:
    run = a_run(energy=True)
    made = windows("energy", runtimes_s, folder=KWS, iterations=iterations, energy_uj_per_inf=120.0)
    performance = run.phase_windows("performance")
    return a_submission(with_value(dataclasses.replace(run, windows=performance + made), **values))


def without(*names: str, runner: str = "EEMBC", kind: str = "script.async") -> SubmissionRecord:
    kept = [
        f"{mode}/{name}" for mode in ("performance", "accuracy") for name in ("results.txt", "log.txt", kind)
    ]
    return replaced(files=files(KWS, *(name for name in kept if name not in names)), runner=runner)


def stated(**values: object) -> SubmissionRecord:
    return a_submission(with_value(a_run(), **values))  # type: ignore[arg-type]


def anomaly(value: float, printed: str, **changes: object) -> SubmissionRecord:
    return a_submission(with_value(a_run("ad", **changes), auc=measurement("auc", value, printed=printed)))  # type: ignore[arg-type]


def described(**changes: object) -> SubmissionRecord:
    return a_submission(system=a_system(**changes))  # type: ignore[arg-type]


def extra_file(path: str, size_bytes: int = 10) -> SubmissionRecord:
    return a_submission(more=(SourceFile(f"{FOLDER}/{path}", size_bytes, "12" * 32),))


def with_energy_folder(name: str) -> SubmissionRecord:
    run = a_run(energy=True)
    moved = [
        dataclasses.replace(entry, path=entry.path.replace("/energy/", f"/{name}/")) for entry in run.files
    ]
    return a_submission(dataclasses.replace(run, files=tuple(moved)))


def disagreeing_window(factor: float) -> SubmissionRecord:
    run = a_run()
    first, *others = run.windows
    wrong = dataclasses.replace(first, throughput_inf_per_s=(first.throughput_inf_per_s or 0) * factor)
    return a_submission(dataclasses.replace(run, windows=(wrong, *others)))


def from_log(value: float, metric: str = "throughput_inf_per_s") -> SubmissionRecord:
    return replaced(recomputed={metric: measurement(metric, value)})


def two_runs(sha256_of_second: str) -> SubmissionRecord:
    return a_submission(
        a_run(performance_log_sha256="aa" * 32), a_run("vww", performance_log_sha256=sha256_of_second)
    )
