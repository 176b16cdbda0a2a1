"""Publish: a checked version becomes runs and measurements with their evidence, and stays as it was submitted."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Iterator

from django.db import DataError, transaction
from django.utils import timezone

from results.domain.findings import Finding
from results.domain.records import RunRecord, SubmissionRecord
from results.models import Division, Provenance, Publication, Round, Run, System
from results.services import changes
from results.services.identify import public_id
from results.services.publish import Published, Source, retire
from results.services.publish import publish as publish_records
from submissions.checking.report import Report
from submissions.checking.wire import report_from_wire
from submissions.models import Event, Submission, Version
from submissions.workflow.states import State

from .submitters import public_submitter

Kind = Submission.Kind


class CannotPublish(ValueError):
    """The submission has nothing that could be published; the message says why."""


@transaction.atomic
def publish_import(version: Version, report: Report) -> Published:
    """Publish what ``report`` understood of an imported version, in one transaction with its due recomputation.

    Findings are kept and shown on the rows that they concern. Raises CannotPublish when no run was understood.
    """
    submission = version.submission
    record = report.record(submission.division, submission.submitter)
    if record is None or not record.runs:
        raise CannotPublish(f"{submission}: no run was understood; see the findings of the check")
    round_ = Round.objects.get(pk=submission.round)
    done = publish_records(
        record,
        report.judgement.findings,
        Source(round_.pk, round_.repository, round_.commit, archive_sha256=version.archive_id),
        report.excerpts,
    )
    known = submission.publications.filter(pk=done.publication.pk).exists()
    if submission.state != State.PUBLISHED or submission.published_version_id != version.pk or not known:
        before, submission.state, submission.published_version = submission.state, State.PUBLISHED, version
        submission.save(update_fields=["state", "published_version"])
        submission.publications.add(done.publication)
        _log(submission, version, before, f"{done.runs} runs")
    return done


@transaction.atomic
def publish_site(submission: Submission) -> int:
    """Publish the newest version of an upload, in the caller's transaction; the number of runs that are now public.

    The caller has locked the row, moves its state and logs the step. A version that replaces a published one changes
    what differs and writes it into the public history. Raises CannotPublish.
    """
    version = submission.current_version
    if version is None or version.verdict != "valid":
        raise CannotPublish(f"{submission}: its newest version was not found valid")
    report = report_from_wire(version.reading.content)
    records = list(split_by_division(report, _open_runs(submission, version)))
    if not records:
        raise CannotPublish(f"{submission}: no run was understood; see the findings of the check")
    _refuse_what_cannot_stand(records, submission)
    replaced = submission.published_version_id is not None
    runs, held = 0, []
    for record in records:
        done = publish_records(
            record, _findings_of(record, report), _source(submission, version), report.excerpts
        )
        submission.publications.add(done.publication)
        held.append(done.publication.pk)
        _write_history(submission, done, replaced=replaced)
        runs += done.runs
    for publication in submission.publications.exclude(pk__in=held):
        retire(publication)
    submission.published_version = version
    submission.save(update_fields=["published_version"])
    _link_reproductions(submission)
    return runs


def make_sure(submission: Submission) -> None:
    """Raises CannotPublish when the newest version could not be published as it is; changes nothing.

    Asked before a submission is handed in or accepted: one that fails at the moment of publication would hold up
    everything else of its round.
    """
    try:
        with transaction.atomic():
            publish_site(Submission.objects.get(pk=submission.pk))
            raise _Undo
    except _Undo:
        return
    except DataError as problem:
        raise CannotPublish(
            f"{submission}: a name or text in it is longer than can be published"
        ) from problem


class _Undo(Exception):
    """Takes back what a trial has written."""


def _open_runs(submission: Submission, version: Version) -> Collection[str]:
    """The keys of the closed runs that appear in the open division: nobody has reviewed what is self-reported."""
    return closed_run_keys(version) if submission.kind == Kind.SELF_REPORTED else submission.moved_to_open


def _refuse_what_cannot_stand(records: Collection[SubmissionRecord], submission: Submission) -> None:
    for record in records:
        _refuse_long("the submitter's folder", record.submitter, Publication, "submitter_directory")
        for system in {run.system_id for run in record.runs} | {one.system_id for one in record.systems}:
            _refuse_long("the system", system, System, "system_id")
    seen: dict[str, str] = {}
    for run in (run for record in records for run in record.runs):
        address = public_id(submission.round, run, submission.public_id)
        if address in seen:
            raise CannotPublish(
                f"{seen[address]} and {run.folder} would stand at one address; rename or leave out one"
            )
        seen[address] = run.folder


def _refuse_long(what: str, name: str, model: type[Publication] | type[System], column: str) -> None:
    most = model._meta.get_field(column).max_length
    if most is not None and len(name) > most:
        raise CannotPublish(
            f"{what} {name[:40]}… has a name of {len(name)} characters; at most {most} can be published"
        )


def _link_reproductions(submission: Submission) -> None:
    """Join each run that says what it reproduces to that result; a claim that cannot be is left out of the history."""
    claim = str(submission.metadata.get("reproduces") or "")
    for run in Run.objects.filter(
        system__publication__in=submission.publications.all(), status=Run.Status.PUBLISHED
    ):
        claimed = {claim, str(run.facts.get("reproduces") or "")} - {""}
        for original in Run.objects.filter(public_id__in=claimed, benchmark=run.benchmark_id):
            with contextlib.suppress(changes.CannotChange):
                changes.link_reproduction(original, run, actor=_actor(submission))


@transaction.atomic
def withdraw_site(submission: Submission, *, reason: str) -> int:
    """Withdraw every run of a published submission; they stay readable, struck through, and count nowhere."""
    withdrawn = changes.withdraw_publications(
        submission.publications.all(), actor=_actor(submission), text=reason
    )
    return len(withdrawn)


def closed_run_keys(version: Version) -> list[str]:
    """The keys of the runs of ``version`` that its archive has in the closed division."""
    return sorted(
        "/".join(part for part in (run["division"], run["submitter"], run["system"], run["benchmark"], run["variant"]) if part)
        for run in version.runs if run["division"] == "closed"
    )  # fmt: skip


def split_by_division(report: Report, moved_to_open: Collection[str]) -> Iterator[SubmissionRecord]:
    """One record per submitter and division, with the runs that a reviewer moved standing in the open one.

    A moved run keeps its files, which lie below ``closed/``; only its division changes.
    """
    moved = set(moved_to_open)
    targets: dict[tuple[str, str], tuple[SubmissionRecord, list[RunRecord]]] = {}
    for record in report.read.submissions:
        for run in record.runs:
            division = Division.OPEN.value if run.key in moved else record.division
            _, runs = targets.setdefault((division, record.submitter), (record, []))
            runs.append(dataclasses.replace(run, division=division))
    for (division, _), (record, runs) in sorted(targets.items()):
        used = {run.system_id for run in runs}
        systems = tuple(
            dataclasses.replace(system, division=division) for system in record.systems if system.system_id in used
        )  # fmt: skip
        yield dataclasses.replace(record, division=division, systems=systems, runs=tuple(runs))


def _findings_of(record: SubmissionRecord, report: Report) -> list[Finding]:
    """The findings that concern this record, with the division and run keys under which it is published."""
    keys = {run.key for run in record.runs}
    kept = []
    for finding in report.judgement.findings:
        own = (finding.run or "").replace("closed/", f"{record.division}/", 1)
        if finding.run is None and finding.submitter in (None, record.submitter):
            kept.append(finding)
        elif finding.run in keys or own in keys:
            kept.append(dataclasses.replace(finding, run=finding.run if finding.run in keys else own))
    return kept


def _source(submission: Submission, version: Version) -> Source:
    site = submission.kind == Kind.ROUND
    assert submission.organisation is not None  # a constraint of the table
    return Source(
        submission.round, "", "", archive_sha256=version.archive_id,
        provenance=Provenance.SITE_REVIEWED if site else Provenance.SELF_REPORTED,
        key=submission.public_id, submitter=public_submitter(submission.organisation).slug,
        published_at=timezone.now(),
    )  # fmt: skip


def _write_history(submission: Submission, done: Published, *, replaced: bool) -> None:
    for change in done.changes:
        if change.new:
            text = (
                "Published after review on this site."
                if submission.kind == Kind.ROUND
                else "Published by its submitter; nobody has reviewed it."
            )
            changes.record(change.run, "published", actor=_actor(submission), text=text)
        elif replaced:
            changes.record(
                change.run, "corrected", actor=_actor(submission), text="A corrected version replaced the published one.",
                data={"values": [list(value) for value in change.values]},
            )  # fmt: skip


def _actor(submission: Submission) -> str:
    return submission.organisation.name if submission.organisation else "site"


def _log(submission: Submission, version: Version, before: str, detail: str) -> None:
    Event.objects.create(
        submission=submission, version=version, kind="published", detail=detail,
        from_state=before if before != State.PUBLISHED else "", to_state="" if before == State.PUBLISHED else State.PUBLISHED,
    )  # fmt: skip
