"""The JSON shape of the table: systems hold runs, runs hold results. Read into the same rows as the CSV."""

from __future__ import annotations

from collections.abc import Mapping

from ..mlperf_tiny.tolerant_json import JSONObject, UnreadableJSON, Value, parse_object
from .columns import COLUMNS, Level, columns_of
from .rows import MOST_ROWS, Cell, Notes, Row

_NESTS = {
    Level.FILE: ("systems", Level.SYSTEM),
    Level.SYSTEM: ("runs", Level.RUN),
    Level.RUN: ("results", Level.RESULT),
}
"""Level of an object to the key of the list that it holds, and the level of what is in the list."""
_MEND = "Follow the schema and the example of docs/formats.md."


def read_json(text: str, notes: Notes) -> tuple[tuple[str, ...], list[Row]]:
    """Columns and rows of a JSON table. What stands at a system or a run is said of all that it holds."""
    try:
        document, repairs = parse_object(text)
    except UnreadableJSON as error:
        notes.add("table.unreadable", error.line, expected="a JSON object", found=str(error), mend=_MEND)
        return (), []
    for repair in repairs[:50]:
        notes.add("table.json-repaired", repair.line, expected="valid JSON", found=repair.what,
                  mend="Correct the line; a JSON checker shows it too.")  # fmt: skip
    rows: list[Row] = []
    _walk(document, Level.FILE, 1, {}, rows, notes)
    if not rows:
        notes.add(
            "table.unreadable", None, expected="systems → runs → results", found="no result", mend=_MEND
        )
    if len(rows) > MOST_ROWS:
        notes.add("table.too-many-rows", None, expected=f"at most {MOST_ROWS} results", found=str(len(rows)),
                  mend="Hand in several tables.")  # fmt: skip
    return tuple(COLUMNS), rows[:MOST_ROWS]


def _walk(
    value: Value, level: Level, line: int, outer: Mapping[str, Cell], rows: list[Row], notes: Notes
) -> None:
    """Add the rows below ``value``; ``outer`` are the cells of the objects around it."""
    if not isinstance(value, JSONObject):
        notes.add(
            "table.shape", line, expected=f"an object for each {level}", found="something else", mend=_MEND
        )
        return
    if value.pairs:
        line = value.pairs[0].line
    cells, inner = dict(outer), None
    nest, inner_level = _NESTS.get(level, ("", Level.RESULT))
    allowed = {column.name for column in columns_of(level)}
    seen: set[str] = set()
    for pair in value.pairs:
        if pair.key in seen:
            notes.add(
                "table.key-twice",
                pair.line,
                expected=f"{pair.key} once",
                found="twice",
                mend="Delete one of the two.",
            )
            continue
        seen.add(pair.key)
        if pair.key == nest:
            inner = pair
        elif pair.key not in allowed:
            wanted = ", ".join([*sorted(allowed), *([nest] if nest else [])])
            notes.add(
                "table.unknown-column",
                pair.line,
                expected=f"at a {level}: {wanted}",
                found=pair.key,
                mend=_MEND,
            )
        elif not isinstance(pair.value, str):
            notes.add("table.shape", pair.line, expected=f"a text or a number as {pair.key}", found="a list or an object",
                      mend=_MEND)  # fmt: skip
        else:
            cells[pair.key] = Cell(" ".join(pair.value.split()), pair.line)
    if level is Level.RESULT:
        rows.append(Row(line, cells))
    elif inner is None or not isinstance(inner.value, list):
        notes.add("table.shape", inner.line if inner else line, expected=f"a list “{nest}” in each {level}",
                  found="none" if inner is None else "something else", mend=_MEND)  # fmt: skip
    else:
        for item in inner.value:
            _walk(item, inner_level, inner.line, cells, rows, notes)
