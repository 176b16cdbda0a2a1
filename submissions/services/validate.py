"""Read and check: a submission, or any folder or archive, judged by its round's rulebook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from results.domain.records import ReadResult, RunRecord, SubmissionRecord
from results.models import Round, Run
from results.services.publish import Excerpt, Place
from submissions.formats.archive import open_tree
from submissions.formats.registry import read
from submissions.models import Event, Submission
from submissions.rules.judge import Judgement, judge
from submissions.rules.rulebook import load_rulebook

from .excerpts import excerpts
from .receive import rooted
from .storage import path_of


@dataclass(frozen=True, slots=True)
class Report:
    """What was understood of a tree and what the rules say of it."""

    read: ReadResult
    judgement: Judgement
    excerpts: Mapping[Place, Excerpt] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The public shape: verdict, findings, runs."""
        return {
            "verdict": self.judgement.verdict,
            "findings": [finding.as_json() for finding in self.judgement.findings],
            "runs": [
                run_as_json(run, self.judgement.run_verdicts.get(run.key))
                for submission in self.read.submissions
                for run in submission.runs
            ],
        }

    def record(self, division: str, submitter: str) -> SubmissionRecord | None:
        """The record of one submitter in one division, None when nothing of it was understood."""
        wanted = (division, submitter)
        return next((s for s in self.read.submissions if (s.division, s.submitter) == wanted), None)


def check_path(
    path: Path, *, round_id: str, division: str | None = None, absent: Collection[str] = (),
    labels: Path | None = None,
) -> Report:  # fmt: skip
    """Read and judge a folder or archive where it lies; nothing is kept.

    Raises results.rules RulebookError for an unknown round; whatever is wrong with the files is a finding.
    """
    rulebook = load_rulebook(round_id)
    with open_tree(path, absent=absent) as tree:
        result = read(tree, division=division, labels=labels)
    return Report(result, judge(result, rulebook, earlier_logs=earlier_logs(round_id)))


def validate(submission: Submission, *, labels: Path | None = None) -> Report:
    """Read the stored archive of ``submission``, judge it and keep the report with it."""
    rulebook = load_rulebook(submission.round)
    with open_tree(path_of(submission.archive_id), absent=submission.absent_files) as tree:
        placed = rooted(tree, submission.division, submission.submitter)
        result = read(placed.within(f"{submission.division}/{submission.submitter}"), labels=labels)
        shown = {
            place: lines for record in result.submissions for place, lines in excerpts(placed, record).items()
        }
    judgement = judge(result, rulebook, earlier_logs=earlier_logs(submission.round))
    report = Report(result, judgement, shown)
    _keep(submission, report)
    return report


@transaction.atomic
def _keep(submission: Submission, report: Report) -> None:
    seen = report.as_json()
    submission.verdict = report.judgement.verdict
    submission.findings, submission.runs = seen["findings"], seen["runs"]
    if submission.state != Submission.State.PUBLISHED:
        submission.state = report.judgement.verdict
    submission.save(update_fields=["verdict", "findings", "runs", "state"])
    if not submission.events.filter(kind="checked", detail=report.judgement.verdict).exists():
        Event.objects.create(submission=submission, kind="checked", detail=report.judgement.verdict)


def earlier_logs(round_id: str) -> Mapping[str, str]:
    """SHA-256 of every performance log published in a round before ``round_id`` → where it was published first."""
    runs = (
        Run.objects.filter(system__publication__round__position__lt=_position(round_id))
        .exclude(performance_log_sha256="")
        .order_by("-system__publication__round__position", "-pk")
        .values_list("performance_log_sha256", "system__publication__round", "folder")
    )
    return {sha256: f"{round_} {folder}" for sha256, round_, folder in runs}


def _position(round_id: str) -> int:
    return Round.objects.filter(pk=round_id).values_list("position", flat=True).first() or 0


def run_as_json(run: RunRecord, valid: bool | None) -> dict[str, object]:
    """One run as it was understood: identity, verdict, and every value with where it stands."""
    return {
        "division": run.division, "submitter": run.submitter, "system": run.system_id, "benchmark": run.benchmark,
        "variant": run.variant, "folder": run.folder, "runner": run.runner, "valid": valid,
        "values": [
            {
                "metric": measurement.metric, "value": measurement.value, "printed": measurement.printed,
                "how": str(measurement.how), "reading": str(measurement.reading),
                "evidence": [
                    {"file": e.path, "line": e.line, "sha256": e.sha256} for e in measurement.evidence
                ],
            }
            for measurement in run.measurements.values()
        ],
    }  # fmt: skip
