"""The cells of one row: each checked by its column, and the number lifted into the unit of its metric."""

from __future__ import annotations

import re
from dataclasses import dataclass

from results.catalog.reader import catalogue
from results.domain.metrics import METRICS
from results.domain.records import How

from ..mlperf_tiny.numbers import parse_number, rounded, significant_digits
from .columns import COLUMNS, UNITS, Column, Kind, unit_factor
from .rows import FORMULA_STARTS, Notes, Row

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_SHAPES = {
    Kind.NAME: (re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*"), "letters, digits, dot, hyphen and underscore"),
    Kind.PATH: (re.compile(r"[^/\\][^\\]*"), "a path within the archive, such as logs/run1.txt"),
    Kind.SHA256: (re.compile(r"[0-9a-f]{64}"), "64 hexadecimal digits in lower case"),
    Kind.COUNT: (re.compile(r"[1-9][0-9]{0,8}"), "a whole number from 1"),
}

_SMALLEST = 1e-12
"""Below anything that is measured in any unit; its reciprocal would be no number."""


@dataclass(frozen=True, slots=True)
class Result:
    """A row that holds a value. ``value`` and ``printed`` in the unit of the metric, ``submitted`` as it stands."""

    row: Row
    metric: str
    value: float
    printed: str
    submitted: str
    how: How


def check_row(row: Row, notes: Notes) -> Result | None:
    """The value of ``row``, None when a cell of it cannot be used; every fault of the row is noted."""
    faults = [not _check_cell(row, column, notes) for column in COLUMNS.values()]
    faults += [not _check_known(row, notes)]
    result = _result(row, notes)
    return None if any(faults) else result


def _check_cell(row: Row, column: Column, notes: Notes) -> bool:
    text, line, system = row.text(column.name), row.line_of(column.name), row.text("system") or None

    def fault(code: str, expected: str, mend: str) -> bool:
        notes.add(code, line, expected=expected, found=repr(text[:80]), mend=mend, system=system)
        return False

    if not text:
        if column.required:
            notes.add("table.missing-value", line, expected=f"a value in {column.name}", found="nothing",
                      mend=column.help, system=system)  # fmt: skip
        return not column.required
    if len(text) > column.longest or _CONTROL.search(text):
        expected = f"{column.name} of at most {column.longest} printable characters"
        return fault("table.bad-text", expected, "Shorten the text, or remove what cannot be printed.")
    if column.choices and text not in column.choices:
        return fault("table.unknown-value", f"{column.name} as {' or '.join(column.choices)}", column.help)
    if column.kind is Kind.NUMBER and not _positive(text):
        return fault(
            "table.not-a-number",
            f"a positive number in {column.name}",
            "Write the number with a point, without unit.",
        )
    if column.kind in _SHAPES:
        shape, expected = _SHAPES[column.kind]
        if not shape.fullmatch(text):
            return fault("table.bad-text", f"{column.name}: {expected}", column.help)
    if column.kind is Kind.TEXT and text.startswith(FORMULA_STARTS):
        fault("table.formula", f"a text in {column.name} that no spreadsheet runs",
              "Begin the text with a letter or a digit.")  # fmt: skip
    return True


def _positive(text: str) -> bool:
    value = parse_number(text)
    return value is not None and value > 0


def _check_known(row: Row, notes: Notes) -> bool:
    """Whether the catalogue knows benchmark and version, and this format the metric."""
    known = catalogue()
    lists = {
        "benchmark": ("table.unknown-benchmark", tuple(known.benchmarks)),
        "benchmark_version": ("table.unknown-value", tuple(known.rounds)),
        "metric": ("table.unknown-metric", tuple(UNITS)),
    }
    fine = True
    for name, (code, accepted) in lists.items():
        text = row.text(name)
        if text and text not in accepted:
            mend = (
                "The supply voltage has its own column."
                if text == "supply_voltage_mv"
                else COLUMNS[name].help
            )
            notes.add(code, row.line_of(name), expected=f"one of {', '.join(accepted)}", found=text, mend=mend,
                      system=row.text("system") or None)  # fmt: skip
            fine = False
    return fine


def _result(row: Row, notes: Notes) -> Result | None:
    metric, submitted, unit = row.text("metric"), row.text("value"), row.text("unit")
    if metric not in UNITS or not submitted or row.text("how") not in tuple(How):
        return None
    line, system, own = row.line_of("value"), row.text("system") or None, METRICS[metric].unit
    number, factor = parse_number(submitted), unit_factor(metric, unit)
    tiny = number is not None and 0 < abs(number) < _SMALLEST
    if number is None or tiny or (own == "count" and number != int(number)):
        expected = "a whole number" if own == "count" else "a finite number with a point, such as 10.5"
        notes.add("table.not-a-number", line, expected=expected, found=submitted,
                  mend="Write the number out; leave the row out where nothing was measured.", system=system)  # fmt: skip
        return None
    if number < 0 or (number == 0 and not METRICS[metric].zero_allowed):
        notes.add("table.not-positive", line, expected=f"{metric} above 0", found=submitted,
                  mend="Leave the row out where nothing was measured.", system=system)  # fmt: skip
        return None
    if factor is None:
        notes.add("table.unit", row.line_of("unit"), expected=f"{metric} in {_units(metric)}", found=unit or "no unit",
                  mend="State the value in one of these units.", system=system)  # fmt: skip
        return None
    value, printed = number, submitted
    if factor != 1:
        value = number * factor
        printed = rounded(value, significant_digits(submitted))
        notes.add("table.unit-converted", line, expected=f"{metric} in {own or 'no unit'}", found=f"{submitted} {unit}",
                  mend=f"Nothing; the value was converted to {printed} {own}".rstrip() + ".", system=system)  # fmt: skip
    return Result(row, metric, value, printed, submitted, How(row.text("how")))


def _units(metric: str) -> str:
    return ", ".join(unit or "no unit" for unit in UNITS[metric])
