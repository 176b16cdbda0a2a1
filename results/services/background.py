"""Work that reads all of the published data and that nobody waits for: one piece at a time, and rarely where it is long.

Findings, files and projections follow each publication. With many results each of them takes a slot of the worker for
minutes, and people wait for its other slots: for the checks of what they sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache

LONG_S = 2.0
REST_FACTOR = 10
"""A piece that took longer than LONG_S is left alone for so many times as long; publications since go together then."""
LOST_AFTER_S = 1800
"""A turn that has been taken for so long was lost with its worker."""
_TAKEN = "background-turn"


@contextmanager
def turn(name: str) -> Iterator[bool]:
    """Whether ``name`` may begin now; if not, the schedule asks again. A command without a worker always may."""
    if settings.RUN_TASKS_AT_ONCE:
        yield True
        return
    resting = f"background-resting-{name}"
    if cache.get(resting) or not cache.add(_TAKEN, name, LOST_AFTER_S):
        yield False
        return
    began = time.monotonic()
    try:
        yield True
    finally:
        took = time.monotonic() - began
        if took > LONG_S:
            cache.set(resting, True, REST_FACTOR * took)
        cache.delete(_TAKEN)


def forget_turns() -> None:
    """A worker that starts has no piece under way: one that was killed left its turn taken."""
    cache.delete(_TAKEN)
