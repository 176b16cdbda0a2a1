"""Child processes that end with their parent, and PostgreSQL's refusal to run as root."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .errors import EmbeddedError

_PR_SET_PDEATHSIG = 1
_NOBODY = 65534
_LOG_MAX_BYTES = 10_000_000
# Loaded at import: between fork and exec the child may not take the loader's lock.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dying_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does before exec: ask the kernel for `death_signal` when its parent dies (Linux only),
    and lead its own process group, so that Ctrl-C in a terminal reaches the supervisor alone."""
    parent = os.getpid()

    def prepare() -> None:
        os.setpgid(0, 0)
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before prctl took effect
                os._exit(1)

    return prepare


@dataclass(frozen=True)
class RunAs:
    """How PostgreSQL's programs are started: `prefix` before the command, or as `uid`."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def popen_arguments(self) -> dict[str, object]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.uid, "extra_groups": []}

    def hand_over(self, folder: Path) -> None:
        """Let the changed user own `folder`; nothing to do where files stay ours."""
        if self.uid is not None:
            os.chown(folder, self.uid, self.uid)

    def require_access(self, *paths: Path) -> None:
        """Raise unless the changed user can reach every path; parents' modes are never changed."""
        if self.uid is None:
            return
        for path in paths:
            probe = subprocess.run(["test", "-x", str(path)], **self.popen_arguments())  # type: ignore[call-overload]
            if probe.returncode:
                raise EmbeddedError(
                    f"PostgreSQL refuses to run as root, this machine allows no user namespaces, and the user "
                    f"that it would run as cannot reach {path}.",
                    remedy="run TinySite as an ordinary user, move the checkout and TINYSITE_DATA to a folder "
                    "that others may enter, or set DATABASE_URL.",
                )


@cache
def unprivileged() -> RunAs:
    """The way to run PostgreSQL for the present user.

    PostgreSQL refuses uid 0. In a user namespace root looks like uid 1000 while its files stay root's, so
    no system user is made and no folder's mode is changed. Where namespaces are refused, uid 65534 is used.
    """
    if os.geteuid() != 0:
        return RunAs()
    unshare = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if shutil.which("unshare") and subprocess.run([*unshare, "true"], capture_output=True).returncode == 0:
        return RunAs(prefix=unshare)
    return RunAs(uid=_NOBODY)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    death_signal: signal.Signals,
    run_as: RunAs | None = None,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a long-running child with its output appended to `log`."""
    run_as = run_as or RunAs()
    turn_over(log)
    with log.open("ab") as output:
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            [*run_as.prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=dying_with_parent(death_signal),
            env=environment,
            cwd=folder,
            **run_as.popen_arguments(),
        )


def turn_over(log: Path) -> None:
    """Keep one earlier log file once the present one is large."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > _LOG_MAX_BYTES:
            log.replace(log.with_suffix(".log.1"))


def stop(process: subprocess.Popen[bytes], first: signal.Signals, *, patience_s: float) -> None:
    """Send `first` and wait; after `patience_s` kill. Whatever the child left in its group is killed too."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    kill_group(process.pid)


def kill_group(leader: int) -> None:
    """End the processes that a dead group leader left behind, such as a killed server's workers."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def wait_until(
    answers: Callable[[], bool],
    *,
    process: subprocess.Popen[bytes],
    name: str,
    log: Path,
    deadline_s: float,
    remedy: str,
) -> None:
    """Wait for a started server to answer; raise with its log when it ends or stays silent."""
    end = time.monotonic() + deadline_s
    while not answers():
        if process.poll() is not None:
            raise EmbeddedError(
                f"{name} ended at once (status {process.returncode}).", remedy=remedy, log=log
            )
        if time.monotonic() > end:
            raise EmbeddedError(f"{name} did not answer within {deadline_s:.0f} s.", remedy=remedy, log=log)
        time.sleep(0.02)
