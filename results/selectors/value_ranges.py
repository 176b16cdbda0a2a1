"""The least and the greatest value of each range filter, over a whole benchmark."""

from __future__ import annotations

from django.db.models import Max, Min

from results.models import LeaderboardEntry

RANGE_COLUMNS = {
    "latency": "latency_ms",
    "energy": "energy_uj_per_inf",
    "power": "average_power_mw",
    "quality": "quality_value",
}


def value_ranges(benchmark_id: str) -> dict[str, tuple[float, float]]:
    """(least, greatest) by name of the range; a metric that nobody measured is absent. One query."""
    aggregates = {}
    for name, column in RANGE_COLUMNS.items():
        aggregates[f"{name}_least"] = Min(column)
        aggregates[f"{name}_most"] = Max(column)
    found = LeaderboardEntry.objects.filter(benchmark=benchmark_id).aggregate(**aggregates)
    return {
        name: (found[f"{name}_least"], found[f"{name}_most"])
        for name in RANGE_COLUMNS
        if found[f"{name}_least"] is not None
    }
