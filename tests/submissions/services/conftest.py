from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command


@pytest.fixture(autouse=True)
def archive_folder(tmp_path: Path, settings) -> Path:
    """Archives of a test go into its own folder."""
    settings.ARCHIVE_DIR = tmp_path / "archives"
    settings.INCOMING_DIR = tmp_path / "incoming"
    folder = {
        "BACKEND": "submissions.archive_storage.ArchiveFolder",
        "OPTIONS": {"location": settings.ARCHIVE_DIR},
    }
    settings.STORAGES = settings.STORAGES | {"archives": folder}
    return settings.ARCHIVE_DIR


@pytest.fixture
def catalogue(db: None) -> None:
    """The shipped catalogue, as a publish needs it."""
    call_command("load_catalogue", verbosity=0)
