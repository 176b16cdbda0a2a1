"""The report on a tree: what was understood of it, what the rules say, and the lines that its numbers stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from results.domain.records import Excerpt, Place, ReadResult, RunRecord, SourceFile, SubmissionRecord
from submissions.rules.judge import Judgement


@dataclass(frozen=True, slots=True)
class Report:
    """What was understood of a tree and what the rules say of it."""

    read: ReadResult
    judgement: Judgement
    excerpts: Mapping[Place, Excerpt] = field(default_factory=dict)
    other_files: tuple[SourceFile, ...] = ()
    """The files of the tree that no record lists: beside the submitters' folders, or where nothing was understood."""

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
