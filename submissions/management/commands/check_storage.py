"""Compare every stored archive with its SHA-256."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from submissions.services.audit import audit


class Command(BaseCommand):
    help = "Compare every stored archive with its SHA-256; exits with 1 when anything is damaged, missing or orphaned."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        result = audit()
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), indent=2))
        else:
            for problem in result.problems:
                self.stdout.write(f"{problem.kind:9} {problem.name}: {problem.detail}")
            self.stdout.write(
                f"{result.archives} archives, {result.size_bytes} bytes, {len(result.problems)} problems"
            )
        if result.problems:
            sys.exit(1)
