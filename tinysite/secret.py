"""The secret key: from the environment, or made once and kept in the data folder."""

import os
import secrets
from contextlib import suppress

from tinysite.embedded.paths import DataFolder
from tinysite.env import envstr


def secret_key(folder: DataFolder) -> str:
    """SECRET_KEY, or the key in `folder`, which is made at the first call and readable by its owner alone."""
    if given := envstr("SECRET_KEY"):
        return given
    with suppress(FileNotFoundError):
        return folder.secret_key.read_text()
    folder.create()
    mine = folder.secret_key.with_suffix(f".{os.getpid()}")
    descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    with suppress(FileExistsError):  # another process was first: link never replaces its key
        os.link(mine, folder.secret_key)
    mine.unlink()
    return folder.secret_key.read_text()
