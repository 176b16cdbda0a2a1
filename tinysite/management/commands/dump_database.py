"""Save the database to a file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tinysite.database_programs import run_program


class Command(BaseCommand):
    help = "Save the database to a file (pg_dump, custom format)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, file: str, verbosity: int, **options: Any) -> None:
        run_program("pg_dump", "--format", "custom", "--no-owner", "--no-privileges", "--file", file)
        if verbosity:
            self.stdout.write(f"saved to {file}")
