"""The words of a query: filters, ranges, sorts, columns, page sizes. The one list that pages, exports and API share."""

from __future__ import annotations

from .metrics import Direction

NOT_STATED = "not-stated"
"""Filter value that finds the rows where nobody states the thing."""

DIVISIONS = ("closed", "open")
AVAILABILITIES = ("available", "preview", "rdi", NOT_STATED)
PROVENANCES = ("reviewed", "site-reviewed", "self-reported", "vendor-published", "literature")
SCOPES = ("chip-rail", "board", "unknown")
ENERGY_STATES = ("measured", "not-measured")

FILTERS: dict[str, tuple[str, ...] | None] = {
    "benchmark": None,
    "division": DIVISIONS,
    "round": None,
    "availability": AVAILABILITIES,
    "class": None,
    "device": None,
    "submitter": None,
    "framework": None,
    "style": None,
    "precision": None,
    "provenance": PROVENANCES,
    "supply": None,
    "scope": SCOPES,
}
"""Repeatable filters in canonical order, with the vocabulary where it is fixed. ``supply`` is in millivolts."""

RANGES: dict[str, str] = {"latency": "ms", "energy": "µJ per inference", "power": "mW", "quality": ""}
"""Ranges ``<name>_min`` and ``<name>_max`` with the unit of their ends; quality has that of its benchmark."""

SORTS: dict[str, Direction] = {
    "latency": Direction.LOWER,
    "energy": Direction.LOWER,
    "power": Direction.LOWER,
    "quality": Direction.HIGHER,
    "throughput": Direction.HIGHER,
    "clock": Direction.HIGHER,
    "device": Direction.LOWER,
    "submitter": Direction.LOWER,
    "round": Direction.HIGHER,
}
"""Sorts and which end comes first without a leading minus; fp_fn quality counts errors, so there lower comes first."""

COLUMNS = (
    "ratio", "latency", "energy", "supply", "quality", "margin", "submitter", "round", "clock", "throughput",
    "power", "precision", "availability", "division", "class", "framework", "style", "provenance", "scope", "system",
)  # fmt: skip
"""Columns that ``col`` may name, in the order in which they stand; rank, device, software and notes always stand."""

DEFAULT_COLUMNS = ("ratio", "latency", "energy", "supply", "quality", "margin", "submitter", "round", "clock")
STREAMING_COLUMNS = (
    "ratio",
    "latency",
    "supply",
    "quality",
    "margin",
    "submitter",
    "round",
    "clock",
    "power",
)
"""The streaming wakeword is measured as mean power; it has no energy per inference."""


def default_columns(benchmark: str | None) -> tuple[str, ...]:
    """The columns of a leaderboard that nobody chose, in the order of :data:`COLUMNS`."""
    return STREAMING_COLUMNS if benchmark == "sww" else DEFAULT_COLUMNS


PAGE_SIZES = (30, 60, 120)
TRADE_OFF_METRICS = (
    "energy", "latency", "power", "quality", "throughput", "inferences-per-joule", "energy-delay", "macs-per-cycle",
)  # fmt: skip
"""Metrics that an axis of a Pareto plot can show; :mod:`results.domain.trade_offs` describes each."""

TEXT_SORTS = frozenset({"device", "submitter"})
"""Sorts by a text; all others are by a number."""
