"""Receive an import: a round or a submitter's folder becomes stored archives and versions; nothing is read yet."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from results.domain.findings import Finding
from submissions.checking.owners import OwnerUnknown, owner_of_folder, rooted, submitters_of
from submissions.formats.archive import open_tree
from submissions.formats.packing import pack_deterministic
from submissions.formats.tree import Tree
from submissions.models import Archive, Event, Submission, Version

from .storage import store


class CannotReceive(ValueError):
    """What was handed in cannot be taken; the message says what was expected and how to mend it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A version as it was received. ``findings`` are those of opening a folder, which its packed archive cannot show."""

    version: Version
    findings: tuple[Finding, ...]


def receive(
    path: Path, *, round_id: str, division: str | None = None, submitter: str | None = None,
    absent: Collection[str] = (),
) -> list[Received]:  # fmt: skip
    """Store a round folder, one submitter's folder, or an archive of either; one version per submitter and division.

    A folder is packed so that the same files give the same archive; an archive is kept byte for byte. The same
    archive received twice gives the same versions. ``absent`` names files that this copy left out, by their path in
    the round. Raises CannotReceive.
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
            try:
                owners = [owner_of_folder(tree, division, submitter)]
            except OwnerUnknown as problem:
                raise CannotReceive(str(problem)) from None
        if not owners:
            raise CannotReceive(f"{path}: holds no submitter's folder in {division or 'closed/ or open/'}")
        return _store(path, rooted(tree, *owners[0]), owners, round_id)


def _store(path: Path, tree: Tree, owners: list[tuple[str, str]], round_id: str) -> list[Received]:
    if path.is_file():
        archive = store(path)
        return [Received(_version(archive, round_id, owner, tree, path.name), ()) for owner in owners]
    received = []
    with tempfile.TemporaryDirectory(prefix="packing-") as folder:
        for owner in owners:
            packed = Path(folder) / "submission.tar.gz"
            pack_deterministic(tree, ["/".join(owner)], packed)
            own = tuple(f for f in tree.findings if f.file.startswith("/".join(owner) + "/"))
            received.append(Received(_version(store(packed), round_id, owner, tree, ""), own))
    return received


@transaction.atomic
def _version(archive: Archive, round_id: str, owner: tuple[str, str], tree: Tree, filename: str) -> Version:
    division, submitter = owner
    folder = f"{division}/{submitter}/"
    absent = sorted(path for path, file in tree.files.items() if not file.here and path.startswith(folder))
    submission, _ = Submission.objects.select_for_update().get_or_create(
        kind=Submission.Kind.IMPORT, round=round_id, division=division, submitter=submitter
    )
    version, created = Version.objects.get_or_create(
        submission=submission, archive=archive,
        defaults={"number": submission.versions.count() + 1, "absent_files": absent, "filename": filename[:200]},
    )  # fmt: skip
    if not created and version.absent_files != absent:
        version.absent_files = absent
        version.save(update_fields=["absent_files"])
    if created:
        Event.objects.create(
            submission=submission, version=version, kind="received", detail=f"archive {archive.sha256}"
        )
    if submission.current_version_id != version.pk:
        submission.current_version = version
        submission.save(update_fields=["current_version"])
    version.submission = submission
    return version
