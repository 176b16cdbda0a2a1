"""Texts of strangers in files that a spreadsheet opens."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: object) -> object:
    """``value``; a text that a spreadsheet would take for a formula is preceded by an apostrophe."""
    if isinstance(value, str) and value[:1] in FORMULA_STARTS:
        return f"'{value}"
    return value
