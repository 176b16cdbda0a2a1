"""Tables as archives: a bare table wrapped, and a table with the files that it cites written together."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from .columns import COLUMNS, VERSION_COLUMN

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Entries carry no time of their own, so that the same content gives the same bytes and is one submission."""
_HEAD_BYTES = 65_536


def bare_table_name(path: Path) -> str | None:
    """The name that the bare table at ``path`` gets in its archive, told by content; None when it is no table.

    A CSV table is known by the name of its version column, so that a table in another encoding is told what is wrong
    with it instead of being taken for a broken archive.
    """
    with open(path, "rb") as handle:
        head = handle.read(_HEAD_BYTES)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return "results.json"
    spellings = (VERSION_COLUMN.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
    if not head.startswith(b"PK") and any(spelling in head for spelling in spellings):
        return "results.csv"
    return None


def write_archive(out: Path, files: Mapping[str, BinaryIO]) -> None:
    """Write ``files`` by path to ``out`` as .zip; the same files give the same bytes.

    Entries are stored as they are: a log of one repeated line would otherwise be refused for its ratio.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, handle in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _FIRST_DAY)
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(handle, target)


def write_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """``rows`` by column as the CSV table, header first; a column that a row lacks is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=tuple(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
