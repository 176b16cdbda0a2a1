"""A running site for the benches: `manage.py up` over a folder, its processes, and Django over the same database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 240
OPEN = ("queued", "reading", "checking")
"""Progress of what is not finished."""


def children(pid: int) -> list[tuple[int, str]]:
    """(pid, command line) of everything below ``pid``, parents first. Linux only."""
    below: dict[int, list[tuple[int, str]]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        below.setdefault(parent, []).append((int(folder.name), command))
    found = sorted(below.get(pid, []))
    for child, _ in found:  # grows while it is read
        found += sorted(below.get(child, []))
    return found


class Site:
    """A running site and the Django of this process, which looks at the same database."""

    def __init__(self, data: Path, port: int) -> None:
        environment = os.environ | {"TINYSITE_DATA": str(data), "PORT": str(port)}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        os.environ |= {"TINYSITE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "tinysite.settings"}
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        self.port = port
        try:
            self.wait(self.answers, "the site")
        except TimeoutError:
            self.stop()
            raise

    def answers(self) -> bool:
        """Whether everything of the site works."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return b'"status": "ok"' in answer.read()
        except OSError:
            return False

    def wait(self, ready: Callable[[], bool], what: str, *, pause_s: float = 0.02) -> None:
        """Wait until ``ready``; TimeoutError after PATIENCE_S, or when the site has ended."""
        until = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > until or self.process.poll() is not None:
                raise TimeoutError(what)
            time.sleep(pause_s)

    def pids(self, word: str) -> list[int]:
        """Processes of the site whose command line holds ``word``."""
        return [pid for pid, command in children(self.process.pid) if word in command]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)
