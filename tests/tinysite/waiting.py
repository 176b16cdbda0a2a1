"""Waiting for another process, always with a deadline."""

import os
import select
import threading
import time
from collections.abc import Callable, Iterable

DEADLINE_S = 60.0


def wait_for(condition: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Ask again and again until `condition` holds; fails the test with `what` after the deadline."""
    end = time.monotonic() + deadline_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, f"waited {deadline_s:.0f} s for {what}"
        pause.wait(0.05)


def wait_for_end(pids: Iterable[int], deadline_s: float = DEADLINE_S) -> None:
    """Wait until none of the processes lives (Linux)."""
    end = time.monotonic() + deadline_s
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        with open(descriptor, "rb", closefd=True):
            readable, _, _ = select.select([descriptor], [], [], max(0.0, end - time.monotonic()))
            assert readable, f"process {pid} still lives"


def descendants(pid: int) -> set[int]:
    """Every process below `pid` (Linux)."""
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parents[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}
