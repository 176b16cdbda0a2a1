"""A small table of self-reported results with its evidence, and how tests vary and judge it."""

from __future__ import annotations

from pathlib import Path

from submissions.checking.check import check
from submissions.checking.report import Report
from submissions.formats.tabular.packing import write_csv

LOG = "kws, 1000 utterances\nmedian latency 104.2 ms\nmedian energy 2.31 mJ\ntop-1 90.1 %\n"
SHARED = {
    "tinysite_table": "1", "system": "bench-board", "device": "nucleo-l4r5zi", "clock_mhz": "120",
    "supply_voltage_mv": "1800", "software": "TensorFlow Lite Micro", "software_version": "2.4.0",
    "precision": "int8", "availability": "available", "benchmark": "kws", "benchmark_version": "v1.3",
    "model": "reference", "energy_scope": "chip-rail", "how": "measured", "instrument": "source meter",
    "evidence_file": "logs/kws.txt",
}  # fmt: skip
VALUES = (
    {"metric": "latency_ms", "value": "104.2", "unit": "ms", "evidence_line": "2"},
    {"metric": "energy_uj_per_inf", "value": "2310", "unit": "µJ/inf", "evidence_line": "", "how": "derived"},
    {"metric": "top1_pct", "value": "90.1", "unit": "%", "evidence_line": "4"},
)  # fmt: skip


def rows(metric: str = "", /, **changes: str) -> list[dict[str, str]]:
    """The rows of the table; ``changes`` go into the row of ``metric``, or into all rows."""
    table = [SHARED | value for value in VALUES]
    return [row | changes if metric in ("", row["metric"]) else row for row in table]


def folder(tmp_path: Path, table: bytes, name: str = "results.csv", **files: str) -> Path:
    """A folder with ``table`` as ``name``, the log, and ``files`` below ``model/``."""
    root = tmp_path / "handed-in"
    (root / "logs").mkdir(parents=True)
    (root / name).write_bytes(table)
    (root / "logs" / "kws.txt").write_text(LOG)
    for stem, text in files.items():
        (root / "model").mkdir(exist_ok=True)
        (root / "model" / f"{stem}.tflite").write_text(text)
    return root


def report(path: Path, round_id: str = "v1.3") -> Report:
    """What the one validator says of ``path``."""
    return check(
        path, round_id=round_id, submitter="example-lab", earlier_logs=lambda logs: {}, with_excerpts=True
    )


def report_on(tmp_path: Path, table: list[dict[str, str]], **files: str) -> Report:
    """What the one validator says of these rows."""
    return report(folder(tmp_path, write_csv(table), **files))


def codes(found: Report) -> set[str]:
    """The codes of all findings."""
    return {finding.code for finding in found.judgement.findings}
