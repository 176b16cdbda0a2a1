"""Count a .tflite or .onnx file and print its facts; nothing is run and nothing is kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.domain.model_facts import ModelFacts
from results.domain.model_facts_data import facts_json, shape_text
from submissions.services.confined import CheckFailed
from submissions.services.model_analysis import ModelRefused, analyse_file

COMPLETE, INCOMPLETE, REFUSED, FAILED = 0, 1, 2, 3


class Command(BaseCommand):
    help = "Analyse a model file. Exit code 0: complete, 1: incomplete, 2: refused, 3: not done."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE", help="a .tflite or .onnx file")
        parser.add_argument("--json", action="store_true", help="print JSON, in the shape of the API")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.is_file():
            self.stderr.write(f"{path}: there is no such file")
            sys.exit(REFUSED)
        try:
            facts = analyse_file(path)
        except ModelRefused as refusal:
            self.stderr.write(
                f"{path}: {refusal.where}\n    expected {refusal.expected}\n    found    {refusal.found}\n"
                f"    to mend  {refusal.mend}"
            )
            sys.exit(REFUSED)
        except CheckFailed as fault:
            raise CommandError(str(fault), returncode=FAILED) from fault
        if options["json"]:
            self.stdout.write(json.dumps(facts_json(facts), indent=1, ensure_ascii=False, allow_nan=False))
        else:
            self._print(path, facts)
        sys.exit(COMPLETE if facts.is_complete else INCOMPLETE)

    def _print(self, path: Path, facts: ModelFacts) -> None:
        self.stdout.write(
            f"{path.name}: {facts.file_format}, {facts.numeric_format}, {len(facts.layers)} operators"
        )
        for name, value, unit in (
            ("MACs", facts.macs, ""), ("effective MACs", facts.effective_macs, ""), ("parameters", facts.parameters, ""),
            ("weights", facts.weight_bytes, "bytes"), ("zero weights", facts.zero_weights, f"of {facts.weights:,}"),
            ("activations", facts.activation_bytes, "bytes written in all"),
        ):  # fmt: skip
            self.stdout.write(f"  {name:<16}{_number(value):>16} {unit}".rstrip())
        for kind, macs in facts.macs_by_kind().items():
            self.stdout.write(f"    {kind:<16}{macs:>14,} MACs")
        for entry in facts.memory:
            low, high = _number(entry.low_bytes), _number(entry.high_bytes)
            self.stdout.write(f"  {entry.label:<26}{low if low == high else f'{low} to {high}'} bytes")
        for title, tensors in (("input", facts.inputs), ("output", facts.outputs)):
            for tensor in tensors:
                self.stdout.write(
                    f"  {title} {tensor.name}: {shape_text(tensor.shape) or 'unknown'} {tensor.dtype}"
                )
        for note in facts.notes:
            self.stdout.write(f"  note: {note}")
        for missing in facts.missing:
            self.stdout.write(f"  incomplete: {missing.what}: {missing.why}")


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
