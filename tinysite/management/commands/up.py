"""Start the whole site: servers, database, web, worker and beat, until Ctrl-C or SIGTERM."""

import http.client
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from tinysite.celery import WORKER_SEEN_KEY
from tinysite.embedded.errors import EmbeddedError
from tinysite.embedded.lock import OwnerLock
from tinysite.embedded.postgres import Postgres
from tinysite.embedded.servers import uses_embedded_postgres, uses_embedded_valkey
from tinysite.embedded.valkey import Valkey
from tinysite.supervisor import Component, Program, Stopped, Supervisor, stopping_on_signals

_FASTEST_TEMPORARY_FOLDER = Path("/dev/shm")


class Command(BaseCommand):
    help = "Start the whole site and keep it running until Ctrl-C or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        address = f"http://{_reachable(settings.BIND)}:{settings.PORT}/"
        supervisor = Supervisor(self._say)
        lock = OwnerLock(settings.DATA.owner_lock)
        try:
            with stopping_on_signals():
                settings.DATA.create()
                if not lock.claim(command="manage.py up", address=address):
                    raise lock.refusal()
                _require_free_port()
                self._say(f"TinySite is starting, with its data in {settings.DATA.root}")
                self._start_all(supervisor)
                took_s = time.monotonic() - began
                self._say(f"TinySite answers at {address} (started in {took_s:.1f} s; Ctrl-C stops it)")
                supervisor.watch()
        except Stopped:
            self._say("TinySite is stopping …")
        except EmbeddedError as error:
            self._say("")
            sys.exit(error.message())
        finally:
            supervisor.stop()
            lock.release()
        self._say("TinySite has stopped.")

    def _start_all(self, supervisor: Supervisor) -> None:
        if uses_embedded_postgres():
            self._start(supervisor, Postgres(settings.DATA))
        if uses_embedded_valkey():
            self._start(supervisor, Valkey(settings.DATA))
        with self._step("database up to date"):
            _prepare_database()
        cache.delete(WORKER_SEEN_KEY)
        self._start(supervisor, web())
        # Beat and worker come up side by side: beat is ready as soon as it runs.
        self._start(supervisor, beat())
        self._start(supervisor, worker())

    def _start(self, supervisor: Supervisor, component: Component) -> None:
        with self._step(component.name):
            supervisor.start(component)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """Say what is being started, then how long it took."""
        self.stdout.write(f"  {name:<22}", ending="")
        self.stdout.flush()
        began = time.monotonic()
        yield
        self._say(f"ready  {time.monotonic() - began:5.1f} s")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def web() -> Program:
    command = [sys.executable, "-m", "gunicorn", "tinysite.wsgi:application"]
    command += ["--bind", f"{settings.BIND}:{settings.PORT}", "--worker-class", "gthread"]
    command += ["--workers", str(settings.WEB_WORKERS), "--threads", str(settings.WEB_THREADS)]
    # Loaded once and shared by the workers: they start sooner and take less memory.
    command += ["--preload", "--no-control-socket", "--timeout", "60", "--graceful-timeout", "10"]
    if _FASTEST_TEMPORARY_FOLDER.is_dir():  # a slow disk must not look like a hanging worker
        command += ["--worker-tmp-dir", str(_FASTEST_TEMPORARY_FOLDER)]
    return _program("web", command, ready=_web_answers)


def worker() -> Program:
    command = [
        *_celery(),
        "worker",
        "--loglevel",
        settings.LOG_LEVEL,
        "--concurrency",
        str(settings.TASK_SLOTS),
    ]
    # One worker has nobody to gossip with; it leaves out the second of waiting for answers.
    command += ["--without-gossip", "--without-mingle"]
    # Without its supervisor it has no broker to hand a task back to: it ends at once, and the sweep finds its work.
    return _program("worker", command, ready=_worker_reported, orphaned=signal.SIGKILL)


def beat() -> Program:
    schedule = str(settings.DATA.root / "celerybeat-schedule")
    return _program(
        "beat", [*_celery(), "beat", "--loglevel", settings.LOG_LEVEL, "-s", schedule, "--pidfile", ""]
    )


def _celery() -> list[str]:
    # Celery warns a worker that runs as root; messages are JSON, so that none of them can run code.
    quiet = "ignore:You're running the worker with superuser privileges"
    return [sys.executable, "-W", quiet, "-m", "celery", "-A", "tinysite"]


def _program(
    name: str,
    command: list[str],
    *,
    ready: Callable[[], bool] = lambda: True,
    orphaned: signal.Signals = signal.SIGTERM,
) -> Program:
    return Program(
        name, command, log=settings.DATA.log(name), folder=settings.BASE_DIR, ready=ready, orphaned=orphaned
    )


def _prepare_database() -> None:
    try:
        call_command("prepare", verbosity=0)
    except Exception as error:
        raise EmbeddedError(
            f"The database could not be brought up to date: {type(error).__name__}: {error}",
            remedy="run `.venv/bin/python manage.py prepare --traceback` to see where.",
        ) from error
    finally:
        # The supervisor needs the database no more, and must not keep a session open for days.
        connections.close_all()


def _require_free_port() -> None:
    family = socket.AF_INET6 if ":" in settings.BIND else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.BIND.strip("[]"), settings.PORT))
        except OSError as error:
            raise EmbeddedError(
                f"{settings.BIND}:{settings.PORT} cannot be listened on: {error.strerror}.",
                remedy="stop the program that uses the port, or choose another: PORT=8001 make run.",
            ) from None


def _web_answers() -> bool:
    """Whether the web server serves; what it says of the other parts (503) is not its own readiness."""
    connection = http.client.HTTPConnection(_reachable(settings.BIND).strip("[]"), settings.PORT, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status in {200, 503}
    return False


def _worker_reported() -> bool:
    return cache.get(WORKER_SEEN_KEY) is not None


def _reachable(bind: str) -> str:
    """The name under which this machine reaches the address it listens on."""
    return {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(bind, bind)
