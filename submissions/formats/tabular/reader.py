"""From a table and the files that it cites to records: systems, runs and measurements of self-reported results."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

from results.catalog.identify import CATALOGUE_DEVICE_KEY
from results.catalog.reader import catalogue
from results.domain.records import (
    Format,
    How,
    MeasurementRecord,
    Readability,
    Reading,
    ReadResult,
    RunRecord,
    SubmissionRecord,
    SystemField,
    SystemRecord,
)

from ..mlperf_tiny.labels import LabelSet
from ..mlperf_tiny.measurements import latency_from
from ..mlperf_tiny.numbers import rounded, significant_digits
from ..tree import MIB, Tree
from .cells import Result, check_row
from .columns import COLUMNS, REFERENCE_MODEL, VERSION, VERSION_COLUMN, Level, columns_of, needs_scope
from .evidence import Citations
from .nested import read_json
from .rows import Notes, Row, read_csv

TABLES = ("results.csv", "results.json")
DIVISION = "open"
DEFAULT_SUBMITTER = "self-reported"
_LARGEST_TABLE = 4 * MIB
_SUBMISSION_FOLDERS = frozenset({"closed", "open", "systems"})
"""Folders of a submission to a round, which may have a results.csv of its own beside them."""
_CHANGED_SETS = {"ic": {"v0.5": "ic01-v0.5"}}
"""Benchmark to version to the name of its evaluation set, where one version had another than all later ones."""
_LATER_SETS = {"ic": "ic01-v0.7"}


def recognises(tree: Tree) -> bool:
    """Whether ``tree`` holds a table on top and is no submission to a round."""
    tops = {path.split("/", 1)[0] for path in tree.files if "/" in path}
    return any(tree.is_here(name) for name in TABLES) and not tops & _SUBMISSION_FOLDERS


def read(
    tree: Tree,
    *,
    division: str | None = None,
    submitter: str | None = None,
    labels: Sequence[LabelSet] | None = None,
) -> ReadResult:
    """One record, always of the open division; ``submitter`` is the slug of the organisation that reports.

    ``division`` and ``labels`` are of use to other formats only.
    """
    path = next(name for name in TABLES if tree.is_here(name))
    notes = Notes(path, submitter or DEFAULT_SUBMITTER)
    if all(tree.is_here(name) for name in TABLES):
        notes.add("table.two-tables", None, expected="results.csv or results.json", found="both",
                  mend="Keep one of the two.")  # fmt: skip
    rows = _rows(tree, notes)
    if not rows:
        return ReadResult((), (*tree.findings, *notes.findings), unreadable=True)
    record = _Assembly(tree, notes).submission(rows)
    return ReadResult((record,), (*tree.findings, *notes.findings))


def _rows(tree: Tree, notes: Notes) -> list[Row]:
    """The rows of the table, none when it cannot be read as one."""
    size_bytes = tree.files[notes.path].size_bytes or 0
    if size_bytes > _LARGEST_TABLE:
        notes.add("file.too-large", None, expected="a table of at most 4 MiB", found=f"{size_bytes} bytes",
                  mend="Hand in several tables.")  # fmt: skip
        return []
    data = tree.read_bytes(notes.path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        name = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else f"byte 0x{data[error.start]:02x}"
        notes.add("table.encoding", data.count(b"\n", 0, error.start) + 1, expected="UTF-8", found=name,
                  mend="Save the table as “CSV UTF-8”.")  # fmt: skip
        return []
    if notes.path.endswith(".json"):
        _, rows = read_json(tree.read_text(notes.path), notes)
    else:
        header, rows = read_csv(tree.read_lines(notes.path), notes)
        if header and not _check_header(header, notes):
            return []
    version = rows[0].text(VERSION_COLUMN) if rows else VERSION
    if version != VERSION:
        notes.add("table.version", rows[0].line_of(VERSION_COLUMN), expected=f"{VERSION_COLUMN} {VERSION}",
                  found=version or "none", mend="Use version 1 of the table.")  # fmt: skip
        return []
    return rows


def _check_header(header: Sequence[str], notes: Notes) -> bool:
    """Whether every required column is there; unknown and repeated ones are noted."""
    missing = [column.name for column in COLUMNS.values() if column.required and column.name not in header]
    for name in missing:
        notes.add(
            "table.missing-column", 1, expected=f"a column {name}", found="none", mend=COLUMNS[name].help
        )
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            notes.add("table.unknown-column", 1, expected=f"columns among {', '.join(COLUMNS)}", found=name or "no name",
                      mend="Rename the column, or move what it says to notes.")  # fmt: skip
        elif header.count(name) > 1:
            notes.add("table.key-twice", 1, expected=f"one column {name}", found=str(header.count(name)),
                      mend="Delete all but one.")  # fmt: skip
    return not missing


class _Assembly:
    """Groups rows into runs and systems; the first row of each says what the others have to agree with."""

    def __init__(self, tree: Tree, notes: Notes) -> None:
        self._tree, self._notes = tree, notes
        self._citations = Citations(tree, notes)
        self._addresses: dict[str, str] = {}

    def submission(self, rows: Iterable[Row]) -> SubmissionRecord:
        """The record of the whole table; rows that cannot be used are left out."""
        results = [result for row in rows if (result := check_row(row, self._notes))]
        systems: dict[str, list[Result]] = {}
        groups: dict[tuple[str, str, str], list[Result]] = {}
        for result in results:
            system = result.row.text("system")
            systems.setdefault(system, []).append(result)
            groups.setdefault(
                (system, result.row.text("benchmark"), variant_of(result.row.text("model"))), []
            ).append(result)
        described = tuple(
            self._system(name, [result.row for result in found]) for name, found in systems.items()
        )
        runs = tuple(run for key, found in groups.items() if (run := self._run(*key, found)))
        return SubmissionRecord(
            submitter=self._notes.submitter, division=DIVISION, folder="", systems=described, runs=runs,
            files=tuple(self._tree.files.values()), format=Format.TABLE,
        )  # fmt: skip

    def _agreed(self, rows: Sequence[Row], level: Level, system: str, run: str | None = None) -> Row:
        """One row with what the rows say of ``level``; an empty cell agrees with everything."""
        cells = dict(rows[0].cells)
        for row in rows[1:]:
            for name in (column.name for column in columns_of(level)):
                text, agreed = row.text(name), cells.get(name)
                if text and (agreed is None or not agreed.text):
                    cells[name] = row.cells[name]
                elif agreed is not None and text and text != agreed.text:
                    self._notes.add(
                        "table.rows-disagree", row.line_of(name), system=system, run=run,
                        expected=f"{name} {agreed.text}, as in line {agreed.line}", found=text,
                        mend=f"Give what differs another name, or make all rows of one {level} agree.",
                    )  # fmt: skip
        return dataclasses.replace(rows[0], cells=cells)

    def _system(self, name: str, rows: Sequence[Row]) -> SystemRecord:
        row = self._agreed(rows, Level.SYSTEM, name)
        software = " ".join(filter(None, (row.text("software"), row.text("software_version"))))
        known = row.text("device") in catalogue().devices
        if not known:
            self._notes.add("table.unknown-device", row.line_of("device"), expected="a device of the catalogue",
                            found=row.text("device"), system=name,
                            mend="Nothing, if the catalogue lacks the board; else use the slug in its address.")  # fmt: skip
        texts = (
            (CATALOGUE_DEVICE_KEY if known else "Board Name", row.text("device"), "device"),
            ("Status", row.text("availability"), "availability"),
            ("Processor(s) Frequencies", _with_unit(row.text("clock_mhz"), "MHz"), "clock_mhz"),
            ("Accelerator(s) Frequencies", _with_unit(row.text("accelerator_clock_mhz"), "MHz"), "accelerator_clock_mhz"),
            ("Inference Framework", software, "software"),
            ("General Compiler(s)", row.text("compiler"), "compiler"),
            ("Quantization Method", row.text("precision"), "precision"),
        )  # fmt: skip
        fields = tuple(SystemField(key, text, row.line_of(column)) for key, text, column in texts if text)
        path = self._notes.path
        return SystemRecord(
            submitter=self._notes.submitter, division=DIVISION, system_id=name, path=path,
            sha256=self._tree.sha256(path), readability=Readability.VALID, fields=fields,
        )  # fmt: skip

    def _run(self, system: str, benchmark: str, variant: str, results: Sequence[Result]) -> RunRecord | None:
        record = RunRecord(
            submitter=self._notes.submitter, division=DIVISION, system_id=system, benchmark=benchmark, variant=variant,
            folder=self._notes.path, runner=None, runner_version=None, files=(), windows=(), measurements={},
        )  # fmt: skip
        address = re.sub(r"[^a-z0-9._]+", "-", record.key.lower())
        if self._addresses.setdefault(address, record.key) != record.key:
            self._notes.add("table.duplicate", results[0].row.line, expected="names that differ beyond case and hyphens",
                            found=f"{system} {benchmark} {variant}".strip(), system=system, run=record.key,
                            mend="Rename the system or the model.")  # fmt: skip
            return None
        row = self._agreed([result.row for result in results], Level.RUN, system, record.key)
        measurements: dict[str, MeasurementRecord] = {}
        for result in results:
            if result.metric in measurements:
                self._notes.add("table.duplicate", result.row.line, expected=f"{result.metric} of {system} on {benchmark} once",
                                found="a second row", mend="Keep the row that holds.", system=system, run=record.key)  # fmt: skip
                continue
            cited = self._citations.of_result(result, record.key)
            places = (self._citations.of_table(result.row.line_of("value")), *([cited] if cited else []))
            measurements[result.metric] = MeasurementRecord(
                result.metric, result.value, result.printed, result.how, Reading.STATED, places
            )
        model_sha256 = self._citations.check_model(row, record.key)
        self._add_supply(measurements, results)
        _add_counterpart(measurements)
        paths = {place.path for entry in measurements.values() for place in entry.evidence} | {
            row.text("model_file")
        }
        return dataclasses.replace(
            record, measurements=measurements, facts=_facts(row, results, model_sha256),
            files=tuple(self._tree.files[path] for path in sorted(paths) if self._tree.is_here(path)),
        )  # fmt: skip

    def _add_supply(self, measurements: dict[str, MeasurementRecord], results: Sequence[Result]) -> None:
        """The supply voltage of the system, declared, where its cell stands."""
        row = next((result.row for result in results if result.row.text("supply_voltage_mv")), None)
        if row is not None:
            text = row.text("supply_voltage_mv")
            place = self._citations.of_table(row.line_of("supply_voltage_mv"))
            measurements["supply_voltage_mv"] = MeasurementRecord(
                "supply_voltage_mv", float(text), text, How.DECLARED, Reading.STATED, (place,)
            )


def variant_of(model: str) -> str:
    """What tells runs of several networks on one benchmark apart: empty for the reference, else the name's letters."""
    if model == REFERENCE_MODEL:
        return ""
    return re.sub(r"[^a-z0-9._]+", "-", model.lower()).strip("-")[:40] or "model"


