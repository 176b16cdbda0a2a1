"""Read and judge one tree: the one validator behind page, API, command and import."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from results.domain.findings import Finding
from submissions.formats.archive import Limits, open_tree
from submissions.formats.registry import read
from submissions.formats.tree import Tree
from submissions.rules.judge import judge
from submissions.rules.rulebook import load_rulebook

from .excerpts import excerpts
from .owners import OwnerUnknown, owner_of_folder, rooted, submitters_of
from .report import Report

EarlierLogs = Callable[[Collection[str]], Mapping[str, str]]
"""From the SHA-256 of performance logs to where each was published in an earlier round; unknown ones are left out."""


def check(
    path: Path, *, round_id: str, division: str | None = None, submitter: str | None = None,
    owner: tuple[str, str] | None = None, absent: Collection[str] = (), labels: Path | None = None,
    limits: Limits | None = None, earlier_logs: EarlierLogs, with_excerpts: bool = False,
    opening: Collection[Finding] = (),
) -> Report:  # fmt: skip
    """Read and judge a folder or archive where it lies; nothing is kept.

    ``division`` and ``submitter`` are of use for one submitter's folder, which does not tell them. ``owner`` keeps to
    one (division, submitter) of a whole round. ``opening`` are findings from before the tree was packed. Raises RulebookError for an unknown round; whatever is wrong with the
    files is a finding.
    """
    rulebook = load_rulebook(round_id)
    with open_tree(path, absent=absent, limits=limits) as tree:
        placed = _placed(tree, division, submitter)
        if owner is not None:
            placed = rooted(tree, *owner).within("/".join(owner))
        result = read(placed, division=division, submitter=submitter, labels=labels)
        if opening:
            result = dataclasses.replace(result, findings=(*opening, *result.findings))
        logs = {
            r.performance_log_sha256 for s in result.submissions for r in s.runs if r.performance_log_sha256
        }
        judgement = judge(result, rulebook, earlier_logs=earlier_logs(sorted(logs)))
        shown = excerpts(placed, result, judgement.findings) if with_excerpts else {}
        listed = {file.path for record in result.submissions for file in record.files}
        others = tuple(file for path, file in placed.files.items() if path not in listed)
    return Report(result, judgement, shown, others)


def _placed(tree: Tree, division: str | None, submitter: str | None) -> Tree:
    """One submitter's folder under the path it has in its round, where that can be told; else as it is."""
    if not submitter or submitters_of(tree):
        return tree
    with contextlib.suppress(OwnerUnknown):
        return tree.under("/".join(owner_of_folder(tree, division, submitter)))
    return tree
