"""What a row cites: evidence files with their lines, and the file of the network."""

from __future__ import annotations

import re

from results.domain.records import Evidence, How, Reading

from ..mlperf_tiny.numbers import significant_digits
from ..tree import MIB, Tree
from .cells import Result
from .columns import REFERENCE_MODEL
from .rows import Notes, Row

_LARGEST_TEXT = 64 * MIB
_TEXT_CHARS = 400
_NUMBER = re.compile(r"\d{1,18}(?:[.,]\d{1,30})?(?:[eE][+-]?\d{1,2})?")


class Citations:
    """The files of an archive as its table cites them. Texts are read once each."""

    def __init__(self, tree: Tree, notes: Notes) -> None:
        self._tree, self._notes = tree, notes
        self._lines: dict[str, list[str] | None] = {}

    def of_table(self, line: int) -> Evidence:
        """The line of the table itself."""
        lines = self._text(self._notes.path) or []
        return self._evidence(self._notes.path, line, lines[line - 1] if line <= len(lines) else "")

    def of_result(self, result: Result, run: str) -> Evidence | None:
        """The cited line or file, None (and a finding) when nothing usable is cited."""
        row, path, stated_line = (
            result.row,
            result.row.text("evidence_file"),
            result.row.text("evidence_line"),
        )
        if not path:
            if result.how is How.MEASURED:
                self._add("table.evidence-not-cited", row, "a file that shows the measured value", "none",
                          "Add the log or the instrument's export, and name it in evidence_file.", run)  # fmt: skip
            return None
        if not self._tree.is_here(path):
            self._add("table.evidence-missing", row, f"{path} in the archive", "no such file",
                      "Add the file, or correct its path.", run)  # fmt: skip
            return None
        if not stated_line:
            return self._evidence(path, None, "")
        lines, line = self._text(path), int(stated_line)
        if lines is None or line > len(lines):
            found = "a file that is too large to be read" if lines is None else f"{len(lines)} lines"
            self._add(
                "table.evidence-line", row, f"line {line} of {path}", found, "Correct evidence_line.", run
            )
            return self._evidence(path, None, "")
        text = lines[line - 1]
        if result.how is not How.DERIVED and not shows(text, (result.submitted, result.printed)):
            self._add("table.evidence-differs", row, f"{result.submitted} in line {line} of {path}", text.strip()[:120] or "an empty line",
                      "Cite the line that shows the value, or state the value as derived.", run)  # fmt: skip
        return self._evidence(path, line, text)

    def check_model(self, row: Row, run: str) -> str | None:
        """SHA-256 of the network's file; a network that is not the reference has to bring one."""
        path, stated = row.text("model_file"), row.text("model_sha256")
        if not path:
            if row.text("model") != REFERENCE_MODEL:
                self._add("table.model-missing", row, "model_file for a network of one's own", "none",
                          "Add the network's file to the archive, or state the model as reference.", run)  # fmt: skip
            return None
        if not self._tree.is_here(path):
            self._add("table.model-missing", row, f"{path} in the archive", "no such file",
                      "Add the file, or correct its path.", run)  # fmt: skip
            return None
        sha256 = self._tree.sha256(path)
        if stated and stated != sha256:
            self._add("table.model-hash", row, f"SHA-256 {stated}", f"SHA-256 {sha256} of {path}",
                      "Hand in the file that was run, or correct its hash.", run)  # fmt: skip
        return sha256

    def _text(self, path: str) -> list[str] | None:
        """The lines of ``path``, None when it is too large to be a text."""
        if path not in self._lines:
            small = (self._tree.files[path].size_bytes or 0) <= _LARGEST_TEXT
            self._lines[path] = self._tree.read_lines(path) if small else None
        return self._lines[path]

    def _evidence(self, path: str, line: int | None, text: str) -> Evidence:
        return Evidence(path, line, self._tree.sha256(path), Reading.STATED, text[:_TEXT_CHARS])

    def _add(self, code: str, row: Row, expected: str, found: str, mend: str, run: str) -> None:
        self._notes.add(
            code, row.line, expected=expected, found=found, mend=mend, system=row.text("system"), run=run
        )


def shows(text: str, numbers: tuple[str, ...]) -> bool:
    """Whether ``text`` holds the digits of one of ``numbers``, written out, with another unit or with more digits.

    >>> shows("Median throughput is 99.4871 inf./sec.", ("99.49",))
    True
    """
    found = [match.replace(",", ".") for match in _NUMBER.findall(text)]
    return any(_alike(number, other) for number in numbers for other in found)


def _alike(stated: str, other: str) -> bool:
    """The same significant digits, once ``other`` is rounded to as many as ``stated`` carries."""
    if float(stated) == 0 or float(other) == 0:
        return float(stated) == float(other)
    digits = significant_digits(stated)
    return _mantissa(stated, digits) == _mantissa(other, digits)


def _mantissa(number: str, digits: int) -> str:
    return f"{abs(float(number)):.{digits - 1}e}".partition("e")[0]
