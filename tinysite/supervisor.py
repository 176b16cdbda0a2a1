"""Starting the site's components in order, restarting one that dies, stopping all of them."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tinysite.embedded.errors import EmbeddedError
from tinysite.embedded.process import spawn, stop, wait_until

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 30.0
# A component that ran this long was healthy: its next death starts the back-off anew.
HEALTHY_AFTER_S = 60.0


class Component(Protocol):
    """An embedded server or one of the site's own programs."""

    name: str
    log: Path
    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass
class Program:
    """One of the site's own programs.

    ready        asked again and again until it is true
    deadline_s   how long the program may take to become ready
    patience_s   how long it may take to stop before it is killed
    orphaned     the signal it gets when the supervisor was killed (Linux)
    """

    name: str
    command: Sequence[str]
    log: Path
    folder: Path
    ready: Callable[[], bool] = lambda: True
    deadline_s: float = 60.0
    patience_s: float = 20.0
    orphaned: signal.Signals = signal.SIGTERM
    remedy: str = "read the log above; the settings stand in docs/operations.md."
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = spawn(self.command, log=self.log, death_signal=self.orphaned, folder=self.folder)
        try:
            wait_until(
                self.ready,
                process=self.process,
                name=f"The {self.name}",
                log=self.log,
                deadline_s=self.deadline_s,
                remedy=self.remedy,
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM, patience_s=self.patience_s)
            self.process = None


class Stopped(BaseException):
    """SIGINT or SIGTERM; not an Exception, so that nothing on the way takes it for a failure."""


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into `Stopped`; later ones are ignored, as everything is being stopped."""

    def leave(_number: int, _frame: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class _Watched:
    component: Component
    started_s: float = field(default_factory=time.monotonic)
    delay_s: float = field(default_factory=lambda: FIRST_DELAY_S)
    restart_at_s: float | None = None


class Supervisor:
    """Keeps components alive. `say` is given one line for everything a person should know."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self._watched: list[_Watched] = []
        self._wake = threading.Event()

    def start(self, component: Component) -> None:
        """Start a component and watch it from now on; raises EmbeddedError when it does not come up."""
        component.start()
        self._watched.append(_Watched(component))

    def watch(self) -> None:
        """Restart what dies, for ever; a signal ends it by an exception."""
        before = signal.signal(signal.SIGCHLD, lambda *_: self._wake.set())
        try:
            while True:
                for watched in self._watched:
                    self._look_after(watched)
                self._wake.wait(self._next_look_s())
                self._wake.clear()
        finally:
            signal.signal(signal.SIGCHLD, before)

    def stop(self) -> None:
        """Stop everything, the last started first."""
        while self._watched:
            self._watched.pop().component.stop()

    def _next_look_s(self) -> float:
        due = [watched.restart_at_s for watched in self._watched if watched.restart_at_s is not None]
        # A death announces itself by SIGCHLD; the second is for the one that came between look and wait.
        return max(0.0, min([1.0, *(at - time.monotonic() for at in due)]))

    def _look_after(self, watched: _Watched) -> None:
        component, now = watched.component, time.monotonic()
        if watched.restart_at_s is None:
            process = component.process
            if process is None or process.poll() is None:
                return
            if now - watched.started_s > HEALTHY_AFTER_S:
                watched.delay_s = FIRST_DELAY_S
            component.stop()  # whatever it left behind
            self.say(f"{component.name} ended ({_how(process.returncode)}); again in {watched.delay_s:.0f} s")
            self._put_off(watched)
        elif now >= watched.restart_at_s:
            self._restart(watched)

    def _restart(self, watched: _Watched) -> None:
        try:
            watched.component.start()
        except EmbeddedError as error:
            self.say(f"{error.message()}\n{watched.component.name} is tried again in {watched.delay_s:.0f} s")
            self._put_off(watched)
        else:
            watched.started_s, watched.restart_at_s = time.monotonic(), None
            self.say(f"{watched.component.name} is back")

    def _put_off(self, watched: _Watched) -> None:
        watched.restart_at_s = time.monotonic() + watched.delay_s
        watched.delay_s = min(2 * watched.delay_s, LONGEST_DELAY_S)


def _how(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"
