"""What the reader may say of a table of self-reported results: stable codes with severity and meaning."""

from __future__ import annotations

from results.domain.findings import Severity

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

TABLE_CODES: dict[str, tuple[Severity, str]] = {
    "table.bad-text": (_E, "A text is too long, holds characters that cannot be printed, or has not the shape of its column."),
    "table.duplicate": (_E, "A metric stands twice for one run, or two runs would get the same address; the second was not read."),
    "table.encoding": (_E, "The table is not UTF-8; it was not read."),
    "table.evidence-differs": (_W, "The cited line does not hold the digits of the value."),
    "table.evidence-line": (_E, "The cited file has no such line."),
    "table.evidence-missing": (_E, "The cited file is not in the archive."),
    "table.evidence-not-cited": (_W, "A measured value cites no file."),
    "table.formula": (_W, "A text begins as a formula does; it was kept as text."),
    "table.json-repaired": (_W, "The table is not valid JSON and was read with a repair."),
    "table.key-twice": (_E, "A column or key stands twice; the first of a key, the last of a column was read."),
    "table.missing-column": (_E, "The table lacks a required column; it was not read."),
    "table.missing-value": (_E, "A required cell is empty; the row was not read."),
    "table.model-hash": (_E, "The file of the network has another SHA-256 than the table states."),
    "table.model-missing": (_E, "A network other than the reference comes without its file."),
    "table.not-a-number": (_E, "Something else stands where a number is expected; the row was not read."),
    "table.not-positive": (_E, "A number is zero or negative where only positive ones make sense; the row was not read."),
    "table.row-length": (_E, "A row has more or fewer cells than the header; it was not read."),
    "table.rows-disagree": (_E, "Rows of the same system or run contradict each other; the first was taken."),
    "table.separator": (_W, "Cells are separated by semicolons or tabs; they were read so."),
    "table.shape": (_E, "The JSON table has another shape than its schema; what does not fit was not read."),
    "table.too-many-rows": (_E, "The table has more rows than the limit; the rest was not read."),
    "table.two-tables": (_E, "The archive holds results.csv and results.json; the first was read."),
    "table.unit": (_E, "A value stands in a unit that its metric has not; the row was not read."),
    "table.unit-converted": (_N, "A value stood in another accepted unit and was converted."),
    "table.unknown-benchmark": (_E, "No benchmark has this id; the row was not read."),
    "table.unknown-column": (_W, "A column or key is not one of the table's; it was not read."),
    "table.unknown-device": (_N, "The catalogue has no device of this slug; the text was taken for the name of a board."),
    "table.unknown-metric": (_E, "No metric of the table has this id; the row was not read."),
    "table.unknown-value": (_E, "A cell holds none of the accepted texts; the row was not read."),
    "table.unreadable": (_E, "The table cannot be read as CSV or JSON."),
    "table.version": (_E, "The table names another version than 1; it was not read."),
}  # fmt: skip
"""Code to (severity, meaning)."""
