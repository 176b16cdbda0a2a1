"""Audit: every stored archive compared with its SHA-256, and what stands on one side only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from submissions.models import Archive, Check

from . import checks
from .incoming import leftovers
from .storage import archive_storage, hash_of, name_of


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong. ``kind``: damaged, missing (row without bytes), orphan (bytes without row), leftover."""

    kind: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was compared, and what was found wrong."""

    archives: int
    size_bytes: int
    problems: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """The shape of ``check_storage --json``."""
        return {
            "archives": self.archives, "size_bytes": self.size_bytes,
            "problems": [asdict(problem) for problem in self.problems],
        }  # fmt: skip


def audit() -> Audit:
    """Read every stored archive. What is stored or deleted while it runs is not taken for a fault."""
    stored = set(_names(archive_storage()))  # before the rows: bytes are stored first
    rows = dict(Archive.objects.values_list("sha256", "size_bytes"))
    problems = [problem for sha256 in sorted(rows) if (problem := _compare(sha256)) is not None]
    known = {name_of(sha256) for sha256 in rows}
    for name in sorted(stored - known):
        if not Archive.objects.filter(pk=name.rsplit("/", 1)[-1]).exists():
            problems.append(Problem("orphan", name, "bytes that the database does not know"))
    checked = set(Check.objects.values_list("pk", flat=True))
    for name in sorted(set(checks.names()) - checked):
        problems.append(Problem("orphan", f"{checks.FOLDER}/{name}", "bytes of a check that is over"))
    problems += [Problem("leftover", path.name, "left behind by a killed process") for path in leftovers()]
    return Audit(len(rows), sum(rows.values()), tuple(problems))


def _compare(sha256: str) -> Problem | None:
    name = name_of(sha256)
    if not archive_storage().exists(name):
        return Problem("missing", name, "the database knows it, the storage does not")
    try:
        found = hash_of(name)
    except OSError as problem:
        return Problem("damaged", name, f"cannot be read: {problem.strerror or problem}")
    return None if found == sha256 else Problem("damaged", name, f"its bytes have the SHA-256 {found}")


def _names(storage: Any, folder: str = "") -> Iterator[str]:
    """Every file below ``folder`` but those of checks and those still being written."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    for file in files:
        if not file.startswith("."):
            yield f"{folder}/{file}".lstrip("/")
    for inner in folders:
        if inner and f"{folder}/{inner}".lstrip("/") != checks.FOLDER:
            yield from _names(storage, f"{folder}/{inner}".lstrip("/"))
