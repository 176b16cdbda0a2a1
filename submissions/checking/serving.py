"""The child's half of a conversation with the process that started it.

It talks JSON, one line per message: the request comes on standard input, ``{"stage": "reading"}`` goes out, and the last
message is what the work answers or one of ``{"stage": "too-costly", "limit": …}``, ``{"stage": "site-fault", "what": …}``
and ``{"stage": "broken", "what": …}``. The parent's half is :mod:`submissions.services.confined`.
"""

from __future__ import annotations

import errno
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any


def read_line() -> Any:
    """What the parent says next."""
    return json.loads(sys.stdin.readline())


def say(message: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, allow_nan=False) + "\n")
    sys.stdout.flush()


def serve(work: Callable[[], Mapping[str, Any]]) -> None:
    """Do ``work`` and say its answer; the process has bound itself before."""
    say({"stage": "reading"})
    try:
        say(work())
    except MemoryError:
        say({"stage": "too-costly", "limit": "memory"})
    except OSError as fault:
        if fault.errno == errno.EFBIG:
            say({"stage": "too-costly", "limit": "file size"})
        elif fault.errno == errno.ENOMEM:
            say({"stage": "too-costly", "limit": "memory"})
        else:
            say({"stage": "site-fault", "what": str(fault)})
    except Exception as fault:
        traceback.print_exc()
        say({"stage": "broken", "what": type(fault).__name__})
