"""A submitter's results as records, the way a reader hands them to ``publish``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from results.domain.records import (
    Evidence,
    How,
    MeasurementRecord,
    Readability,
    Reading,
    RunRecord,
    SubmissionRecord,
    SystemField,
    SystemRecord,
)
from results.services.publish import Source

KEY = "abcdefghjkmn"
FOLDER = "closed/lab"


def a_run(
    benchmark: str = "vww", latency_ms: float = 100.0, *, system_id: str = "board", division: str = "closed",
    energy_uj: float | None = None,
) -> RunRecord:  # fmt: skip
    """One run with a throughput, its latency, an accuracy and perhaps an energy."""
    folder = f"{FOLDER}/results/{system_id}/{benchmark}"
    values = {"latency_ms": latency_ms, "throughput_inf_per_s": 1000 / latency_ms, "top1_pct": 86.0}
    if energy_uj is not None:
        values |= {"energy_uj_per_inf": energy_uj, "supply_voltage_mv": 1800.0}
    return RunRecord(
        submitter="lab", division=division, system_id=system_id, benchmark=benchmark, variant="", folder=folder,
        runner="EEMBC", runner_version="3.0.10", files=(), windows=(), measurements=_measurements(values, folder),
        performance_log_sha256=f"{len(system_id):02x}" * 32, facts={"energy_monitor": "lpm01a"} if energy_uj else {},
    )  # fmt: skip


def _measurements(values: Mapping[str, float], folder: str) -> dict[str, MeasurementRecord]:
    place = Evidence(f"{folder}/performance/results.txt", 7, "ab" * 32, Reading.STATED, "Median throughput")
    return {
        metric: MeasurementRecord(metric, value, f"{value:g}", How.MEASURED, Reading.STATED, (place,))
        for metric, value in values.items()
    }


def a_record(*runs: RunRecord, division: str = "closed") -> SubmissionRecord:
    """Everything of the submitter ``lab``: ``runs`` and a description of each of their systems."""
    systems = tuple(_system(system_id, division) for system_id in _names(runs))
    return SubmissionRecord("lab", division, f"{division}/lab", systems, runs, ())


def _names(runs: Iterable[RunRecord]) -> list[str]:
    return sorted({run.system_id for run in runs})


def _system(system_id: str, division: str) -> SystemRecord:
    fields = (SystemField("Board Name", "Example Board", 3), SystemField("Status", "available", 4))
    path = f"{division}/lab/systems/{system_id}.json"
    return SystemRecord("lab", division, system_id, path, "cd" * 32, Readability.VALID, fields)


def official(archive: str = "") -> Source:
    """What MLCommons published; with ``archive`` it was read from an archive, else it is the shipped copy."""
    return Source("v1.1", "example/results_v1.1", "c32ef94", archive_sha256=archive and archive * 64)


def site(archive: str = "a", **columns: object) -> Source:
    """A submission to this site."""
    values = {"provenance": "site-reviewed", "key": KEY, "submitter": "lab"} | columns
    return Source("v1.1", "", "", archive_sha256=archive * 64, **values)  # type: ignore[arg-type]
