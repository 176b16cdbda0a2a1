"""Opening what was handed in, as hostile as it may be: a folder, a .zip, a .tar or a .tar.gz.

Nothing of an archive is unpacked under its own name: entries are copied into numbered files of a private temporary
folder, so no path of an archive ever reaches the file system.
"""

from __future__ import annotations

import csv
import errno
import gzip
import hashlib
import os
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import RawIOBase
from pathlib import Path
from typing import IO, cast

from .codes import make_finding
from .tree import (
    CHUNK_BYTES,
    MIB,
    Limits,
    Notes,
    PathGate,
    StoredFile,
    Tree,
    UnusableArchive,
    descend,
    printable,
)  # fmt: skip

__all__ = ["Limits", "Tree", "open_tree", "read_manifest"]

_SUFFIXES = {".tar.gz": "gzip", ".tgz": "gzip", ".tar": "tar", ".zip": "zip"}
"""End of a name to the kind of archive it promises."""
_MAGIC = (
    (0, b"PK\x03\x04"), (0, b"PK\x05\x06"), (0, b"\x1f\x8b\x08"), (0, b"BZh"), (0, b"\xfd7zXZ\x00"),
    (0, b"7z\xbc\xaf\x27\x1c"), (0, b"Rar!\x1a\x07"), (0, b"\x28\xb5\x2f\xfd"), (257, b"ustar"),
)  # fmt: skip
"""Offset and bytes by which zip, gzip, bzip2, xz, 7z, rar, zstd and tar are known."""
_DAMAGE = (
    EOFError, OSError, RuntimeError, ValueError, NotImplementedError, zlib.error, zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip
_SITE_FAULTS = frozenset({
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EROFS, errno.ENOMEM,
})  # fmt: skip
"""What this machine refuses says nothing of the archive."""
_HEADER_BYTES = MIB
"""More than any honest tar header needs; tarfile would read a forged one of any size into memory."""
_DIRECTORY_BYTES = 512
"""More than an entry of an honest zip takes in its directory; zipfile reads all of that into memory."""
_TAR_BYTES = 2048
"""Headers and padding of an entry in a tar, more than an honest one needs."""
_EXPECTED = {"archive.encrypted": "unencrypted files", "archive.compression": "deflated or stored entries"}
_MENDS = dict.fromkeys(_EXPECTED, "Pack the folder again with an ordinary tool and without a password.")
_KEPT_FILE_BYTES, _KEPT_BYTES = 4 * MIB, 64 * MIB
"""What is kept in memory of the bytes that were hashed, per file and in all, so that they need not be read again."""
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""zipfile unpacks the others without a bound on memory."""


@contextmanager
def open_tree(
    path: Path | str, *, limits: Limits | None = None, absent: Collection[str] = ()
) -> Iterator[Tree]:
    """The files of a folder or archive (told apart by content), open while the context lasts.

    ``absent`` names files that the submission has and this copy left out. A tree that holds exactly one folder is
    descended into; paths, those of ``absent`` too, are relative to that folder. Never raises for what was handed
    in: see ``Tree.findings`` and ``Tree.unreadable``. Raises OSError when this machine fails, as with a full disk.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="submission-") as private:
        intake = _Intake(limits or Limits(), Path(private))
        try:
            intake.take(path)
        except UnusableArchive as reason:
            findings = [*intake.notes.findings(), reason.finding]
            yield Tree(path.name, {}, findings, unreadable=True)
            return
        prefix = descend(intake.stored)
        stored = {
            name[len(prefix) :]: file for name, file in intake.stored.items() if name.startswith(prefix)
        }
        intake.note_empty_folders(prefix, absent)
        yield Tree(_tree_name(path, prefix), stored, intake.notes.findings(), absent=absent)


def read_manifest(csv_path: Path | str, round: str) -> set[str]:
    """Paths of ``round`` that a copy left out: rows with ``here=no`` of a CSV with columns round,path,bytes,here."""
    with open(csv_path, newline="", encoding="utf-8") as handle:
        return {
            row["path"] for row in csv.DictReader(handle) if row["round"] == round and row["here"] == "no"
        }


