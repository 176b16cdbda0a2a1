"""How numbers are written on pages: pure functions from values to text and alignment classes.

Tables carry three significant digits below 1 000 and whole numbers above; result pages, API and exports carry
every digit that was submitted and do not use :func:`table_number`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
DASH = "\u2014"
MAX_ALIGNED_DECIMALS = 6
"""Columns align on the decimal point up to this many decimals; the style sheet has one class for each."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a table column: its text, and the class that aligns it on the column's decimal point.

    ``text`` is empty when nothing was measured; the template then writes a dash with its reason.
    """

    text: str
    css: str = ""
    value: float | None = None


def group_thousands(digits: str) -> str:
    """``digits`` (ASCII digits only) with a narrow no-break space between groups of three."""
    head = len(digits) % 3
    groups = ([digits[:head]] if head else []) + [digits[i : i + 3] for i in range(head, len(digits), 3)]
    return NARROW_SPACE.join(groups)


def whole_number(value: int) -> str:
    """A count, as ``1 869``; the sign is a true minus."""
    return (MINUS if value < 0 else "") + group_thousands(str(abs(value)))


def significant_decimals(value: float, significant: int = 3) -> int:
    """Decimals that show ``value`` with so many significant digits, decided after rounding; never negative.

    0.09996 rounds to 0.100, so it takes three decimals and not four. Zero takes none.
    """
    if value == 0:
        return 0
    decimals = significant - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    return max(0, significant - 1 - math.floor(math.log10(abs(rounded)))) if rounded else max(0, decimals)


def table_number(value: float, significant: int = 3) -> str:
    """``value`` for a table: 0.373, 12.7, 119, 1 869; ValueError for what is not a finite number."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be printed as a number of a table")
    return fixed_number(value, significant_decimals(value, significant))


def fixed_number(value: float, decimals: int) -> str:
    """``value`` with exactly so many decimals, thousands grouped, a true minus."""
    whole, _, fraction = f"{abs(value):.{decimals}f}".partition(".")
    sign = MINUS if value < 0 and (whole.strip("0") or fraction.strip("0")) else ""
    return sign + group_thousands(whole) + (f".{fraction}" if fraction else "")


def submitted_digits(printed: str) -> str:
    """A number with every digit that was submitted, thousands grouped; any other text as it is.

    >>> submitted_digits("5618.279") == "5" + NARROW_SPACE + "618.279"
    True
    """
    whole, point, fraction = printed.partition(".")
    if not whole.isdecimal() or (point and not fraction.isdecimal()):
        return printed
    return group_thousands(whole) + point + fraction


def decimals_of(text: str) -> int:
    """How many decimals a printed number has."""
    return len(text.partition(".")[2])


def alignment_class(decimals: int, column_decimals: int) -> str:
    """The class that pads a number to its column: ``p2`` misses two decimals, ``p2i`` the point too."""
    missing = min(column_decimals - decimals, MAX_ALIGNED_DECIMALS)
    if missing <= 0:
        return ""
    return f"p{missing}i" if decimals == 0 else f"p{missing}"


def aligned_texts(texts: Sequence[str]) -> list[Cell]:
    """Printed numbers of one column as cells that align on the decimal point; empty texts stay empty."""
    column_decimals = max((decimals_of(text) for text in texts if text), default=0)
    return [Cell(text, alignment_class(decimals_of(text), column_decimals) if text else "") for text in texts]


def aligned_column(values: Iterable[float | None], significant: int = 3) -> list[Cell]:
    """One column of a table, in order; None gives an empty cell.

    >>> [(cell.text, cell.css) for cell in aligned_column([0.373, 12.7, 119, None])]
    [('0.373', ''), ('12.7', 'p2'), ('119', 'p3i'), ('', '')]
    """
    held = list(values)
    cells = aligned_texts(["" if value is None else table_number(value, significant) for value in held])
    return [Cell(cell.text, cell.css, value) for cell, value in zip(cells, held, strict=True)]


def ratio_text(ratio: float) -> str:
    """How many times as much: ``×3.0`` below 10, ``×135`` above, ``×1`` only for the same value."""
    if not math.isfinite(ratio) or ratio <= 0:
        raise ValueError(f"a ratio is a finite number above 0, not {ratio}")
    if ratio == 1:
        return "×1"
    return "×" + times_text(ratio)


def times_text(ratio: float) -> str:
    """The number of :func:`ratio_text` without its sign, for sentences: ``3.0 times``, ``135 times``."""
    return fixed_number(ratio, 1 if round(ratio, 1) < 10 else 0)


def points_text(points: float, decimals: int = 1) -> str:
    """A margin in points with its sign: ``+5.3``, ``−0.2``; exactly on the target is ``±0.0``."""
    text = fixed_number(abs(points), decimals)
    if not text.strip("0."):
        return "±" + text
    return ("+" if points > 0 else MINUS) + text


def quality_decimals(metric: str) -> int:
    """Decimals that pages print of a quality metric: accuracy one, AUC two, counts none."""
    return {"top1": 1, "top1_pct": 1, "auc": 2}.get(metric, 0)


def volts_text(millivolts: float, most_decimals: int = 3) -> str:
    """A supply voltage as ``1.8 V``; as many decimals as needed, at least one, at most ``most_decimals``."""
    volts = millivolts / 1000
    fitting = (d for d in range(1, most_decimals) if abs(round(volts, d) - volts) < 5e-4)
    decimals = next(fitting, most_decimals)
    return f"{volts:.{decimals}f}{NARROW_SPACE}V"


def note_letter(index: int) -> str:
    """The footnote letter of a position: a … z, then aa, ab …; ValueError below 0."""
    if index < 0:
        raise ValueError("footnotes are counted from 0")
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def joined(words: Sequence[str], last: str = "and") -> str:
    """A list in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
