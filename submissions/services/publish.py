"""Publish: a checked submission becomes runs and measurements with their evidence, and stays as it was submitted."""

from __future__ import annotations

from django.db import transaction

from results.models import Round
from results.services.publish import Published, Source
from results.services.publish import publish as publish_records
from submissions.models import Event, Submission

from .validate import Report


class CannotPublish(ValueError):
    """The submission has nothing that could be published; the message says why."""


@transaction.atomic
def publish(submission: Submission, report: Report) -> Published:
    """Publish what ``report`` understood of ``submission``, in one transaction with its due recomputation.

    Findings are kept and shown on the rows that they concern. Raises CannotPublish when no run was understood.
    """
    record = report.record(submission.division, submission.submitter)
    if record is None or not record.runs:
        raise CannotPublish(f"{submission}: no run was understood; see the findings of the check")
    round_ = Round.objects.get(pk=submission.round)
    done = publish_records(
        record,
        report.judgement.findings,
        Source(round_.pk, round_.repository, round_.commit, archive_sha256=submission.archive_id),
        report.excerpts,
    )
    if submission.state != Submission.State.PUBLISHED or submission.publication_id != done.publication.pk:
        submission.state = Submission.State.PUBLISHED
        submission.publication = done.publication
        submission.save(update_fields=["state", "publication"])
        Event.objects.create(submission=submission, kind="published", detail=f"{done.runs} runs")
    return done
