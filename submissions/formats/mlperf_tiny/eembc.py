"""``log.txt`` of the EEMBC runner: session, device, inputs, lap times, results, voltage and energy monitor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .numbers import Stated, parse_number

_LINE = re.compile(
    r'Command "bloadp? (?:dut )?"(?P<file>[^"]+)"(?: (?P<offset>\d{1,12}))?'
    r"|m-(?:infer-start-(?P<iterations>\d{1,12})|lap-us-(?P<lap>\d{1,18})|(?P<done>infer-done)"
    r"|results-\[(?P<vector>[^\]]*)|session-start-id\[(?P<session>\d{14})\]|version\[(?P<version>[^\]]{1,40})\]"
    r"|model-\[(?P<model>[^\]]{1,40})\]|voltage-mv\[(?P<voltage>[^\]]{1,20})\]"
    r"|bmark-run-name\[(?P<plugin>[^\]]{1,60})\]|regfile-fn\[[^\]]{0,200}\]-type\[emon\]-name\[(?P<monitor>[^\]]{1,40})\])"
)
_TIMER_WRAP_US = 1 << 32
"""Devices count microseconds in 32 bits: a lap that is smaller than the one before has passed this."""


@dataclass(slots=True)
class Inference:
    """One call of the device: ``iterations`` inferences on ``file`` between two laps (µs), lines 1-based."""

    file: str | None
    offset: int
    iterations: int
    line: int
    laps_us: list[int] = field(default_factory=list)
    lap_lines: list[int] = field(default_factory=list)
    done: bool = False
    vector: tuple[float, ...] | None = None
    vector_line: int | None = None

    @property
    def duration_us(self) -> int | None:
        """Microseconds between the first two laps, None without two or when no time passed."""
        if len(self.laps_us) < 2:
            return None
        start, end = self.laps_us[:2]
        if end < start < _TIMER_WRAP_US:
            end += _TIMER_WRAP_US
        return end - start if end > start else None


@dataclass(slots=True)
class RunnerLog:
    """What a log tells, of either runner. ``bad_vectors`` are lines whose results are not all finite numbers."""

    runner: str | None = None
    version: str | None = None
    plugin: str | None = None
    model: str | None = None
    session_start: str | None = None
    monitor: str | None = None
    voltages: list[Stated] = field(default_factory=list)
    inferences: list[Inference] = field(default_factory=list)
    bad_vectors: list[int] = field(default_factory=list)

    @property
    def inputs(self) -> list[str]:
        """The different input files, in order."""
        return list(dict.fromkeys(entry.file for entry in self.inferences if entry.file))


def read_eembc_log(lines: Sequence[str]) -> RunnerLog:
    """Read the ``lines`` of a log. Never raises; what is not there stays None or empty."""
    log = RunnerLog()
    file: str | None = None
    offset = 0
    for number, line in enumerate(lines, start=1):
        if "m-" not in line and "bload" not in line:
            continue
        match = _LINE.search(line)
        if match is None:
            continue
        kind = match.lastgroup
        if kind in ("file", "offset"):
            file, offset = re.split(r"[\\/]", match["file"])[-1], int(match["offset"] or 0)
        elif kind == "iterations":
            log.inferences.append(Inference(file, offset, int(match["iterations"]), number))
        elif kind in ("lap", "done", "vector"):
            if log.inferences:
                _continue_inference(log, match, number)
        else:
            _enter_fact(log, match, number, line)
    return log


def _continue_inference(log: RunnerLog, match: re.Match[str], number: int) -> None:
    entry = log.inferences[-1]
    if match.lastgroup == "done":
        entry.done = True
    elif match.lastgroup == "lap":
        if not entry.done:
            entry.laps_us.append(int(match["lap"]))
            entry.lap_lines.append(number)
    elif entry.vector_line is None:
        entry.vector, entry.vector_line = parse_vector(match["vector"]), number
        if entry.vector is None:
            log.bad_vectors.append(number)


def _enter_fact(log: RunnerLog, match: re.Match[str], number: int, line: str) -> None:
    """Session, version ...: the first one counts, as a log may go on into a second session."""
    kind = match.lastgroup
    if kind == "voltage":
        value = parse_number(match["voltage"])
        if value is not None and value > 0:
            log.voltages.append(Stated(value, match["voltage"], number, line))
    elif kind == "session":
        log.runner = "EEMBC"
        log.session_start = log.session_start or iso_time(match["session"])
    elif kind == "version":
        log.version = log.version or match["version"]
    elif kind == "plugin":
        log.plugin = log.plugin or match["plugin"]
    elif kind == "model":
        log.model = log.model or match["model"]
    elif kind == "monitor":
        log.monitor = log.monitor or match["monitor"]


def parse_vector(text: str) -> tuple[float, ...] | None:
    """The numbers of ``0.1,0.9`` or ``0.1,0.9,`` (as some devices print); None when one is no finite number."""
    values = [parse_number(part.strip()) for part in text.strip().removesuffix(",").split(",")]
    return None if None in values else tuple(value for value in values if value is not None)


def iso_time(digits: str) -> str | None:
    """``20230512185857`` as ``2023-05-12T18:58:57``; None when there is no such moment."""
    try:
        # the clock of the submitter's computer, whose zone the log does not say
        return datetime.strptime(digits, "%Y%m%d%H%M%S").isoformat()  # noqa: DTZ007
    except ValueError:
        return None
