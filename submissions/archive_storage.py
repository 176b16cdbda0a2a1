"""A folder of this machine as the storage of archives: whole or not at all, read-only, never replaced."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class ArchiveFolder(FileSystemStorage):
    """Writes aside, flushes to disk, renames: a crash leaves either nothing or the whole file.

    A name is the hash of its bytes, so a file that stands there already is the same or damaged, and is replaced.
    """

    INCOMING = ".incoming-"

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File) -> str:
        base, target = Path(self.location), Path(self.path(name))
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=base, prefix=self.INCOMING, delete=False) as out:
            aside = Path(out.name)
            try:
                shutil.copyfileobj(content, out, 1 << 20)
                out.flush()
                os.fsync(out.fileno())
                os.chmod(aside, 0o444)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(aside, target)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
        return name
