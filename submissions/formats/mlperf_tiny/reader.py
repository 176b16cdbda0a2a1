"""From folders to records: assembles runs and systems of MLPerf Tiny submissions, of both runners."""

from __future__ import annotations

from collections.abc import Sequence

from results.domain.findings import Finding
from results.domain.records import ReadResult, SubmissionRecord

from ..codes import make_finding
from ..tree import Tree
from .labels import LabelSet, shipped_labels
from .layout import DIVISIONS, SubmitterFolder, read_submitter, round_folders
from .run import read_run
from .system_description import read_systems


def recognises(tree: Tree) -> bool:
    """Whether ``tree`` is a round folder or one submitter's folder of this benchmark suite."""
    tops = {path.split("/", 1)[0] for path in tree.files if "/" in path}
    return bool(tops & {*DIVISIONS, "results", "systems"})


def read(
    tree: Tree,
    *,
    division: str | None = None,
    submitter: str | None = None,
    labels: Sequence[LabelSet] | None = None,
) -> ReadResult:
    """Everything in ``tree``: a record per division and submitter, and what could not be read.

    ``division`` and ``submitter`` say whose folder it is when it is no round folder; the submitter's default is the
    folder's name. ``labels`` replace the shipped label sets.
    """
    findings: list[Finding] = []
    folders = round_folders(tree)
    if not any(path.startswith(("closed/", "open/")) for path in tree.files):
        if division not in DIVISIONS:
            findings.append(make_finding(
                "layout.division-unknown", file="", expected="closed or open", found=str(division or "none"),
                mend="Say the division with the option or field, or hand in the round folder.",
            ))  # fmt: skip
            return ReadResult((), (*tree.findings, *findings), unreadable=True)
        folders = [read_submitter(tree, tree.files, division, submitter or tree.name, "")]
    sets = shipped_labels() if labels is None else tuple(labels)
    submissions = tuple(_read_submission(tree, folder, sets, findings) for folder in folders)
    if not any(submission.runs for submission in submissions):
        findings.append(make_finding(
            "layout.empty", file="", expected="results/<system id>/<benchmark>/<mode>/", found="no run",
            mend="Hand in the folder that holds results/.",
        ))  # fmt: skip
    return ReadResult(submissions, (*tree.findings, *findings))


def _read_submission(
    tree: Tree, folder: SubmitterFolder, sets: Sequence[LabelSet], findings: list[Finding]
) -> SubmissionRecord:
    systems, system_findings = read_systems(tree, folder)
    runs = []
    findings += folder.findings + system_findings
    for _, run_folder in sorted(folder.runs.items()):
        run, run_findings = read_run(tree, run_folder, sets)
        runs.append(run)
        findings += run_findings
    return SubmissionRecord(
        submitter=folder.submitter, division=folder.division, folder=folder.folder, systems=tuple(systems),
        runs=tuple(runs), files=tuple(tree.files[path] for path in folder.files),
    )  # fmt: skip
