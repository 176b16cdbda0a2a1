"""One table as CSV, JSON and Parquet, written in one pass; the same rows give the same bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from results.domain.data_dictionary import Table
from results.domain.spreadsheet import harmless

BATCH_ROWS = 5000
"""Rows held in memory, and in one row group of Parquet."""

Row = Sequence[Any]


def write_table(folder: Path, table: Table, rows: Iterable[Row]) -> int:
    """Write ``<table>.csv``, ``.json`` and ``.parquet`` into ``folder``; the number of rows.

    A row holds the columns of ``table`` in their order, None where there is no value.
    """
    count = 0
    with _Csv(folder, table) as a, _Json(folder, table) as b, _Parquet(folder, table) as c:
        for batch in _batches(rows):
            for writer in (a, b, c):
                writer.add(batch)
            count += len(batch)
    return count


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_ROWS)):
        yield batch


class _Csv:
    """RFC 4180, UTF-8, header first; null is an empty field."""

    def __init__(self, folder: Path, table: Table) -> None:
        self._file = (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([column.name for column in table.columns])

    def add(self, rows: Sequence[Row]) -> None:
        self._writer.writerows([harmless(value) for value in row] for row in rows)

    def __enter__(self) -> _Csv:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()


class _Json:
    """An array of objects, one a line."""

    def __init__(self, folder: Path, table: Table) -> None:
        self._names = [column.name for column in table.columns]
        self._file = (folder / f"{table.name}.json").open("w", encoding="utf-8", newline="\n")
        self._separator = "[\n"

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            record = dict(zip(self._names, row, strict=True))
            self._file.write(self._separator + json.dumps(record, ensure_ascii=False, allow_nan=False))
            self._separator = ",\n"

    def __enter__(self) -> _Json:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.write("[]\n" if self._separator == "[\n" else "\n]\n")
        self._file.close()


class _Parquet:
    """Typed columns; the unit and the meaning of a column stand in its metadata."""

    def __init__(self, folder: Path, table: Table) -> None:
        # Imported here: only the worker writes Parquet, and the library takes 50 MB of memory.
        import pyarrow
        from pyarrow import parquet

        types = {
            "text": pyarrow.string(),
            "number": pyarrow.float64(),
            "integer": pyarrow.int64(),
        }
        self._arrow = pyarrow
        self._schema = pyarrow.schema(
            pyarrow.field(c.name, types[c.kind], metadata={"unit": c.unit, "meaning": c.meaning})
            for c in table.columns
        )
        self._writer = parquet.ParquetWriter(
            folder / f"{table.name}.parquet", self._schema, compression="zstd"
        )

    def add(self, rows: Sequence[Row]) -> None:
        columns = [
            self._arrow.array(values, type=field.type)
            for values, field in zip(zip(*rows, strict=True), self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(columns, schema=self._schema))

    def __enter__(self) -> _Parquet:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._writer.close()
