"""Receive: what somebody hands in becomes stored archives and submissions; nothing is read yet."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path

from django.db import transaction

from submissions.formats.archive import open_tree
from submissions.formats.packing import pack_deterministic
from submissions.formats.tree import Tree
from submissions.models import Archive, Event, Submission

from .storage import store

DIVISIONS = ("closed", "open")


class CannotReceive(ValueError):
    """What was handed in cannot be taken; the message says what was expected and how to mend it."""


def receive(
    path: Path, *, round_id: str, division: str | None = None, submitter: str | None = None,
    absent: Collection[str] = (),
) -> list[Submission]:  # fmt: skip
    """Store a round folder, one submitter's folder, or an archive of either; one submission per submitter and division.

    A folder is packed so that the same files give the same archive; an archive is kept byte for byte. The same
    archive received twice gives the same submissions. ``absent`` names files that this copy left out, by their path
    in the round. Raises CannotReceive.
    """
    if not path.exists():
        raise CannotReceive(f"{path}: there is no such file or folder")
    with open_tree(path, absent=absent) as tree:
        if tree.unreadable:
            raise CannotReceive("; ".join(f"{f.file}: {f.found}. {f.mend}" for f in tree.findings))
        owners = submitters_of(tree)
        if owners and (division or submitter):
            owners = [(d, s) for d, s in owners if division in (None, d) and submitter in (None, s)]
        elif not owners:
            owners = [owner_of_folder(tree, division, submitter)]
        if not owners:
            raise CannotReceive(f"{path}: holds no submitter's folder in {division or 'closed/ or open/'}")
        return _store(path, rooted(tree, *owners[0]), owners, round_id)


def submitters_of(tree: Tree) -> list[tuple[str, str]]:
    """(division, submitter) of every folder below ``closed/`` and ``open/``; empty for one submitter's folder."""
    found = {tuple(path.split("/", 2)[:2]) for path in tree.files if path.count("/") >= 2}
    return sorted((division, submitter) for division, submitter in found if division in DIVISIONS)


def owner_of_folder(tree: Tree, division: str | None, submitter: str | None) -> tuple[str, str]:
    """Division and submitter of one submitter's folder, whose files do not tell the division."""
    if not any(path.startswith(("systems/", "results/")) for path in tree.files):
        raise CannotReceive(
            f"{tree.name}: expected closed/ or open/ on top (a round), or systems/ and results/ (one submitter)"
        )
    if division not in DIVISIONS:
        raise CannotReceive(
            f"{tree.name}: one submitter's folder does not tell its division; say closed or open"
        )
    return division, submitter or tree.name


def rooted(tree: Tree, division: str, submitter: str) -> Tree:
    """``tree`` with the paths it has in its round's repository: ``closed/<submitter>/…``."""
    return tree if submitters_of(tree) else tree.under(f"{division}/{submitter}")


def _store(path: Path, tree: Tree, owners: list[tuple[str, str]], round_id: str) -> list[Submission]:
    if path.is_file():
        archive = store(path)
        return [_submission(archive, round_id, owner, tree) for owner in owners]
    received = []
    with tempfile.TemporaryDirectory(prefix="packing-") as folder:
        for owner in owners:
            packed = Path(folder) / "submission.tar.gz"
            pack_deterministic(tree, ["/".join(owner)], packed)
            received.append(_submission(store(packed), round_id, owner, tree))
    return received


@transaction.atomic
def _submission(archive: Archive, round_id: str, owner: tuple[str, str], tree: Tree) -> Submission:
    division, submitter = owner
    folder = f"{division}/{submitter}/"
    absent = sorted(path for path, file in tree.files.items() if not file.here and path.startswith(folder))
    submission, created = Submission.objects.get_or_create(
        round=round_id,
        division=division,
        submitter=submitter,
        archive=archive,
        defaults={"absent_files": absent},
    )
    if not created and submission.absent_files != absent:
        submission.absent_files = absent
        submission.save(update_fields=["absent_files"])
    if created:
        Event.objects.create(submission=submission, kind="received", detail=f"archive {archive.sha256}")
    return submission
