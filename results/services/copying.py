"""Rows into a table by COPY: the quickest way in, with every reference checked by the database at the end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO, TextIOBase
from itertools import islice
from typing import Any

from django.db import connection, models

BLOCK_ROWS = 2000
"""Rows that are written at once; what a load holds in memory does not grow with it."""
BUILD_MB = 128
"""Memory that building one index may take."""

Row = Sequence[Any]
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> int:
    """COPY ``rows`` into the table of ``model``; how many there were.

    ``names`` are the attribute names of the columns (``run_id``), and every row holds their values in that order: None,
    text, numbers, booleans; lists and dicts go into JSON columns. The constraints of the table hold as for INSERT. Making
    a row must not ask the database anything: the connection is busy with the COPY.
    """
    columns = [column_of(model, name) for name in names]
    stream = _Stream(rows)
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.copy_expert(f"COPY {table} ({quoted}) FROM STDIN", stream, 1 << 18)
    return stream.count


def reserve(model: type[models.Model], count: int) -> list[int]:
    """``count`` primary keys that nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor]


@contextmanager
def references_checked_at_the_end(*tables: type[models.Model]) -> Iterator[None]:
    """Within this block rows may be stored in any order; at its end the database checks every reference of ``tables``.

    The foreign keys are taken off and put on again, which checks them set by set instead of row by row. An
    IntegrityError names the first reference that leads nowhere, and the transaction is undone. Readers of these tables
    wait until the transaction has ended. Must be used inside one.
    """
    constraints = [(table._meta.db_table, *found) for table in tables for found in _foreign_keys(table)]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks that are due cannot be altered
        for table, name, _ in constraints:
            cursor.execute(f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}")
    yield
    with connection.cursor() as cursor:
        for table, name, definition in constraints:
            cursor.execute(f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} {definition}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def indexes_built_at_the_end(*tables: type[models.Model]) -> Iterator[None]:
    """Within this block ``tables`` do without the indexes that no constraint needs; at its end they are built again.

    Building one sorts once, where a large load would go to another place of every index with every row. What it costs
    grows with all rows of the tables: worth it where most of them are loaded in the block. Readers of these tables wait
    until the transaction has ended. Must be used inside one.
    """
    indexes = [found for table in tables for found in _plain_indexes(table)]
    with connection.cursor() as cursor:
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{BUILD_MB}MB'")
        for _, definition in indexes:
            cursor.execute(definition)


def _plain_indexes(table: type[models.Model]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE indrelid = %s::regclass AND NOT indisunique ORDER BY relname",
            [table._meta.db_table],
        )
        return cursor.fetchall()


def _foreign_keys(table: type[models.Model]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname",
            [table._meta.db_table],
        )
        return cursor.fetchall()


def column_of(model: type[models.Model], name: str) -> str:
    """The column of an attribute; FieldDoesNotExist for an unknown one."""
    for field in model._meta.concrete_fields:
        if field.attname == name:
            return field.column
    return model._meta.get_field(name).column


class _Stream(TextIOBase):
    """Rows as the text of COPY, encoded while the database reads."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._block = StringIO()
        self.count = 0

    def read(self, size: int = -1) -> str:
        text = self._block.read(size)
        if not text and (block := list(islice(self._rows, BLOCK_ROWS))):
            self.count += len(block)
            self._block = StringIO(encoded(block))
            text = self._block.read(size)
        return text


def encoded(rows: Iterable[Row]) -> str:
    """Rows in the text format of COPY."""
    return "".join(["\t".join(map(_text, row)) + "\n" for row in rows])


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    kind = type(value)
    if kind is str or isinstance(value, str):
        return str(value).translate(_ESCAPES)
    if kind is float or kind is int:
        return repr(value)
    if kind is bool:
        return "t" if value else "f"
    if kind in (list, dict):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    return str(value).translate(_ESCAPES)
