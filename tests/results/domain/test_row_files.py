"""Files that are written piece by piece are the files that one would write at once."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from results.domain import row_files
from results.domain.row_files import csv_pieces, json_pieces

NAMES = ("id", "latency_ms", "note")
VALUES = (
    st.none()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), max_size=9)


def in_small_pieces(size: int, make) -> bytes:
    before, row_files.PIECE_ROWS = row_files.PIECE_ROWS, size
    try:
        return b"".join(make())
    finally:
        row_files.PIECE_ROWS = before


@given(ROWS, st.integers(1, 4))
def test_json_is_that_of_the_whole_list(rows: list[dict[str, object]], size: int) -> None:
    whole = json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    assert in_small_pieces(size, lambda: json_pieces(rows)) == whole.encode()


@given(ROWS, st.integers(1, 4))
def test_csv_reads_back_as_the_rows_and_disarms_formulas(rows: list[dict[str, object]], size: int) -> None:
    values = [[row[name] for name in NAMES] for row in rows]
    text = in_small_pieces(size, lambda: csv_pieces(NAMES, values)).decode()
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == list(NAMES)
    assert read[1:] == [[disarmed(value) for value in row] for row in values]


def disarmed(value: object) -> str:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else str(value)
