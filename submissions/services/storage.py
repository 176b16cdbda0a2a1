"""Archives on disk, addressed by content: ``<folder>/ab/cd/abcd….tar.gz``. What is stored is never written again."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from submissions.models import Archive


class ArchiveMissing(LookupError):
    """The database knows an archive whose bytes are not in the storage folder."""


def path_of(sha256: str) -> Path:
    """Where the archive with this hash lies; ArchiveMissing says so when it does not."""
    path = _folder_of(sha256) / sha256
    if not path.is_file():
        raise ArchiveMissing(f"archive {sha256} is not in the storage folder; import or upload it again")
    return path


def _folder_of(sha256: str) -> Path:
    return Path(settings.ARCHIVE_DIR) / sha256[:2] / sha256[2:4]


def store(source: Path) -> Archive:
    """Copy ``source`` into the storage under its hash and return its row; the same bytes are stored once.

    The copy is written aside, flushed to disk and renamed, so that a crash leaves either nothing or the whole file.
    """
    base = Path(settings.ARCHIVE_DIR)
    base.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=base, prefix=".incoming-", delete=False) as out:
        aside = Path(out.name)
        try:
            digest = _copy(source, out)
            target = _folder_of(digest) / digest
            size = out.tell()
            if target.is_file():
                aside.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                os.chmod(aside, 0o444)
                os.replace(aside, target)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    archive, _ = Archive.objects.get_or_create(sha256=digest, defaults={"size_bytes": size})
    return archive


def _copy(source: Path, out: BinaryIO) -> str:
    """Copy and hash in one pass: what was hashed is what was written."""
    digest = hashlib.sha256()
    with source.open("rb") as incoming:
        while block := incoming.read(1 << 20):
            digest.update(block)
            out.write(block)
    out.flush()
    os.fsync(out.fileno())
    return digest.hexdigest()
