"""Import a round that was published elsewhere, through the same stages as an upload."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from results.models import Round
from submissions.checking.report import Report

from .publish import CannotPublish, publish_import
from .receive import CannotReceive, receive
from .validate import validate


@dataclass(frozen=True, slots=True)
class Imported:
    """What the import did with one submitter of one division. ``error`` says why nothing was published."""

    division: str
    submitter: str
    runs: int
    changed: bool
    verdict: str
    findings: dict[str, int]
    archive_sha256: str
    error: str = ""

    def as_json(self) -> dict[str, object]:
        """The public shape."""
        return {name: getattr(self, name) for name in self.__slots__}


def import_round(
    path: Path, *, round_id: str, division: str | None = None, submitter: str | None = None,
    absent: Collection[str] = (), labels: Path | None = None, progress: Callable[[Imported], None] | None = None,
) -> list[Imported]:  # fmt: skip
    """Receive, read, check and publish everything at ``path`` as published in ``round_id``.

    Each submitter is published in a transaction of its own: a crash leaves every other as it was, and a second
    import goes on from there and changes nothing that is in place. Raises CannotReceive.
    """
    if not Round.objects.filter(pk=round_id).exists():
        known = ", ".join(Round.objects.values_list("pk", flat=True))
        raise CannotReceive(f"round {round_id}: not in the catalogue; known are {known}")
    done = []
    for received in receive(path, round_id=round_id, division=division, submitter=submitter, absent=absent):
        version, submission = received.version, received.version.submission
        report = validate(version, labels=labels, opening=received.findings)
        runs, changed, error = 0, False, ""
        try:
            published = publish_import(version, report)
            runs, changed = published.runs, published.changed
        except CannotPublish as problem:
            error = str(problem)
        done.append(
            Imported(
                submission.division, submission.submitter, runs, changed, report.judgement.verdict,
                _counts(report), version.archive_id, error,
            )
        )  # fmt: skip
        if progress:
            progress(done[-1])
    return done


def _counts(report: Report) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in report.judgement.findings:
        counts[str(finding.severity)] = counts.get(str(finding.severity), 0) + 1
    return counts
