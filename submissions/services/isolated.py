"""Check an archive of strangers in a child process: the parent's half of that conversation."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Collection
from pathlib import Path

from django.conf import settings

from results.domain.records import ReadResult
from submissions.checking.check import EarlierLogs
from submissions.checking.child import Request, request_line
from submissions.checking.limits import ANSWER_BYTES, CPU_S, MEMORY_BYTES, UPLOAD_LIMITS
from submissions.checking.report import Report
from submissions.checking.wire import WireError, report_from_wire
from submissions.formats.archive import Limits
from submissions.formats.codes import make_finding
from submissions.formats.tree import MIB
from submissions.rules.judge import judge
from submissions.rules.rulebook import load_rulebook

from .confined import CheckFailed, Child, Nonsense, TooCostly, Unusable, child
from .validate import earlier_logs as published_logs

logger = logging.getLogger(__name__)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_LOGS = 100_000


def check_archive(
    path: Path, *, round_id: str, division: str | None = None, submitter: str | None = None,
    owner: tuple[str, str] | None = None, absent: Collection[str] = (), labels: Path | None = None,
    limits: Limits = UPLOAD_LIMITS, earlier_logs: EarlierLogs | None = None, with_excerpts: bool = True,
    on_progress: Callable[[str], None] | None = None,
) -> Report:  # fmt: skip
    """Read and judge the archive at ``path`` in a child process; the arguments are those of ``checking.check.check``.

    ``earlier_logs`` answers from the published rounds unless another is given.
    ``on_progress`` is told "reading" and "checking". Whatever the archive does to the child is a report with the
    verdict "unreadable". Raises RulebookError for an unknown round and CheckFailed for a fault of this site.
    """
    load_rulebook(round_id)  # an unknown round is no matter of the archive
    request = Request(
        str(path.resolve()), round_id, division, submitter, owner, tuple(sorted(absent)),
        str(labels.resolve()) if labels else None, limits, with_excerpts, os.getpid(),
    )  # fmt: skip
    known = earlier_logs or (lambda logs: published_logs(round_id, logs))
    try:
        with child(
            "submissions.checking.child", deadline_s=settings.CHECK_DEADLINE_S, answer_bytes=ANSWER_BYTES
        ) as reader:
            return _converse(reader, request, known, on_progress or (lambda stage: None))
    except Unusable as reason:
        logger.warning("check of %s ended without a report: %s", path.name, reason)
        return _unreadable(round_id, reason)
    except OSError as fault:
        raise CheckFailed(f"the check could not be done here: {fault}") from fault


def _converse(
    reader: Child, request: Request, earlier_logs: EarlierLogs, on_progress: Callable[[str], None]
) -> Report:
    """The report on ``request``; Unusable or CheckFailed when there is none."""
    reader.send(request_line(request))
    messages = reader.messages()
    next(messages)
    on_progress("reading")
    for message in messages:
        stage = message.get("stage")
        if stage == "checking":
            on_progress("checking")
            reader.send(json.dumps(dict(earlier_logs(_hashes(message.get("logs"))))).encode() + b"\n")
        elif stage == "done":
            try:
                return report_from_wire(message.get("report"))
            except WireError as fault:
                raise Nonsense(str(fault)) from fault
        else:
            raise Nonsense("an unknown message")
    raise AssertionError("the messages of a child end with an exception")


def _unreadable(round_id: str, reason: Unusable) -> Report:
    code, expected = "archive.unjudged", "a report"
    if isinstance(reason, TooCostly):
        code, expected = "archive.too-costly", _allowed(reason.limit)
    finding = make_finding(
        code, file="", expected=expected, found=str(reason),
        mend="Leave out what the round does not ask for; if this is an ordinary submission, tell the operator.",
    )  # fmt: skip
    result = ReadResult((), (finding,), unreadable=True)
    return Report(result, judge(result, load_rulebook(round_id)))


def _allowed(limit: str) -> str:
    bounds = {
        "memory": f"at most {MEMORY_BYTES // MIB} MiB of memory",
        "processor time": f"at most {CPU_S} s of processor time",
        "time": f"at most {settings.CHECK_DEADLINE_S} s",
        "length of the report": f"a report of at most {ANSWER_BYTES // MIB} MiB",
        "file size": "files within the limits on size",
    }
    return bounds.get(limit, "what a check may cost")


def _hashes(logs: object) -> list[str]:
    """The hashes that a child asks for; they go into a query."""
    if not isinstance(logs, list) or len(logs) > _MOST_LOGS:
        raise Nonsense("no list of logs")
    if not all(isinstance(log, str) and _SHA256.fullmatch(log) for log in logs):
        raise Nonsense("a log that is no SHA-256")
    return logs
