"""Why a model file is refused."""

from __future__ import annotations


class ModelError(ValueError):
    """The file cannot be read as a model. Says where, what was expected, what was found, and how to mend it."""

    def __init__(self, where: str, *, expected: str, found: str, mend: str = "") -> None:
        super().__init__(f"{where}: expected {expected}; found {found}")
        self.where, self.expected, self.found = where, expected, found
        self.mend = mend or "Export the model again from its framework and send that file."
