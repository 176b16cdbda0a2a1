"""The process that reads and judges one archive: ``python -m submissions.checking.child``.

It is the only place where bytes of strangers are taken apart. It talks JSON, one line per message: the request comes
on standard input, ``{"stage": "reading"}`` goes out, then ``{"stage": "checking", "logs": [SHA-256 …]}``; the answer to
that is a line with the logs that an earlier round published, and the last message is one of
``{"stage": "done", "report": …}``, ``{"stage": "too-costly", "limit": …}``, ``{"stage": "site-fault", "what": …}`` and
``{"stage": "broken", "what": …}``.
"""

from __future__ import annotations

import errno
import json
import sys
import traceback
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from submissions.formats.tree import Limits

from .check import check
from .limits import TAR_SLACK_BYTES, confine
from .report import Report
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
    request = from_wire(Request, json.loads(sys.stdin.readline()))
    confine(request.parent_pid, request.limits.total_bytes + TAR_SLACK_BYTES)
    _say({"stage": "reading"})
    try:
        _say({"stage": "done", "report": report_to_wire(_check(request))})
    except MemoryError:
        _say({"stage": "too-costly", "limit": "memory"})
    except OSError as fault:
        if fault.errno == errno.EFBIG:
            _say({"stage": "too-costly", "limit": "file size"})
        elif fault.errno == errno.ENOMEM:
            _say({"stage": "too-costly", "limit": "memory"})
        else:
            _say({"stage": "site-fault", "what": str(fault)})
    except Exception as fault:
        traceback.print_exc()
        _say({"stage": "broken", "what": type(fault).__name__})


def _check(request: Request) -> Report:
    return check(
        Path(request.path), round_id=request.round_id, division=request.division, submitter=request.submitter,
        owner=request.owner, absent=request.absent, labels=Path(request.labels) if request.labels else None,
        limits=request.limits, with_excerpts=request.with_excerpts, earlier_logs=_ask_for_earlier_logs,
    )  # fmt: skip


def _ask_for_earlier_logs(logs: Collection[str]) -> Mapping[str, str]:
    """The database is the parent's: ask it, and wait for its line."""
    _say({"stage": "checking", "logs": list(logs)})
    earlier: dict[str, str] = json.loads(sys.stdin.readline())
    return earlier


def _say(message: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
