"""Judge a submission by its round's rules and print every finding; nothing is kept."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from submissions.rules.rulebook import RulebookError
from submissions.services.validate import Report, check_path

from ._arguments import absent_files, add_tree_arguments, division_of_folder

EXIT_CODES = {"valid": 0, "invalid": 1, "unreadable": 2}


class Command(BaseCommand):
    help = "Check a submission. Exit code 0: valid, 1: invalid, 2: unreadable."

    def add_arguments(self, parser: CommandParser) -> None:
        add_tree_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path, round_id, division = options["path"], options["round"], options["division"]
        if not path.exists():
            self.stderr.write(f"{path}: there is no such file or folder")
            sys.exit(EXIT_CODES["unreadable"])
        division = division or division_of_folder(path)
        absent = absent_files(path, round_id, options["manifest"], division=division)
        try:
            report = check_path(
                path, round_id=round_id, division=division, absent=absent, labels=options["labels"]
            )
        except RulebookError as problem:
            raise CommandError(str(problem), returncode=EXIT_CODES["unreadable"]) from problem
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
        else:
            self._print(report)
        sys.exit(EXIT_CODES[report.judgement.verdict])

    def _print(self, report: Report) -> None:
        for finding in report.judgement.findings:
            place = f"{finding.file}:{finding.line}" if finding.line else finding.file
            self.stdout.write(f"{finding.severity} {finding.code}  {place}")
            self.stdout.write(
                f"    expected {finding.expected}\n    found    {finding.found}\n    to mend  {finding.mend}"
            )
        runs = sum(len(submission.runs) for submission in report.read.submissions)
        self.stdout.write(
            f"{report.judgement.verdict}: {runs} runs, {len(report.judgement.findings)} findings"
        )
