"""The table "best so far": each benchmark with its fastest and its thriftiest closed result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from results.presentation import aligned_column
from results.selectors.summary import BenchmarkSummary

LATENCY, ENERGY = "latency_ms", "energy_uj_per_inf"


def best_table(summaries: Sequence[BenchmarkSummary]) -> dict[str, Any]:
    """``rows``, one per benchmark in catalogue order, and ``energy_group`` where all energies are of one group."""
    groups = {summary.best[ENERGY].group_label for summary in summaries if ENERGY in summary.best}
    return {"rows": _rows(summaries), "energy_group": groups.pop() if len(groups) == 1 else ""}


def _rows(summaries: Sequence[BenchmarkSummary]) -> list[dict[str, Any]]:
    latencies = aligned_column([_value(summary, LATENCY) for summary in summaries])
    energies = aligned_column([_value(summary, ENERGY) for summary in summaries])
    return [
        {
            "benchmark": summary.benchmark,
            "latency": latency,
            "fastest": summary.best[LATENCY].entry if LATENCY in summary.best else None,
            "energy": energy,
            "thriftiest": summary.best[ENERGY].entry if ENERGY in summary.best else None,
            "energy_group": summary.best[ENERGY].group_label if ENERGY in summary.best else "",
            "total": summary.total,
            "with_energy": summary.with_energy,
        }
        for summary, latency, energy in zip(summaries, latencies, energies, strict=True)
    ]


def _value(summary: BenchmarkSummary, metric: str) -> float | None:
    return summary.best[metric].value if metric in summary.best else None
