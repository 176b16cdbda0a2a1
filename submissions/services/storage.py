"""Archives in Django's storage under the alias ``archives``, addressed by content: ``ab/cd/abcd…``.

What is stored is never written again. The storage is a folder of this machine or, by setting, a bucket.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import Storage, storages

from submissions.models import Archive

BLOCK_BYTES = 1 << 20


class ArchiveMissing(LookupError):
    """The database knows an archive whose bytes are not in the storage."""


class ArchiveDamaged(ValueError):
    """The bytes in the storage no longer have the hash that they were stored under."""


def archive_storage() -> Storage:
    """The storage of archives, as settings choose it."""
    return storages["archives"]


def name_of(sha256: str) -> str:
    """The name of an archive in the storage."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def store(source: Path) -> Archive:
    """Keep a copy of ``source`` under its hash and return its row; the same bytes are stored once.

    A crash leaves either nothing or the whole file. Raises OSError when the storage takes no more.
    """
    with source.open("rb") as incoming:
        digest = hashlib.file_digest(incoming, "sha256").hexdigest()
        size_bytes = incoming.tell()
        storage, name = archive_storage(), name_of(digest)
        if not storage.exists(name) or storage.size(name) != size_bytes:
            incoming.seek(0)
            storage.save(name, File(incoming, name=name))
    archive, _ = Archive.objects.get_or_create(sha256=digest, defaults={"size_bytes": size_bytes})
    return archive


@contextmanager
def local_copy(sha256: str) -> Iterator[Path]:
    """A file of this machine with the bytes of an archive, verified, for as long as the context lasts.

    Raises ArchiveMissing, ArchiveDamaged.
    """
    storage, name = archive_storage(), name_of(sha256)
    if not storage.exists(name):
        raise ArchiveMissing(f"archive {sha256} is not in the storage; import or upload it again")
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        try:
            path = Path(storage.path(name))
            with path.open("rb") as stored:
                found = hashlib.file_digest(stored, "sha256").hexdigest()
        except NotImplementedError:  # a bucket has no path
            path = Path(folder) / sha256
            with storage.open(name) as stored, path.open("wb") as out:
                found = _copy(stored, out)
        if found != sha256:
            raise ArchiveDamaged("the stored archive is damaged: its bytes no longer have its hash")
        yield path


def _copy(source: BinaryIO, out: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := source.read(BLOCK_BYTES):
        digest.update(block)
        out.write(block)
    return digest.hexdigest()
