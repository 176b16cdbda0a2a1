"""``manage.py compare_results ID ID``: whether two published results compare, and why not."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from results.domain.comparison import METRICS as COMPARED
from results.domain.metrics import METRICS
from results.selectors.compared_pair import UnknownResult, compared_pair


class Command(BaseCommand):
    help = "Say whether two published results may be compared, metric by metric, in the words of the pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("left", metavar="ID", help="public id, as in the address /results/<id>/")
        parser.add_argument("right", metavar="ID")
        parser.add_argument(
            "--metric", choices=list(COMPARED), action="append", help="only this metric; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pairs = [
                compared_pair(options["left"], options["right"], metric)
                for metric in options["metric"] or COMPARED
            ]
        except UnknownResult as error:
            raise CommandError(
                f"{error}: no published result has this id; the exports list all of them"
            ) from error
        for pair in pairs:
            self.stdout.write(f"{pair.metric}: {pair.text}")
            if pair.left is not None and pair.right is not None:
                unit = METRICS[rule].unit if (rule := COMPARED[pair.metric]) in METRICS else ""
                self.stdout.write(f"  {pair.left:g} against {pair.right:g} {unit}".rstrip())
