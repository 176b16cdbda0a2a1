"""The shipped copy of published figures, into the database and out of it."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from results.catalog.published import PUBLISHED_FOLDER, folder_sha256, read_round
from results.models import CatalogueState, Publication

from .publish import Source, publish

STATE = "published figures"


def load_published_figures(folder: Path = PUBLISHED_FOLDER) -> int:
    """Publish what ``folder`` holds and return how many publications changed; nothing when it was loaded before.

    A publication whose submitted archive was imported keeps it: the archive says more than the copy.
    """
    if not folder.is_dir():
        return 0
    state, _ = CatalogueState.objects.get_or_create(name="catalogue", defaults={"sha256": ""})
    wanted = f"{folder_sha256(folder)[:32]}{state.sha256[:32]}"
    if CatalogueState.objects.filter(name=STATE, sha256=wanted).exists():
        return 0
    with transaction.atomic():
        changed = sum(_load_round(path) for path in sorted(folder.iterdir()) if path.is_dir())
        CatalogueState.objects.update_or_create(name=STATE, defaults={"sha256": wanted})
    return changed


def _load_round(folder: Path) -> int:
    imported = set(
        Publication.objects.filter(round=folder.name)
        .exclude(archive_sha256="")
        .values_list("division", "submitter_directory")
    )
    changed = 0
    for submission in read_round(folder):
        record = submission.record
        if (record.division, record.submitter) in imported:
            continue
        source = Source(submission.round, submission.repository, submission.commit)
        changed += publish(record, submission.findings, source).changed
    return changed
