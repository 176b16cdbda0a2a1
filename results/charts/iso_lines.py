"""Lines of equal mean power or equal energy-delay product in a plot of energy (µJ) and latency (ms) on log axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from results.charts.marks import coordinate
from results.charts.scales import Scale

ENERGY_DELAY, POWER = "energy-delay", "power"
Place = tuple[float, float]


def iso_lines(kind: str, x: Scale, y: Scale, taken: Sequence[Place], *, energy_across: bool = False) -> str:
    """One line per power of ten of ``kind``, each with its name where there is room.

    ``taken`` are places in px that a name keeps clear of. Power is energy / latency in mW, the product is energy ×
    latency in µJ·ms.
    """
    parts = []
    slope = -1 if kind == ENERGY_DELAY else 1
    # y = level · x^slope; with the energy across, power = x / y and so the level is its inverse
    levels = [py / px**slope for px in (x.low, x.high) for py in (y.low, y.high)]
    low, high = min(levels), max(levels)
    for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1):
        ends = _ends(10.0**power, slope, x, y)
        if ends is None:
            continue
        (x1, y1), (x2, y2) = ends
        path = f"M{coordinate(x1)} {coordinate(y1)}L{coordinate(x2)} {coordinate(y2)}"
        parts.append(f'<path class="iso" d="{path}"/>')
        place = _clear_place(ends, taken) if math.hypot(x2 - x1, y2 - y1) > 120 else None
        if place is not None:
            value = -power if energy_across and kind == POWER else power
            parts.append(_name(_text(kind, value), place, ends))
    return "".join(parts)


def _ends(level: float, slope: int, x: Scale, y: Scale) -> tuple[Place, Place] | None:
    """Where the line y = level · x^slope enters and leaves the plot, in px; None when it hardly touches it."""
    at_low, at_high = sorted(((y.low / level) ** (1 / slope), (y.high / level) ** (1 / slope)))
    first, last = max(x.low, at_low), min(x.high, at_high)
    if first * 1.02 >= last:
        return None
    return (x(first), y(level * first**slope)), (x(last), y(level * last**slope))


def _clear_place(ends: tuple[Place, Place], taken: Sequence[Place]) -> Place | None:
    """Where on a line a name of some 45 px starts that stays clear of what is there; None when there is no place."""
    (x1, y1), (x2, y2) = ends
    length = math.hypot(x2 - x1, y2 - y1)
    for share in (0.62, 0.5, 0.4, 0.7, 0.3, 0.78, 0.2, 0.1):
        start = (x1 + share * (x2 - x1), y1 + share * (y2 - y1))
        middle = (start[0] + (x2 - x1) / length * 22, start[1] + (y2 - y1) / length * 22 - 6)
        if all(math.dist(middle, point) > 34 for point in taken):
            return start
    return None


def _name(text: str, place: Place, ends: tuple[Place, Place]) -> str:
    (x1, y1), (x2, y2) = ends
    angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
    turned = f"translate({coordinate(place[0])} {coordinate(place[1] - 4)}) rotate({coordinate(angle)})"
    return f'<text class="tx halo" transform="{turned}">{text}</text>'


def _text(kind: str, power: int) -> str:
    """The name of the line of 10 to the ``power`` mW or µJ·ms, in the unit that keeps it short."""
    units = ("nJ·ms", "µJ·ms", "µJ·s", "mJ·s") if kind == ENERGY_DELAY else ("nW", "µW", "mW", "W")
    first = -3 if kind == ENERGY_DELAY else -6
    step = min(max((power - first) // 3, 0), len(units) - 1)
    return f"{10.0 ** (power - first - 3 * step):g} {units[step]}"