def _with_unit(number: str, unit: str) -> str:
    return f"{number} {unit}" if number else ""


def _add_counterpart(measurements: dict[str, MeasurementRecord]) -> None:
    """Latency from throughput, or the other way round, where only one of the two is stated."""
    latency, throughput = measurements.get("latency_ms"), measurements.get("throughput_inf_per_s")
    if throughput and not latency:
        measurements["latency_ms"] = latency_from(throughput)
    elif latency and not throughput:
        value = 1000 / latency.value
        printed = rounded(value, significant_digits(latency.printed))
        measurements["throughput_inf_per_s"] = MeasurementRecord(
            "throughput_inf_per_s", value, printed, How.DERIVED, latency.reading, latency.evidence
        )


def _facts(row: Row, results: Sequence[Result], model_sha256: str | None) -> dict[str, str]:
    """What else the table says of a run, by name; a name that it says nothing of is absent."""
    benchmark, version = row.text("benchmark"), row.text("benchmark_version")
    evaluation_set = _CHANGED_SETS.get(benchmark, {}).get(version) or _LATER_SETS.get(benchmark, "")
    instruments = [result.row.text("instrument") for result in results if needs_scope(result.metric)]
    facts = {
        "benchmark_version": version,
        "model": row.text("model"),
        "model_file": row.text("model_file"),
        "model_sha256": model_sha256 or "",
        "precision": row.text("precision"),
        "energy_scope": row.text("energy_scope"),
        "energy_monitor": next(filter(None, instruments), "")[:40],
        "instruments": _joined(results, "instrument"),
        "repeats": _joined(results, "repeats"),
        "notes": "; ".join(dict.fromkeys(filter(None, (result.row.text("notes") for result in results)))),
        **{name: row.text(name) for name in ("dataset", "batch", "flash_bytes")},
        "metric_names": _joined(results, "metric_name"),
        "sources": "; ".join(dict.fromkeys(filter(None, map(_source, results)))),
        "reproduces": row.text("reproduces"),
        "accuracy_stimuli": evaluation_set,
    }
    return {name: text for name, text in facts.items() if text}


def _source(result: Result) -> str:
    """``https://… at 0a1b2c3``: where a value was published before; empty where the row does not say."""
    address, commit = result.row.text("source_url"), result.row.text("source_commit")
    return " at ".join(filter(None, (address, commit)))


def _joined(results: Sequence[Result], column: str) -> str:
    """``latency_ms: 5; energy_uj_per_inf: 3``: a column by metric."""
    return "; ".join(
        f"{result.metric}: {result.row.text(column)}" for result in results if result.row.text(column)
    )
