"""What reading one upload may cost. The child that reads it sets these bounds on itself before it reads anything.

Memory, processor time, file size and descriptors are bounded by the kernel; the parent bounds the time by the clock
and the length of the answer (:mod:`submissions.services.confined`).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

from submissions.formats.tree import MIB, Limits

UPLOAD_LIMITS = Limits(total_bytes=2048 * MIB, file_bytes=512 * MIB, files=20_000)
"""What an uploaded archive may hold; published rounds stay below 50 MB and 2,200 files."""

MEMORY_BYTES = 2048 * MIB
CPU_S = 120
DESCRIPTORS = 64
TAR_SLACK_BYTES = 256 * MIB
"""An unpacked tar is longer than its files by their headers."""
ANSWER_BYTES = 128 * MIB
"""Longest answer of a child; the report on a whole round has about 10 MB."""
ERROR_BYTES = 16 * 1024
"""How much of a child's error output is kept, for the log of the site."""

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


MODEL_MEMORY_BYTES = 1024 * MIB
MODEL_CPU_S = 15
MODEL_ANSWER_BYTES = 16 * MIB
"""The same for the analysis of one model file; the reference models take 20 ms and 73 MiB."""


def confine(
    parent_pid: int, largest_file_bytes: int, *, memory_bytes: int = MEMORY_BYTES, cpu_s: int = CPU_S
) -> None:
    """Bind this process to the bounds, and to the life of ``parent_pid`` where the system can (Linux).

    Beyond its memory the process gets MemoryError, beyond its file size OSError EFBIG, beyond its processor time the
    signal XCPU. No further process or thread can be started, and no memory image is left behind.
    """
    os.umask(0o077)
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, largest_file_bytes),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, memory_bytes),
    ):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # the kernel sends XCPU at the soft bound and KILL at the hard one: a second between them tells them apart
        resource.setrlimit(kind, (most, most + 1 if kind == resource.RLIMIT_CPU and most < hard else most))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # the parent died before the signal was asked for
        sys.exit(1)
