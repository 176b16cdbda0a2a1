"""The shipped copy of published figures, made from archives that were imported."""

from __future__ import annotations

from pathlib import Path

from results.catalog.published import PublishedSubmission, write_round
from results.models import Round
from submissions.models import Submission
from submissions.workflow.states import State

from .validate import validate


def export_round(round_id: str, folder: Path) -> int:
    """Write every published submission of ``round_id`` below ``folder`` and return the number of runs.

    The archives are read and judged again, so that the copy holds what today's reader makes of them.
    """
    round_ = Round.objects.get(pk=round_id)
    published = []
    imports = Submission.objects.filter(kind=Submission.Kind.IMPORT, round=round_id, state=State.PUBLISHED)
    for submission in imports.select_related("published_version"):
        version = submission.published_version
        report = validate(version)
        record = report.record(submission.division, submission.submitter)
        if record is not None and submission.publications.filter(archive_sha256=version.archive_id).exists():
            published.append(
                PublishedSubmission(
                    round_id, round_.repository, round_.commit, record, report.judgement.findings
                )
            )
    write_round(folder / round_id, published)
    return sum(len(submission.record.runs) for submission in published)
