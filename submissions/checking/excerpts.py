"""Excerpts: the lines around every place that a number was read from, kept with the number when it is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from results.domain.findings import Finding
from results.domain.records import Excerpt, Place, ReadResult, SubmissionRecord
from submissions.formats.tree import Tree

LINES_BEFORE, LINES_AFTER = 3, 1
LONGEST_RANGE = 8
"""A range of more lines is shown by its first three and its last two."""
LINE_LENGTH = 200


def excerpts(tree: Tree, read: ReadResult, findings: Iterable[Finding] = ()) -> dict[Place, Excerpt]:
    """For every place of evidence and of a finding the lines to show, as (number, text, whether it is meant).

    A gap in a long range is (0, "", False). Files that this copy left out have no excerpt.
    """
    lines: dict[str, list[str]] = {}
    found: dict[Place, Excerpt] = {}
    places = [place for record in read.submissions for place in _places(record)]
    for place in [*places, *((finding.file, finding.line, None) for finding in findings)]:
        path, first, last = place
        if first is None or place in found or not tree.is_here(path):
            continue
        if path not in lines:
            lines[path] = tree.read_lines(path)
        found[place] = _excerpt(lines[path], first, last or first)
    return found


def _places(record: SubmissionRecord) -> Iterator[Place]:
    for run in record.runs:
        for measurement in (*run.measurements.values(), *run.recomputed.values()):
            for evidence in measurement.evidence:
                yield (evidence.path, evidence.line, evidence.last_line)
    for system in record.systems:  # a supply voltage may stand in the description alone
        notes = system.get_field("Hardware Notes")
        if system.path and notes:
            yield (system.path, notes.line, None)


def _excerpt(lines: list[str], first: int, last: int) -> Excerpt:
    if last - first + 1 > LONGEST_RANGE:
        shown = [*range(first, first + 3), 0, *range(last - 1, last + 1)]
    else:
        shown = list(range(max(1, first - LINES_BEFORE), last + LINES_AFTER + 1))
    return [
        (
            number,
            lines[number - 1][:LINE_LENGTH].replace("\x00", "") if number else "",
            first <= number <= last,
        )
        for number in shown
        if number <= len(lines)
    ]
