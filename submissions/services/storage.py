"""Archives in Django's storage under the alias ``archives``, addressed by content: ``ab/cd/abcd…``.

What is stored is never written again. The storage is a folder of this machine or, by setting, a bucket.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import Storage, storages

from submissions.models import Archive

from .incoming import COPY_PREFIX, incoming_folder

logger = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ArchiveMissing(LookupError):
    """The database knows an archive whose bytes are not in the storage."""


class ArchiveDamaged(ValueError):
    """The bytes in the storage no longer have the hash that they were stored under."""


class StorageFailed(OSError):
    """The storage did not take what was sent, and nothing of it was kept; the message is for the sender."""

    def __init__(self) -> None:
        super().__init__(
            "The storage of archives did not answer; nothing was kept. Send it again in a few minutes"
        )


class StorageFull(StorageFailed):
    """The storage has no room left."""

    def __init__(self) -> None:
        OSError.__init__(self, "The storage of archives is full; nothing was kept. Send it again later")


def archive_storage() -> Storage:
    """The storage of archives, as settings choose it."""
    return storages["archives"]


def name_of(sha256: str) -> str:
    """The name of an archive in the storage."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def store(source: Path) -> Archive:
    """Keep a copy of ``source`` under its hash and return its row; the same bytes are stored once.

    A crash leaves either nothing or the whole file. Bytes that stand there damaged are replaced by these. Raises
    StorageFull, StorageFailed.
    """
    with source.open("rb") as incoming:
        digest = hashlib.file_digest(incoming, "sha256").hexdigest()
        size_bytes = incoming.tell()
        if not _is_intact(name_of(digest), digest, size_bytes):
            incoming.seek(0)
            save(name_of(digest), incoming)
    archive, _ = Archive.objects.get_or_create(sha256=digest, defaults={"size_bytes": size_bytes})
    return archive


def save(name: str, content: BinaryIO) -> None:
    """Write ``content`` under ``name``, whole or not at all. Raises StorageFull, StorageFailed."""
    with sender_errors():
        archive_storage().save(name, File(content, name=name))


@contextmanager
def sender_errors() -> Iterator[None]:
    """Turn whatever a storage raises into words for the sender; what it was stands in the log."""
    try:
        yield
    except Exception as problem:  # a backend has exceptions of its own: those of a bucket are no OSError
        logger.exception("the storage of archives failed")
        raise (StorageFull if is_full(problem) else StorageFailed)() from problem


def is_full(problem: BaseException) -> bool:
    """Whether ``problem`` says that a disk, quota or file size limit was reached."""
    return isinstance(problem, OSError) and problem.errno in _FULL


@contextmanager
def local_copy(sha256: str, name: str | None = None) -> Iterator[Path]:
    """A file of this machine with the bytes of an archive, verified, for as long as the context lasts.

    ``name`` is where it lies, when that is not the name of an archive. Raises ArchiveMissing, ArchiveDamaged,
    StorageFailed.
    """
    storage, name = archive_storage(), name or name_of(sha256)
    with sender_errors():
        there = storage.exists(name)
    if not there:
        raise ArchiveMissing(f"archive {sha256} is not in the storage; import or upload it again")
    with tempfile.TemporaryDirectory(prefix=COPY_PREFIX, dir=incoming_folder()) as folder:
        with sender_errors():
            path, found = _fetch(storage, name, Path(folder) / "archive")
        if found != sha256:
            raise ArchiveDamaged("the stored archive is damaged: its bytes no longer have its hash")
        yield path


def hash_of(name: str) -> str:
    """SHA-256 of the bytes that stand under ``name``; nothing is kept of them."""
    with archive_storage().open(name) as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()


def _fetch(storage: Storage, name: str, aside: Path) -> tuple[Path, str]:
    """Where the bytes lie on this machine, and their SHA-256; a bucket's are brought to ``aside``."""
    try:
        path = Path(storage.path(name))
    except NotImplementedError:  # a bucket has no path
        with storage.open(name) as stored, aside.open("wb") as out:
            return aside, _copy(stored, out)
    with path.open("rb") as stored:
        return path, hashlib.file_digest(stored, "sha256").hexdigest()


def _is_intact(name: str, sha256: str, size_bytes: int) -> bool:
    with sender_errors():
        storage = archive_storage()
        return storage.exists(name) and storage.size(name) == size_bytes and hash_of(name) == sha256


def _copy(source: BinaryIO, out: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := source.read(BLOCK_BYTES):
        digest.update(block)
        out.write(block)
    return digest.hexdigest()
