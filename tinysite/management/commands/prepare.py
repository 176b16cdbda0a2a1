"""Bring the database up to date: migrations, the shipped catalogue, the shipped figures."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from tinysite.celery import app

# Any number that nothing else in this database uses as an advisory lock.
_ADVISORY_LOCK = 7_464_747


class Command(BaseCommand):
    help = "Apply migrations and load the shipped catalogue, published and external figures; quick when nothing has changed."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        quiet = {"verbosity": max(verbosity - 1, 0), "stdout": self.stdout, "stderr": self.stderr}
        with _alone(), _tasks_at_once():
            for name, arguments in (
                ("migrate", {"interactive": False}),
                ("load_catalogue", {}),
                ("load_published_figures", {}),
                ("load_external_figures", {}),
            ):
                call_command(name, **arguments, **quiet)
        if verbosity:
            self.stdout.write("The database is up to date.")


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time, also where several containers start together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])


@contextmanager
def _tasks_at_once() -> Iterator[None]:
    """Compute what follows from the loaded figures here and now: the first page shows it, no worker is needed."""
    trace = logging.getLogger("celery.app.trace")  # a line for every task is for the worker's log
    before, level = app.conf.task_always_eager, trace.level
    app.conf.task_always_eager = True
    trace.setLevel(logging.WARNING)
    try:
        yield
    finally:
        app.conf.task_always_eager = before
        trace.setLevel(level)
