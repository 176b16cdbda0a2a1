"""Rows as the bytes of a file, some rows at a time, so that a file of any length is held by nobody."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from results.domain.spreadsheet import harmless

PIECE_ROWS = 500


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """CSV (RFC 4180, UTF-8, header first); None is an empty field.

    A text that a spreadsheet would take for a formula is preceded by an apostrophe.
    """
    remaining = iter(rows)
    piece: list[Sequence[object]] = [header]
    while piece:
        out = io.StringIO(newline="")
        csv.writer(out).writerows([harmless(value) for value in row] for row in piece)
        yield out.getvalue().encode()
        piece = list(islice(remaining, PIECE_ROWS))


def json_pieces(rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """An array of objects as ``json.dumps(list(rows), indent=1)`` writes it, with a line end."""
    remaining = iter(rows)
    before = "["
    while piece := list(islice(remaining, PIECE_ROWS)):
        text = json.dumps(piece, indent=1, ensure_ascii=False, allow_nan=False)
        yield (before + text[1:-2]).encode()  # without its brackets and the line end before the last
        before = ","
    yield b"[]\n" if before == "[" else b"\n]\n"
