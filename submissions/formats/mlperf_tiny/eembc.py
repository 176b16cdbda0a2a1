"""``log.txt`` of the EEMBC runner: session, device, inputs, lap times, results, voltage and energy monitor."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from .numbers import Stated, parse_number

_UP_TO_EVENT = r"\n[^m\n]*+"
"""On to the next line, up to its first m: what stands there is the first event of that line."""
_NO_EVENT = r"(?:\n[^m\n]*+(?:m(?!-|mand)[^m\n]*+)*+(?=\n)){0,3}+"
_EVENT = re.compile(
    # One inference as most are printed, or only its start when what follows is anything else.
    r"m(?:-(?:infer-start-(?P<iterations>\d{1,12}+)"
    rf"(?:.*+{_UP_TO_EVENT}m-lap-us-(?P<start>\d{{1,18}}+).*+{_UP_TO_EVENT}m-lap-us-(?P<end>\d{{1,18}}+).*+"
    rf"{_UP_TO_EVENT}m-infer-done.*+{_NO_EVENT}{_UP_TO_EVENT}m-results-\[(?P<whole>[^\]\n]*+))?+"
    r"|lap-us-(?P<lap>\d{1,18})|(?P<done>infer-done)|results-\[(?P<vector>[^\]\n]*)"
    r"|session-start-id\[(?P<session>\d{14})\]|version\[(?P<version>[^\]\n]{1,40})\]"
    r"|model-\[(?P<model>[^\]\n]{1,40})\]|voltage-mv\[(?P<voltage>[^\]\n]{1,20})\]"
    r"|bmark-run-name\[(?P<plugin>[^\]\n]{1,60})\]"
    r"|regfile-fn\[[^\]\n]{0,200}\]-type\[emon\]-name\[(?P<monitor>[^\]\n]{1,40})\])"
    r'|mand (?<=Command )"bloadp? (?:dut )?"(?=[^"\n])(?:[^"\n]*[\\/])?(?P<file>[^"\\/\n]*+)"(?: (?P<offset>\d{1,12}))?).*+'
)
"""What a line tells: the first event in it, as the match goes on to its end. Every event holds an m, which is quick
to look for in a whole log."""
_TIMER_WRAP_US = 1 << 32
"""Devices count microseconds in 32 bits: a lap that is smaller than the one before has passed this."""


@dataclass(slots=True)
class Inference:
    """One call of the device: ``iterations`` inferences on ``file`` between two laps (µs), lines 1-based."""

    file: str | None
    offset: int
    iterations: int
    line: int
    laps_us: tuple[int, ...] = ()
    lap_lines: tuple[int, ...] = ()
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


def read_eembc_log(text: str) -> RunnerLog:
    """Read the ``text`` of a log, whose lines end with a line feed. Never raises; what is not there stays None or empty."""
    log = RunnerLog()
    file: str | None = None
    offset = 0
    line, counted = 1, 0
    vectors = _Vectors()
    for match in _EVENT.finditer(text):
        kind = match.lastgroup
        if kind == "file":
            file, offset = match["file"], 0
            continue
        at, end = match.span()
        line += text.count("\n", counted, at)
        counted = at
        if kind == "whole":
            first = line
            line += text.count("\n", at, end)
            counted = end
            iterations, start_us, end_us, printed = match.group(1, 2, 3, 4)
            vector = vectors[printed]
            log.inferences.append(Inference(
                file, offset, int(iterations), first, (int(start_us), int(end_us)), (first + 1, first + 2), True, vector,
                line,
            ))  # fmt: skip
            if vector is None:
                log.bad_vectors.append(line)
        elif kind == "offset":
            file, offset = match["file"], int(match["offset"])
        elif kind == "iterations":
            log.inferences.append(Inference(file, offset, int(match["iterations"]), line))
        elif kind in ("lap", "done", "vector"):
            if log.inferences:
                _continue_inference(log, match, line)
        else:
            _enter_fact(log, match, line, text)
    return log


class _Vectors(dict[str, tuple[float, ...] | None]):
    """The vectors of a log by what it prints: outputs of few digits repeat, and each is read once."""

    def __init__(self) -> None:
        self._numbers = _Numbers()

    def __missing__(self, text: str) -> tuple[float, ...] | None:
        vector = self[text] = parse_vector(text, self._numbers.__getitem__)
        return vector


class _Numbers(dict[str, float | None]):
    def __missing__(self, part: str) -> float | None:
        number = self[part] = parse_number(part.strip())
        return number


def _continue_inference(log: RunnerLog, match: re.Match[str], number: int) -> None:
    entry = log.inferences[-1]
    if match.lastgroup == "done":
        entry.done = True
    elif match.lastgroup == "lap":
        if not entry.done:
            entry.laps_us += (int(match["lap"]),)
            entry.lap_lines += (number,)
    elif entry.vector_line is None:
        entry.vector, entry.vector_line = parse_vector(match["vector"]), number
        if entry.vector is None:
            log.bad_vectors.append(number)


def _enter_fact(log: RunnerLog, match: re.Match[str], number: int, text: str) -> None:
    """Session, version ...: the first one counts, as a log may go on into a second session."""
    kind = match.lastgroup
    if kind == "voltage":
        value = parse_number(match["voltage"])
        if value is not None and value > 0:
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.end()]
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


def parse_vector(text: str, number: Callable[[str], float | None] | None = None) -> tuple[float, ...] | None:
    """The numbers of ``0.1,0.9`` or ``0.1,0.9,`` (as some devices print); None when one is no finite number.

    ``number`` reads one part, spaces around it included, where many vectors share a memory of parts.
    """
    read = number or _Numbers().__getitem__
    values = [*map(read, text.strip().removesuffix(",").split(","))]
    return None if None in values else tuple(value for value in values if value is not None)


def iso_time(digits: str) -> str | None:
    """``20230512185857`` as ``2023-05-12T18:58:57``; None when there is no such moment."""
    try:
        # the clock of the submitter's computer, whose zone the log does not say
        return datetime.strptime(digits, "%Y%m%d%H%M%S").isoformat()  # noqa: DTZ007
    except ValueError:
        return None
