"""Snapshots as files: written once, mapped by every process of the machine, so that it holds one copy of them.

A snapshot is an index (``<key>.json``: generation, words, names of parts) and one file per benchmark, which it shares
with its predecessor where nothing has changed. Files are made under another name and moved into place; whoever has
mapped a file keeps it after it was removed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import mmap
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from .columns import TEXTS, VALUES, Part, Snapshot

LAYOUT = 2
"""Raised with every change of what the files hold: older ones are not read."""
KEPT = 2
"""Snapshots that stay on the disk."""


class SnapshotFiles:
    """The folder of snapshots. ``names`` of parts that this process has read or written are kept with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: WeakKeyDictionary[Part, str] = WeakKeyDictionary()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time makes snapshots; the others wait here and find what it made."""
        with locked(self.folder):
            yield

    def read(self, key: str) -> Snapshot | None:
        """The snapshot of that key, None when nobody has made it."""
        return self._read(self.folder / f"{key}.json")

    def newest(self) -> Snapshot | None:
        """The snapshot that was written last, of whatever key."""
        for path in self._indexes():
            found = self._read(path)
            if found is not None:
                return found
        return None

    def write(self, snapshot: Snapshot) -> None:
        """Write what is not there yet, then the index, and remove what is no longer of use."""
        names = {}
        for benchmark, part in snapshot.parts.items():
            name = self._names.get(part)
            if name is None or not (self.folder / name).exists():
                name = f"{benchmark}-{secrets.token_hex(6)}.columns"
                move_into_place(self.folder / name, bytes_of(_arrays(part)))
                self._names[part] = name
            names[benchmark] = name
        index = {
            "layout": LAYOUT, "number": snapshot.number, "words": snapshot.words, "parts": names,
            "ranks": {name: own.tolist() for name, own in snapshot.ranks.items()},
        }  # fmt: skip
        move_into_place(self.folder / f"{snapshot.key}.json", [json.dumps(index).encode()])
        self._tidy()

    def _read(self, path: Path) -> Snapshot | None:
        try:
            index = json.loads(path.read_bytes())
            if index["layout"] != LAYOUT:
                return None
            ranks = {name: np.array(own, dtype=np.int64) for name, own in index["ranks"].items()}
            snapshot = Snapshot(path.stem, index["number"], index["words"], ranks, {})
            for benchmark, name in index["parts"].items():
                part = _part(self.folder / name, benchmark, snapshot)
                snapshot.parts[benchmark] = part
                self._names[part] = name
        except (OSError, ValueError, KeyError):  # not made yet, just removed, or damaged: it is made again
            return None
        return snapshot

    def _indexes(self) -> list[Path]:
        return sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)

    def _tidy(self) -> None:
        indexes = self._indexes()
        used = set()
        for path in indexes[:KEPT]:
            with contextlib.suppress(OSError, ValueError, KeyError):
                used |= set(json.loads(path.read_bytes())["parts"].values())
        for path in [*indexes[KEPT:], *(p for p in self.folder.glob("*.columns") if p.name not in used)]:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One thread of all processes of the machine at a time writes into ``folder``, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _arrays(part: Part) -> dict[str, np.ndarray]:
    return {
        "runs": part.runs, "systems": part.systems, "repeated": part.repeated, "originals": part.originals,
        **{f"codes:{name}": own for name, own in part.codes.items()},
        **{f"values:{name}": own for name, own in part.values.items()},
        **{f"orders:{name}": own for name, own in part.orders.items()},
    }  # fmt: skip


def bytes_of(arrays: Mapping[str, np.ndarray]) -> Iterator[bytes]:
    """A line that names the arrays with type and length, filled up to 64 bytes; then the arrays, each so filled up."""
    arrays = {name: np.ascontiguousarray(own) for name, own in arrays.items()}
    head = json.dumps([[name, own.dtype.str, len(own)] for name, own in arrays.items()]).encode() + b"\n"
    yield head + b" " * (-len(head) % 64)
    for own in arrays.values():
        yield own.tobytes() + b"\0" * (-own.nbytes % 64)


def mapped(path: Path, access: int = mmap.ACCESS_READ) -> dict[str, np.ndarray]:
    """The arrays of a file of :func:`bytes_of` in mapped memory, to be written as well with ``ACCESS_WRITE``; OSError
    and ValueError where there is none or it is damaged."""
    with path.open("rb" if access == mmap.ACCESS_READ else "r+b") as file:
        memory = mmap.mmap(file.fileno(), 0, access=access)
    head = memory.readline()
    offset = len(head) + -len(head) % 64
    arrays: dict[str, np.ndarray] = {}
    for name, kind, length in json.loads(head):
        own = np.frombuffer(memory, dtype=np.dtype(kind), count=length, offset=offset)
        arrays[name] = own
        offset += own.nbytes + -own.nbytes % 64
    return arrays


def _part(path: Path, benchmark: str, snapshot: Snapshot) -> Part:
    arrays = mapped(path)
    return Part(
        benchmark=benchmark,
        runs=arrays["runs"],
        systems=arrays["systems"],
        codes={name: arrays[f"codes:{name}"] for name in TEXTS},
        values={name: arrays[f"values:{name}"] for name in VALUES},
        repeated=arrays["repeated"],
        originals=arrays["originals"],
        orders={
            name.removeprefix("orders:"): own for name, own in arrays.items() if name.startswith("orders:")
        },
        words=snapshot.words,
        ranks=snapshot.ranks,
    )


def move_into_place(path: Path, pieces: Iterator[bytes] | list[bytes]) -> None:
    """Write a file under another name first, so that nobody reads half of it."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    with made.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    made.replace(path)
