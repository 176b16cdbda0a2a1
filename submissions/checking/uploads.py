"""What holds for an upload and not for an import: it is one submitter's."""

from __future__ import annotations

import dataclasses

from submissions.formats.codes import make_finding

from .report import Report


def as_upload(report: Report) -> Report:
    """``report`` with an error when the archive holds more than one submitter's folder; else as it is."""
    submitters = sorted({record.submitter for record in report.read.submissions})
    if len(submitters) < 2:
        return report
    finding = make_finding(
        "archive.several-submitters", file="", expected="the folder of one submitter, in closed/, open/ or both",
        found=", ".join(submitters), mend="Send one archive for each submitter.",
    )  # fmt: skip
    judgement = dataclasses.replace(
        report.judgement, verdict="invalid", findings=(finding, *report.judgement.findings),
        run_verdicts=dict.fromkeys(report.judgement.run_verdicts, False),
    )  # fmt: skip
    return dataclasses.replace(report, judgement=judgement)
