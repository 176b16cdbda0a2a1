"""A snapshot out of the database: whole by one binary COPY, or an older one with the runs that have changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from results.domain.vocabulary import SORTS
from results.models import DataChange, LeaderboardEntry

from .columns import MOST_WORDS, RANKED, TEXTS, VALUES, Part, Rows, Snapshot, keys

MOST_CHANGES = 20_000
"""Runs that are read one by one; more of them are read as a whole."""

_TABLE = LeaderboardEntry._meta.db_table
_HEADER_BYTES = 19
_RECORD = np.dtype(
    [("fields", ">i2")]
    + [
        item
        for name, kind in (
            ("run", ">i8"), ("system", ">i8"), ("benchmark", ">i4"), ("repeated", ">i4"), ("original", ">i8"),
            *((f"t:{name}", ">i4") for name in TEXTS), *((f"v:{name}", ">f8") for name in VALUES),
        )
        for item in ((f"l:{name}", ">i4"), (name, kind))
    ]
)  # fmt: skip
"""A row of COPY … (FORMAT binary): the number of its fields, then the length and the bytes of each."""


def read_everything(key: str, number: int) -> Snapshot:
    """The snapshot of all entries. Three queries; ValueError for more words than codes have room for."""
    words = _words()
    benchmarks = words.pop("benchmark")
    table = _copied(benchmarks, words)
    ranks = {name: places(words[name]) for name in RANKED}
    snapshot = Snapshot(key, number, words, ranks, {})
    order = np.lexsort((table["run"], table["benchmark"]))
    starts = np.searchsorted(table["benchmark"][order], np.arange(1, len(benchmarks) + 2))
    for k, benchmark in enumerate(benchmarks):
        own = table[order[starts[k] : starts[k + 1]]]
        part = snapshot.parts[benchmark] = Part(
            benchmark=benchmark,
            runs=own["run"].astype(np.int64),
            systems=own["system"].astype(np.int64),
            codes={name: (own[f"t:{name}"] - 1).astype(np.uint16) for name in TEXTS},
            values={name: own[f"v:{name}"].astype(np.float64) for name in VALUES},
            repeated=own["repeated"].astype(bool),
            originals=own["original"].astype(np.int64),
            orders={},
            words=words,
            ranks=ranks,
        )
        part.orders.update(all_orders(part))
    return snapshot


def read_changes(base: Snapshot, key: str, number: int) -> Snapshot | None:
    """``base`` with everything that has changed up to generation ``number``; None when that is not known or too much.

    Parts without a change are shared with ``base``. Three queries, one more where a log was handed in again.
    """
    runs = changed_runs(base.number, number)
    if runs is None or len(runs) > MOST_CHANGES:
        return None
    names = ["run_id", "system_id", "benchmark", "duplicate_of", *TEXTS.values(), *VALUES.values()]
    rows = list(
        LeaderboardEntry.objects.filter(run__in=runs.tolist())
        .order_by("run_id")
        .values(*dict.fromkeys(names))
    )
    _name_originals(rows)
    words, ranks = _words_with(base, rows)
    snapshot = Snapshot(key, number, words, ranks, {})
    fresh: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        fresh.setdefault(row["benchmark"], []).append(row)
    for benchmark in {*base.parts, *fresh}:
        old = base.part(benchmark)
        gone = np.zeros(len(old), bool)
        gone[np.searchsorted(old.runs, runs[np.isin(runs, old.runs)])] = True
        # Words are only added, so the codes of a part without a change stay right.
        part = (
            _changed(snapshot, old, gone, fresh.get(benchmark, []))
            if gone.any() or benchmark in fresh
            else old
        )
        if len(part):
            snapshot.parts[benchmark] = part
    return snapshot


def changed_runs(after: int, upto: int) -> npt.NDArray[np.int64] | None:
    """The runs whose entries changed, came or went behind one generation up to another, rising; None when that is not
    known. One query."""
    changes = list(DataChange.objects.filter(generation__gt=after, generation__lte=upto))
    if len(changes) != upto - after or any(change.runs is None for change in changes):
        return None
    return np.unique(np.array([run for change in changes for run in change.runs], dtype=np.int64))


def places(words: Iterable[str]) -> npt.NDArray[np.int64]:
    """For each word its place among them in the order of the database, whose language decides. One query."""
    own = list(words)
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM unnest(%s::text[]) AS word ORDER BY word", [own])
        place = {word: k for k, (word,) in enumerate(cursor)}
    return np.array([place[word] for word in own], dtype=np.int64)


def words_before(words: Iterable[str], word: str) -> int:
    """How many of ``words`` stand before ``word`` in the order of the database. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM unnest(%s::text[]) AS one WHERE one < %s", [list(words), word])
        return int(cursor.fetchone()[0])


