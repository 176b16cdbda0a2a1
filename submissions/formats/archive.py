"""Opening what was handed in, as hostile as it may be: a folder, a .zip, a .tar or a .tar.gz.

Nothing of an archive is unpacked under its own name: entries are copied into numbered files of a private temporary
folder, so no path of an archive ever reaches the file system.
"""

from __future__ import annotations

import csv
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
from pathlib import Path
from typing import IO

from results.domain.findings import Finding

from .codes import make_finding
from .tree import CHUNK_BYTES, MIB, Limits, PathGate, StoredFile, Tree, UnusableArchive, descend, printable

__all__ = ["Limits", "Tree", "open_tree", "read_manifest"]

_ARCHIVE_SUFFIXES = (".tar.gz", ".tgz", ".tar", ".zip")
_DAMAGE = (
    EOFError, OSError, RuntimeError, ValueError, NotImplementedError, zlib.error, zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip
_HEADER_BYTES = MIB
"""More than any honest tar header needs; tarfile would read a forged one of any size into memory."""


@contextmanager
def open_tree(
    path: Path | str, *, limits: Limits | None = None, absent: Collection[str] = ()
) -> Iterator[Tree]:
    """The files of a folder or archive (told apart by content), open while the context lasts.

    ``absent`` names files that the submission has and this copy left out. A tree that holds exactly one folder is
    descended into; paths, those of ``absent`` too, are relative to that folder. Never raises for what was handed
    in: see ``Tree.findings`` and ``Tree.unreadable``.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="submission-") as private:
        intake = _Intake(limits or Limits(), Path(private))
        try:
            intake.take(path)
        except UnusableArchive as reason:
            intake.findings.append(reason.finding)
            yield Tree(path.name, {}, intake.findings, unreadable=True)
            return
        prefix = descend(intake.stored)
        stored = {
            name[len(prefix) :]: file for name, file in intake.stored.items() if name.startswith(prefix)
        }
        intake.note_empty_folders(prefix, absent)
        yield Tree(_tree_name(path, prefix), stored, intake.findings, absent=absent)


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
    return next((name[: -len(suffix)] for suffix in _ARCHIVE_SUFFIXES if name.lower().endswith(suffix)), name)


@dataclass(slots=True)
class _Intake:
    """One opening: counts what comes in and keeps it within the limits."""

    limits: Limits
    private: Path
    findings: list[Finding] = field(default_factory=list)
    stored: dict[str, StoredFile] = field(default_factory=dict)
    total_bytes: int = 0
    entries: int = 0
    folders: set[str] = field(default_factory=set)
    occupied: set[str] = field(default_factory=set)
    gate: PathGate = field(init=False)

    def __post_init__(self) -> None:
        self.gate = PathGate.with_limits(self.limits, self.findings)

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
            raise _unusable(
                "archive.corrupt", path.name, "a complete archive", str(error) or "damaged"
            ) from error

    def _reader_for(self, head: bytes, shown: str) -> Callable[[Path], None]:
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return self.take_zip
        if head.startswith(b"\x1f\x8b"):
            return self.take_gzip
        if head[257:262] == b"ustar":
            return self.take_tar
        raise _unusable("archive.unknown-format", shown, "a folder, .zip, .tar or .tar.gz", "other content")

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
                with open(location, "rb") as source:
                    size_bytes, sha256 = self.copy(source, None, relative)
            except OSError as error:
                self.findings.append(make_finding(
                    "archive.changed", file=relative, expected="a readable file", found=str(error.strerror),
                    mend="Make the file readable.",
                ))  # fmt: skip
                continue
            self.stored[name] = StoredFile(location, size_bytes, sha256)

    # archives

    def take_zip(self, path: Path) -> None:
        """Copy the entries of a zip archive."""
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                self.count_entry(info.filename)
                mode = info.external_attr >> 16
                # orig_filename still holds a NUL, at which zipfile cuts the name
                if info.is_dir():
                    continue
                if stat.S_ISLNK(mode):
                    self.refuse("archive.link", info.filename)
                elif info.flag_bits & 1:
                    self.refuse("archive.encrypted", info.filename)
                elif (name := self.gate.admit(info.orig_filename)) is not None:
                    self.check_ratio(info.file_size, info.compress_size, name)
                    with archive.open(info) as source:
                        self.store(name, source)

    def take_gzip(self, path: Path) -> None:
        """Unpack to a private file first, within the limits, then read it as tar."""
        unpacked = self.private / "unpacked.tar"
        packed_bytes = path.stat().st_size
        count = 0
        with gzip.open(path) as source, open(unpacked, "wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                count += len(chunk)
                if count > self.limits.total_bytes:
                    raise self.beyond(path.name, f"more than {self.limits.total_bytes} bytes")
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
        with open(path, "rb") as raw, tarfile.open(fileobj=_BoundedReads(raw), mode="r:") as archive:
            for member in archive:
                self.count_entry(f"{member.name}/" if member.isdir() else member.name)
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
                self.findings.append(make_finding(
                    "layout.empty-folder", file=printable(name), expected="folders with files only", found="an empty folder",
                    mend="Delete the folder, or add the files that belong into it.",
                ))  # fmt: skip

    def check_ratio(self, unpacked_bytes: int, packed_bytes: int, shown: str) -> None:
        """UnusableArchive when something unpacks to suspiciously much; small files may."""
        if unpacked_bytes > MIB and unpacked_bytes > self.limits.ratio * max(packed_bytes, 1):
            raise self.beyond(shown, f"unpacks to more than {self.limits.ratio} times its size")

    def store(self, name: str, source: IO[bytes]) -> None:
        """Copy an entry into a numbered private file."""
        location = self.private / f"{self.entries:06d}"
        with open(location, "wb") as target:
            size_bytes, sha256 = self.copy(source, target, name)
        self.stored[name] = StoredFile(location, size_bytes, sha256)

    def copy(self, source: IO[bytes], target: IO[bytes] | None, shown: str) -> tuple[int, str]:
        """Hash (and copy) ``source``; returns size in bytes and SHA-256; UnusableArchive beyond a limit."""
        digest = hashlib.sha256()
        size_bytes = 0
        while chunk := source.read(CHUNK_BYTES):
            size_bytes += len(chunk)
            self.total_bytes += len(chunk)
            if size_bytes > self.limits.file_bytes or self.total_bytes > self.limits.total_bytes:
                raise self.beyond(shown, f"{size_bytes} bytes and more, {self.total_bytes} in all")
            digest.update(chunk)
            if target is not None:
                target.write(chunk)
        return size_bytes, digest.hexdigest()

    def beyond(self, shown: str, found: str) -> UnusableArchive:
        """The exception for a limit that the whole tree broke."""
        limits = self.limits
        expected = f"{limits.total_bytes} bytes, {limits.file_bytes} per file, {limits.files} files, ratio {limits.ratio}"
        return _unusable("archive.limit", shown, f"at most {expected}", found)

    def refuse(self, code: str, shown: str) -> None:
        """Note an entry that is no ordinary file."""
        shown = printable(shown)
        self.findings.append(make_finding(
            code, file=shown, expected="regular, unencrypted files", found=shown, mend="Put the file itself there.",
        ))  # fmt: skip


class _BoundedReads:
    """A file for tarfile whose single reads are bounded, so that a forged header cannot fill the memory."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.seek, self.tell = raw.seek, raw.tell

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= max(_HEADER_BYTES, CHUNK_BYTES):
            raise tarfile.ReadError("a header claims an absurd size")
        return self._raw.read(size)


def _walk(root: Path) -> Iterator[tuple[Path, str, str]]:
    """(location, path relative to ``root``, kind) of everything but ``.git``, in no order; folders end with a slash."""
    pending = [(root, "")]
    while pending:
        folder, prefix = pending.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                relative = f"{prefix}{entry.name}"
                if entry.is_symlink():
                    yield Path(entry.path), relative, "link"
                elif entry.is_dir():
                    if entry.name != ".git":
                        yield Path(entry.path), f"{relative}/", "folder"
                        pending.append((Path(entry.path), f"{relative}/"))
                else:
                    kind = "file" if entry.is_file() else "special-file"
                    yield Path(entry.path), relative, kind


def _unusable(code: str, shown: str, expected: str, found: str) -> UnusableArchive:
    mend = "Pack the submission again as .zip or .tar.gz."
    return UnusableArchive(
        make_finding(code, file=printable(shown), expected=expected, found=found, mend=mend)
    )
