"""Whose submission a tree holds: the (division, submitter) pairs of its folders."""

from __future__ import annotations

from submissions.formats.tree import Tree

DIVISIONS = ("closed", "open")


class OwnerUnknown(ValueError):
    """The tree does not say whose submission it is; the message says what was expected and how to mend it."""


def submitters_of(tree: Tree) -> list[tuple[str, str]]:
    """(division, submitter) of every folder below ``closed/`` and ``open/``; empty for one submitter's folder."""
    found = {tuple(path.split("/", 2)[:2]) for path in tree.files if path.count("/") >= 2}
    return sorted((division, submitter) for division, submitter in found if division in DIVISIONS)


def owner_of_folder(tree: Tree, division: str | None, submitter: str | None) -> tuple[str, str]:
    """Division and submitter of one submitter's folder, whose files do not tell the division."""
    if not any(path.startswith(("systems/", "results/")) for path in tree.files):
        raise OwnerUnknown(
            f"{tree.name}: expected closed/ or open/ on top (a round), or systems/ and results/ (one submitter)"
        )
    if division not in DIVISIONS:
        raise OwnerUnknown(
            f"{tree.name}: one submitter's folder does not tell its division; say closed or open"
        )
    return division, submitter or tree.name


def rooted(tree: Tree, division: str, submitter: str) -> Tree:
    """``tree`` with the paths it has in its round's repository: ``closed/<submitter>/…``."""
    return tree if submitters_of(tree) else tree.under(f"{division}/{submitter}")
