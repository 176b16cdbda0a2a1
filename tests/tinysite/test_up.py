"""The whole site, started for real in a folder of its own."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.tinysite.waiting import DEADLINE_S, descendants, wait_for, wait_for_end
from tinysite.embedded import postgres, valkey
from tinysite.embedded.paths import POSTGRES_PORT, DataFolder

BASE_DIR = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts processes through /proc")


def clean_environment(**variables: str) -> dict[str, str]:
    """The environment of a user who has set nothing of ours but `variables`."""
    ours = re.compile(r"TINYSITE_|DJANGO_|SECRET_KEY|DATABASE_URL|REDIS_URL|PORT$|DEBUG$")
    return {name: value for name, value in os.environ.items() if not ours.match(name)} | variables


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Site:
    folder: DataFolder
    port: int
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    @property
    def environment(self) -> dict[str, str]:
        return clean_environment(TINYSITE_DATA=str(self.folder.root), PORT=str(self.port), **self.variables)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=2 * DEADLINE_S,
        )

    def up(self) -> None:
        with (self.folder.root / "up.log").open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=BASE_DIR,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for(lambda: "answers at" in self.said() or self.process.poll() is not None, "the site to start")
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return (self.folder.root / "up.log").read_text()

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def site() -> Iterator[Site]:
    path = Path(tempfile.mkdtemp(prefix="tinysite-up-"))
    site = Site(DataFolder(path), free_port())
    yield site
    site.kill()
    shutil.rmtree(path, ignore_errors=True)


def test_the_site_starts_answers_works_and_stops(site):
    site.up()
    status, body = site.get("/healthz")
    health = json.loads(body)
    assert status == 200
    assert {health[part] for part in ("database", "broker", "worker")} == {"ok"}
    assert site.get("/")[0] == 200
    assert json.loads(site.get("/api/v1/results/")[1])["results"], "a fresh clone shows the shipped figures"
    assert site.get("/static/vendor/htmx.min.js")[0] == 200

    second = site.manage("up")
    assert second.returncode == 1
    assert f"already running on {site.folder.root}" in second.stderr

    # A command uses the running servers, and what it queues is done by the worker.
    queued = site.manage("shell", "-c", "from results.tasks import sweep_due_recomputations as s; s.delay()")
    assert queued.returncode == 0, queued.stderr
    worker_log = site.folder.log("worker")
    wait_for(lambda: "succeeded" in worker_log.read_text(), "the worker to do the task")

    processes = descendants(site.process.pid)
    assert len(processes) >= 5
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(DEADLINE_S) == 0
    assert "TinySite has stopped." in site.said()
    wait_for_end(processes, deadline_s=1)


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(site):
    site.up()
    processes = descendants(site.process.pid)
    site.kill()
    wait_for_end(processes)
    site.up()
    assert site.get("/healthz")[0] == 200
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(DEADLINE_S) == 0


def test_a_command_on_a_stopped_site_starts_and_stops_its_own_server(site):
    site.folder.create()
    done = site.manage(
        "shell",
        "-c",
        "from django.conf import settings; from results.models import Benchmark; "
        "print('benchmarks:', Benchmark.objects.count() > 0, settings.RUN_TASKS_AT_ONCE)",
    )
    assert "benchmarks: True True" in done.stdout, done.stderr
    assert not postgres.is_answering(site.folder)
    assert not valkey.is_answering(site.folder.valkey_socket)


def test_named_servers_are_used_and_none_is_started(site, tmp_path):
    elsewhere = DataFolder(tmp_path / "servers")
    servers = postgres.Postgres(elsewhere, throwaway=True), valkey.Valkey(elsewhere)
    for server in servers:
        server.start()
    query = f"host={elsewhere.sockets}&port={POSTGRES_PORT}&user={postgres.ROLE}"
    site.variables |= {
        "DATABASE_URL": f"postgresql:///{postgres.DATABASE}?{query}",
        "REDIS_URL": f"unix://{elsewhere.valkey_socket}",
    }
    site.up()
    health = json.loads(site.get("/healthz")[1])
    assert {health[part] for part in ("database", "broker", "worker")} == {"ok"}
    assert not site.folder.postgres.exists()
    assert not site.folder.valkey.exists()
    site.process.terminate()
    assert site.process.wait(DEADLINE_S) == 0
    assert postgres.is_answering(elsewhere)
    for server in servers:
        server.stop()


def test_help_starts_no_server(site):
    done = site.manage("migrate", "--help")
    assert done.returncode == 0, done.stderr
    assert not site.folder.postgres.exists()


def test_a_port_in_use_is_said_before_anything_starts(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        done = site.manage("up")
    assert done.returncode == 1
    assert "PORT=" in done.stderr
    assert not site.folder.postgres.exists()


@pytest.mark.parametrize(
    ("variable", "value"), [("PORT", "http"), ("DATABASE_URL", "sqlite:///x"), ("TINYSITE_HTTPS", "perhaps")]
)
def test_a_wrong_setting_fails_with_its_name(site, variable, value):
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=BASE_DIR,
        env=site.environment | {variable: value},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert done.returncode == 1
    assert variable in done.stderr
    assert "Traceback" not in done.stderr


def test_a_saved_database_can_be_put_back_into_another_folder(site, tmp_path):
    site.folder.create()
    saved = tmp_path / "backup.dump"
    count = "from results.models import Benchmark; print('benchmarks:', Benchmark.objects.count())"
    before = site.manage("shell", "--verbosity", "0", "-c", count)
    assert site.manage("dump_database", str(saved)).returncode == 0

    other = Site(DataFolder(tmp_path / "other"), site.port)
    restored = other.manage("restore_database", str(saved))
    assert restored.returncode == 0, restored.stderr
    after = other.manage("shell", "--verbosity", "0", "-c", count)
    assert before.stdout == after.stdout
    assert before.stdout.startswith("benchmarks: ")

    broken = other.manage("restore_database", str(tmp_path / "absent.dump"))
    assert broken.returncode == 1
    assert "absent.dump" in broken.stderr
