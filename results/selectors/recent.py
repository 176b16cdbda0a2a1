"""What readers without an account are answered from: the newest state of the data that this process is ready for.

Following a publication takes a process half a second at a million results. Whoever may have caused it waits for it; all
other readers are answered from the state before until the new one is ready, which a thread sees to.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connection

from .facets import values_of
from .generation import Generation, remember
from .site import data_version, read_version
from .snapshot import Snapshot, current_snapshot, held_snapshot, is_held
from .snapshot.columns import Part
from .snapshot.view import count_together

log = logging.getLogger(__name__)

MOST_BEHIND_S = 10.0
"""So long after it was seen a change is waited for by everybody."""


@dataclass(frozen=True, slots=True)
class _Known:
    version: str
    generation: Generation
    looked_at: float
    behind_since: float | None = None


_known: _Known | None = None
_lock = threading.Lock()
_follower: threading.Thread | None = None


def recent_data_version() -> str:
    """:func:`data_version` as it was at most ``DATA_VERSION_AGE_S`` seconds ago, of a state that this process is ready
    for; the rest of the request is answered from it. A negative age asks anew each time."""
    if settings.DATA_VERSION_AGE_S < 0:
        return data_version()
    known = _known
    if known is None or time.monotonic() - known.looked_at > settings.DATA_VERSION_AGE_S:
        known = _look(known)
    remember(known.generation)
    return known.version


def _look(known: _Known | None) -> _Known:
    global _known
    if not _lock.acquire(blocking=known is None):
        return known or _look(None)  # another thread is looking
    try:
        version, generation = read_version()
        now = time.monotonic()
        since = now if known is None or known.behind_since is None else known.behind_since
        is_ready = known is None or generation == known.generation or is_held(generation)
        if is_ready or now - since > MOST_BEHIND_S:
            _known = _Known(version, generation, now)
        else:
            _follow()
            _known = replace(known, looked_at=now, behind_since=since)
        return _known
    finally:
        _lock.release()


def _follow() -> None:
    global _follower
    if _follower is None or not _follower.is_alive():
        _follower = threading.Thread(target=_become_ready, name="snapshot", daemon=True)
        _follower.start()


def _become_ready() -> None:
    before = held_snapshot()
    try:
        now = current_snapshot()
        if before is not None:
            prepare(now, before)
        with _lock:
            version, generation = read_version()
            if is_held(generation):
                global _known
                _known = _Known(version, generation, time.monotonic())
    except (
        Exception
    ):  # after MOST_BEHIND_S a request follows the change itself, and fails with the same words
        log.exception("the change of the data could not be followed in the background")
    finally:
        connection.close()
        # Columns of the state before hang together in circles, which are hundreds of megabytes at a million results.
        gc.collect()


_MADE_AGAIN = {"key": Part.key, "order": Part.order, "ordered key": Part.ordered_key, "groups": Part.groups}


def prepare(now: Snapshot, before: Snapshot) -> None:
    """Compute of ``now`` what readers have asked for of ``before``, so that none of them waits for it."""
    for benchmark, part in now.parts.items():
        old = before.parts.get(benchmark)
        if old is None or old is part:
            continue
        for name in list(old.kept):
            if isinstance(name, tuple) and name[0] in _MADE_AGAIN:
                _MADE_AGAIN[name[0]](part, *name[1:])
            elif isinstance(name, tuple) and name[0] == "facet":
                values_of(part, name[1])
        if "joint" in old.kept:
            count_together(part)