def _words() -> dict[str, list[str]]:
    """Every text of each coded column, in one pass over the table."""
    columns = {"benchmark": "benchmark", **TEXTS}
    quoted = {name: connection.ops.quote_name(column) for name, column in columns.items()}
    listed = ", ".join(quoted.values())
    sets = ", ".join(f"({column})" for column in quoted.values())
    found: dict[str, list[str]] = {name: [] for name in columns}
    names = list(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {_TABLE} GROUP BY GROUPING SETS ({sets})")  # noqa: S608 - own names
        for row in cursor:
            for name, word in zip(names, row, strict=True):
                if word is not None:  # no text of an entry is NULL: this is the one that the row is about
                    found[name].append(word)
    for name, own in found.items():
        own.sort()
        if len(own) > MOST_WORDS:
            raise ValueError(f"{len(own)} different texts in {name}")
    return found


def _copied(benchmarks: list[str], words: Mapping[str, list[str]]) -> npt.NDArray[np.void]:
    """Every entry as a record: codes from 1, absent numbers NaN."""
    joins, picked, lists = [], [], []
    coded = {"benchmark": ("benchmark", benchmarks)} | {f"t:{n}": (TEXTS[n], own) for n, own in words.items()}
    for k, (column, own) in enumerate(coded.values()):
        joins.append(
            f"JOIN unnest(%s::text[]) WITH ORDINALITY AS w{k} (word, place) ON w{k}.word = e.{column}"
        )
        picked.append(f"w{k}.place::int4")
        lists.append(own)
    numbers = [f"coalesce(e.{column}::float8, 'NaN')" for column in VALUES.values()]
    columns = [
        "e.run_id::int8",
        "e.system_id::int8",
        picked[0],
        "(e.duplicate_of <> '')::int4",
        "coalesce(o.run_id, e.run_id)::int8",
        *picked[1:],
        *numbers,
    ]
    joins.append(f"LEFT JOIN {_TABLE} o ON o.public_id = e.duplicate_of AND e.duplicate_of <> ''")
    query = f"SELECT {', '.join(columns)} FROM {_TABLE} e {' '.join(joins)}"  # noqa: S608 - own names
    stream = BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(
            f"COPY ({cursor.mogrify(query, lists).decode()}) TO STDOUT (FORMAT binary)", stream
        )
    body = stream.getbuffer()[_HEADER_BYTES:-2]
    return np.frombuffer(body, dtype=_RECORD)


def _name_originals(rows: Iterable[dict[str, Any]]) -> None:
    """Give each row the run that handed its log in first, as ``original``. One query where there is such a row."""
    names = {row["duplicate_of"] for row in rows} - {""}
    found = LeaderboardEntry.objects.filter(public_id__in=names) if names else LeaderboardEntry.objects.none()
    runs = dict(found.values_list("public_id", "run_id"))
    for row in rows:
        row["original"] = runs.get(row["duplicate_of"], row["run_id"])


def _words_with(
    base: Snapshot, rows: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, list[str]], dict[str, npt.NDArray[np.int64]]]:
    """The words of ``base`` and after them those that only ``rows`` have."""
    words, ranks = dict(base.words), dict(base.ranks)
    for name, column in TEXTS.items():
        known = set(words[name])
        new = sorted({row[column] for row in rows} - known)
        if new:
            words[name] = [*words[name], *new]
            if name in RANKED:
                ranks[name] = places(words[name])
            if len(words[name]) > MOST_WORDS:
                raise ValueError(f"{len(words[name])} different texts in {name}")
    return words, ranks


def _changed(
    snapshot: Snapshot, old: Part, gone: npt.NDArray[np.bool_], rows: list[Mapping[str, Any]]
) -> Part:
    """``old`` without the rows ``gone`` and with ``rows``, in the order of runs."""
    kept = np.flatnonzero(~gone)
    codes_of = {name: {word: k for k, word in enumerate(own)} for name, own in snapshot.words.items()}
    runs = np.concatenate([old.runs[kept], np.array([row["run_id"] for row in rows], dtype=np.int64)])
    by_run = np.argsort(runs, kind="stable")

    def joined(column: npt.NDArray[Any], fresh: list[Any]) -> npt.NDArray[Any]:
        return np.concatenate([column[kept], np.array(fresh, dtype=column.dtype)])[by_run]

    part = Part(
        benchmark=old.benchmark,
        runs=runs[by_run],
        systems=joined(old.systems, [row["system_id"] for row in rows]),
        codes={n: joined(old.codes[n], [codes_of[n][row[c]] for row in rows]) for n, c in TEXTS.items()},
        values={
            n: joined(old.values[n], [np.nan if row[c] is None else row[c] for row in rows])
            for n, c in VALUES.items()
        },
        repeated=joined(old.repeated, [bool(row["duplicate_of"]) for row in rows]),
        originals=joined(old.originals, [row["original"] for row in rows]),
        orders={},
        words=snapshot.words,
        ranks=snapshot.ranks,
    )
    place = np.empty(len(runs), np.int32)
    place[by_run] = np.arange(len(runs), dtype=np.int32)
    of_old = np.full(len(old), -1, np.int32)
    of_old[kept] = place[: len(kept)]
    for sort, order in old.orders.items():
        moved = of_old[order]
        key = part.key(sort, SORTS[sort])
        part.orders[sort] = _inserted(moved[moved >= 0], np.sort(place[len(kept) :]), key)
    if not old.orders:
        part.orders.update(all_orders(part))
    return part


def _inserted(order: Rows, fresh: Rows, key: npt.NDArray[np.float64]) -> Rows:
    """``order`` with the row numbers ``fresh`` (rising) where their keys put them, equal ones by row number."""
    ranked = key[order]
    fresh = fresh[np.argsort(key[fresh], kind="stable")]
    left, right = np.searchsorted(ranked, key[fresh], "left"), np.searchsorted(ranked, key[fresh], "right")
    places_ = [a + np.searchsorted(order[a:b], row) for a, b, row in zip(left, right, fresh, strict=True)]
    return np.insert(order, np.array(places_, dtype=np.intp), fresh)


def all_orders(part: Part) -> dict[str, Rows]:
    """The natural order of every sort."""
    return {
        sort: np.argsort(keys(part.values, part.codes, part.ranks, sort, direction), kind="stable").astype(
            np.int32
        )
        for sort, direction in SORTS.items()
    }
