"""The folder that uploads are streamed into before anybody has looked at them."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

LEFT_BEHIND_AFTER_S = 86_400
"""No upload takes a day: what is older was left behind by a process that was killed."""
_PATTERNS = (".incoming-*", "upload-*")


def incoming_folder() -> Path:
    """The folder, made if need be; only the site's own account may enter it."""
    folder = Path(settings.INCOMING_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def leftovers() -> list[Path]:
    """Files of uploads and of storing that no process can still be writing."""
    limit = time.time() - LEFT_BEHIND_AFTER_S
    found = []
    for folder in (Path(settings.INCOMING_DIR), Path(settings.ARCHIVE_DIR)):
        for pattern in _PATTERNS:
            found += [path for path in folder.glob(pattern) if _changed_at(path) < limit]
    return sorted(found)


def remove_leftovers() -> int:
    """Remove what killed processes left behind; how many files that were."""
    gone = leftovers()
    for path in gone:
        path.unlink(missing_ok=True)
        logger.warning("removed %s, which a killed process left behind", path.name)
    return len(gone)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # its writer has just finished
        return time.time()
