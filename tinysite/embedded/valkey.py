"""One Valkey server (Redis protocol) on a data folder, reached through a private Unix socket.

It carries messages and the cache, nothing that has to survive: what is due stands in PostgreSQL.
"""

import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from .binaries import valkey_program
from .errors import EmbeddedError
from .paths import DataFolder
from .process import spawn, stop, wait_until

_START_DEADLINE_S = 20.0
_STOP_PATIENCE_S = 10.0
_ORPHAN_PATIENCE_S = 10.0
_MEMORY = "128mb"
_REMEDY = (
    "read the log above; a full disk or a data folder on a file system without sockets are the usual causes."
)


class Valkey:
    """Start and stop Valkey on `folder`; the caller holds the folder's owner lock."""

    name = "Valkey"

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.program = valkey_program()
        self.log = folder.log("valkey")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Bring up the server; raises EmbeddedError."""
        self.folder.create()
        self.folder.valkey.mkdir(exist_ok=True)
        self._stop_orphan()
        command = [str(self.program), "--port", "0", "--unixsocket", str(self.folder.valkey_socket)]
        command += ["--unixsocketperm", "700", "--dir", str(self.folder.valkey), "--daemonize", "no"]
        command += ["--save", "", "--appendonly", "no"]
        # A message may not be dropped to make room: the sender gets an error instead, and beat sweeps later.
        command += ["--maxmemory", _MEMORY, "--maxmemory-policy", "noeviction"]
        self.process = spawn(command, log=self.log, death_signal=signal.SIGTERM)
        try:
            wait_until(
                lambda: is_answering(self.folder.valkey_socket),
                process=self.process,
                name="Valkey",
                log=self.log,
                deadline_s=_START_DEADLINE_S,
                remedy=_REMEDY,
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM, patience_s=_STOP_PATIENCE_S)
            self.process = None

    def _stop_orphan(self) -> None:
        """Shut down a server that outlived its supervisor.

        A new server would replace the socket's file and the old one would live on unreachable: it has to go
        first, through the old socket.
        """
        path = self.folder.valkey_socket
        if not is_answering(path):
            return
        request(path, b"SHUTDOWN NOSAVE\r\n")
        end = time.monotonic() + _ORPHAN_PATIENCE_S
        while is_answering(path):
            if time.monotonic() > end:
                raise EmbeddedError(
                    f"An earlier Valkey still answers on {path} and does not shut down.",
                    remedy="end the process `valkey-server` that uses this socket.",
                )
            time.sleep(0.02)


def is_answering(path: Path) -> bool:
    return request(path, b"PING\r\n").startswith(b"+PONG")


def request(path: Path, command: bytes) -> bytes:
    """Send one inline command and return the start of the answer; empty when nobody answers."""
    with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
        connection.settimeout(2)
        connection.connect(str(path))
        connection.sendall(command)
        return connection.recv(64)
    return b""
