"""Compute every published number again from the stored archives."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from submissions.services.verify import DIFFERS, NOT_DERIVABLE, REPRODUCED, Verified, verify_evidence


class Command(BaseCommand):
    help = "Report per published value: reproduced, differs (by how much), or not derivable (why)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", help="only this round")
        parser.add_argument("--labels", type=Path, help="folder of true labels; default: the shipped ones")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        values = list(verify_evidence(options["round"], options["labels"]))
        counts = Counter(value.status for value in values)
        summary = {status: counts[status] for status in (REPRODUCED, DIFFERS, NOT_DERIVABLE)}
        if options["json"]:
            self.stdout.write(
                json.dumps({"counts": summary, "values": [v.as_json() for v in values]}, indent=1)
            )
            return
        for value in values:
            if value.status == DIFFERS:
                self._print(value)
        reasons = Counter(f"{v.metric}: {v.reason}" for v in values if v.status == NOT_DERIVABLE)
        for reason, count in sorted(reasons.items()):
            self.stdout.write(f"not derivable {count:5}  {reason}")
        self.stdout.write(", ".join(f"{count} {status}" for status, count in summary.items()))

    def _print(self, value: Verified) -> None:
        place = f"{value.file}:{value.line}" if value.line else value.file
        points = value.metric in ("top1_pct", "auc")
        by = (
            ""
            if value.difference is None
            else f"{value.difference:+.3f}"
            if points
            else f"{value.difference:+.3%}"
        )
        self.stdout.write(
            f"differs {by}  {value.run} {value.metric}: published {value.published}, from the log {value.recomputed} ({place})"
        )
