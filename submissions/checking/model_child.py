"""The process that takes one model file apart: ``python -m submissions.checking.model_child``.

The conversation is that of :mod:`submissions.checking.serving`; the last message is ``{"stage": "done", "facts": …}`` or
``{"stage": "refused", "where": …, "expected": …, "found": …, "mend": …}`` unless something stood in the way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from submissions.formats.neural_models import limits
from submissions.formats.neural_models.analyse import analyse
from submissions.formats.neural_models.errors import ModelError

from .limits import MODEL_CPU_S, MODEL_MEMORY_BYTES, confine
from .serving import read_line, serve
from .wire import from_wire, to_wire


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """The file to be analysed, and whose child this is."""

    path: str
    parent_pid: int


def request_line(request: ModelRequest) -> bytes:
    """``request`` as the child reads it."""
    return json.dumps(to_wire(request)).encode() + b"\n"


def main() -> None:
    """Answer one request. The child writes no file at all."""
    request = from_wire(ModelRequest, read_line())
    confine(request.parent_pid, 0, memory_bytes=MODEL_MEMORY_BYTES, cpu_s=MODEL_CPU_S)
    serve(lambda: _analysed(Path(request.path)))


def _analysed(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as file:
        data = file.read(limits.FILE_BYTES + 1)
    try:
        return {"stage": "done", "facts": to_wire(analyse(data))}
    except ModelError as refusal:
        return {
            "stage": "refused", "where": refusal.where, "expected": refusal.expected, "found": refusal.found,
            "mend": refusal.mend,
        }  # fmt: skip


if __name__ == "__main__":
    main()
