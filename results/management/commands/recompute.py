"""``manage.py recompute``: everything again, or what is due."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from results.services.aggregate import recompute_all
from results.services.recompute import sweep


class Command(BaseCommand):
    help = "Compute leaderboards, Pareto points and scores again: everything, or with --due what a publish left due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--due", action="store_true", help="only what is due or was left behind by a crash"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["due"]:
            self.stdout.write(f"{sweep()} recomputations done")
            return
        recompute_all()
        self.stdout.write("everything was computed again")
