"""A read-only view of submitted files, whatever they came in: paths, hashes, bytes and lines."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from results.domain.findings import Finding
from results.domain.records import SourceFile

from .codes import make_finding

MIB = 1 << 20
CHUNK_BYTES = MIB

TOP_FOLDERS = frozenset({"closed", "open", "results", "systems", "code"})
"""Folders that mean something at the top: a tree that holds only one of them is not descended into."""

_UNSAFE_CHARACTER = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters, and those that are not seen or turn the direction of writing: a name that shows as another."""
_DRIVE = re.compile(r"^[A-Za-z]:")
_JUNK_FOLDER = "__MACOSX"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tree may cost. The defaults hold a whole published round with its code."""

    total_bytes: int = 4096 * MIB
    file_bytes: int = 500 * MIB
    files: int = 100_000
    depth: int = 24
    path_chars: int = 400
    ratio: int = 300
    """Largest ratio of unpacked to packed size; logs of a runner reach about 60."""

    def allow_ratio(self, unpacked_bytes: int, packed_bytes: int) -> bool:
        """Whether something may unpack to that much; the first MiB always may."""
        return unpacked_bytes <= MIB or unpacked_bytes <= self.ratio * max(packed_bytes, 1)


MOST_FINDINGS = 100
"""Of one kind in the opening of one archive: an archive of nothing but faults is not worth a finding per entry."""


class Notes:
    """The findings of opening a tree: the first of each code one by one, the rest as a number."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._counts: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Note ``finding``, or only count it when there are enough of its kind."""
        self._counts[finding.code] += 1
        if self._counts[finding.code] <= MOST_FINDINGS:
            self._findings.append(finding)

    def findings(self) -> list[Finding]:
        """What was noted, with one finding more for each code that was noted too often."""
        return self._findings + [
            make_finding(
                code, file="", expected="none of this kind", found=f"{count - MOST_FINDINGS} more, not listed one by one",
                mend="Mend them as those that are listed.",
            )
            for code, count in self._counts.items() if count > MOST_FINDINGS
        ]  # fmt: skip


def printable(name: str) -> str:
    """``name`` as a finding may carry it: unsafe characters escaped, cut at 200 characters."""
    return _UNSAFE_CHARACTER.sub(lambda match: f"\\x{ord(match[0]):02x}", name)[:200]


class UnusableArchive(Exception):
    """The archive as a whole cannot be read. ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.found)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where the bytes of a submitted file lie on this machine, and what was found when they were read.

    ``content`` is the bytes that were hashed, None where they were too many to be kept.
    """

    location: str | Path
    size_bytes: int
    sha256: str
    content: bytes | None = None


class Tree:
    """Submitted files by POSIX path, sorted. Made by :func:`submissions.formats.archive.open_tree`.

    ``name`` is the name of the folder or archive that was read, ``findings`` grows while files are read,
    ``unreadable`` is true when the archive as a whole cannot be used (then ``files`` is empty).
    """

    def __init__(
        self, name: str, stored: Mapping[str, StoredFile], findings: list[Finding], *,
        absent: Collection[str] = (), unreadable: bool = False,
    ) -> None:  # fmt: skip
        self.name = name
        self.unreadable = unreadable
        self.findings = findings
        self._stored = dict(stored)
        self._noted_not_utf8: set[str] = set()
        here = {path: SourceFile(path, file.size_bytes, file.sha256) for path, file in stored.items()}
        left_out = {path: SourceFile(path, None, None, here=False) for path in absent if path not in stored}
        self.files: Mapping[str, SourceFile] = dict(sorted({**here, **left_out}.items()))

    def read_bytes(self, path: str) -> bytes:
        """The bytes of ``path``; KeyError when it is not here.

        A file that is read again and changed since its hash was taken gives no bytes and a finding: its evidence would
        be wrong.
        """
        stored = self._stored[path]
        if stored.content is not None:
            return stored.content
        try:
            data = Path(stored.location).read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() == stored.sha256:
            return data
        self.findings.append(make_finding(
            "archive.changed", file=path, expected=f"sha256 {stored.sha256}", found="other bytes at the second reading",
            mend="Read a folder that nobody writes to.",
        ))  # fmt: skip
        return b""

    def read_text(self, path: str) -> str:
        """The text of ``path`` as UTF-8 without byte order mark; other bytes and NUL are replaced, the former noted."""
        data = self.read_bytes(path)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            text = data.decode("utf-8", errors="replace")
            if path not in self._noted_not_utf8:
                self._noted_not_utf8.add(path)
                self.findings.append(make_finding(
                    "file.not-utf8", file=path, line=data.count(b"\n", 0, error.start) + 1, expected="UTF-8 text",
                    found=f"byte 0x{data[error.start]:02x} at offset {error.start}", mend="Save the file as UTF-8.",
                ))  # fmt: skip
        return text.removeprefix("\ufeff").replace("\x00", "\ufffd")

    def read_plain_text(self, path: str) -> str:
        """The text of ``path`` with line feeds alone. Only they end a line, as in every other tool that counts."""
        text = self.read_text(path)
        return text.replace("\r\n", "\n").removesuffix("\r") if "\r" in text else text

    def read_lines(self, path: str) -> list[str]:
        """The lines of ``path``, without their ends."""
        return self.read_plain_text(path).split("\n")

    def sha256(self, path: str) -> str:
        """The hash of ``path`` in hex; KeyError when it is not here."""
        return self._stored[path].sha256

    def is_here(self, path: str) -> bool:
        """Whether the bytes of ``path`` can be read."""
        return path in self._stored

    def location(self, path: str) -> Path:
        """Where the bytes of ``path`` lie while the tree is open; KeyError when it is not here."""
        return Path(self._stored[path].location)

    def under(self, folder: str) -> Tree:
        """The same files with ``folder`` in front of every path, such as the place they have in their round."""
        findings = (replace(f, file=f"{folder}/{f.file}") if f.file else f for f in self.findings)
        return self._renamed({path: f"{folder}/{path}" for path in self.files}, findings)

    def within(self, folder: str) -> Tree:
        """Only what lies below ``folder``, under unchanged paths; findings on other folders of its level stay behind."""
        depth = folder.count("/")
        findings = (f for f in self.findings if f.file.startswith(f"{folder}/") or f.file.count("/") <= depth)
        return self._renamed({path: path for path in self.files if path.startswith(f"{folder}/")}, findings)

    def _renamed(self, names: Mapping[str, str], findings: Iterable[Finding]) -> Tree:
        stored = {new: self._stored[old] for old, new in names.items() if old in self._stored}
        absent = [new for old, new in names.items() if old not in self._stored]
        return Tree(self.name, stored, list(findings), absent=absent, unreadable=self.unreadable)


