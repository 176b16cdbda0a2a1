import signal
import sys
from pathlib import Path

import pytest

from tinysite import supervisor as module
from tinysite.embedded.errors import EmbeddedError
from tinysite.supervisor import Program, Stopped, Supervisor

_STAY = "import sys, signal; signal.sigwait([signal.SIGTERM])"


class Listener:
    """Collects what the supervisor says, and stops it at a line that ends with `until`."""

    def __init__(self, until: str) -> None:
        self.until, self.lines = until, []

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        if line.endswith(self.until):
            raise Stopped


def program(folder: Path, code: str, **changes) -> Program:
    return Program(
        "worker",
        [sys.executable, "-c", code],
        log=folder / "worker.log",
        folder=folder,
        **{"deadline_s": 30.0, **changes},
    )


@pytest.fixture(autouse=True)
def short_delays(monkeypatch):
    monkeypatch.setattr(module, "FIRST_DELAY_S", 0.01)


def test_a_component_that_dies_is_started_again_and_this_is_said(tmp_path):
    listen = Listener(until="is back")
    supervisor = Supervisor(listen)
    supervisor.start(program(tmp_path, _STAY))
    supervisor._watched[0].component.process.kill()
    with pytest.raises(Stopped):
        supervisor.watch()
    assert listen.lines == ["worker ended (signal SIGKILL); again in 0 s", "worker is back"]
    supervisor.stop()


def test_the_delay_grows_while_a_component_keeps_dying(tmp_path):
    deaths = []

    def listen(line: str) -> None:
        if "ended" in line:
            deaths.append(supervisor._watched[0].delay_s)
        if len(deaths) == 4:
            raise Stopped

    supervisor = Supervisor(listen)
    supervisor.start(program(tmp_path, "raise SystemExit(3)"))
    with pytest.raises(Stopped):
        supervisor.watch()
    assert deaths == [0.01, 0.02, 0.04, 0.08]
    supervisor.stop()


def test_a_component_that_does_not_come_back_is_tried_again(tmp_path):
    marker = tmp_path / "started"
    code = f"import pathlib; p = pathlib.Path({str(marker)!r}); assert not p.exists(); p.touch(); {_STAY}"
    listen = Listener(until="is tried again in 0 s")
    supervisor = Supervisor(listen)
    supervisor.start(program(tmp_path, code, ready=marker.exists))
    supervisor._watched[0].component.process.kill()
    marker_seen = iter([True])
    supervisor._watched[0].component.ready = lambda: next(marker_seen, False) and False
    with pytest.raises(Stopped):
        supervisor.watch()
    assert "AssertionError" in listen.lines[-1]
    supervisor.stop()


def test_a_component_that_ends_at_once_fails_with_its_log(tmp_path):
    with pytest.raises(EmbeddedError) as caught:
        Supervisor(print).start(program(tmp_path, "raise SystemExit('no such table')", ready=lambda: False))
    assert "The worker ended at once (status 1)." in caught.value.message()
    assert "no such table" in caught.value.message()


def test_a_component_that_stays_silent_fails_after_its_deadline(tmp_path):
    silent = program(tmp_path, _STAY, ready=lambda: False, deadline_s=0.1)
    with pytest.raises(EmbeddedError, match="did not answer"):
        silent.start()
    assert silent.process is None


def test_a_component_that_ignores_the_signal_is_killed(tmp_path):
    ready = tmp_path / "ready"
    code = f"import signal, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN); pathlib.Path({str(ready)!r}).touch(); signal.pause()"
    stubborn = program(tmp_path, code, ready=ready.exists, patience_s=0.1)
    stubborn.start()
    process = stubborn.process
    stubborn.stop()
    assert process.returncode == -signal.SIGKILL


def test_components_stop_in_the_reverse_order(tmp_path):
    stopped = []

    class Named(Program):
        def stop(self) -> None:
            stopped.append(self.name)
            super().stop()

    supervisor = Supervisor(print)
    for name in ("first", "second"):
        supervisor.start(
            Named(name, [sys.executable, "-c", _STAY], log=tmp_path / f"{name}.log", folder=tmp_path)
        )
    supervisor.stop()
    assert stopped == ["second", "first"]
