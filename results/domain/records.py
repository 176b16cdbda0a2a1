"""Frozen records: what a reader understood of submitted files. No database, no Django.

Paths are POSIX, relative to the root that was read (a round folder or one submitter's folder), and start with the
division when the root is a round folder. A value that is not in the files is absent: it is never a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .findings import Finding

Place = tuple[str, int | None, int | None]
"""File, first and last line of a piece of evidence."""
Excerpt = list[tuple[int, str, bool]]
"""Lines as (number, text, whether the number was read from it); number 0 stands for lines left out."""


class How(StrEnum):
    """How a value came about."""

    MEASURED = "measured"
    DERIVED = "derived"
    DECLARED = "declared"


class Reading(StrEnum):
    """Whether the files state the value or it was computed from their raw lines."""

    STATED = "stated"
    RECOMPUTED = "recomputed"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One submitted file. ``sha256`` is hex; None when ``here`` is false.

    ``here`` is false for a file that the submission has but this copy of it left out (see a round's manifest).
    """

    path: str
    size_bytes: int | None
    sha256: str | None
    here: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value stands: file, first and last line (1-based; None: the whole file), hash, and the line itself.

    ``text`` is the line as submitted, cut at 400 characters; empty when ``line`` is None.
    """

    path: str
    line: int | None
    sha256: str
    reading: Reading
    text: str = ""
    last_line: int | None = None


@dataclass(frozen=True, slots=True)
class MeasurementRecord:
    """One metric of one run. ``value`` in the unit that the metric's id names; ``printed`` its digits as submitted.

    For a derived or recomputed value ``printed`` is the shortest repr rounded to what the inputs carry.
    """

    metric: str
    value: float
    printed: str
    how: How
    reading: Reading
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """One timed window of a performance or energy run, after duplicates of the runner's output were removed.

    Units stand in the names; None where the file does not say. ``line`` is the window's first line in ``path``.
    """

    phase: str  # "performance" or "energy"
    number: int
    path: str
    line: int
    iterations: int | None = None
    runtime_s: float | None = None
    throughput_inf_per_s: float | None = None
    energy_uj: float | None = None
    power_uw: float | None = None
    energy_uj_per_inf: float | None = None


@dataclass(frozen=True, slots=True)
class SystemField:
    """One key of a system description with its line; a key that stands twice gives two fields, in file order."""

    key: str
    value: str
    line: int


class Format(StrEnum):
    """The format that a submission was read from: folders of a round, or our own table of self-reported results."""

    MLPERF_TINY = "mlperf-tiny"
    TABLE = "table"


class Readability(StrEnum):
    """Whether a system description was valid JSON, was read with repair, or could not be read."""

    VALID = "valid"
    REPAIRED = "repaired"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class SystemRecord:
    """A system description. ``system_id`` is the path between ``results/`` and the benchmark."""

    submitter: str
    division: str
    system_id: str
    path: str | None
    sha256: str | None
    readability: Readability
    fields: tuple[SystemField, ...] = ()

    def get(self, key: str) -> str | None:
        """The first non-empty value of ``key`` (compared without case, surrounding space), else None."""
        found = self.get_field(key)
        return found.value if found else None

    def get_field(self, key: str) -> SystemField | None:
        """The field that :meth:`get` reads, with its line."""
        wanted = key.strip().lower()
        for entry in self.fields:
            if entry.key.strip().lower() == wanted and entry.value.strip():
                return entry
        return None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One system on one benchmark in one submission, as the files tell it.

    ``folder`` is the benchmark (and variant) folder. ``performance_log_sha256`` identifies the raw log, so that a
    resubmission of the same measurement can be seen. ``dut_model`` is what the device reported, such as ``ic01``.
    ``recomputed`` holds values computed from raw logs beside the stated ones in ``measurements``; both are keyed by
    metric id. ``facts`` are further texts by name (``energy_monitor``, ``session_start``, ``ic_stimuli`` ...).
    """

    submitter: str
    division: str
    system_id: str
    benchmark: str
    variant: str
    folder: str
    runner: str | None  # "EEMBC", "MLCommons" or None when no file tells
    runner_version: str | None
    files: tuple[SourceFile, ...]
    windows: tuple[Window, ...]
    measurements: Mapping[str, MeasurementRecord]
    recomputed: Mapping[str, MeasurementRecord] = field(default_factory=dict)
    performance_log_sha256: str | None = None
    dut_model: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Unique within a round: division/submitter/system/benchmark[/variant]."""
        parts = [self.division, self.submitter, self.system_id, self.benchmark]
        return "/".join(parts + ([self.variant] if self.variant else []))

    def value(self, metric: str) -> float | None:
        """The value of ``metric`` in the unit its id names, None when the files do not hold it."""
        found = self.measurements.get(metric)
        return found.value if found else None

    def phase_windows(self, phase: str) -> tuple[Window, ...]:
        """The windows of ``"performance"`` or ``"energy"``, in order."""
        return tuple(window for window in self.windows if window.phase == phase)


@dataclass(frozen=True, slots=True)
class SubmissionRecord:
    """Everything of one submitter in one division of one round."""

    submitter: str
    division: str
    folder: str
    systems: tuple[SystemRecord, ...]
    runs: tuple[RunRecord, ...]
    files: tuple[SourceFile, ...]
    format: Format = Format.MLPERF_TINY

    def system(self, system_id: str) -> SystemRecord | None:
        """The description of ``system_id``, None when there is none."""
        return next((system for system in self.systems if system.system_id == system_id), None)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a reader makes of a tree: one record per (division, submitter), and what could not be read."""

    submissions: tuple[SubmissionRecord, ...]
    findings: tuple[Finding, ...]
    unreadable: bool = False
