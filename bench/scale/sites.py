"""The site itself over a made data set, with its own servers, on a port of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.site import children

ROOT = Path(__file__).resolve().parents[2]
HIGH = "1000000/minute"


@dataclass(frozen=True, slots=True)
class RunningSite:
    """A site with ``results`` results; ``url`` reaches its database."""

    results: int
    port: int
    folder: Path
    url: str
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """The processes that answer pages."""
        found = [(pid, command) for pid, command in children(self.process.pid) if "gunicorn" in command]
        return [pid for pid, _ in found[1:]]


def folder_of(results: int) -> Path:
    """Where a data set lies; it is kept between runs."""
    return Path(os.environ.get("BENCH_DATA", ROOT / "var" / "scale")) / str(results)


def make(results: int) -> None:
    """The data set of that size, unless it is there."""
    subprocess.run(
        [sys.executable, "-m", "bench.scale.make", str(results)], cwd=ROOT, check=True,
        env=os.environ | {"TINYSITE_DATA": str(folder_of(results))},
    )  # fmt: skip


@contextmanager
def running(results: int, *, tasks: bool = False, **environment: str) -> Iterator[RunningSite]:
    """The site over the data set of that size for as long as the block lasts."""
    folder, port = folder_of(results), free_port()
    environment = {
        "TINYSITE_DATA": str(folder), "PORT": str(port), "TINYSITE_THROTTLE_ANONYMOUS": HIGH,
        "TINYSITE_THROTTLE_USER": HIGH, "TINYSITE_THROTTLE_SUBMISSIONS": HIGH, "TINYSITE_THROTTLE_CHECKS": HIGH,
        "TINYSITE_THROTTLE_WRITES": HIGH, "TINYSITE_LOG_LEVEL": "WARNING",
    } | environment  # fmt: skip
    shutil.rmtree(folder / "snapshots" / "written", ignore_errors=True)  # rows of exports that were kept
    ready = folder / "bench-ready"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bench.scale.serve", *(["--tasks"] if tasks else [])]
    inherited = {name: value for name, value in os.environ.items() if name != "TINYSITE_RUN_TASKS_AT_ONCE"}
    process = subprocess.Popen(command, cwd=ROOT, env=inherited | environment, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 600
        while not (ready.exists() and _answers(port)):
            if time.monotonic() > until or process.poll() is not None:
                raise TimeoutError(f"the site with {results} results did not start; see {folder}/log")
            time.sleep(0.2)
        yield RunningSite(results, port, folder, database_url(folder), process)
    finally:
        process.terminate()
        process.wait(60)


def database_url(folder: Path) -> str:
    """Of the embedded PostgreSQL of a data folder."""
    from tinysite.embedded.paths import POSTGRES_PORT, DataFolder
    from tinysite.embedded.postgres import DATABASE, ROLE

    return f"postgresql://{ROLE}@/{DATABASE}?host={DataFolder(folder.resolve()).sockets}&port={POSTGRES_PORT}"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as answer:  # 503: no worker runs
        return answer.code == 503
    except OSError:
        return False
