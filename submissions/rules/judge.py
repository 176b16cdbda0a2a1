"""Judging what was read by a round's rulebook: every finding at once, and a verdict on each run."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from results.domain.findings import SEVERITY_ORDER, Finding, Severity
from results.domain.records import ReadResult, RunRecord, SubmissionRecord

from .catalogue import CHECKS
from .registry import Context, Scope
from .rulebook import Rulebook

Verdict = Literal["valid", "invalid", "unreadable"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a reading.

    ``findings`` are sorted by severity, file and line. ``run_verdicts`` says by run key whether the run stands: false
    when an error concerns the run, its system or the whole submission, unless the rule keeps the run.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    run_verdicts: Mapping[str, bool]


def judge(
    read_result: ReadResult, rulebook: Rulebook, *, earlier_logs: Mapping[str, str] = MappingProxyType({})
) -> Judgement:
    """Every finding of the reader and of the rules, each weighed by ``rulebook``.

    ``earlier_logs`` maps the SHA-256 of a performance log of an earlier round to where it was published.
    """
    read_findings = (weighed for entry in read_result.findings if (weighed := _weigh(entry, rulebook)))
    rule_findings = _check(read_result, rulebook, earlier_logs)
    findings = tuple(sorted(_once([*read_findings, *rule_findings]), key=_order))
    if read_result.unreadable:
        verdict: Verdict = "unreadable"
    else:
        invalid = any(finding.severity is Severity.ERROR for finding in findings)
        verdict = "invalid" if invalid else "valid"
    return Judgement(verdict, findings, MappingProxyType(_run_verdicts(read_result, rulebook, findings)))


def _weigh(finding: Finding, rulebook: Rulebook) -> Finding | None:
    """A finding of the reader with the round's severity; its own when the round says nothing of the code."""
    if finding.code not in rulebook.rules:
        return finding
    severity = rulebook.severity(finding.code, finding.division)
    return None if severity is None else dataclasses.replace(finding, severity=severity)


def _check(read: ReadResult, rulebook: Rulebook, earlier_logs: Mapping[str, str]) -> Iterator[Finding]:
    by_log: dict[str, list[RunRecord]] = defaultdict(list)
    for submission in read.submissions:
        for run in submission.runs:
            if run.performance_log_sha256:
                by_log[run.performance_log_sha256].append(run)
    runs_by_log = {sha256: tuple(runs) for sha256, runs in by_log.items()}
    for submission in read.submissions:
        base = Context(rulebook, read, submission, earlier_logs=earlier_logs, runs_by_log=runs_by_log)
        for context, scope in _contexts(base):
            for checked, check in CHECKS.values():
                if checked is scope:
                    yield from check(context)


def _contexts(base: Context) -> Iterator[tuple[Context, Scope]]:
    yield base, Scope.SUBMISSION
    for system in base.submission.systems:
        yield dataclasses.replace(base, system=system), Scope.SYSTEM
    for run in base.submission.runs:
        yield dataclasses.replace(base, system=base.submission.system(run.system_id), run=run), Scope.RUN


def _once(findings: Iterable[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))


def _order(finding: Finding) -> tuple[int, str, int, str, str]:
    return (
        SEVERITY_ORDER[finding.severity],
        finding.file,
        finding.line or 0,
        finding.code,
        finding.run or "",
    )


def _run_verdicts(read: ReadResult, rulebook: Rulebook, findings: Iterable[Finding]) -> dict[str, bool]:
    dropping = [
        entry for entry in findings if entry.severity is Severity.ERROR and not _keeps_run(entry, rulebook)
    ]
    return {
        run.key: not any(_concerns(entry, submission, run) for entry in dropping)
        for submission in read.submissions
        for run in submission.runs
    }


def _keeps_run(finding: Finding, rulebook: Rulebook) -> bool:
    setting = rulebook.rules.get(finding.code)
    return setting is not None and setting.keeps_run


def _concerns(finding: Finding, submission: SubmissionRecord, run: RunRecord) -> bool:
    """Whether a finding is about the run, about its system, or about the submission as a whole.

    A finding that names no submitter concerns the submission whose folder holds its file.
    """
    if finding.run is not None:
        return finding.run == run.key
    if finding.submitter is not None:
        if (finding.division, finding.submitter) != (submission.division, submission.submitter):
            return False
        if finding.code.startswith("system."):
            return finding.system == run.system_id  # a description that no run uses concerns no run
        return finding.system is None or finding.system == run.system_id
    if finding.system is not None:
        return finding.system == run.system_id
    folder = submission.folder.rstrip("/")
    return not folder or finding.file.startswith(folder + "/")
