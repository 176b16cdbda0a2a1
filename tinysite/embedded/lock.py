"""Who owns a data folder, and who is using its servers.

Two lock files, both held by `flock`, so that a killed process never leaves one behind:

* the owner lock is exclusive: its holder starts the servers and stops them. It says in the file who it is;
* the users lock is shared by every management command. An owner that is itself a command takes it
  exclusively before it stops the servers, and so waits for the commands that came after it.
"""

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import AlreadyRunning


class FolderLock:
    """An advisory lock on a file; closing the descriptor, or dying, lets it go."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; False when somebody else has it and `wait` is off."""
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(self._descriptor, mode)
        except BlockingIOError:
            self.release()
            return False
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "FolderLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class OwnerLock(FolderLock):
    """The exclusive lock of a data folder, with a note of who holds it."""

    def claim(self, **note: Any) -> bool:
        """Take the lock and write `note` and the process id into it; False when it is taken."""
        if not self.acquire(wait=False):
            return False
        self.annotate(**note)
        return True

    def annotate(self, **note: Any) -> None:
        assert self._descriptor is not None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps({"pid": os.getpid(), **note}).encode(), 0)

    def holder(self) -> dict[str, Any]:
        """The note of the present holder; empty when there is none or it is being written."""
        try:
            return json.loads(self.path.read_bytes())
        except (OSError, ValueError):
            return {}

    def refusal(self) -> AlreadyRunning:
        """The error to raise when the lock is taken."""
        holder = self.holder()
        pid, address = holder.get("pid", "unknown"), holder.get("address")
        if address:
            return AlreadyRunning(
                f"TinySite is already running on {self.path.parent} (process {pid}), at {address}",
                remedy=f"use that one, stop it with Ctrl-C or `kill {pid}`, or set TINYSITE_DATA and PORT for a second.",
            )
        return AlreadyRunning(
            f"The data folder {self.path.parent} is in use by `{holder.get('command', 'another command')}` "
            f"(process {pid}).",
            remedy="wait for it to end, or set TINYSITE_DATA to another folder.",
        )
