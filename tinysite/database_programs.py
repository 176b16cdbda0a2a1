"""PostgreSQL's own programs (`pg_dump`, `pg_restore`), on the database of the settings."""

import os
import subprocess
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient


def run_program(name: str, *arguments: str) -> None:
    """Run `name` against Django's database; raises CommandError with what the program said.

    The password goes by the environment: a command line can be read by everybody on the machine.
    """
    settings: dict[str, Any] = connection.settings_dict
    _, environment = DatabaseClient.settings_to_cmd_args_env(settings, [])
    command = [name, "--no-password", *arguments]
    for option in ("HOST", "PORT"):
        if settings[option]:
            command += [f"--{option.lower()}", str(settings[option])]
    if settings["USER"]:
        command += ["--username", settings["USER"]]
    command += ["--dbname", settings["NAME"]]
    try:
        done = subprocess.run(
            command, env={**os.environ, **(environment or {})}, capture_output=True, text=True
        )
    except FileNotFoundError:
        raise CommandError(f"{name} is not on PATH: install the PostgreSQL client") from None
    if done.returncode:
        raise CommandError(f"{name} failed (status {done.returncode}):\n{done.stderr.strip()}")
