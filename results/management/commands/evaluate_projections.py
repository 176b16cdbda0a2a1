"""``manage.py evaluate_projections``: how good projections are on a table of anybody's measurements."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from results.analysis.projection.evaluation import figures, try_methods
from results.analysis.projection.holdout import EXPECTED, Question
from results.analysis.projection.report import as_table, document, thinned
from results.analysis.projection.table_file import Table, TableError, read_table

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Hide cells of a table, project them with every method from the rest, and print how far each was off."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--csv", required=True, help="long table: model, device, the target, model_*, device_*"
        )
        parser.add_argument(
            "--target", required=True, help="column with the measured values, all in one unit"
        )
        parser.add_argument("--holdout", required=True, help=EXPECTED)
        parser.add_argument("--json", action="store_true", help="figures as JSON on standard output")
        parser.add_argument("--seed", type=int, default=0, help="draws the hidden cells and the anchors")
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            question = Question.parse(options["holdout"])
            table = read_table(_bytes(options["csv"]), options["target"])
            cells, blocks = thinned(table.cells, options["seed"])
            trial = try_methods(
                cells, question, max_blocks=blocks, jobs=options["jobs"], seed=options["seed"]
            )
        except (TableError, ValueError) as error:
            raise CommandError(
                f"{options['csv']}: {error}" if isinstance(error, TableError) else str(error)
            ) from None
        self._notes(table, len(cells))
        found = document(question, len(trial.rows), figures(cells, trial))
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1))
            return
        self.stdout.write(as_table(found))
        answered = sum(not reason for reason in trial.reasons)
        self.stdout.write(
            f"{answered} of {len(trial.reasons)} would be shown, the others refused; figures count all of them"
        )

    def _notes(self, table: Table, used: int) -> None:
        """What was left out goes to standard error, so that the JSON stays JSON."""
        for refused in table.refused[:MOST_NAMED]:
            self.stderr.write(f"refused: {refused.reason}")
        if len(table.refused) > MOST_NAMED:
            self.stderr.write(f"refused: {len(table.refused) - MOST_NAMED} more rows")
        if table.repeated:
            self.stderr.write(f"{table.repeated} rows repeat a cell; the geometric mean of each cell counts")
        if table.ignored:
            self.stderr.write(
                f"columns not used: {', '.join(table.ignored)} (features are called model_… or device_…)"
            )
        if used < len(table.cells):
            self.stderr.write(f"{len(table.cells)} cells are many; {used} were drawn")


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}") from None
