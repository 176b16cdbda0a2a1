"""Findings as pages print them: the gravest first, each with its place, one sentence for what it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from results.domain.links import public_file_address, rule_address
from results.models import Publication, PublishedFinding

from .notes import rule_sentence

SEVERITY_CLASSES = {"error": "error", "warning": "warn", "note": "note"}


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its address among the rules and in the public repository, and the words for its code."""

    code: str
    severity: str
    css: str
    title: str
    rule_url: str
    concerns: str
    where: str
    address: str
    expected: str
    found: str
    mend: str


def finding_views(findings: Iterable[PublishedFinding], publication: Publication) -> list[FindingView]:
    """Findings of one publication in the given order."""
    return [finding_view(finding, publication) for finding in findings]


def finding_view(finding: PublishedFinding, publication: Publication) -> FindingView:
    """One finding; ``where`` is the file from the submitter's folder on, with its line."""
    folder = f"{publication.division}/{publication.submitter_directory}/"
    where = finding.path.removeprefix(folder) + (f":{finding.line}" if finding.line else "")
    return FindingView(
        code=finding.code,
        severity=finding.severity,
        css=SEVERITY_CLASSES[finding.severity],
        title=rule_sentence(finding.code).removesuffix("."),
        rule_url=rule_address(finding.code),
        concerns=_concerns(finding),
        where=where,
        address=public_file_address(publication.repository, publication.commit, finding.path, finding.line),
        expected=finding.expected,
        found=finding.found,
        mend=finding.mend,
    )


def _concerns(finding: PublishedFinding) -> str:
    if finding.run_id is not None:
        return ""
    return "the system description" if finding.system_id is not None else "the whole submission"
