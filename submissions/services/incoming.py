"""The folder of what is on its way: uploads being received, archives being unpacked, copies out of a bucket."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

LEFT_BEHIND_AFTER_S = 86_400
"""No upload takes a day: what is older was left behind by a process that was killed."""
CHECK_PREFIX, COPY_PREFIX = "check-", "copy-"
_PATTERNS = (".incoming-*", "upload-*", f"{COPY_PREFIX}*")


def incoming_folder() -> Path:
    """The folder, made if need be; only the site's own account may enter it."""
    folder = Path(settings.INCOMING_DIR).absolute()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def leftovers() -> list[Path]:
    """Files and folders that no process can still be writing. An unpacked archive is large and goes soonest."""
    now = time.time()
    limits_s = dict.fromkeys(_PATTERNS, LEFT_BEHIND_AFTER_S)
    limits_s[f"{CHECK_PREFIX}*"] = 2 * settings.CHECK_DEADLINE_S
    found = []
    for folder in (Path(settings.INCOMING_DIR), Path(settings.ARCHIVE_DIR)):
        for pattern, limit_s in limits_s.items():
            found += [path for path in folder.glob(pattern) if _changed_at(path) < now - limit_s]
    return sorted(found)


def remove_leftovers() -> int:
    """Remove what killed processes left behind; how many files and folders that were."""
    gone = leftovers()
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        logger.warning("removed %s, which a killed process left behind", path.name)
    return len(gone)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # its writer has just finished
        return time.time()
