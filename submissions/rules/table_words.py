"""What the codes of the table's reader mean to somebody who has to mend them; see :mod:`.reader_rules`."""

from __future__ import annotations

from submissions.formats.tabular.codes import TABLE_CODES

from .registry import Rule

SOURCE = "table of self-reported results (docs/formats.md)"
_CELL = "Correct the cell; docs/formats.md lists the columns."

# code: (title, why, mend)
_WORDS: dict[str, tuple[str, str, str]] = {
    "table.bad-text": ("A text does not fit its column", "Names stand in addresses and on pages.", _CELL),
    "table.duplicate": ("A result stands twice", "Nobody can tell which of the two was meant.", "Keep the row that holds."),
    "table.encoding": ("The table is not UTF-8", "A wrong guess would change names and units.", "Save the table as “CSV UTF-8”."),
    "table.evidence-differs": ("The cited line does not show the value", "Evidence that shows another number proves nothing.", "Cite the line that shows the value, or state the value as derived."),
    "table.evidence-line": ("The cited line does not exist", "A reader would look for it in vain.", "Correct evidence_line."),
    "table.evidence-missing": ("The cited file is missing", "A reader cannot look at what is not there.", "Add the file, or correct its path."),
    "table.evidence-not-cited": ("A measured value cites no evidence", "A number without its log has to be believed.", "Add the log or the instrument's export and cite it."),
    "table.formula": ("A text begins as a formula does", "A spreadsheet would run it when somebody opens an export.", "Begin the text with a letter or a digit."),
    "table.json-repaired": ("The table is not valid JSON; it was read with a repair", "Other programs may read something else.", "Correct the line; a JSON checker shows it too."),
    "table.key-twice": ("A column or key stands twice", "Programs differ in which of the two they read.", "Delete the one that does not hold."),
    "table.missing-column": ("A required column is missing", "Without it the numbers cannot be placed.", "Add the column; docs/formats.md lists them."),
    "table.missing-value": ("A required cell is empty", "Without it the number cannot be placed.", _CELL),
    "table.model-hash": ("The network's file has another hash", "The file may not be the network that was run.", "Hand in the file that was run, or correct its hash."),
    "table.model-missing": ("The network's file is missing", "A number for a network that nobody can see cannot be compared or reproduced.", "Add the network's file, or state the model as reference."),
    "table.not-a-number": ("A number is expected", "Nobody should guess what was meant.", "Write the number with a point; leave the row out where nothing was measured."),
    "table.not-positive": ("A number is zero or negative", "No latency, energy or power is; not measured is no row.", "Leave the row out where nothing was measured."),
    "table.row-length": ("A row does not fit the header", "Its cells would land in the wrong columns.", "Put texts with commas between quotation marks."),
    "table.rows-disagree": ("Rows of one system or run disagree", "One system has one device, clock, supply and software.", "Give what differs another system name, or make the rows agree."),
    "table.separator": ("Cells are not separated by commas", "With semicolons often come decimal commas, which are no numbers here.", "Save the table as CSV with commas."),
    "table.shape": ("The JSON table has another shape", "What does not fit cannot be read.", "Follow the JSON Schema of the table."),
    "table.too-many-rows": ("The table is too long", "A table of that length is something else.", "Hand in several tables."),
    "table.two-tables": ("There are two tables", "Nobody can tell which of the two was meant.", "Keep one of them."),
    "table.unit": ("The unit is not one of the metric's", "Nobody should guess whether a factor of 1000 was meant.", "State the value in one of the accepted units."),
    "table.unit-converted": ("A value was converted", "A reader should know that the digits were made here.", "Nothing, or state the value in the metric's own unit."),
    "table.unknown-benchmark": ("No benchmark has this id", "Only results on the same task and data can be compared.", "Use the id of a benchmark, such as kws."),
    "table.unknown-column": ("A column is not known", "What it says is not read.", "Rename the column, or move its text to notes."),
    "table.unknown-device": ("The device is not in the catalogue", "It is listed by its name until a curator has described it.", "Nothing, if the catalogue lacks it; else use the slug in its address."),
    "table.unknown-metric": ("No metric has this id", "A number without a known meaning cannot be compared.", "Use the id of a metric, such as latency_ms."),
    "table.unknown-value": ("A cell holds none of the accepted texts", "Other texts cannot be compared.", _CELL),
    "table.unreadable": ("The table cannot be read", "What cannot be read cannot be judged.", "Begin with the example of docs/formats.md."),
    "table.version": ("The version of the table is not known", "Another version may mean other things by the same columns.", "Use version 1."),
}  # fmt: skip

TABLE_RULES: tuple[Rule, ...] = tuple(
    Rule(code, title, TABLE_CODES[code][1], why, SOURCE, mend, False, TABLE_CODES[code][0])
    for code, (title, why, mend) in _WORDS.items()
)
