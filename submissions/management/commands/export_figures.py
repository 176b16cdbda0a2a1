"""Write the shipped copy of published figures from the archives of imported rounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from results.catalog.published import PUBLISHED_FOLDER
from submissions.services.figures import export_round


class Command(BaseCommand):
    help = "Write results/catalog/published/<round>/ from what import_round stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rounds", nargs="+", help="rounds to write, such as v1.1")
        parser.add_argument("--to", type=Path, default=PUBLISHED_FOLDER, help="folder to write below")

    def handle(self, *args: Any, **options: Any) -> None:
        for round_id in options["rounds"]:
            runs = export_round(round_id, options["to"])
            self.stdout.write(f"{round_id}: {runs} runs")
