"""Rows as they stand in an export: written by the database once, kept in a file until they change.

Per benchmark and form (CSV, JSON) there is a file that texts are only ever added to, and an index with the place of
each run's text in it, mapped by all processes of the machine. Whoever exports a view takes the texts that are there and
adds the others. A generation takes over the index of an earlier one but for the runs that changed in between.
"""

from __future__ import annotations

import contextlib
import json
import logging
import mmap
import os
import secrets
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from django.conf import settings

from .columns import Part, Rows, Snapshot
from .current import was_here
from .files import bytes_of, locked, mapped, move_into_place
from .reading import changed_runs

log = logging.getLogger(__name__)

LAYOUT = 1
"""Raised with every change of the columns or the spelling of an export: texts of an older one are not read."""
KEPT = 2
"""Indexes of a benchmark and form that stay on the disk."""
SLACK_BYTES = 16 << 20
"""A file is left for a new one when what is no longer of use in it is more than the rest and this."""
_LENGTH_BITS = 20
_LONGEST = (1 << _LENGTH_BITS) - 1
"""Bytes of the longest text that is kept."""
_BEGIN = b"Texts of rows, one after the other.\n"
"""Stands first in a file, so that no text has the place 0, which says that a row has none."""

Places = npt.NDArray[np.int64]
Write = Callable[[list[int]], Sequence[bytes]]
"""Makes the texts of runs, in their order."""

_lock = threading.Lock()


def written_rows(snapshot: Snapshot, part: Part, form: str) -> WrittenRows:
    """The texts of the rows of ``part`` in a form, as far as there are any. Two queries when a generation is new."""
    name = ("written", form)
    found = part.kept.get(name)
    if found is None:
        with _lock:
            found = part.kept.get(name)
            if found is None:
                found = part.kept[name] = _opened(snapshot, part, form)
    return found  # type: ignore[return-value]


