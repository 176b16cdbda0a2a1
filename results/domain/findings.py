"""What a rule says of a submission: the shape of a finding, shared by validator, store and pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs.

    ERROR makes a submission invalid, WARNING is a rule broken that the round's official checker did not test or
    let pass, NOTE is something that a reader of the number should know.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of one rule.

    ``code`` is stable and described in ``docs/rules.md``. ``file`` is relative to the root that was read, ``line``
    is 1-based, None when the finding concerns a whole file or folder. ``run`` is the key of the run it concerns
    (:attr:`results.domain.records.RunRecord.key`), None when it concerns a system or the submission; ``system``
    likewise is a system id or None.
    """

    code: str
    severity: Severity
    file: str
    line: int | None
    expected: str
    found: str
    mend: str
    submitter: str | None = None
    division: str | None = None
    system: str | None = None
    run: str | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """The public shape, the same in web, API and command."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "file": self.file,
            "line": self.line,
            "expected": self.expected,
            "found": self.found,
            "mend": self.mend,
            "submitter": self.submitter,
            "division": self.division,
            "system": self.system,
            "run": self.run,
        }
