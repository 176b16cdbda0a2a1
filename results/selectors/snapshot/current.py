"""The snapshot of the data as they stand: this process's, another's, the last one brought up to date, or a new one."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path

from django.conf import settings

from results.models import DataChange, DataGeneration
from results.selectors.generation import Generation, current_generation

from .columns import Snapshot, nothing_published
from .files import SnapshotFiles
from .reading import read_changes, read_everything

log = logging.getLogger(__name__)

_lock = threading.Lock()
_held: Snapshot | None = None
_files: SnapshotFiles | None = None


def current_snapshot() -> Snapshot:
    """The snapshot of the generation that the request is answered from. One query at most while nothing has changed.

    After a change the first process that asks brings the last snapshot up to date, which takes milliseconds; the others
    wait for its file. A folder that cannot be written costs each process a copy of its own.
    """
    number, changed_at = current_generation()
    if changed_at is None:
        return nothing_published()
    key, held = _key(number, changed_at), _held
    if held is not None and held.key == key:
        return held
    with _lock:  # one thread of this process
        return _brought_up_to_date(key, number)


def held_snapshot() -> Snapshot | None:
    """The snapshot that this process asked for last, however old."""
    return _held


def is_held(generation: Generation) -> bool:
    """Whether this process has the snapshot of ``generation`` at hand."""
    number, changed_at = generation
    held = _held
    return changed_at is None or (held is not None and held.key == _key(number, changed_at))


def forget_snapshot() -> None:
    """Read everything again at the next question: for tests, whose data change without a new generation."""
    global _held
    with _lock:
        _held = None


def _newest() -> Generation:
    return DataGeneration.objects.values_list("number", "changed_at").first() or (0, None)


def _key(number: int, changed_at: datetime) -> str:
    """Names a state of the data: two databases, or one and its restored copy, never share a moment."""
    return f"{number}-{changed_at:%Y%m%d%H%M%S%f}"


def _brought_up_to_date(key: str, number: int) -> Snapshot:
    global _held, _files
    if _held is not None and (_held.key == key or (_held.number > number and _held.key == _key(*_newest()))):
        return _held  # another thread has seen more since this request began
    if _files is None or _files.folder != Path(settings.SNAPSHOT_DIR):
        _files = SnapshotFiles(Path(settings.SNAPSHOT_DIR))
    try:
        found = _files.read(key)
        if found is None:
            with _files.locked():
                found = _files.read(key) or _made(key, number)
                _files.write(found)
    except OSError as problem:
        log.warning("the snapshot of the leaderboards is not shared: %s", problem)
        found = _made(key, number)
    _held = found
    return found


def _made(key: str, number: int) -> Snapshot:
    """A snapshot of one state of the data: made again when they changed meanwhile."""
    base = _held or (_files.newest() if _files is not None else None)
    while True:
        can_follow = base is not None and base.number < number and was_here(base.key, base.number)
        found = (read_changes(base, key, number) if can_follow else None) or read_everything(key, number)
        newer, changed_at = _newest()
        if changed_at is None or _key(newer, changed_at) == key:
            return found
        key, number = _key(newer, changed_at), newer


def was_here(key: str, number: int) -> bool:
    """Whether a snapshot of that key and generation is one of an earlier state of this database."""
    row = DataChange.objects.filter(generation=number).values_list("changed_at", flat=True).first()
    return row is not None and _key(number, row) == key
