"""Building measurement records: a value, its digits, and the lines that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from results.domain.records import Evidence, How, MeasurementRecord, Reading

from .numbers import Stated, rounded, significant_digits
from .recompute import Recomputed

_TEXT_CHARS = 400


@dataclass(frozen=True)
class Source:
    """A file that was read: its path, hash and text, whose lines end with a line feed alone."""

    path: str
    sha256: str
    text: str

    @cached_property
    def lines(self) -> Sequence[str]:
        """The lines of the text. Logs are read as a whole: theirs are wanted only where something is wrong."""
        return self.text.split("\n")

    def evidence(self, line: int | None, reading: Reading, last_line: int | None = None) -> Evidence:
        """Evidence at ``line`` (1-based) up to ``last_line``."""
        text = self.text.split("\n", line)[line - 1][:_TEXT_CHARS] if line is not None else ""
        return Evidence(self.path, line, self.sha256, reading, text, last_line if last_line != line else None)

    def stated(self, metric: str, stated: Stated, how: How = How.MEASURED) -> MeasurementRecord:
        """A value as the file states it."""
        evidence = (self.evidence(stated.line, Reading.STATED),)
        return MeasurementRecord(metric, stated.value, stated.printed, how, Reading.STATED, evidence)

    def recomputed(self, metric: str, found: Recomputed, how: How = How.MEASURED) -> MeasurementRecord:
        """A value computed from lines of the file."""
        evidence = (self.evidence(found.first_line, Reading.RECOMPUTED, found.last_line),)
        printed = rounded(found.value, found.digits)
        return MeasurementRecord(metric, found.value, printed, how, Reading.RECOMPUTED, evidence)


def latency_from(throughput: MeasurementRecord) -> MeasurementRecord:
    """1000 / throughput in ms, with the digits and the evidence of the throughput."""
    value = 1000 / throughput.value
    printed = rounded(value, significant_digits(throughput.printed))
    return MeasurementRecord(
        "latency_ms", value, printed, How.DERIVED, throughput.reading, throughput.evidence
    )
