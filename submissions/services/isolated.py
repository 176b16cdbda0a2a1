"""Check an archive of strangers: the parent's half. The child that reads it is bounded, watched and cleared up after."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from results.domain.records import ReadResult
from submissions.checking.check import EarlierLogs
from submissions.checking.child import Request, request_line
from submissions.checking.limits import ANSWER_BYTES, CPU_S, ERROR_BYTES, MEMORY_BYTES, UPLOAD_LIMITS
from submissions.checking.report import Report
from submissions.checking.wire import WireError, report_from_wire
from submissions.formats.archive import Limits
from submissions.formats.codes import make_finding
from submissions.formats.tree import MIB
from submissions.rules.judge import judge
from submissions.rules.rulebook import load_rulebook

from .incoming import CHECK_PREFIX, incoming_folder
from .validate import earlier_logs as published_logs

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 16
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_LOGS = 100_000
_OTHERS = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""Signals that somebody else sends to a child: the system short of memory, an operator, a shutdown."""


class CheckFailed(Exception):
    """The site could not do the check; nothing is said of the archive. The message is for the log of the site."""


class _Unusable(Exception):
    """The archive made the child end without a report: ``code`` of the finding, what was allowed, what happened."""

    def __init__(self, code: str, expected: str, found: str) -> None:
        super().__init__(found)
        self.code, self.expected, self.found = code, expected, found


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
    try:
        with _child() as child:
            known = earlier_logs or (lambda logs: published_logs(round_id, logs))
            return child.converse(request, known, on_progress or (lambda stage: None))
    except _Unusable as reason:
        logger.warning("check of %s ended without a report: %s", path.name, reason.found)
        return _unreadable(round_id, reason)
    except OSError as fault:
        raise CheckFailed(f"the check could not be done here: {fault}") from fault


def _unreadable(round_id: str, reason: _Unusable) -> Report:
    finding = make_finding(
        reason.code, file="", expected=reason.expected, found=reason.found,
        mend="Leave out what the round does not ask for; if this is an ordinary submission, tell the operator.",
    )  # fmt: skip
    result = ReadResult((), (finding,), unreadable=True)
    return Report(result, judge(result, load_rulebook(round_id)))


@contextlib.contextmanager
def _child() -> Iterator[_Child]:
    """A running child with a folder of its own; both are gone afterwards, whatever happens."""
    folder = tempfile.mkdtemp(prefix=CHECK_PREFIX, dir=incoming_folder())
    try:
        process = subprocess.Popen(
            [sys.executable, "-s", "-m", "submissions.checking.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=settings.BASE_DIR,
            # no secret of the site is in reach of what reads the archive; threads of numpy would take address space
            env={
                "TMPDIR": folder, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1",
            },
            start_new_session=True,
        )  # fmt: skip
        with process:
            try:
                yield _Child(process, time.monotonic() + settings.CHECK_DEADLINE_S)
            finally:
                process.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Child:
    """One conversation with a child. Its words are bounded in length and time and are checked like any upload."""

    def __init__(self, process: subprocess.Popen[bytes], deadline: float) -> None:
        self._process, self._deadline = process, deadline
        self._received = self._pending = 0
        self._lines: list[bytes] = []
        self._errors = b""
        self._buffer: list[bytes] = []
        self._began = False

    def converse(
        self, request: Request, earlier_logs: EarlierLogs, on_progress: Callable[[str], None]
    ) -> Report:
        """The report on ``request``; _Unusable or CheckFailed when there is none."""
        self._send(request_line(request))
        for message in self._messages():
            stage = message.get("stage")
            if stage == "reading" and not self._began:
                self._began = True
                on_progress("reading")
            elif stage == "checking" and self._began:
                on_progress("checking")
                known = earlier_logs(_hashes(message.get("logs")))
                self._send(json.dumps(dict(known)).encode() + b"\n")
            elif stage == "done":
                try:
                    return report_from_wire(message.get("report"))
                except WireError as fault:
                    raise _nonsense(str(fault)) from fault
            elif stage == "too-costly":
                raise _too_costly(str(message.get("limit"))[:40])
            elif stage == "site-fault":
                raise CheckFailed(str(message.get("what"))[:400])
            elif stage == "broken":
                self._log_errors()
                raise _nonsense(f"the reader failed with {str(message.get('what'))[:40]}")
            else:
                raise _nonsense("an unknown message")
        raise self._end()

    def _send(self, line: bytes) -> None:
        assert self._process.stdin is not None
        # a child that is gone has said, or its exit says, why
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _messages(self) -> Iterator[dict[str, Any]]:
        """What the child says, line by line, until it ends."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            selector.register(self._process.stderr, selectors.EVENT_READ)
            while selector.get_map():
                left_s = self._deadline - time.monotonic()
                if left_s <= 0:
                    raise _too_costly("time")
                for key, _ in selector.select(left_s):
                    chunk = os.read(key.fd, _CHUNK_BYTES)
                    if not chunk:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is self._process.stderr:
                        self._errors = (self._errors + chunk)[-ERROR_BYTES:]
                    else:
                        self._take(chunk)
                while self._lines:
                    yield _message(self._lines.pop(0))

    def _take(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > ANSWER_BYTES:
            raise _too_costly("length of the report")
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._lines.append(b"".join([*self._buffer, end]))
            self._buffer = []
        self._buffer.append(rest)

    def _end(self) -> Exception:
        """Why the child ended without a report: the archive's doing, or not."""
        try:
            status = self._process.wait(max(self._deadline - time.monotonic(), 1))
        except subprocess.TimeoutExpired:
            return _too_costly("time")
        self._log_errors()
        if not self._began:
            return CheckFailed(f"the check did not start (status {status})")
        if -status == signal.SIGXCPU:
            return _too_costly("processor time")
        if -status in _OTHERS:
            return CheckFailed(f"the check was ended from outside (signal {-status})")
        return _nonsense(f"the reader died (status {status})")

    def _log_errors(self) -> None:
        if self._errors:
            logger.error("check: %s", self._errors.decode("utf-8", errors="replace"))


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise _nonsense("a line that is no JSON") from None
    if not isinstance(message, dict):
        raise _nonsense("a line that is no message")
    return message


def _hashes(logs: object) -> list[str]:
    """The hashes that a child asks for; they go into a query."""
    if not isinstance(logs, list) or len(logs) > _MOST_LOGS:
        raise _nonsense("no list of logs")
    if not all(isinstance(log, str) and _SHA256.fullmatch(log) for log in logs):
        raise _nonsense("a log that is no SHA-256")
    return logs


def _too_costly(limit: str) -> _Unusable:
    bounds = {
        "memory": f"at most {MEMORY_BYTES // MIB} MiB of memory",
        "processor time": f"at most {CPU_S} s of processor time",
        "time": f"at most {settings.CHECK_DEADLINE_S} s",
        "length of the report": f"a report of at most {ANSWER_BYTES // MIB} MiB",
        "file size": "files within the limits on size",
    }
    return _Unusable("archive.too-costly", bounds.get(limit, "what a check may cost"), f"more {limit}")


def _nonsense(what: str) -> _Unusable:
    return _Unusable("archive.unjudged", "a report", what)
