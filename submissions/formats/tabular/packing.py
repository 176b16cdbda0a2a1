"""Tables as archives: a bare table wrapped, and a table with the files that it cites written together."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from .columns import COLUMNS

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Entries carry no time of their own, so that the same content gives the same bytes and is one submission."""
_ARCHIVE_STARTS = (b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


def table_name(path: Path, filename: str) -> str | None:
    """The name that an uploaded bare table gets in its archive; None when the upload is something else.

    ``filename`` is what the sender called the file at ``path``; the suffix decides, unless the bytes are an archive's.
    """
    suffix = Path(filename).suffix.lower()
    if suffix not in (".csv", ".json"):
        return None
    with open(path, "rb") as handle:
        begins = handle.read(8)
    return None if begins.startswith(_ARCHIVE_STARTS) else f"results{suffix}"


def pack_bare_table(path: Path, filename: str, out: Path) -> bool:
    """Write the bare table at ``path`` to ``out`` as an archive that holds it alone; false when it is no bare table."""
    name = table_name(path, filename)
    if name is None:
        return False
    with open(path, "rb") as handle:
        write_archive(out, {name: handle})
    return True


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
