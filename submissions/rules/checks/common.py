"""What several checks need: finding a run's files, saying where a value stands, printing numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable

from results.domain.records import MeasurementRecord, RunRecord, SourceFile, Window

from ..registry import Context

MIB = 1024 * 1024


def mode_files(context: Context, mode: str) -> tuple[SourceFile, ...]:
    """The files of the run that lie directly in its folder of ``mode``, under any accepted spelling of the folder."""
    return context.files_of_modes.get(mode, ())


def mode_folder_names(context: Context, mode: str) -> tuple[str, ...]:
    """The spellings of the folder of ``mode`` that the run uses, sorted."""
    names = set()
    for entry in context.the_run.files:
        for part in _below_run(context.the_run, entry)[:-1]:
            if part in context.rulebook.mode_folders[mode]:
                names.add(part)
    return tuple(sorted(names))


def mode_path(context: Context, mode: str) -> str:
    """The folder of ``mode`` as the run spells it, else as the rules spell it."""
    names = mode_folder_names(context, mode) or context.rulebook.mode_folders[mode][:1]
    return f"{context.the_run.folder}/{names[0]}"


def file_of_kind(context: Context, mode: str, kind: str) -> SourceFile | None:
    """The run's file that stands for ``kind`` (results, log, script, json) of ``mode``, also when not in this copy."""
    accepted = context.rulebook.accepted_names(kind, mode)
    return next((entry for entry in mode_files(context, mode) if file_name(entry.path) in accepted), None)


def states_nothing(context: Context, mode: str, code: str) -> bool:
    """Whether the results of ``mode`` are here and the reader has not said with ``code`` that a value is missing.

    The reader is silent where this copy leaves the log out, which may hold the value; the results that are here show
    that it was not stated.
    """
    results, run = file_of_kind(context, mode, "results"), context.the_run
    said = any(entry.code == code and entry.run == run.key for entry in context.read.findings)
    return results is not None and results.here and not said


def file_name(path: str) -> str:
    """The last part of a POSIX path."""
    return path.rsplit("/", 1)[-1]


def where(measurement: MeasurementRecord | None, fallback: str) -> tuple[str, int | None]:
    """File and line of a value's first evidence, else ``fallback`` as a whole."""
    if measurement is None or not measurement.evidence:
        return fallback, None
    return measurement.evidence[0].path, measurement.evidence[0].line


def finite(value: float | None) -> bool:
    """Whether there is a value and it is a number."""
    return value is not None and math.isfinite(value)


def differ_pct(stated: float, other: float) -> float:
    """How far ``other`` lies from ``stated``, in percent of ``stated``; infinite when ``stated`` is 0."""
    return math.inf if stated == 0 else abs(other - stated) / abs(stated) * 100


def num(value: float) -> str:
    """A number as a sentence shows it: at most seven significant digits, no exponent where it can be avoided."""
    return f"{value:.7g}"


def span(values: Iterable[float], unit: str) -> str:
    """``"5.942 to 5.944 s"``, or one value when all are equal."""
    low, high = (num(value) for value in _ends(values))
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """``"1 window"``, ``"5 windows"``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def timed(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows whose runtime is known and a number."""
    return tuple(window for window in windows if finite(window.runtime_s))


def counted(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows whose number of inferences is known."""
    return tuple(window for window in windows if window.iterations is not None)


def is_streaming(run: RunRecord) -> bool:
    """Whether the run is one long recording instead of five windows."""
    return run.benchmark == "sww"


def _ends(values: Iterable[float]) -> tuple[float, float]:
    known = list(values)
    return min(known), max(known)


def _below_run(run: RunRecord, entry: SourceFile) -> tuple[str, ...]:
    return tuple(entry.path.removeprefix(run.folder.rstrip("/") + "/").split("/"))
