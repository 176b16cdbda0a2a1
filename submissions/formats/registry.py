"""Which reader reads what: picks the format of a tree and reads it."""

from __future__ import annotations

from pathlib import Path

from results.domain.records import ReadResult

from .codes import make_finding
from .mlperf_tiny import reader as mlperf_tiny
from .mlperf_tiny.labels import read_labels
from .tabular import reader as tabular
from .tree import Tree

_FORMATS = (tabular, mlperf_tiny)


def read(
    tree: Tree, *, division: str | None = None, submitter: str | None = None, labels: Path | str | None = None
) -> ReadResult:
    """Records and findings of ``tree``: a round folder, or one submitter's folder with its ``division``.

    ``labels`` is a folder ``<model>/y_labels*.csv`` that replaces the shipped label sets (ValueError when it is
    none). Nothing that was handed in makes this raise.
    """
    sets = read_labels(labels) if labels is not None else None
    if tree.unreadable:
        return ReadResult((), tuple(tree.findings), unreadable=True)
    for format_reader in _FORMATS:
        if format_reader.recognises(tree):
            return format_reader.read(tree, division=division, submitter=submitter, labels=sets)
    tops = sorted({path.split("/", 1)[0] for path in tree.files})[:10]
    finding = make_finding(
        "layout.unknown", file="", expected="closed/ or open/, or systems/ and results/, or results.csv or results.json, at the top",
        found=", ".join(tops) or "nothing", mend="Hand in the round folder or the submitter's folder.",
    )  # fmt: skip
    return ReadResult((), (*tree.findings, finding), unreadable=True)
