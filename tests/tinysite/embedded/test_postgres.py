import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.tinysite.waiting import wait_for_end
from tinysite.embedded import postgres
from tinysite.embedded.errors import EmbeddedError
from tinysite.embedded.paths import POSTGRES_PORT, DataFolder
from tinysite.embedded.postgres import DATABASE, ROLE, Postgres, is_answering
from tinysite.embedded.process import RunAs

_START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from tinysite.embedded import process
process._LIBC = None  # as on a system whose kernel tells children nothing
from tinysite.embedded.paths import DataFolder
from tinysite.embedded.postgres import Postgres
from tinysite.embedded.valkey import Valkey
for server in (Postgres(DataFolder(Path(sys.argv[1])), throwaway=True), Valkey(DataFolder(Path(sys.argv[1])))):
    server.start()
    print(server.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    path = Path(tempfile.mkdtemp(prefix="tinysite-postgres-"))
    yield DataFolder(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(folder: DataFolder) -> Iterator[Postgres]:
    server = Postgres(folder, throwaway=True)
    server.start()
    yield server
    server.stop()


def ask(folder: DataFolder, question: str, role: str = ROLE, database: str = DATABASE) -> list[tuple]:
    with closing(
        psycopg2.connect(host=str(folder.sockets), port=POSTGRES_PORT, user=role, dbname=database)
    ) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall() if cursor.description else []


def test_the_role_of_the_application_is_no_superuser_and_may_create_databases(server):
    rights = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = "
    assert ask(server.folder, f"{rights}'{ROLE}'") == [(False, False, True, False, False)]
    ask(server.folder, "CREATE DATABASE another")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(server.folder, "COPY pg_roles TO PROGRAM 'true'")


def test_nothing_listens_on_the_network_and_the_socket_is_private(server):
    assert ask(server.folder, "SHOW listen_addresses") == [("",)]
    assert server.folder.sockets.stat().st_mode & 0o777 == 0o700


def test_data_outlive_a_restart(server):
    ask(server.folder, "CREATE TABLE kept (value integer)")
    ask(server.folder, "INSERT INTO kept VALUES (42)")
    server.stop()
    assert not is_answering(server.folder)
    server.start()
    assert ask(server.folder, "SELECT value FROM kept") == [(42,)]


def test_a_folder_of_another_major_version_is_refused(server):
    server.stop()
    (server.folder.postgres / "PG_VERSION").write_text("13\n")
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 13; the installed one is \d+"):
        server.start()


def test_a_failed_start_shows_the_end_of_the_log(server):
    server.stop()
    with (server.folder.postgres / "postgresql.conf").open("a") as configuration:
        configuration.write("\nno_such_setting = 1\n")
    with pytest.raises(EmbeddedError) as caught:
        server.start()
    assert "no_such_setting" in caught.value.message()
    assert "What to do:" in caught.value.message()


def test_an_interrupted_initdb_leaves_nothing_in_the_way(folder):
    folder.create()
    (folder.root / "postgres.new").mkdir()
    (folder.root / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = Postgres(folder, throwaway=True)
    server.start()
    assert is_answering(folder)
    server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="waits through pidfd")
def test_orphans_of_a_killed_supervisor_are_stopped_at_the_next_start(folder):
    done = subprocess.run(
        [sys.executable, "-c", _START_AND_DIE, str(folder.root)], capture_output=True, text=True, timeout=60
    )
    orphans = [int(line) for line in done.stdout.split()]
    assert len(orphans) == 2, done.stderr
    assert is_answering(folder)

    from tinysite.embedded.valkey import Valkey

    servers = Postgres(folder, throwaway=True), Valkey(folder)
    for server in servers:
        server.start()
    wait_for_end(orphans, deadline_s=10)
    assert ask(folder, "SELECT 1") == [(1,)]
    for server in servers:
        server.stop()


def test_a_stale_process_number_does_not_harm_a_stranger(server):
    server.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    (server.folder.postgres / "postmaster.pid").write_text(
        f"{stranger.pid}\n{server.folder.postgres}\n1\n{POSTGRES_PORT}\n\n\n0 0\nready\n"
    )
    assert not postgres._is_postmaster_of(stranger.pid, server.folder.postgres)
    server._stop_orphan()
    assert stranger.poll() is None
    stranger.communicate()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")
def test_without_user_namespaces_root_runs_postgres_as_nobody(folder):
    folder.root.chmod(0o711)
    server = Postgres(folder, throwaway=True, run_as=RunAs(uid=65534))
    try:
        server.run_as.require_access(server.programs / "postgres")
    except EmbeddedError:
        pytest.skip("the checkout lies in a folder that only root may enter")
    server.start()
    assert ask(folder, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
    assert folder.postgres.stat().st_uid == 65534
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")
def test_a_folder_that_nobody_else_may_enter_is_explained(folder):
    folder.root.chmod(0o700)
    with pytest.raises(EmbeddedError, match="ordinary user"):
        Postgres(folder, throwaway=True, run_as=RunAs(uid=65534)).start()