class WrittenRows:
    """``places`` has shape (n,): where the text of each row of ``part`` begins, times 2²⁰, plus its length; 0 where it
    is not written yet. Without a ``file`` nothing is kept."""

    def __init__(self, part: Part, places: Places, file: BinaryIO | None, folder: Path) -> None:
        self._part = part
        self._places = places
        self._file = file
        self._folder = folder
        self._memory = self._mapped()
        if file is not None:
            weakref.finalize(self, file.close)

    def hold(self, rows: Rows) -> bool:
        """Whether all of ``rows`` are written."""
        return bool((self._places[rows] != 0).all())

    def texts(self, rows: Rows, write: Write) -> list[bytes]:
        """The text of each of ``rows``; those that are not written yet come from ``write`` and are kept."""
        places = self._places[rows]
        starts = places >> _LENGTH_BITS
        ends = starts + (places & _LONGEST)
        memory = self._memory_up_to(int(ends.max(initial=0)))
        absent = np.flatnonzero((places == 0) | (ends > len(memory)))
        found = [memory[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        if len(absent):
            fresh = write(self._part.runs[rows[absent]].tolist())
            for place, text in zip(absent.tolist(), fresh, strict=True):
                found[place] = text
            self._keep(rows[absent], fresh)
        return found

    def _keep(self, rows: Rows, texts: Sequence[bytes]) -> None:
        if self._file is None:
            return
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        try:
            with locked(self._folder):
                start = self._file.seek(0, os.SEEK_END)
                self._file.write(b"".join(texts))
                self._file.flush()
                # The index must never lead to a text that a loss of power took away.
                os.fsync(self._file.fileno())
        except OSError as problem:
            log.warning("rows of an export are not kept: %s", problem)
            self._file = None
            return
        starts = start + np.cumsum(lengths) - lengths
        self._places[rows] = np.where(lengths <= _LONGEST, (starts << _LENGTH_BITS) | lengths, 0)

    def _memory_up_to(self, end: int) -> mmap.mmap | bytes:
        memory = self._memory
        if end > len(memory):  # another process has added to the file, or this one
            memory = self._memory = self._mapped()
        return memory

    def _mapped(self) -> mmap.mmap | bytes:
        return b"" if self._file is None else mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)


def _opened(snapshot: Snapshot, part: Part, form: str) -> WrittenRows:
    folder = Path(settings.SNAPSHOT_DIR) / "written"
    name = f"{part.benchmark}.{form}.{LAYOUT}"
    try:
        with locked(folder):
            found = _index(folder, name, snapshot, part)
            if found is not None:
                file = (folder / found.file).open("a+b")
                _tidy(folder, name)
                return WrittenRows(part, found.places, file, folder)
    except OSError as problem:
        log.warning("rows of exports are not kept: %s", problem)
    return WrittenRows(part, np.zeros(len(part), np.int64), None, folder)


class _Index:
    """An index of texts on the disk: its generation, the name of the file of texts, the runs and their places."""

    def __init__(self, path: Path) -> None:
        """OSError, ValueError, KeyError where there is none or it is damaged."""
        arrays = mapped(path, mmap.ACCESS_WRITE)
        head = json.loads(arrays["head"].tobytes())
        self.key, self.number, self.file = head["key"], head["number"], head["file"]
        self.runs, self.places = arrays["runs"], arrays["places"]
        self.bytes = (path.parent / self.file).stat().st_size


def _index(folder: Path, name: str, snapshot: Snapshot, part: Part) -> _Index | None:
    """The newest index where it is that of ``part``, else a new one with what they have in common; None where the
    newest is of a later state than ``part``, which is on its way out."""
    base = _newest(folder, name)
    changed = None
    if base is not None and (base.key == snapshot.key or was_here(base.key, base.number)):
        if base.number > snapshot.number:
            return None
        changed = changed_runs(base.number, snapshot.number)
    if base is None or changed is None:
        return _made(folder, name, snapshot, part, None, np.zeros(len(part), np.int64))
    if np.array_equal(base.runs, part.runs) and not np.isin(base.runs, changed).any():
        return base
    kept = np.flatnonzero(~np.isin(base.runs, changed) & np.isin(base.runs, part.runs))
    places = np.zeros(len(part), np.int64)
    places[np.searchsorted(part.runs, base.runs[kept])] = base.places[kept]
    if base.bytes > 2 * int((places & _LONGEST).sum()) + SLACK_BYTES:
        return _made(folder, name, snapshot, part, None, np.zeros(len(part), np.int64))
    return _made(folder, name, snapshot, part, base.file, places)


def _made(
    folder: Path, name: str, snapshot: Snapshot, part: Part, file: str | None, places: Places
) -> _Index:
    """A new index on the disk, and a new file of texts where ``file`` names none."""
    if file is None:
        file = f"{name}.{secrets.token_hex(6)}.texts"
        move_into_place(folder / file, [_BEGIN])
    head = json.dumps({"key": snapshot.key, "number": snapshot.number, "file": file}).encode()
    arrays = {"head": np.frombuffer(head, dtype=np.uint8), "runs": part.runs, "places": places}
    path = folder / f"{name}.{snapshot.key}.{secrets.token_hex(3)}.index"
    move_into_place(path, bytes_of(arrays))
    return _Index(path)


def _paths(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}.*.index"), key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _newest(folder: Path, name: str) -> _Index | None:
    for path in _paths(folder, name):
        with contextlib.suppress(OSError, ValueError, KeyError):
            return _Index(path)
    return None


def _tidy(folder: Path, name: str) -> None:
    """Remove older indexes of the same rows, and files that no index names."""
    form = name.rpartition(".")[0]
    paths = _paths(folder, name)
    used = set()
    for path in paths[:KEPT]:
        with contextlib.suppress(OSError, ValueError, KeyError):
            used.add(_Index(path).file)
    for path in [
        *(path for path in folder.glob(f"{form}.*.index") if path not in paths[:KEPT]),
        *(path for path in folder.glob(f"{form}.*.texts") if path.name not in used),
    ]:
        path.unlink(missing_ok=True)
