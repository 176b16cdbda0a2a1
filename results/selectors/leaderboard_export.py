"""A whole view as CSV or JSON, passed on in pieces: no row becomes an object here.

The rows and their order are those of the snapshot. The database writes each row once; after that its text is at hand
until it changes (:mod:`results.selectors.snapshot.written`). All pieces come from one state of the data, and as few
bytes are held as a piece has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.db import connection

from results.domain.query import LeaderboardQuery
from results.domain.spreadsheet import FORMULA_STARTS
from results.models import LeaderboardEntry

from .generation import one_state
from .snapshot import Part, current_snapshot
from .snapshot.columns import TEXTS, Rows
from .snapshot.view import view_of
from .snapshot.written import WrittenRows, written_rows

FIRST_ROWS, ROWS = 50, 2000
"""Rows of the first piece, which a reader waits for, and of the others."""

EXPORT_COLUMNS = (
    "round", "division", "submitter", "system", "benchmark", "variant", "device", "neural_model", "precision",
    "availability", "latency_ms", "throughput_inf_per_s", "energy_uj_per_inf", "average_power_mw",
    "supply_voltage_mv", "quality_metric", "quality_value", "provenance", "energy_scope", "software", "clock_mhz",
    "device_class", "framework", "deployment_style", "quality_margin", "duplicate_of", "findings", "id",
)  # fmt: skip
_RENAMED = {
    "submitter": "submitter_directory", "system": "system_label", "device": "device_slug", "id": "public_id",
}  # fmt: skip
_NUMBERS = frozenset(
    {
        "latency_ms", "throughput_inf_per_s", "energy_uj_per_inf", "average_power_mw", "supply_voltage_mv",
        "clock_mhz", "quality_margin",
    }
)  # fmt: skip
_FINDINGS = """NULLIF(translate(jsonb_path_query_array(finding_codes, '$[*][0]')::text, '[]",', ''), '')"""
"""Codes separated by spaces; a code has none of the characters that are taken out."""


def export_csv(query: LeaderboardQuery, quality_metric: str = "") -> Iterator[bytes]:
    """Every row of the view in its order as CSV (RFC 4180, UTF-8, header first); what is absent is an empty field.

    A text that a spreadsheet would take for a formula is preceded by an apostrophe. ``quality_metric`` is that of the
    benchmark.
    """
    yield (",".join(EXPORT_COLUMNS) + "\r\n").encode()
    with _view(query, quality_metric, "csv") as view:
        for texts in view.pieces(_csv_rows):
            yield b"".join(texts)


def export_json(query: LeaderboardQuery, address: str, quality_metric: str = "") -> Iterator[bytes]:
    """The same as a JSON document with the ``address`` of the view and the number of its rows; absent values are null."""
    with _view(query, quality_metric, "json") as view:
        count = len(view.rows)
        head = json.dumps({"view": address, "count": count}, indent=1, ensure_ascii=False)[:-2]
        yield (head + (',\n "results": [\n' if count else ',\n "results": []')).encode()
        between = b""
        for texts in view.pieces(_json_rows):
            yield between + b",\n".join(texts)
            between = b",\n"
        yield b"\n ]\n}\n" if count else b"\n}\n"


@dataclass(frozen=True, slots=True)
class _View:
    """The rows of a view in its order, and their texts; ``complete`` says that all of them are written."""

    part: Part
    rows: Rows
    written: WrittenRows | None
    complete: bool

    def pieces(self, write: Callable[[Part, list[int]], list[bytes]]) -> Iterator[list[bytes]]:
        start, size = 0, FIRST_ROWS
        while start < len(self.rows):
            yield self.written.texts(self.rows[start : start + size], partial(write, self.part))
            start, size = start + size, ROWS


@contextmanager
def _view(query: LeaderboardQuery, quality_metric: str, form: str) -> Iterator[_View]:
    """The view of the state that the request is answered from; where texts have to be written, that of one state of the
    database, which is held as long as it takes."""
    found = _found(query, quality_metric, form)
    if found.complete:
        yield found
        return
    with one_state():
        with connection.cursor() as cursor:
            # A piece is a few thousand rows by their key: a walk over the whole index never pays.
            cursor.execute("SET LOCAL enable_mergejoin = off")
            cursor.execute("SET LOCAL enable_hashjoin = off")
        yield _found(query, quality_metric, form)


def _found(query: LeaderboardQuery, quality_metric: str, form: str) -> _View:
    snapshot = current_snapshot()
    part = snapshot.part(query.benchmark)
    view = view_of(part, query)
    rows = view.ordered(query.sort_name, query.sort_direction(quality_metric)).rows
    written = written_rows(snapshot, part, form) if len(rows) else None
    name = ("written", form)
    view.kept[name] = complete = written is None or view.kept.get(name) or written.hold(rows)
    return _View(part, rows, written, complete)


class _Lines:
    """Takes the lines of a COPY, which come one by one whatever stands in them."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def write(self, line: bytes) -> None:
        self.lines.append(line[:-1] + b"\r\n")


