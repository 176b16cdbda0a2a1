"""The process that reads and judges one archive: ``python -m submissions.checking.child``.

Archives of strangers are taken apart nowhere else. The conversation is that of :mod:`submissions.checking.serving`: after
"reading" comes ``{"stage": "checking", "logs": [SHA-256 …]}``, whose answer is a line with the logs that an earlier round
published, and the last message is ``{"stage": "done", "report": …}`` unless something stood in the way.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from submissions.formats.tree import Limits

from .check import check
from .limits import TAR_SLACK_BYTES, confine
from .report import Report
from .serving import read_line, say, serve
from .wire import from_wire, report_to_wire, to_wire


@dataclass(frozen=True, slots=True)
class Request:
    """What the parent asks for; the arguments are those of :func:`submissions.checking.check.check`."""

    path: str
    round_id: str
    division: str | None
    submitter: str | None
    owner: tuple[str, str] | None
    absent: tuple[str, ...]
    labels: str | None
    limits: Limits
    with_excerpts: bool
    parent_pid: int


def request_line(request: Request) -> bytes:
    """``request`` as the child reads it."""
    return json.dumps(to_wire(request)).encode() + b"\n"


def main() -> None:
    """Answer one request."""
    request = from_wire(Request, read_line())
    confine(request.parent_pid, request.limits.total_bytes + TAR_SLACK_BYTES)
    serve(lambda: {"stage": "done", "report": report_to_wire(_check(request))})


def _check(request: Request) -> Report:
    return check(
        Path(request.path), round_id=request.round_id, division=request.division, submitter=request.submitter,
        owner=request.owner, absent=request.absent, labels=Path(request.labels) if request.labels else None,
        limits=request.limits, with_excerpts=request.with_excerpts, earlier_logs=_ask_for_earlier_logs,
    )  # fmt: skip


def _ask_for_earlier_logs(logs: Collection[str]) -> Mapping[str, str]:
    """The database is the parent's: ask it, and wait for its line."""
    say({"stage": "checking", "logs": list(logs)})
    earlier: dict[str, str] = read_line()
    return earlier


if __name__ == "__main__":
    main()
