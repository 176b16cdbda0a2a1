"""A child process that takes apart what strangers sent: started, watched and cleared up after; the parent's half.

The child bounds itself (:mod:`submissions.checking.limits`) and talks JSON, one line per message
(:mod:`submissions.checking.serving`). What it says is bounded in length and time and is trusted as little as an upload.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from submissions.checking.limits import ERROR_BYTES

from .incoming import CHECK_PREFIX, incoming_folder

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 16
_OTHERS = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""Signals that somebody else sends to a child: the system short of memory, an operator, a shutdown."""


class CheckFailed(Exception):
    """The site could not do the check; nothing is said of the upload. The message is for the log of the site."""


class Unusable(Exception):
    """The upload made the child end without an answer. The message says what happened."""


class TooCostly(Unusable):
    """It took more than is allowed of ``limit``: memory, processor time, time, length of the report, file size."""

    def __init__(self, limit: str) -> None:
        super().__init__(f"more {limit}")
        self.limit = limit


class Nonsense(Unusable):
    """The child died, or said what no child says."""


@contextlib.contextmanager
def child(module: str, *, deadline_s: float, answer_bytes: int) -> Iterator[Child]:
    """``python -m module`` with a folder of its own; both are gone afterwards, whatever happens."""
    folder = tempfile.mkdtemp(prefix=CHECK_PREFIX, dir=incoming_folder())
    try:
        process = subprocess.Popen(
            [sys.executable, "-s", "-m", module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=settings.BASE_DIR,
            # no secret of the site is in reach of what reads the upload; threads of numpy would take address space
            env={
                "TMPDIR": folder, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1",
            },
            start_new_session=True,
        )  # fmt: skip
        with process:
            try:
                yield Child(process, time.monotonic() + deadline_s, answer_bytes)
            finally:
                process.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Child:
    """One conversation with a child."""

    def __init__(self, process: subprocess.Popen[bytes], deadline: float, answer_bytes: int) -> None:
        self._process, self._deadline, self._answer_bytes = process, deadline, answer_bytes
        self._received = 0
        self._lines: list[bytes] = []
        self._errors = b""
        self._buffer: list[bytes] = []
        self.began = False

    def send(self, line: bytes) -> None:
        assert self._process.stdin is not None
        # a child that is gone has said, or its exit says, why
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def messages(self) -> Iterator[dict[str, Any]]:
        """What the child says, until the caller has heard enough.

        The first is "reading". Raises Unusable or CheckFailed when the child says that it cannot, and at its end.
        """
        for message in self._heard():
            stage = message.get("stage")
            if stage == "too-costly":
                raise TooCostly(str(message.get("limit"))[:40])
            if stage == "site-fault":
                raise CheckFailed(str(message.get("what"))[:400])
            if stage == "broken":
                self._log_errors()
                raise Nonsense(f"the reader failed with {str(message.get('what'))[:40]}")
            if not self.began and stage != "reading":
                raise Nonsense("an unknown message")
            self.began = True
            yield message
        raise self._end()

    def _heard(self) -> Iterator[dict[str, Any]]:
        """Line by line, until the child ends."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            selector.register(self._process.stderr, selectors.EVENT_READ)
            while selector.get_map():
                left_s = self._deadline - time.monotonic()
                if left_s <= 0:
                    raise TooCostly("time")
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
        if self._received > self._answer_bytes:
            raise TooCostly("length of the report")
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._lines.append(b"".join([*self._buffer, end]))
            self._buffer = []
        self._buffer.append(rest)

    def _end(self) -> Exception:
        """Why the child ended without an answer: the upload's doing, or not."""
        try:
            status = self._process.wait(max(self._deadline - time.monotonic(), 1))
        except subprocess.TimeoutExpired:
            return TooCostly("time")
        self._log_errors()
        if not self.began:
            return CheckFailed(f"the check did not start (status {status})")
        if -status == signal.SIGXCPU:
            return TooCostly("processor time")
        if -status in _OTHERS:
            return CheckFailed(f"the check was ended from outside (signal {-status})")
        return Nonsense(f"the reader died (status {status})")

    def _log_errors(self) -> None:
        if self._errors:
            logger.error("check: %s", self._errors.decode("utf-8", errors="replace"))


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise Nonsense("a line that is no JSON") from None
    if not isinstance(message, dict):
        raise Nonsense("a line that is no message")
    return message