@dataclass(slots=True)
class PathGate:
    """Lets safe, new paths through and turns every other into a finding."""

    limits: Limits
    notes: Notes
    _seen: dict[str, str] = field(default_factory=dict)
    _folders: set[str] = field(default_factory=set)

    def admit(self, raw: str) -> str | None:
        """The POSIX path of the entry named ``raw``, None when it is refused (a finding says why)."""
        shown = printable(raw)
        if _UNSAFE_CHARACTER.search(raw):
            return self._refuse(
                "archive.control-character", shown, "printable UTF-8 names", "Rename the file."
            )
        if raw.startswith("/") or _DRIVE.match(raw):
            return self._refuse(
                "archive.absolute-path", shown, "relative paths", "Pack the folder with relative paths."
            )
        parts = [part for part in raw.split("/") if part not in ("", ".")]
        if ".." in parts or "\\" in raw:
            return self._refuse(
                "archive.traversal", shown, "paths without .. and \\", "Pack the folder again."
            )
        path = "/".join(parts)
        if len(parts) > self.limits.depth or len(path) > self.limits.path_chars:
            expected = f"at most {self.limits.depth} levels and {self.limits.path_chars} characters"
            return self._refuse("archive.limit", shown, expected, "Shorten the path.")
        return self._admit_new(path) if path else None

    def _admit_new(self, path: str) -> str | None:
        key = unicodedata.normalize("NFC", path).casefold()
        parts = key.split("/")
        folders = {"/".join(parts[:count]) for count in range(1, len(parts))}
        earlier = self._seen.get(key)
        if earlier is not None and earlier != path:
            return self._refuse(
                "archive.case-collision", path, "paths that differ beyond case", f"Rename it: {earlier}."
            )
        if earlier is not None or key in self._folders or not folders.isdisjoint(self._seen):
            return self._refuse("archive.duplicate", path, "every path once", "Pack the folder again.")
        self._seen[key] = path
        self._folders |= folders
        return path

    def _refuse(self, code: str, shown: str, expected: str, mend: str) -> None:
        self.notes.add(make_finding(code, file=shown, expected=expected, found=shown, mend=mend))


def descend(paths: Collection[str]) -> str:
    """The folder prefix (with its slash) to strip: a tree that holds one folder only is that folder."""
    rest = [path for path in paths if not path.startswith(f"{_JUNK_FOLDER}/")]
    prefix = ""
    while True:
        tops = {path.split("/", 1)[0] for path in rest}
        top = next(iter(tops), "")
        if len(tops) != 1 or top in TOP_FOLDERS or any("/" not in path for path in rest):
            return prefix
        prefix += f"{top}/"
        rest = [path[len(top) + 1 :] for path in rest]