def _tree_name(path: Path, prefix: str) -> str:
    """The innermost folder's name, else the archive's without its suffix."""
    if prefix:
        return prefix.rstrip("/").rsplit("/", 1)[-1]
    name = path.resolve().name
    return name[: -len(_suffix(name)) or None]


def _suffix(name: str) -> str:
    """The end of ``name`` that promises an archive, empty when there is none."""
    return next((suffix for suffix in _SUFFIXES if name.lower().endswith(suffix)), "")


@dataclass(slots=True)
class _Intake:
    """One opening: counts what comes in and keeps it within the limits."""

    limits: Limits
    private: Path
    notes: Notes = field(default_factory=Notes)
    stored: dict[str, StoredFile] = field(default_factory=dict)
    total_bytes: int = 0
    kept_bytes: int = 0
    entries: int = 0
    folders: set[str] = field(default_factory=set)
    occupied: set[str] = field(default_factory=set)
    gate: PathGate = field(init=False)

    def __post_init__(self) -> None:
        self.gate = PathGate(self.limits, self.notes)

    def take(self, path: Path) -> None:
        """Read ``path``; UnusableArchive when it cannot be used at all."""
        try:
            if path.is_dir():
                self.take_folder(path)
                return
            with open(path, "rb") as handle:
                head = handle.read(512)
            self._reader_for(head, path.name)(path)
        except UnusableArchive:
            raise
        except _DAMAGE as error:
            if isinstance(error, OSError) and error.errno in _SITE_FAULTS:
                raise
            raise _unusable(
                "archive.corrupt", path.name, "a complete archive", str(error) or "damaged"
            ) from error

    def _reader_for(self, head: bytes, shown: str) -> Callable[[Path], None]:
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            kind, reader = "zip", self.take_zip
        elif head.startswith(b"\x1f\x8b"):
            kind, reader = "gzip", self.take_gzip
        elif head[257:262] == b"ustar":
            kind, reader = "tar", self.take_tar
        else:
            raise _unusable(
                "archive.unknown-format", shown, "a folder, .zip, .tar or .tar.gz", "other content"
            )
        suffix = _suffix(shown)
        if suffix and _SUFFIXES[suffix] != kind:
            self.notes.add(make_finding(
                "archive.suffix", file="", expected=f"a name that ends as a {kind} archive does", found=suffix,
                mend="Rename the archive.",
            ))  # fmt: skip
        return reader

    # folders

    def take_folder(self, root: Path) -> None:
        """Hash every regular file below ``root``; links are not followed, version control is passed over."""
        for location, relative, kind in _walk(root):
            self.count_entry(relative)
            if kind == "folder":
                continue
            if kind != "file":
                self.refuse(f"archive.{kind}", relative)
                continue
            if (name := self.gate.admit(relative)) is None:
                continue
            try:
                with open(location, "rb", buffering=0) as source:
                    size_bytes, sha256, content = self.copy(source, None, relative)
            except OSError as error:
                self.notes.add(make_finding(
                    "archive.changed", file=relative, expected="a readable file", found=str(error.strerror),
                    mend="Make the file readable.",
                ))  # fmt: skip
                continue
            self.stored[name] = StoredFile(location, size_bytes, sha256, content)

    # archives

    def take_zip(self, path: Path) -> None:
        """Copy the entries of a zip archive."""
        largest = max(CHUNK_BYTES, self.limits.files * _DIRECTORY_BYTES)
        too_long = self.beyond(path.name, f"a directory of more than {largest} bytes")
        packed_bytes = 0
        with (
            open(path, "rb") as raw,
            zipfile.ZipFile(cast(IO[bytes], _BoundedReads(raw, largest, too_long))) as archive,
        ):
            for info in archive.infolist():
                self.count_entry(info.filename)
                packed_bytes += info.compress_size
                if packed_bytes > path.stat().st_size:
                    raise _unusable(
                        "archive.corrupt", path.name, "entries side by side", "entries that overlap or lie"
                    )
                if (name := self.admit_zip_entry(info)) is not None:
                    self.check_ratio(info.file_size, info.compress_size, name)
                    with archive.open(info) as source:
                        self.store(name, source)

    def admit_zip_entry(self, info: zipfile.ZipInfo) -> str | None:
        """The path of a regular entry that can be read, None for every other; a finding says why."""
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir():
            return None
        if kind == stat.S_IFLNK:
            self.refuse("archive.link", info.filename)
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            self.refuse("archive.special-file", info.filename)
        elif info.flag_bits & 1:
            self.refuse("archive.encrypted", info.filename)
        elif info.compress_type not in _METHODS:
            self.refuse("archive.compression", info.filename)
        else:
            # orig_filename still holds a NUL, at which zipfile cuts the name
            return self.gate.admit(info.orig_filename)
        return None

    def take_gzip(self, path: Path) -> None:
        """Unpack to a private file first, within the limits, then read it as tar."""
        unpacked = self.private / "unpacked.tar"
        packed_bytes = path.stat().st_size
        most = self.limits.total_bytes + self.limits.files * _TAR_BYTES
        count = 0
        with gzip.open(path) as source, open(unpacked, "wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                count += len(chunk)
                if count > most:
                    raise self.beyond(path.name, f"more than {most} bytes")
                self.check_ratio(count, packed_bytes, path.name)
                target.write(chunk)
        with open(unpacked, "rb") as handle:
            if handle.read(512)[257:262] != b"ustar":
                raise _unusable(
                    "archive.unknown-format", path.name, "a .tar.gz", "a gzip file of something else"
                )
        self.take_tar(unpacked)

    def take_tar(self, path: Path) -> None:
        """Copy the regular files of a tar archive."""
        largest = max(_HEADER_BYTES, CHUNK_BYTES)
        absurd = tarfile.ReadError("a header claims an absurd size")
        with (
            open(path, "rb") as raw,
            tarfile.open(fileobj=cast(IO[bytes], _BoundedReads(raw, largest, absurd)), mode="r:") as archive,
        ):
            for member in archive:
                self.count_entry(f"{member.name}/" if member.isdir() else member.name)
                if member.size < 0:
                    raise tarfile.ReadError("a header claims a negative size")
                if member.isdir():
                    continue
                if member.issym() or member.islnk():
                    self.refuse("archive.link", member.name)
                elif not member.isreg() or member.issparse():
                    self.refuse("archive.special-file", member.name)
                elif (name := self.gate.admit(member.name)) is not None:
                    source = archive.extractfile(member)
                    assert source is not None  # only links and folders have no file
                    self.store(name, source)
            raw.seek(archive.offset)
            if raw.read(512) != bytes(512):
                # tarfile takes a damaged header for the end
                raise _unusable(
                    "archive.corrupt", path.name, "an end-of-archive block", "the archive breaks off"
                )

    # what all have in common

    def count_entry(self, shown: str) -> None:
        """Count one entry, a folder when it ends with a slash; UnusableArchive beyond the limit."""
        self.entries += 1
        path = shown.removeprefix("./").rstrip("/")
        self.occupied.add(path.rpartition("/")[0])
        if shown.endswith("/"):
            self.folders.add(path)
        if self.entries > self.limits.files:
            raise self.beyond(shown, f"more than {self.limits.files} files")

    def note_empty_folders(self, prefix: str, absent: Collection[str]) -> None:
        """A finding for each folder below ``prefix`` that holds nothing, not even a file that this copy left out."""
        for folder in sorted(self.folders - self.occupied):
            name = folder[len(prefix) :]
            if folder.startswith(prefix) and not any(path.startswith(f"{name}/") for path in absent):
                self.notes.add(make_finding(
                    "layout.empty-folder", file=printable(name), expected="folders with files only", found="an empty folder",
                    mend="Delete the folder, or add the files that belong into it.",
                ))  # fmt: skip

    def check_ratio(self, unpacked_bytes: int, packed_bytes: int, shown: str) -> None:
        """UnusableArchive when something unpacks to suspiciously much; small files may."""
        if not self.limits.allow_ratio(unpacked_bytes, packed_bytes):
            raise self.beyond(shown, f"unpacks to more than {self.limits.ratio} times its size")

    def store(self, name: str, source: IO[bytes]) -> None:
        """Copy an entry into a numbered private file."""
        location = self.private / f"{self.entries:06d}"
        with open(location, "wb") as target:
            size_bytes, sha256, content = self.copy(source, target, name)
        self.stored[name] = StoredFile(location, size_bytes, sha256, content)

    def copy(
        self, source: IO[bytes] | RawIOBase, target: IO[bytes] | None, shown: str
    ) -> tuple[int, str, bytes | None]:
        """Hash (and copy) ``source``; returns size in bytes, SHA-256 and the bytes; UnusableArchive beyond a limit.

        The bytes are None where they are more than is kept.
        """
        digest = hashlib.sha256()
        size_bytes = 0
        kept: list[bytes] | None = []
        while chunk := source.read(CHUNK_BYTES):
            if size_bytes == 0:
                self.note_nested(chunk, shown)
            size_bytes += len(chunk)
            self.total_bytes += len(chunk)
            if size_bytes > self.limits.file_bytes or self.total_bytes > self.limits.total_bytes:
                raise self.beyond(shown, f"{size_bytes} bytes and more, {self.total_bytes} in all")
            digest.update(chunk)
            if target is not None:
                target.write(chunk)
            if kept is not None and size_bytes <= min(_KEPT_FILE_BYTES, _KEPT_BYTES - self.kept_bytes):
                kept.append(chunk)
            else:
                kept = None
        if kept is None:
            return size_bytes, digest.hexdigest(), None
        self.kept_bytes += size_bytes
        return size_bytes, digest.hexdigest(), b"".join(kept)

    def note_nested(self, head: bytes, shown: str) -> None:
        """A finding when a file starts as an archive does; nobody would see what is in it."""
        if any(head.startswith(magic, offset) for offset, magic in _MAGIC):
            self.notes.add(make_finding(
                "archive.nested", file=printable(shown), expected="files as they are", found="an archive in the archive",
                mend="Unpack it, or leave it out.",
            ))  # fmt: skip

    def beyond(self, shown: str, found: str) -> UnusableArchive:
        """The exception for a limit that the whole tree broke."""
        limits = self.limits
        expected = f"{limits.total_bytes} bytes, {limits.file_bytes} per file, {limits.files} files, ratio {limits.ratio}"
        return _unusable("archive.limit", shown, f"at most {expected}", found)

    def refuse(self, code: str, shown: str) -> None:
        """Note an entry that is no ordinary file."""
        shown = printable(shown)
        self.notes.add(make_finding(
            code, file=shown, expected=_EXPECTED.get(code, "regular files"), found=shown,
            mend=_MENDS.get(code, "Put the file itself there."),
        ))  # fmt: skip


class _BoundedReads:
    """A file for tarfile and zipfile whose single reads are bounded, so that a lie about a size cannot fill the memory."""

    def __init__(self, raw: IO[bytes], largest_bytes: int, refusal: Exception) -> None:
        self._raw, self._largest_bytes, self._refusal = raw, largest_bytes, refusal
        self._end = os.fstat(raw.fileno()).st_size
        self.seek, self.tell, self.seekable = raw.seek, raw.tell, raw.seekable

    def read(self, size: int | None = None) -> bytes:
        """As a file does, all the rest without ``size``; raises the refusal for more than the bound and less than 0."""
        if size is None:
            size = max(self._end - self.tell(), 0)
        if not 0 <= size <= self._largest_bytes:
            raise self._refusal
        return self._raw.read(size)


def _walk(root: Path) -> Iterator[tuple[str, str, str]]:
    """(location, path relative to ``root``, kind) of everything but ``.git``, in no order; folders end with a slash."""
    pending = [(str(root), "")]
    while pending:
        folder, prefix = pending.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                relative = f"{prefix}{entry.name}"
                if entry.is_symlink():
                    yield entry.path, relative, "link"
                elif entry.is_dir():
                    if entry.name != ".git":
                        yield entry.path, f"{relative}/", "folder"
                        pending.append((entry.path, f"{relative}/"))
                else:
                    kind = "file" if entry.is_file() else "special-file"
                    yield entry.path, relative, kind


def _unusable(code: str, shown: str, expected: str, found: str) -> UnusableArchive:
    mend = "Pack the submission again as .zip or .tar.gz."
    return UnusableArchive(
        make_finding(code, file=printable(shown), expected=expected, found=found, mend=mend)
    )
