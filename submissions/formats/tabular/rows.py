"""Rows of a table with the line of every cell, whichever file they stood in; CSV is read here."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from results.domain.findings import Finding

from ..codes import make_finding

MOST_ROWS = 5000
FORMULA_STARTS = ("=", "+", "-", "@")
"""A spreadsheet runs a cell that begins so."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, space at its ends removed, and the line that it stands on (1-based)."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """One result: its cells by column. ``line`` is the first line of the row."""

    line: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """The text of ``column``, empty when the row lacks it."""
        cell = self.cells.get(column)
        return cell.text if cell else ""

    def line_of(self, column: str) -> int:
        """The line that ``column`` stands on, else that of the row."""
        cell = self.cells.get(column)
        return cell.line if cell else self.line


@dataclass(slots=True)
class Notes:
    """Findings on one table, in the order in which they are made. ``path`` is the table's own file."""

    path: str
    submitter: str
    findings: list[Finding] = field(default_factory=list)

    def add(
        self, code: str, line: int | None, *, expected: str, found: str, mend: str,
        path: str | None = None, system: str | None = None, run: str | None = None,
    ) -> None:  # fmt: skip
        """Note one finding; without ``system`` and ``run`` it concerns the whole table."""
        self.findings.append(make_finding(
            code, file=path or self.path, line=line, expected=expected, found=found[:200], mend=mend,
            submitter=self.submitter, division="open", system=system, run=run,
        ))  # fmt: skip


def read_csv(lines: Sequence[str], notes: Notes) -> tuple[tuple[str, ...], list[Row]]:
    """Header and rows of a CSV table (RFC 4180); semicolons and tabs between the cells are read and noted.

    ``lines`` are the file's lines without their ends.
    """
    separator = _separator(lines, notes)
    records = _records(lines, separator, notes)
    header_record = next(records, None)
    if header_record is None:
        notes.add("table.unreadable", None, expected="a header and one row per result", found="an empty file",
                  mend="Begin with the example table of docs/formats.md.")  # fmt: skip
        return (), []
    header = tuple(name.strip() for name in header_record[1])
    rows: list[Row] = []
    for line, cells in records:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MOST_ROWS:
            notes.add("table.too-many-rows", line, expected=f"at most {MOST_ROWS} rows", found="more",
                      mend="Hand in several tables.")  # fmt: skip
            break
        if len(cells) != len(header):
            notes.add("table.row-length", line, expected=f"{len(header)} cells, as the header has", found=str(len(cells)),
                      mend="Put texts with commas or quotation marks between quotation marks.")  # fmt: skip
            continue
        row_cells = {
            name: Cell(" ".join(text.split()), line) for name, text in zip(header, cells, strict=True)
        }
        rows.append(Row(line, row_cells))
    return header, rows


def _separator(lines: Sequence[str], notes: Notes) -> str:
    head = next((line for line in lines if line.strip()), "")
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if separator in head and "," not in head:
            notes.add("table.separator", lines.index(head) + 1, expected="commas between the cells", found=name,
                      mend="Save the table as CSV with commas, and numbers with a point.")  # fmt: skip
            return separator
    return ","


def _records(lines: Sequence[str], separator: str, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """(first line, cells) of every record; a quoted cell may run over several lines."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            notes.add("table.unreadable", line, expected="CSV as RFC 4180 describes it", found=str(error),
                      mend="Close every quotation mark; double those within a text.")  # fmt: skip
            return
        if cells is None:
            return
        if cells:
            yield line, cells
