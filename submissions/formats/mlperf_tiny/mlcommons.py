"""``log.txt`` and ``results.json`` of the MLCommons runner (from v1.3)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from .eembc import Inference, RunnerLog, iso_time, parse_vector

_LINE = re.compile(
    r"Device model retrieved: (?P<model>\S{1,40})|sessions[\\/](?P<day>\d{8})_(?P<time>\d{6})"
    r"|Loading file (?P<file>.{1,300}?) segment (?P<segment>\d{1,9})|m-results\s*:\s*\[(?P<vector>[^\]]*)"
)


def is_mlcommons_log(text: str) -> bool:
    """Whether the first lines are those of this runner."""
    first = "\n".join(text.split("\n", 40)[:40])
    return "Logging initialized" in first or "Device model retrieved" in first


def read_mlcommons_log(lines: Sequence[str]) -> RunnerLog:
    """Read the ``lines`` of a log. Never raises; inferences have inputs and results and no laps."""
    log = RunnerLog(runner="MLCommons")
    for number, line in enumerate(lines, start=1):
        match = _LINE.search(line)
        if match is None:
            continue
        if match.lastgroup == "model":
            log.model = log.model or match["model"]
        elif match.lastgroup == "time":
            log.session_start = log.session_start or iso_time(match["day"] + match["time"])
        elif match.lastgroup == "segment":
            log.inferences.append(Inference(match["file"], int(match["segment"]), 1, number, done=True))
        elif log.inferences and log.inferences[-1].vector_line is None:
            entry = log.inferences[-1]
            entry.vector, entry.vector_line = parse_vector(match["vector"]), number
            if entry.vector is None:
                log.bad_vectors.append(number)
    return log


def read_results_json(text: str) -> list[Inference] | None:
    """The inferences that results.json lists, with their laps in µs; None when it is not of the expected shape.

    Entries of a streaming run hold no single inferences and give none.
    """
    try:
        entries = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return [inference for entry in entries if (inference := _inference(entry)) is not None]


def _inference(entry: dict[str, Any]) -> Inference | None:
    file, infer = entry.get("file"), entry.get("infer")
    if not isinstance(file, str) or not isinstance(infer, dict):
        return None
    iterations, results = infer.get("iterations"), infer.get("results")
    laps = (infer.get("start_time"), infer.get("end_time"))
    inference = Inference(file, 0, iterations if _is_count(iterations) else 0, 1, done=True)
    if all(_is_count(lap) for lap in laps):
        inference.laps_us, inference.lap_lines = laps, (1, 1)
    if isinstance(results, list):
        inference.vector = parse_vector(",".join(str(value) for value in results))
        inference.vector_line = 1
    return inference


def _is_count(value: object) -> bool:
    """A whole number of sensible size; JSON's true and false are not."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
