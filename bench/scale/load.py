"""Asking over loopback and measuring it: one connection for latencies, wrk (or threads) for throughput."""

from __future__ import annotations

import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

NUMBERS = count(10)
"""Numbers of addresses that were never asked for, in hundred thousands."""

UNUSED = "0.05*10{power}(2*({number}*0.618033988749895%1))"
"""A limit from 0.05 to 5, another one for each number, in the words of Python and of Lua."""


def unused_limit() -> str:
    """A limit that no address has had before."""
    return f"{eval(UNUSED.format(power='**', number=next(NUMBERS) * 100_000)):.12f}"  # noqa: S307 - own words


@dataclass(frozen=True, slots=True)
class Answer:
    """``seconds`` until the last byte, ``first_byte`` until the first of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    first_byte: float


class Connection:
    """One HTTP/1.1 connection that stays open; as little Python as possible around it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def get(self, path: str, headers: Mapping[str, str] | None = None, *, keep: bool = True) -> Answer:
        """GET ``path``; a connection that the server has closed is opened again. ``keep`` False drops the body."""
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: 127.0.0.1",
            *(f"{k}: {v}" for k, v in (headers or {}).items()),
        ]
        request = "\r\n".join([*lines, "", ""]).encode()
        for attempt in (1, 2):
            try:
                if self._socket is None:
                    self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=600)
                    self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self._ask(request, keep)
            except (ConnectionError, EOFError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError

    def _ask(self, request: bytes, keep: bool) -> Answer:
        began = time.perf_counter()
        self._socket.sendall(request)
        head = b""
        while b"\r\n\r\n" not in head:
            if not (piece := self._socket.recv(1 << 18)):
                raise EOFError
            head += piece
        raw, _, rest = head.partition(b"\r\n\r\n")
        first_line, *lines = raw.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(first_line.split()[1])
        first_byte = time.perf_counter() - began
        if status == 304 or status == 204:
            body = b""
        elif "content-length" in headers:
            body = self._exactly(int(headers["content-length"]), rest, keep)
        elif headers.get("transfer-encoding") == "chunked":
            body = self._chunks(rest, keep)
        else:
            body = self._until_closed(rest, keep)
        seconds = time.perf_counter() - began
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body, seconds, first_byte)

    def _exactly(self, length: int, rest: bytes, keep: bool) -> bytes:
        pieces, count = [rest], len(rest)
        while count < length:
            if not (piece := self._socket.recv(1 << 18)):
                raise EOFError
            count += len(piece)
            if keep:
                pieces.append(piece)
        return b"".join(pieces)

    def _chunks(self, rest: bytes, keep: bool) -> bytes:
        file = _Buffered(self._socket, rest)
        pieces = []
        while size := int(file.line().split(b";")[0], 16):
            piece = file.exactly(size)
            if keep:
                pieces.append(piece)
            file.line()
        file.line()
        return b"".join(pieces)

    def _until_closed(self, rest: bytes, keep: bool) -> bytes:
        pieces = [rest]
        while piece := self._socket.recv(1 << 18):
            if keep:
                pieces.append(piece)
        self.close()
        return b"".join(pieces)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class _Buffered:
    def __init__(self, connection: socket.socket, rest: bytes) -> None:
        self._connection, self._rest = connection, rest

    def _more(self) -> None:
        if not (piece := self._connection.recv(1 << 18)):
            raise EOFError
        self._rest += piece

    def line(self) -> bytes:
        while b"\r\n" not in self._rest:
            self._more()
        found, _, self._rest = self._rest.partition(b"\r\n")
        return found

    def exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            self._more()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def interleaved(
    asked: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    seconds: float = 1.0,
    least: int = 3,
    most: int = 100,
) -> dict[str, list[float]]:
    """The median time in ms of each thing per round; in every round each has its turn.

    A thing is done again and again within its turn for about ``seconds`` in all its rounds' share, at least
    ``least`` and at most ``most`` times.
    """
    medians: dict[str, list[float]] = {name: [] for name in asked}
    for do in asked.values():  # warm
        do()
    for _ in range(rounds):
        for name, do in asked.items():
            times: list[float] = []
            until = time.perf_counter() + seconds
            while len(times) < least or (len(times) < most and time.perf_counter() < until):
                began = time.perf_counter()
                do()
                times.append((time.perf_counter() - began) * 1e3)
            medians[name].append(statistics.median(times))
    return medians


def throughput(
    targets: Sequence[tuple[int, Sequence[str]]], *, seconds: float, connections: int = 4,
    headers: Mapping[str, str] | None = None, suffix: str = "",
) -> float:  # fmt: skip
    """Requests per second over ``targets``, (port, paths in turn), loaded side by side; RuntimeError for a failure.

    ``suffix`` and a limit that is never used again end each path, so that nobody has asked for it before.
    """
    share = max(1, connections // len(targets))
    found: list[float] = []
    load = _wrk if shutil.which("wrk") else _threads
    threads = [
        threading.Thread(
            target=lambda p=port, ps=paths: found.append(load(p, ps, seconds, share, headers or {}, suffix))
        )
        for port, paths in targets
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(found) != len(targets):
        raise RuntimeError("a load failed")
    return sum(found)


def _wrk(
    port: int, paths: Sequence[str], seconds: float, connections: int, headers: Mapping[str, str], suffix: str
) -> float:
    quoted = ",".join("[[" + path + "]]" for path in paths)
    limit = UNUSED.format(power="^", number=f"({next(NUMBERS) * 100_000}+i)")
    unique = f"..'{suffix}'..string.format('%.12f',{limit})" if suffix else ""
    script = f"local p={{{quoted}}} local i=0 request=function() i=i+1 return wrk.format(nil,p[(i-1)%#p+1]{unique}) end"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "60s",
            "-s",
            file.name,
        ]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        out = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
        ).stdout
    if "Non-2xx or 3xx" in out or "Socket errors" in out:
        raise RuntimeError(out)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def _threads(
    port: int, paths: Sequence[str], seconds: float, connections: int, headers: Mapping[str, str], suffix: str
) -> float:
    counts = [0] * connections
    until = time.perf_counter() + seconds

    def ask(k: int) -> None:
        connection, own = Connection(port), cycle(paths)
        while time.perf_counter() < until:
            unique = f"{suffix}{unused_limit()}" if suffix else ""
            if connection.get(next(own) + unique, headers, keep=False).status >= 400:
                raise RuntimeError("refused")
            counts[k] += 1

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def peak_memory_mb(pid: int) -> float:
    """The most memory that a process has held, in MB (Linux)."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def own_memory_mb(pid: int) -> float:
    """The memory that is a process's own, without mapped files, in MB (Linux)."""
    return int(re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024
