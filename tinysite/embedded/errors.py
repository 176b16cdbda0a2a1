"""What can go wrong with an embedded server, said so that the reader knows what to do."""

from pathlib import Path

LOG_LINES_SHOWN = 12


class EmbeddedError(Exception):
    """A server or component that could not start.

    what    one sentence: which component, what happened
    remedy  one sentence: what the reader can do
    log     the component's log file; its last lines are part of the message
    """

    def __init__(self, what: str, *, remedy: str = "", log: Path | None = None) -> None:
        self.what, self.remedy, self.log = what, remedy, log
        super().__init__(self.message())

    def message(self) -> str:
        parts = [self.what]
        if self.log is not None:
            parts += [f"The last lines of {self.log}:", *(f"  | {line}" for line in last_lines(self.log))]
        if self.remedy:
            parts.append(f"What to do: {self.remedy}")
        return "\n".join(parts)


class AlreadyRunning(EmbeddedError):
    """The data folder belongs to another process that is alive."""


def last_lines(log: Path, count: int = LOG_LINES_SHOWN) -> list[str]:
    """The last `count` lines of a log; an absent or empty log says so instead."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return lines[-count:] or ["(the log is empty)"]
