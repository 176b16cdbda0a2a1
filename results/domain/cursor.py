"""The place in an ordered list from which the next or the previous page is read."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row of the list and the side of it that is wanted.

    ``sort`` is the sort the list had, so that a cursor of another order is refused. ``values`` are the row's sort
    values (None: not measured; such rows stand last), ``run_id`` breaks ties. ``backwards``: the rows before it.
    """

    sort: str
    values: tuple[float | str | None, ...]
    run_id: int
    backwards: bool = False


def encode_cursor(cursor: Cursor) -> str:
    """``cursor`` as text that stands in an address without escaping."""
    parts = [cursor.sort, list(cursor.values), cursor.run_id, int(cursor.backwards)]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor:
    """The cursor that :func:`encode_cursor` wrote; ValueError for anything else."""
    try:
        padded = text + "=" * (-len(text) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (ValueError, RecursionError) as error:
        raise ValueError("not a cursor of this site") from error
    if not _has_the_shape(parts):
        raise ValueError("not a cursor of this site")
    sort, values, run_id, backwards = parts
    return Cursor(sort=sort, values=tuple(values), run_id=run_id, backwards=bool(backwards))


def _has_the_shape(parts: object) -> bool:
    """Whether ``parts`` is [sort, [value, …], run id, 0 or 1] with values that a database can compare."""
    if not (isinstance(parts, list) and len(parts) == 4):
        return False
    sort, values, run_id, backwards = parts
    return (
        isinstance(sort, str)
        and isinstance(values, list)
        and all(_is_comparable(value) for value in values)
        and type(run_id) is int
        and 0 <= run_id < 2**63
        and type(backwards) is int
        and backwards in (0, 1)
    )


def _is_comparable(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return "\0" not in value
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]
