"""Put back a saved database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from tinysite.database_programs import run_program


class Command(BaseCommand):
    help = "Replace the database by one that dump_database saved, in one transaction. Stop the site first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, file: str, verbosity: int, **options: Any) -> None:
        connections.close_all()
        run_program("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", file)
        if verbosity:
            self.stdout.write(f"restored from {file}")
