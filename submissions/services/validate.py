"""Read and check: a version of a submission, or any folder or archive, judged by its round's rulebook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from results.domain.findings import Finding
from results.models import Round, Run
from submissions.checking.check import check
from submissions.checking.report import Report
from submissions.checking.wire import report_to_wire
from submissions.models import Event, Progress, Reading, Submission, Version
from submissions.workflow.states import VERDICT_STATES, State

from .storage import local_copy

_FOLLOWING = VERDICT_STATES | {State.RECEIVED}
"""States that the check of the newest version moves; in all others a person has to move the submission."""


def check_path(
    path: Path, *, round_id: str, division: str | None = None, submitter: str | None = None,
    absent: Collection[str] = (), labels: Path | None = None,
) -> Report:  # fmt: skip
    """Read and judge a folder or archive where it lies; nothing is kept.

    Raises results.rules RulebookError for an unknown round; whatever is wrong with the files is a finding.
    """
    return check(
        path, round_id=round_id, division=division, submitter=submitter, absent=absent, labels=labels,
        earlier_logs=lambda logs: earlier_logs(round_id, logs),
    )  # fmt: skip


def validate(version: Version, *, labels: Path | None = None, opening: Collection[Finding] = ()) -> Report:
    """Read the stored archive of an imported version in this process, judge it and keep the report with it.

    ``opening`` are findings on the folder that the archive was packed from, which the archive itself cannot show.
    """
    submission = version.submission
    with local_copy(version.archive_id) as path:
        report = check(
            path, round_id=submission.round, owner=(submission.division, submission.submitter),
            absent=version.absent_files, labels=labels, with_excerpts=True, opening=opening,
            earlier_logs=lambda logs: earlier_logs(submission.round, logs),
        )  # fmt: skip
    keep(version, report)
    return report


@transaction.atomic
def keep(version: Version, report: Report) -> None:
    """Store ``report`` with its version, and let the submission's state follow it while nobody has handed it in."""
    submission = Submission.objects.select_for_update().get(pk=version.submission_id)
    seen = report.as_json()
    before = version.verdict
    version.progress, version.verdict = Progress.DONE, report.judgement.verdict
    version.findings, version.runs, version.failure = seen["findings"], seen["runs"], ""
    version.finished_at = timezone.now()
    version.save(update_fields=["progress", "verdict", "findings", "runs", "failure", "finished_at"])
    Reading.objects.update_or_create(version=version, defaults={"content": report_to_wire(report)})
    _follow(submission, version, State(version.verdict), changed=before != version.verdict)
    version.submission = submission


@transaction.atomic
def give_up(version: Version, failure: str) -> None:
    """Close the check of ``version`` without a report; ``failure`` tells the sender why and what to do."""
    submission = Submission.objects.select_for_update().get(pk=version.submission_id)
    version.progress, version.verdict, version.failure = Progress.FAILED, "", failure
    version.finished_at = timezone.now()
    version.save(update_fields=["progress", "verdict", "failure", "finished_at"])
    _follow(submission, version, State.FAILED, changed=True)


def _follow(submission: Submission, version: Version, to: State, *, changed: bool) -> None:
    before = State(submission.state)
    moves = submission.current_version_id == version.pk and before in _FOLLOWING and before is not to
    if moves:
        submission.state = to
        submission.save(update_fields=["state"])
    if changed or moves:
        Event.objects.create(
            submission=submission, version=version, kind="checked", detail=version.failure or version.verdict,
            from_state=before if moves else "", to_state=to if moves else "",
        )  # fmt: skip


def earlier_logs(round_id: str, logs: Collection[str]) -> Mapping[str, str]:
    """Of the SHA-256 in ``logs`` those of a performance log published in an earlier round → where it came first."""
    runs = (
        Run.objects.filter(
            performance_log_sha256__in=[log for log in logs if log],
            system__publication__round__position__lt=_position(round_id),
        )
        .order_by("-system__publication__round__position", "-pk")
        .values_list("performance_log_sha256", "system__publication__round", "folder")
    )
    return {sha256: f"{round_} {folder}" for sha256, round_, folder in runs}


def _position(round_id: str) -> int:
    return Round.objects.filter(pk=round_id).values_list("position", flat=True).first() or 0
