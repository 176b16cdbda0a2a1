"""Write the long matrix network × device configuration that a projection reads."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.services.matrix import SCOPES, TARGETS, evaluation_columns, evaluation_rows, matrix_rows


class Command(BaseCommand):
    help = (
        "Write one line per known latency or energy of a network on a device configuration: model, device, the value, "
        "features model_* and device_*, labels. Absent is empty. Quarantined figures are left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=list(TARGETS), default="latency")
        parser.add_argument("--scope", choices=list(SCOPES), default="all",
                            help="mlperf: reviewed results of the closed division; all: external figures as well")  # fmt: skip
        parser.add_argument("--csv", type=Path, help="file to write; without it, standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = options["kind"]
        rows = evaluation_rows(matrix_rows(options["scope"]), kind)
        lines = ({key: "" if value is None else value for key, value in row.items()} for row in rows)
        if options["csv"] is None:
            self._write(self.stdout, kind, lines)
            return
        try:
            with options["csv"].open("w", newline="", encoding="utf-8") as out:
                self._write(out, kind, lines)
        except OSError as error:
            raise CommandError(f"--csv {options['csv']}: {error.strerror}") from error
        self.stdout.write(f"{len(rows)} rows in {options['csv']}")

    @staticmethod
    def _write(out: Any, kind: str, lines: Any) -> None:
        writer = csv.DictWriter(out, evaluation_columns(kind), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
