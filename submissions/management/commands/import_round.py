"""Import a published round: receive, read, check, publish."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.services.catalogue import store_catalogue
from submissions.services.import_round import Imported, import_round
from submissions.services.receive import CannotReceive

from ._arguments import absent_files, add_tree_arguments, division_of_folder


class Command(BaseCommand):
    help = "Import a round that was published elsewhere. Importing twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        add_tree_arguments(parser)
        parser.add_argument("--submitter", help="directory name of the submitter; default: the folder's name")

    def handle(self, *args: Any, **options: Any) -> None:
        path, round_id, division = options["path"], options["round"], options["division"]
        told = division_of_folder(path)
        if division and told and division != told:
            raise CommandError(f"--division {division}: {path} lies in {told}/, where it was published")
        division = division or told
        store_catalogue()  # a round is mapped to the catalogue of this checkout; one query when it is in place
        try:
            done = import_round(
                path, round_id=round_id, division=division, submitter=options["submitter"],
                absent=absent_files(
                    path, round_id, options["manifest"], division=division, submitter=options["submitter"]
                ),
                labels=options["labels"],
                progress=None if options["json"] else self._progress,
            )  # fmt: skip
        except CannotReceive as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            runs = sum(entry.runs for entry in done)
            self.stdout.write(
                json.dumps(
                    {"round": round_id, "runs": runs, "submissions": [e.as_json() for e in done]}, indent=1
                )
            )
        else:
            self._sum_up(round_id, done)
        unpublished = [f"{entry.division}/{entry.submitter}" for entry in done if entry.error]
        if unpublished:
            raise CommandError(f"not published: {', '.join(unpublished)}")

    def _sum_up(self, round_id: str, done: list[Imported]) -> None:
        divisions = {
            d: sum(e.runs for e in done if e.division == d) for d in sorted({e.division for e in done})
        }
        counted = ", ".join(f"{count} {name}" for name, count in divisions.items())
        self.stdout.write(
            f"{round_id}: {sum(divisions.values())} runs ({counted}) of {len(done)} submissions"
        )

    def _progress(self, entry: Imported) -> None:
        counts = (
            ", ".join(f"{n} {severity}" for severity, n in sorted(entry.findings.items())) or "no findings"
        )
        state = entry.error or ("published" if entry.changed else "unchanged")
        self.stdout.write(
            f"{entry.division}/{entry.submitter}: {entry.runs} runs, {entry.verdict} ({counts}), {state}"
        )
