"""Dump: the published data as files, written after a publication and never in a request.

A release appears when all of its files are stored, so that the one before it answers until then. Files lie under the
hash of their content and never change. Each round has releases of its own: its archive. A correction makes a new one,
and the address of the old one goes on answering.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import connection

from results.domain.data_dictionary import TABLES, dictionary_json
from results.models import DataGeneration, DataRelease, LeaderboardEntry, Recomputation

from .table_files import write_table
from .table_rows import ROWS

logger = logging.getLogger(__name__)

EVERYTHING = ""
KEPT = 10
"""How many releases of everything are kept; those of rounds are kept for ever."""
SUMS = "SHA256SUMS"
_LOCK = 7_405_331
"""Number of the advisory lock: two workers never write the same files twice."""
_OPEN = (Recomputation.State.DUE, Recomputation.State.RUNNING)


def write_due() -> bool:
    """Write the releases of the current data generation; False when they are there, or when data are moving.

    While a recomputation is open nothing is written: numbers and rankings could be of two generations. Whoever ends
    the last one asks again, and the beat schedule does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return False
        try:
            return _write_due()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _write_due() -> bool:
    generation = settled_generation()
    if generation is None or DataRelease.objects.filter(round=EVERYTHING, generation=generation).exists():
        return False
    rounds = LeaderboardEntry.objects.order_by("round_position").values_list("round", flat=True).distinct()
    # Everything comes last: its row says that the generation is done.
    for round_id in [*rounds, EVERYTHING]:
        if not write_release(round_id, generation):
            return False
    _forget_old()
    return True


def settled_generation() -> int | None:
    """The data generation; None before the first, and while a recomputation is open."""
    if Recomputation.objects.filter(state__in=_OPEN).exists():
        return None
    return DataGeneration.objects.values_list("number", flat=True).first()


def write_release(round_id: str, generation: int) -> DataRelease | None:
    """Write and store the files of one round, or of everything; None when the data changed meanwhile."""
    with TemporaryDirectory(prefix="tinysite-dump-") as folder:
        files = write_files(Path(folder), round_id)
        if settled_generation() != generation:
            logger.info("dump of generation %s left: the data changed meanwhile", generation)
            return None
        sums = next(entry["sha256"] for entry in files if entry["name"] == SUMS)
        known = DataRelease.objects.filter(round=round_id, sha256=sums).first()
        if known is None:
            _store(Path(folder), files, sums)
            return DataRelease.objects.create(round=round_id, sha256=sums, files=files, generation=generation)
    known.generation = generation
    known.save(update_fields=["generation"])
    return known


def write_files(folder: Path, round_id: str) -> list[dict[str, Any]]:
    """Write every file of a release into ``folder``; name, SHA-256, bytes and rows of each, SHA256SUMS last."""
    rows = {table.name: write_table(folder, table, ROWS[table.name](round_id)) for table in TABLES}
    text = json.dumps(dictionary_json(), indent=1, ensure_ascii=False)
    (folder / "dictionary.json").write_text(text + "\n", encoding="utf-8")
    files = [_described(path, rows.get(path.stem)) for path in sorted(folder.iterdir())]
    lines = "".join(f"{entry['sha256']}  {entry['name']}\n" for entry in files)
    (folder / SUMS).write_text(lines, encoding="ascii")
    return [*files, _described(folder / SUMS, None)]


def _described(path: Path, rows: int | None) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "sha256": digest, "bytes": path.stat().st_size, "rows": rows}


def _store(folder: Path, files: list[dict[str, Any]], sums: str) -> None:
    for entry in files:
        with (folder / entry["name"]).open("rb") as file:
            release_storage().save(f"{sums}/{entry['name']}", File(file))


def release_storage() -> Storage:
    """Where the files of releases are kept."""
    return storages["releases"]


def _forget_old() -> None:
    """Delete all but the newest releases of everything; files that a round's archive shares stay."""
    for release in DataRelease.objects.filter(round=EVERYTHING)[KEPT:]:
        shared = DataRelease.objects.filter(sha256=release.sha256).exclude(pk=release.pk).exists()
        release.delete()
        if not shared:
            for entry in release.files:
                release_storage().delete(release.path(entry["name"]))
