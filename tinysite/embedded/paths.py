"""Where the embedded servers keep their data, logs, locks and sockets."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .errors import EmbeddedError

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
SOCKET_PATH_MAX_BYTES = 103
# The port is only part of the socket's file name; PostgreSQL listens on no network address.
POSTGRES_PORT = 55432
POSTGRES_SOCKET_NAME = f".s.PGSQL.{POSTGRES_PORT}"
VALKEY_SOCKET_NAME = "valkey.sock"
# PostgreSQL puts a lock file of this name beside its socket.
_LONGEST_SOCKET_NAME = f"{POSTGRES_SOCKET_NAME}.lock"


@dataclass(frozen=True)
class DataFolder:
    """The folder that TINYSITE_DATA names; nothing is created by naming it."""

    root: Path

    @classmethod
    def from_environment(cls, base: Path) -> "DataFolder":
        """TINYSITE_DATA, a relative path being relative to `base`; `base`/var when unset."""
        return cls((base / (os.environ.get("TINYSITE_DATA", "").strip() or "var")).resolve())

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def archives(self) -> Path:
        return self.root / "archives"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def secret_key(self) -> Path:
        return self.root / "secret_key"

    @property
    def owner_lock(self) -> Path:
        return self.root / "owner.lock"

    @property
    def users_lock(self) -> Path:
        return self.root / "users.lock"

    def log(self, component: str) -> Path:
        return self.root / "log" / f"{component}.log"

    @property
    def sockets(self) -> Path:
        """The private folder of the sockets: under the root, or in the temporary folder where that is too long."""
        near = self.root / "run"
        if len(os.fsencode(near / _LONGEST_SOCKET_NAME)) <= SOCKET_PATH_MAX_BYTES:
            return near
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"tinysite-{digest}"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / POSTGRES_SOCKET_NAME

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / VALKEY_SOCKET_NAME

    def create(self) -> None:
        """Make the folders; the sockets' folder is for its owner alone, as PostgreSQL trusts who reaches it."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            (self.root / "log").mkdir(exist_ok=True)
        except OSError as error:
            raise EmbeddedError(
                f"The data folder {self.root} cannot be made: {error.strerror}.",
                remedy="set TINYSITE_DATA to a folder that you may write to.",
            ) from None
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise EmbeddedError(
                f"The data folder {self.root} is not writable for this user.",
                remedy="run as the user who made it, or set TINYSITE_DATA to another folder.",
            )
        make_private_folder(self.sockets)


def make_private_folder(folder: Path) -> None:
    """Make `folder` with mode 0700; one that somebody else owns or can enter is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.geteuid():
        raise EmbeddedError(
            f"The socket folder {folder} belongs to somebody else.",
            remedy="remove it, or set TINYSITE_DATA to a shorter path.",
        )
    if status.st_mode & 0o077:
        folder.chmod(0o700)
