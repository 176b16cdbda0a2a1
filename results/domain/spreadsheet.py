"""Texts of strangers in files that a spreadsheet opens."""

from __future__ import annotations


def harmless(value: object) -> object:
    """``value``; a text that a spreadsheet would take for a formula is preceded by an apostrophe."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