def _csv_rows(part: Part, runs: Sequence[int]) -> list[bytes]:
    columns = ", ".join(_csv_column(name, part) for name in EXPORT_COLUMNS)
    found = _Lines()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY ({_select(columns, runs)} ORDER BY o.place) TO STDOUT (FORMAT csv)", found)
    return found.lines


def _json_rows(part: Part, runs: Sequence[int]) -> list[bytes]:
    row = ", ".join(_json_field(name, part, k) for k, name in enumerate(EXPORT_COLUMNS))
    text = f"concat({row}, E'\\n  }}') AS text"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text FROM ({_select(f'o.place, {text}', runs)}) found ORDER BY place")  # noqa: S608
        return [text.encode() for (text,) in cursor.fetchall()]


def _select(columns: str, runs: Sequence[int]) -> str:
    numbers = ",".join(map(str, runs))
    return (
        f"SELECT {columns} FROM unnest('{{{numbers}}}'::bigint[]) WITH ORDINALITY AS o (run, place)"  # noqa: S608
        f" JOIN {LeaderboardEntry._meta.db_table} e ON e.run_id = o.run"
    )


def _csv_column(name: str, part: Part) -> str:
    if name == "findings":
        return _FINDINGS
    if name in _NUMBERS:
        return name
    if name == "quality_value":
        return "CASE WHEN quality_metric = 'fp_fn' THEN quality_text ELSE quality_value::text END"
    text = _text(name)
    if _needs_care(name, part, FORMULA_STARTS):
        starts = ", ".join(f"chr({ord(start)})" for start in FORMULA_STARTS)
        text = f"CASE WHEN left({text}, 1) IN ({starts}) THEN '''' || {text} ELSE {text} END"
    return text


def _json_field(name: str, part: Part, place: int) -> str:
    start = f"E'{'  {' if not place else ','}\\n   \"{name}\": ', "
    if name == "quality_value":
        number = "COALESCE(quality_value::text, 'null')"
        return f"{start}CASE WHEN quality_metric = 'fp_fn' THEN to_json(quality_text)::text ELSE {number} END"
    if name in _NUMBERS:
        return f"{start}COALESCE({name}::text, 'null')"
    text = _FINDINGS if name == "findings" else _text(name)
    if name != "findings" and _needs_care(name, part, ('"', "\\")):
        return f"{start}COALESCE(to_json({text})::text, 'null')"
    return f"{start}COALESCE('\"' || {text} || '\"', 'null')"


def _text(name: str) -> str:
    if name == "energy_scope":
        return "NULLIF(energy_scope, 'none')"
    return f"NULLIF({_RENAMED.get(name, name)}, '')"


def _needs_care(name: str, part: Part, wanted: Sequence[str]) -> bool:
    """Whether a text of the column may hold what ``wanted`` names; of coded columns the words are known."""
    column = _RENAMED.get(name, name)
    if column == "benchmark":
        return False
    coded = next((code for code, own in TEXTS.items() if own == column), None)
    if coded is None:
        return True
    return any(
        mark in word or any(ord(c) < 32 for c in word) for word in part.words[coded] for mark in wanted
    )
