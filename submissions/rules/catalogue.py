"""All rules in one table: those that check records, and those that the reader tests while it reads."""

from __future__ import annotations

from .checks import accuracy, energy, files, layout, performance, plausibility, streaming, system, table
from .reader_rules import READER_RULES
from .registry import CHECKS, RULES, describe
from .table_words import TABLE_RULES

CHECK_MODULES = (layout, system, files, performance, accuracy, energy, streaming, plausibility, table)
"""Importing them fills the table; the order is that of the documentation."""

for _rule in (*READER_RULES, *TABLE_RULES):
    describe(_rule)

__all__ = ["CHECKS", "CHECK_MODULES", "RULES"]
