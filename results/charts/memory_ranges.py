"""Memory ranges: one bar per runtime from its least to its most bytes, on one linear scale from zero."""

from __future__ import annotations

from results.charts.marks import coordinate
from results.presentation import table_number

_WIDTH, _HEIGHT, _START, _END, _MIDDLE = 304, 24, 4.0, 300.0, 12
_STEPS = 4


def range_head(most: int) -> str:
    """The scale over the column: 0 and the largest value, in kB of 1,024 bytes, with ruled quarters."""
    lines = "".join(f'<path class="rg{"" if step else "0"}" d="M{x} 17V24"/>' for step, x in _grid())
    return _svg(
        f'{lines}<text class="rt" x="{coordinate(_START)}" y="12">0</text>'
        f'<text class="rt" x="{coordinate(_END)}" y="12" text-anchor="end">{table_number(most / 1024)} kB</text>'
    )


def range_row(low: int, high: int, typical: int | None, most: int) -> str:
    """From ``low`` to ``high``; a single value is a tick, and so is the typical one."""
    if not 0 <= low <= high <= most or not most:
        raise ValueError(f"a range lies within 0 and {most}, not {low} to {high}")
    grid = "".join(f'<path class="rg{"" if step else "0"}" d="M{x} 0V{_HEIGHT}"/>' for step, x in _grid())
    start, end = _place(low, most), _place(high, most)
    bar = (
        f'<rect class="mr" x="{coordinate(start)}" y="8" width="{coordinate(end - start)}" height="8"/>'
        if end - start >= 1
        else ""
    )
    ticks = "".join(
        f'<path class="mt" d="M{coordinate(_place(value, most))} 5V19"/>'
        for value in ({typical} if typical is not None else {low, high} if low == high else set())
    )
    return _svg(grid + bar + ticks)


def _grid() -> list[tuple[int, str]]:
    return [(step, coordinate(_START + step / _STEPS * (_END - _START))) for step in range(_STEPS + 1)]


def _place(value: int, most: int) -> float:
    return _START + value / most * (_END - _START)


def _svg(content: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{content}</svg>'
