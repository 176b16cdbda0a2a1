"""Numbers as runners print them. Whatever is not a finite, plainly written number is not a value."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[+-]?(\d{1,18}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST = 1e15
"""Beyond anything that a runner counts or measures, in whatever unit."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A number that stands in a file: its value, its digits, its line (1-based) and that line's text."""

    value: float
    printed: str
    line: int
    text: str


def parse_number(text: str) -> float | None:
    """The finite number that ``text`` writes out, None for anything else (NaN, infinities, 1,000, overlong ...)."""
    if not _PLAIN.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) and abs(value) < _LARGEST else None


def significant_digits(printed: str) -> int:
    """How many significant digits ``printed`` carries: 5 for ``99.487``, at least 1."""
    digits = re.sub(r"[eE].*", "", printed).lstrip("+-0.").replace(".", "")
    return max(len(digits), 1)


def rounded(value: float, digits: int) -> str:
    """``value`` to ``digits`` significant digits, written without an exponent."""
    if value == 0 or not math.isfinite(value):
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):.{max(places, 0)}f}"
    return text
