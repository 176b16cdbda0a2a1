"""Where the tests' archives lie: tests may damage or remove what the product never touches."""

from __future__ import annotations

from pathlib import Path

from submissions.services.storage import archive_storage, name_of


def path_of(sha256: str) -> Path:
    """The file of a stored archive."""
    return Path(archive_storage().path(name_of(sha256)))
