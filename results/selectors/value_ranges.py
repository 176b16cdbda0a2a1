"""The least and the greatest value of each range filter, over a whole benchmark."""

from __future__ import annotations

import numpy as np

from results.domain.vocabulary import RANGES

from .snapshot import current_snapshot


def value_ranges(benchmark_id: str) -> dict[str, tuple[float, float]]:
    """(least, greatest) by name of the range; a metric that nobody measured is absent."""
    part = current_snapshot().part(benchmark_id)
    if "ranges" not in part.kept:
        measured = {name: part.values[name][~np.isnan(part.values[name])] for name in RANGES}
        part.kept["ranges"] = {
            name: (float(own.min()), float(own.max())) for name, own in measured.items() if len(own)
        }
    return part.kept["ranges"]  # type: ignore[return-value]
