"""One PostgreSQL server on a data folder, reached through a private Unix socket."""

import os
import re
import shutil
import signal
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
from psycopg2 import sql

from .binaries import postgres_programs
from .errors import EmbeddedError
from .paths import POSTGRES_PORT, DataFolder
from .process import RunAs, kill_group, spawn, stop, unprivileged, wait_until

DATABASE = "tinysite"
# The application's role: it owns its database and may create others (the tests' one), nothing more.
ROLE = "tinysite"
# Exists from initdb; used to make the role and its database, never by the application.
ADMIN_ROLE = "tinysite_admin"

_START_DEADLINE_S = 60.0
_STOP_PATIENCE_S = 20.0
_REMEDY = "read the log above; a full disk and too little shared memory are the usual causes."
_SETTINGS = {
    "listen_addresses": "",
    "port": str(POSTGRES_PORT),
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_destination": "stderr",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For a database that is thrown away with its folder: a crash may lose it.
_THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """Start and stop PostgreSQL on `folder`; the caller holds the folder's owner lock."""

    name = "PostgreSQL"

    def __init__(self, folder: DataFolder, *, throwaway: bool = False, run_as: RunAs | None = None) -> None:
        self.folder = folder
        self.throwaway = throwaway
        self.run_as = run_as or unprivileged()
        self.programs = postgres_programs()
        self.log = folder.log("postgres")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Bring up the server with the role and the database in place; raises EmbeddedError."""
        self.folder.create()
        if not (self.folder.postgres / "PG_VERSION").exists():
            self._create_cluster()
        self._require_same_major_version()
        self._stop_orphan()
        options = dict(_SETTINGS, unix_socket_directories=str(self.folder.sockets))
        if self.throwaway:
            options |= _THROWAWAY_SETTINGS
        command = [str(self.programs / "postgres"), "-D", str(self.folder.postgres)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.run_as.hand_over(self.folder.sockets)
        # SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing is lost.
        self.process = spawn(command, log=self.log, death_signal=signal.SIGINT, run_as=self.run_as)
        try:
            wait_until(
                lambda: is_answering(self.folder),
                process=self.process,
                name="PostgreSQL",
                log=self.log,
                deadline_s=_START_DEADLINE_S,
                remedy=_REMEDY,
            )
            self._create_role_and_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGINT, patience_s=_STOP_PATIENCE_S)
            self.process = None

    def _create_cluster(self) -> None:
        """initdb in a folder aside, then rename: an interrupted one never looks like a database."""
        aside = self.folder.root / "postgres.new"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        self.run_as.hand_over(aside)
        self.run_as.require_access(self.programs / "initdb", aside)
        # Whoever reaches the socket is trusted: its folder is closed to everyone but the owner.
        command = [str(self.programs / "initdb"), "-D", str(aside), "-U", ADMIN_ROLE, "--auth-local=trust"]
        command += ["--auth-host=reject", "--encoding=UTF8", "--locale=C"]
        if self.throwaway:
            command.append("--no-sync")
        done = self._run(command)
        if done.returncode:
            self.log.write_bytes(done.stdout)
            raise EmbeddedError("PostgreSQL's initdb failed.", remedy=_REMEDY, log=self.log)
        aside.rename(self.folder.postgres)

    def _require_same_major_version(self) -> None:
        """A data folder opens only with the major version that made it, and there is no way up in place."""
        found = (self.folder.postgres / "PG_VERSION").read_text().strip()
        answer = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True)
        match = re.search(r"\b(\d+)", answer.stdout)
        installed = match.group(1) if match else "unknown"
        if found != installed:
            raise EmbeddedError(
                f"The data in {self.folder.postgres} were made by PostgreSQL {found}; "
                f"the installed one is {installed}.",
                remedy="start the release that made them and take a `pg_dump` (docs/operations.md, Upgrade), "
                "or set TINYSITE_DATA to an empty folder.",
            )

    def _stop_orphan(self) -> None:
        """Stop a server that outlived its supervisor: we hold the lock, so nobody else is responsible for it."""
        pid = _postmaster_pid(self.folder.postgres)
        if pid is None or not _is_postmaster_of(pid, self.folder.postgres):
            return
        self._run(
            [str(self.programs / "pg_ctl"), "-D", str(self.folder.postgres), "-m", "fast", "-t", "30", "stop"]
        )
        kill_group(pid)

    def _create_role_and_database(self) -> None:
        with closing(self._connect_as_admin()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
                if cursor.fetchone() is None:
                    cursor.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE CREATEDB").format(
                            sql.Identifier(ROLE)
                        )
                    )
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
                if cursor.fetchone() is None:
                    names = sql.Identifier(DATABASE), sql.Identifier(ROLE)
                    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))

    def _connect_as_admin(self) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host=str(self.folder.sockets), port=POSTGRES_PORT, user=ADMIN_ROLE, dbname="postgres"
        )

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [*self.run_as.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            **self.run_as.popen_arguments(),
        )


def is_answering(folder: DataFolder) -> bool:
    """Whether the server accepts sessions, which it does not yet while it recovers from a crash."""
    if not folder.postgres_socket.exists():
        return False
    with suppress(psycopg2.OperationalError):
        psycopg2.connect(
            host=str(folder.sockets),
            port=POSTGRES_PORT,
            user=ADMIN_ROLE,
            dbname="postgres",
            connect_timeout=2,
        ).close()
        return True
    return False


def _postmaster_pid(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_postmaster_of(pid: int, cluster: Path) -> bool:
    """Whether `pid` is the server of `cluster`; after a reboot the number may be anybody's."""
    command_line = Path(f"/proc/{pid}/cmdline")
    if command_line.parent.parent.exists() and Path("/proc/self").exists():
        try:
            words = command_line.read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(cluster) in words
    listing = subprocess.run(["ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True)
    return "postgres" in listing.stdout and str(cluster) in listing.stdout
