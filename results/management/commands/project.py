"""``manage.py project``: project what nobody measured, now instead of in the worker."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from results.models import ProjectionGeneration
from results.services.backtests import backtest_due
from results.services.project import project_due


class Command(BaseCommand):
    help = "Project every cell of the matrix that nobody measured, if the published data changed since the last time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--backtests",
            action="store_true",
            help="also back-test every round that the engine has not projected yet",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        while options["backtests"] and (row := backtest_due()) is not None:
            self.stdout.write(f"back-test {row}: {len(row.cells)} cells, frozen {row.frozen_sha256[:16]}")
        done = project_due()
        newest = ProjectionGeneration.objects.first()
        if newest is None:
            self.stdout.write("nothing projected: too little is published to learn from")
            return
        said = f"{newest.projected} projected, {newest.refused} refused, {newest.changed} changed in {newest.seconds:.1f} s"
        if not newest.shipped:
            said = f"held back: {newest.reason}"
        self.stdout.write(f"{newest.engine}: {said}" if done else f"up to date: {said}")
