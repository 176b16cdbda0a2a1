"""A long CSV table of any benchmark becomes cells. Every error says line, column, what was expected and how to mend it."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from results.analysis.projection.cells import DEVICE_LEVELS, GROUP, ROUND, Cells, cells_of

EMPTY = frozenset(
    {"", "n/a", "na", "nan", "none", "null", "-", "–", "?", "unknown", "inf", "-inf", "infinity"}
)
MAX_BYTES = 50_000_000
FEWEST_CELLS = 6
# Identifiers and labels: texts even where they look like numbers.
TEXT_COLUMNS = (
    "model",
    "device",
    "family",
    GROUP,
    "metric",
    ROUND,
    *DEVICE_LEVELS,
    *(f"device_{n}" for n in DEVICE_LEVELS),
)


class TableError(ValueError):
    """The table cannot be read; the message says where, what was expected and how to mend it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row without a usable target: its line, and why."""

    line: int
    reason: str


@dataclass(frozen=True, eq=False)
class Table:
    """``cells`` in canonical order, the rows that were refused, how many rows repeated a cell (their geometric mean
    counts), and columns that nothing was made of."""

    cells: Cells
    refused: tuple[Refused, ...]
    repeated: int
    ignored: tuple[str, ...]


def read_table(data: bytes, target: str) -> Table:
    """The table in ``data`` (UTF-8, comma, semicolon or tab) with the measured values in column ``target``.

    Columns: ``model``, ``device`` (one configuration), ``target``; any ``model_*`` and ``device_*`` feature, a number or
    a text; ``family`` and ``device_group`` (without them each model is its own family, each device its own group);
    ``round`` and ``metric`` where there are several. TableError when that is not what stands there.
    """
    names, rows = _rows(data)
    for name in ("model", "device", target):
        if name not in names:
            hint = (
                "name it with --target"
                if name == target
                else f"add a column “{name}” or rename the one that holds it"
            )
            raise TableError(
                f"line 1: no column “{name}”; the columns are {', '.join(names)}. Please {hint}."
            )
    used = [n for n in names if n != target and (n in TEXT_COLUMNS or n.startswith(("model_", "device_")))]
    numeric = {n: _is_numeric([row[n] for _, row in rows]) for n in used if n not in TEXT_COLUMNS}
    measured: dict[tuple[str, str, str], list[tuple[float, dict[str, object]]]] = defaultdict(list)
    refused = []
    for line, row in rows:
        value = _target(row[target], line, target)
        for name in ("model", "device"):
            if row[name] == "":
                raise TableError(
                    f"line {line}, column {name}: empty; expected the identifier of the {name}. Fill it in or delete the row."
                )
        if isinstance(value, str):
            refused.append(Refused(line, value))
            continue
        facts: dict[str, object] = {n: _value(row[n], numeric.get(n, False)) for n in used}
        measured[row["model"], row["device"], row.get("metric", "")].append((math.log(value), facts))
    if len(measured) < FEWEST_CELLS:
        raise TableError(
            f"{len(measured)} cells with a positive “{target}” are too few to learn from; at least {FEWEST_CELLS} are needed."
        )
    cells = cells_of([_merged(found, target) for found in measured.values()])
    repeated = sum(len(found) - 1 for found in measured.values())
    ignored = tuple(n for n in names if n not in used and n != target)
    return Table(cells.take(cells.order()), tuple(refused), repeated, ignored)


def _rows(data: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    if len(data) > MAX_BYTES:
        raise TableError(
            f"the file has {len(data)} bytes; at most {MAX_BYTES} are read. Please leave out rows or columns."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TableError(f"line {line}: not UTF-8. Please save the file as CSV UTF-8.") from None
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    rows: list[tuple[int, dict[str, str]]] = []
    names: list[str] = []
    try:
        for fields in reader:
            if not any(f.strip() for f in fields):
                continue
            if not names:
                names = _header([f.strip() for f in fields])
                continue
            if len(fields) != len(names):
                raise TableError(
                    f"line {reader.line_num}: {len(fields)} fields, the header has {len(names)}. Please quote texts that hold "
                    f"a “{separator}”, and give each row every column."
                )
            rows.append((reader.line_num, dict(zip(names, (f.strip() for f in fields), strict=True))))
    except csv.Error as error:
        raise TableError(f"line {reader.line_num}: {error}. Please check the quotes of this row.") from None
    if not names:
        raise TableError("line 1: the file is empty; expected a header with model, device and the target.")
    if not rows:
        raise TableError("line 2: no row follows the header.")
    return names, rows


def _header(names: list[str]) -> list[str]:
    twice = sorted({n for n in names if names.count(n) > 1 and n})
    if twice:
        raise TableError(f"line 1: column “{twice[0]}” stands twice. Please rename one of them.")
    return [n or f"unnamed {i}" for i, n in enumerate(names, start=1)]


def _is_numeric(values: list[str]) -> bool:
    known = [v for v in values if v.lower() not in EMPTY]
    return bool(known) and all(_number(v) is not None for v in known)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _value(text: str, numeric: bool) -> object:
    if text.lower() in EMPTY:
        return None
    return float(text) if numeric else text


def _target(text: str, line: int, column: str) -> float | str:
    """The value, or why the row is refused."""
    if text.lower() in EMPTY:
        return f"line {line}, column {column}: {text or 'empty'}, so nothing was measured here"
    value = _number(text)
    if value is None:
        raise TableError(
            f"line {line}, column {column}: “{text}” is no number. Please write one without unit, with a decimal point."
        )
    if value <= 0:
        return f"line {line}, column {column}: {text} is not positive; a measured value is. Leave the field empty if nothing was measured"
    return value


def _merged(found: list[tuple[float, dict[str, object]]], target: str) -> dict[str, object]:
    """One row of repeats: the geometric mean of the target, the first stated value of each feature."""
    merged: dict[str, object] = {}
    for _, facts in found:
        for name, value in facts.items():
            if merged.get(name) is None:
                merged[name] = value
    merged["target"] = float(np.exp(np.mean([log for log, _ in found])))
    merged["metric"] = merged.get("metric") or target.lower()
    return merged
