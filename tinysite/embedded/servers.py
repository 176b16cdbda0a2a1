"""The embedded servers for one management command: the running ones, or its own for its duration."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from . import postgres, valkey
from .errors import EmbeddedError
from .lock import FolderLock, OwnerLock
from .paths import DataFolder
from .postgres import Postgres

_OTHER_STARTS_DEADLINE_S = 90.0


@contextmanager
def postgres_for_command(folder: DataFolder, command: str, *, throwaway: bool = False) -> Iterator[bool]:
    """PostgreSQL for as long as the block runs; yields whether this process started it.

    Commands that run side by side share one server: it is stopped when the last of them is done.
    """
    folder.create()
    users, owner = FolderLock(folder.users_lock), OwnerLock(folder.owner_lock)
    if not _join(folder, users, owner, command):
        with users:
            yield False
        return
    server = Postgres(folder, throwaway=throwaway)
    interrupted = False
    try:
        with _sigterm_as_exit():
            server.start()
            yield True
    except (KeyboardInterrupt, _Terminated):
        interrupted = True
        raise
    finally:
        if not interrupted:
            users.release()
            users.acquire()  # waits for the commands that share this server
        server.stop()
        owner.release()
        users.release()


def valkey_is_running(folder: DataFolder) -> bool:
    return valkey.is_answering(folder.valkey_socket)


def _join(folder: DataFolder, users: FolderLock, owner: OwnerLock, command: str) -> bool:
    """Become the owner (True) or find the owner's server answering (False)."""
    end = time.monotonic() + _OTHER_STARTS_DEADLINE_S
    while True:
        users.acquire(shared=True)  # waits while an owner is stopping its server
        if owner.claim(command=command):
            return True
        if postgres.is_answering(folder):
            return False
        users.release()
        if time.monotonic() > end:
            raise EmbeddedError(
                f"{owner.refusal().what} Its PostgreSQL did not answer within {_OTHER_STARTS_DEADLINE_S:.0f} s.",
                log=folder.log("postgres"),
                remedy="end that process and try again.",
            )
        time.sleep(0.05)


class _Terminated(SystemExit):
    """SIGTERM, turned into an exception."""


@contextmanager
def _sigterm_as_exit() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that the server is stopped in order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _frame: object) -> None:
        raise _Terminated(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        with suppress(TypeError):  # a handler that was not set from Python cannot be put back
            signal.signal(signal.SIGTERM, before)


def uses_embedded_postgres() -> bool:
    return not os.environ.get("DATABASE_URL", "").strip()


def uses_embedded_valkey() -> bool:
    return not os.environ.get("REDIS_URL", "").strip()
