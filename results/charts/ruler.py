"""The log ruler: how many times worse than the best, on a log axis whose decades are ruled."""

from __future__ import annotations

import math

from results.charts.marks import class_mark, coordinate

_WIDTH, _HEIGHT, _START, _END = 120, 24, 4.0, 114.0
LEAST_DECADES = 4


def ruler_decades(worst_ratio: float) -> int:
    """Decades that hold every ratio of a table: four, or more when the table spans more."""
    return max(LEAST_DECADES, math.ceil(math.log10(worst_ratio) - 1e-9)) if worst_ratio > 1 else LEAST_DECADES


def ruler_head(decades: int = LEAST_DECADES) -> str:
    """The scale over the column: ×1, 100, 10k …"""
    names = ["×1"] + [_short_power(power) for power in range(1, decades + 1)]
    parts = []
    for power, name in enumerate(names):
        x = coordinate(_place(power, decades))
        anchor = "start" if power == 0 else "middle"
        parts.append(f'<path class="rg{"0" if power == 0 else ""}" d="M{x} 16V24"/>')
        # Every second decade is named: in a wide system font the names of neighbours would touch.
        if power % 2 == 0:
            parts.append(f'<text class="rt" x="{x}" y="12" text-anchor="{anchor}">{name}</text>')
    return _svg("".join(parts))


def ruler_row(ratio: float, device_class: str, decades: int = LEAST_DECADES, *, hollow: bool = False) -> str:
    """One row: a line from the best to the value, the class's mark at its end.

    The best itself (ratio 1) has a line of no length; ValueError for a ratio below 1.
    """
    if not math.isfinite(ratio) or ratio < 1:
        raise ValueError(f"a distance from the best is at least 1, not {ratio}")
    grid = "".join(
        f'<path class="rg{"0" if power == 0 else ""}" d="M{coordinate(_place(power, decades))} 0V{_HEIGHT}"/>'
        for power in range(decades + 1)
    )
    x = min(_place(math.log10(ratio), decades), _END)
    line = f'<path class="rl" d="M{coordinate(_START)} 12H{coordinate(x)}"/>' if ratio > 1 else ""
    return _svg(grid + line + class_mark(device_class, x, 12, 3.7, hollow=hollow))


def _place(power: float, decades: int) -> float:
    return _START + power / decades * (_END - _START)


def _short_power(power: int) -> str:
    thousands, rest = divmod(power, 3)
    return "1" + "0" * rest + ("", "k", "M", "G")[thousands]


def _svg(content: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{content}</svg>'
