"""``manage.py backtest``: a published round as it would have been projected from the rounds before it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from results.analysis.projection.backtest import freeze_round, score_round
from results.analysis.projection.published_cells import published_cells
from results.analysis.projection.report import as_table
from results.services.measured_runs import published_runs


class Command(BaseCommand):
    help = "Project a round from the earlier ones and a few of its own cells, and score that against what was published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--round", required=True, help="the round to project, such as v1.1")
        parser.add_argument(
            "--anchors", type=int, default=0, help="measured models per new system that are known"
        )
        parser.add_argument("--json", action="store_true", help="figures as JSON on standard output")
        parser.add_argument("--seed", type=int, default=0, help="draws the anchors")

    def handle(self, *args: Any, **options: Any) -> None:
        runs = published_runs(until_round=options["round"])
        rounds = sorted({run.round for run in runs})
        if options["round"] not in rounds:
            raise CommandError(
                f"no result of round {options['round']} is published; there are {', '.join(rounds) or 'none'}"
            )
        if options["anchors"] < 0:
            raise CommandError("--anchors counts measured models; it cannot be negative")
        cells, _ = published_cells(runs)
        try:
            frozen = freeze_round(cells, options["round"], options["anchors"], options["seed"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        found = score_round(frozen, cells)
        if options["json"]:
            metrics = found.pop("metrics")
            self.stdout.write(json.dumps(found | metrics, indent=1))
            return
        self.stdout.write(f"round {found['round']}, engine {found['engine_version']}")
        self.stdout.write(f"data {found['data_sha256']}\nprojections {found['predictions_sha256']}")
        for metric, figures in found["metrics"].items():
            self.stdout.write(f"\n{metric}: {as_table(figures)}")
            self.stdout.write(
                f"{figures['answered']} of {figures['n']} would be shown; median 90 % band ×/÷ {figures['band90']:.2f}"
            )
