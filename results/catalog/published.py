"""The shipped copy of published figures: our own columns, a few CSV files per round, made by an import.

A folder ``published/<round>/`` holds ``systems.csv``, ``system_fields.csv``, ``runs.csv``, ``windows.csv``,
``measurements.csv`` (one row per measurement and place of evidence, each with repository, commit and path) and
``findings.csv``. Reading them back gives the records that the reader of submitted files gave, without the excerpts.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from results.domain.findings import Finding, Severity
from results.domain.metrics import METRICS
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
    Window,
)

PUBLISHED_FOLDER = Path(__file__).parent / "published"

SYSTEM = ("division", "submitter", "system_id")
RUN = (*SYSTEM, "benchmark", "variant")
COLUMNS: dict[str, tuple[str, ...]] = {
    "systems": (*SYSTEM, "readability", "repository", "commit", "path", "sha256"),
    "system_fields": (*SYSTEM, "line", "key", "value"),
    "runs": (*RUN, "repository", "commit", "path", "runner", "runner_version", "dut_model", "performance_log_sha256", "facts"),
    "windows": (*RUN, "phase", "number", "path", "line", "iterations", "runtime_s", "throughput_inf_per_s",
                "energy_uj", "power_uw", "energy_uj_per_inf"),
    "measurements": (*RUN, "metric", "unit", "value", "printed", "how", "reading", "role",
                     "repository", "commit", "path", "line", "last_line", "sha256", "evidence_reading"),
    "findings": ("division", "submitter", "system", "run", "code", "severity", "path", "line", "expected", "found", "mend"),
}  # fmt: skip


class PublishedFiguresError(ValueError):
    """A shipped file is not as described; the message says file, line and what was expected."""


@dataclass(frozen=True, slots=True)
class PublishedSubmission:
    """What one submitter published in one division of ``round``, with its source."""

    round: str
    repository: str
    commit: str
    record: SubmissionRecord
    findings: tuple[Finding, ...]


def folder_sha256(folder: Path) -> str:
    """Hash of every CSV below ``folder`` with its name, to see whether anything changed."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.csv")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def write_round(folder: Path, submissions: Iterable[PublishedSubmission]) -> None:
    """Write the six files of one round into ``folder`` (made when absent), rows in a stable order."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in COLUMNS}
    for submission in sorted(submissions, key=lambda s: (s.record.division, s.record.submitter)):
        _collect(submission, rows)
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                {key: "" if value is None else value for key, value in row.items()} for row in rows[name]
            )


def _collect(submission: PublishedSubmission, rows: dict[str, list[dict[str, object]]]) -> None:
    record = submission.record
    source = {"repository": submission.repository, "commit": submission.commit}
    for system in sorted(record.systems, key=lambda s: s.system_id):
        key = {"division": record.division, "submitter": record.submitter, "system_id": system.system_id}
        rows["systems"].append(
            key
            | source
            | {"readability": str(system.readability), "path": system.path, "sha256": system.sha256}
        )
        rows["system_fields"] += [
            key | {"line": f.line, "key": f.key, "value": f.value} for f in system.fields if f.value.strip()
        ]
    for run in sorted(record.runs, key=lambda r: r.key):
        key = {"division": record.division, "submitter": record.submitter, "system_id": run.system_id,
               "benchmark": run.benchmark, "variant": run.variant}  # fmt: skip
        rows["runs"].append(
            key | source | {
                "path": run.folder, "runner": run.runner, "runner_version": run.runner_version,
                "dut_model": run.dut_model, "performance_log_sha256": run.performance_log_sha256,
                "facts": json.dumps(dict(sorted(run.facts.items())), ensure_ascii=False) if run.facts else "",
            }
        )  # fmt: skip
        rows["windows"] += [
            key | {f.name: getattr(window, f.name) for f in fields(Window)} for window in run.windows
        ]
        for role, measurements in (("published", run.measurements), ("recomputed", run.recomputed)):
            for metric in sorted(measurements):
                rows["measurements"] += _measurement_rows(key | source | {"role": role}, measurements[metric])
    rows["findings"] += [_finding_row(record, finding) for finding in submission.findings]


def _measurement_rows(key: dict[str, object], measurement: MeasurementRecord) -> Iterator[dict[str, object]]:
    for evidence in measurement.evidence:
        yield key | {
            "metric": measurement.metric, "unit": METRICS[measurement.metric].unit, "value": repr(measurement.value),
            "printed": measurement.printed, "how": str(measurement.how), "reading": str(measurement.reading),
            "path": evidence.path, "line": evidence.line, "last_line": evidence.last_line, "sha256": evidence.sha256,
            "evidence_reading": str(evidence.reading),
        }  # fmt: skip


def _finding_row(record: SubmissionRecord, finding: Finding) -> dict[str, object]:
    return {
        "division": record.division, "submitter": record.submitter, "system": finding.system, "run": finding.run,
        "code": finding.code, "severity": str(finding.severity), "path": finding.file, "line": finding.line,
        "expected": finding.expected, "found": finding.found, "mend": finding.mend,
    }  # fmt: skip


def read_round(folder: Path) -> tuple[PublishedSubmission, ...]:
    """The submissions of the round that ``folder`` is named after; PublishedFiguresError for a file that is off."""
    tables = {name: _read(folder / f"{name}.csv", columns) for name, columns in COLUMNS.items()}
    fields_of = _grouped(tables["system_fields"], SYSTEM)
    windows_of = _grouped(tables["windows"], RUN)
    measurements_of = _grouped(tables["measurements"], RUN)
    systems, runs, findings = defaultdict(list), defaultdict(list), defaultdict(list)
    source: dict[tuple[str, str], tuple[str, str]] = {}
    for row in tables["systems"]:
        owner = (row["division"], row["submitter"])
        source[owner] = (row["repository"], row["commit"])
        systems[owner].append(_system(row, fields_of[_key(row, SYSTEM)]))
    for row in tables["runs"]:
        owner = (row["division"], row["submitter"])
        source.setdefault(owner, (row["repository"], row["commit"]))
        runs[owner].append(_run(row, windows_of[_key(row, RUN)], measurements_of[_key(row, RUN)]))
    for row in tables["findings"]:
        findings[row["division"], row["submitter"]].append(_finding(row))
    return tuple(
        PublishedSubmission(
            round=folder.name, repository=repository, commit=commit, findings=tuple(findings[owner]),
            record=SubmissionRecord(
                submitter=owner[1], division=owner[0], folder="/".join(owner), systems=tuple(systems[owner]),
                runs=tuple(runs[owner]), files=(),
            ),
        )
        for owner, (repository, commit) in sorted(source.items())
    )  # fmt: skip


def _read(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if not path.is_file():
        raise PublishedFiguresError(
            f"{path.name}: missing in {path.parent.name}; make it with export_figures"
        )
    with path.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != columns:
            raise PublishedFiguresError(f"{path.name}, line 1: expected the columns {', '.join(columns)}")
        rows = list(reader)
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise PublishedFiguresError(f"{path.name}, row {number}: expected {len(columns)} columns")
    return rows


def _key(row: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row[name] for name in names)


def _grouped(
    rows: list[dict[str, str]], names: tuple[str, ...]
) -> dict[tuple[str, ...], list[dict[str, str]]]:
    groups: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[_key(row, names)].append(row)
    return groups


def _number(text: str) -> float | None:
    return float(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _system(row: Mapping[str, str], field_rows: list[dict[str, str]]) -> SystemRecord:
    return SystemRecord(
        submitter=row["submitter"], division=row["division"], system_id=row["system_id"], path=row["path"] or None,
        sha256=row["sha256"] or None, readability=Readability(row["readability"]),
        fields=tuple(SystemField(f["key"], f["value"], int(f["line"])) for f in field_rows),
    )  # fmt: skip


def _run(row: Mapping[str, str], window_rows: list[dict[str, str]], rows: list[dict[str, str]]) -> RunRecord:
    by_role: dict[str, dict[str, list[dict[str, str]]]] = {"published": {}, "recomputed": {}}
    for measurement in rows:
        by_role[measurement["role"]].setdefault(measurement["metric"], []).append(measurement)
    return RunRecord(
        submitter=row["submitter"], division=row["division"], system_id=row["system_id"], benchmark=row["benchmark"],
        variant=row["variant"], folder=row["path"], runner=row["runner"] or None,
        runner_version=row["runner_version"] or None, dut_model=row["dut_model"] or None, files=(),
        performance_log_sha256=row["performance_log_sha256"] or None,
        facts=json.loads(row["facts"] or "{}"),
        windows=tuple(_window(w) for w in window_rows),
        measurements={metric: _measurement(group) for metric, group in by_role["published"].items()},
        recomputed={metric: _measurement(group) for metric, group in by_role["recomputed"].items()},
    )  # fmt: skip


def _window(row: Mapping[str, str]) -> Window:
    return Window(
        phase=row["phase"], number=int(row["number"]), path=row["path"], line=int(row["line"]),
        iterations=_whole(row["iterations"]), runtime_s=_number(row["runtime_s"]),
        throughput_inf_per_s=_number(row["throughput_inf_per_s"]), energy_uj=_number(row["energy_uj"]),
        power_uw=_number(row["power_uw"]), energy_uj_per_inf=_number(row["energy_uj_per_inf"]),
    )  # fmt: skip


def _measurement(rows: list[dict[str, str]]) -> MeasurementRecord:
    first = rows[0]
    return MeasurementRecord(
        metric=first["metric"], value=float(first["value"]), printed=first["printed"], how=How(first["how"]),
        reading=Reading(first["reading"]),
        evidence=tuple(
            Evidence(
                path=row["path"], line=_whole(row["line"]), last_line=_whole(row["last_line"]), sha256=row["sha256"],
                reading=Reading(row["evidence_reading"]),
            )
            for row in rows
        ),
    )  # fmt: skip


def _finding(row: Mapping[str, str]) -> Finding:
    return Finding(
        code=row["code"], severity=Severity(row["severity"]), file=row["path"], line=_whole(row["line"]),
        expected=row["expected"], found=row["found"], mend=row["mend"], submitter=row["submitter"],
        division=row["division"], system=row["system"] or None, run=row["run"] or None,
    )  # fmt: skip
