"""Write every published run as one row of CSV or JSON to standard output."""

from __future__ import annotations

import csv
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.domain.row_files import json_pieces
from results.models import Round
from results.selectors.export import COLUMNS, export_rows


class Command(BaseCommand):
    help = "Write one line per published run: every digit as submitted, absent values empty (JSON: null)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", help="only this round, such as v1.1")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")

    def handle(self, *args: Any, **options: Any) -> None:
        round_id = options["round"]
        if round_id and not Round.objects.filter(pk=round_id).exists():
            known = ", ".join(Round.objects.values_list("pk", flat=True))
            raise CommandError(f"--round {round_id}: no such round; known are {known}")
        rows = export_rows(round_id)
        if options["format"] == "json":
            for piece in json_pieces(rows):
                self.stdout.write(piece.decode(), ending="")
            return
        writer = csv.DictWriter(self.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows)
