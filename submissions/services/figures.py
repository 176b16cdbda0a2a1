"""The shipped copy of published figures, made from archives that were imported."""

from __future__ import annotations

from pathlib import Path

from results.catalog.published import PublishedSubmission, write_round
from results.models import Round
from submissions.models import Submission

from .validate import validate


def export_round(round_id: str, folder: Path) -> int:
    """Write every published submission of ``round_id`` below ``folder`` and return the number of runs.

    The archives are read and judged again, so that the copy holds what today's reader makes of them.
    """
    round_ = Round.objects.get(pk=round_id)
    published = []
    for submission in Submission.objects.filter(round=round_id, state=Submission.State.PUBLISHED):
        report = validate(submission)
        record = report.record(submission.division, submission.submitter)
        if record is not None and submission.publication.archive_sha256 == submission.archive_id:
            published.append(
                PublishedSubmission(
                    round_id, round_.repository, round_.commit, record, report.judgement.findings
                )
            )
    write_round(folder / round_id, published)
    return sum(len(submission.record.runs) for submission in published)
