"""Running a management command with a database under it, whether the site is running or not."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, execute_from_command_line

from .embedded.binaries import postgres_programs
from .embedded.errors import EmbeddedError
from .embedded.paths import DataFolder
from .embedded.servers import (
    postgres_for_command,
    uses_embedded_postgres,
    uses_embedded_valkey,
    valkey_is_running,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# `up` starts its own servers; the others read and write files only.
WITHOUT_DATABASE = {
    "up",
    "analyse_model",
    "help",
    "version",
    "--version",
    "check",
    "collectstatic",
    "findstatic",
    "diffsettings",
    "makemessages",
    "compilemessages",
    "startapp",
    "startproject",
    "evaluate_projections",
}
WITHOUT_SETTINGS = {"help", "version", "--version", "--help", "-h"}
# They look at or change the schema themselves: bringing it up to date first would answer their question wrongly.
ABOUT_THE_SCHEMA = {
    "makemigrations",
    "migrate",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "optimizemigration",
    "dbshell",
    "flush",
    "prepare",
    "dump_database",
    "restore_database",
}


def run(arguments: Sequence[str]) -> None:
    """Run `manage.py` with `arguments`; the embedded PostgreSQL is started when nothing else provides one."""
    command = arguments[1] if len(arguments) > 1 else "help"
    folder = DataFolder.from_environment(BASE_DIR)
    needs_postgres = needs_embedded_postgres(arguments)
    if needs_postgres and uses_embedded_valkey() and not valkey_is_running(folder):
        # No worker is running either: this process does the work it would have queued.
        os.environ.setdefault("TINYSITE_RUN_TASKS_AT_ONCE", "true")
    if command not in WITHOUT_SETTINGS:
        _require_readable_settings()
    if not needs_postgres:
        execute_from_command_line(list(arguments))
        return
    try:
        # For `dbshell`, `dump_database` and `restore_database`: the programs that fit this server come first.
        os.environ["PATH"] = f"{postgres_programs()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        with postgres_for_command(folder, f"manage.py {command}") as started_here:
            if started_here and command not in ABOUT_THE_SCHEMA:
                _bring_up_to_date()
            execute_from_command_line(list(arguments))
    except EmbeddedError as error:
        sys.exit(error.message())


def _require_readable_settings() -> None:
    """End with one line that names the wrong variable, instead of a traceback."""
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        sys.exit(f"{error}\nWhat to do: correct the variable; docs/operations.md lists them all.")


def needs_embedded_postgres(arguments: Sequence[str]) -> bool:
    if not uses_embedded_postgres() or len(arguments) < 2:
        return False
    return arguments[1] not in WITHOUT_DATABASE and not {"-h", "--help"} & set(arguments)


def _bring_up_to_date() -> None:
    """Apply migrations and load the shipped data where the database is new or older than the code."""
    import django
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    print("The database is new or older than the code: bringing it up to date.", file=sys.stderr)
    call_command("prepare", verbosity=0, stdout=sys.stderr)
