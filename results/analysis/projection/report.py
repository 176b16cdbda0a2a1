"""Figures of projections as a JSON document and as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from results.analysis.projection.cells import Cells
from results.analysis.projection.holdout import Question
from results.analysis.projection.scoring import FIGURES
from results.analysis.projection.tinysite import TinySite

Figures = Mapping[str, Mapping[str, float | None]]
MOST_CELLS, MANY_CELLS = 2000, 900
HEADS = ("MdAPE", "P90", "±10 %", "±25 %", "±50 %", "rank", "in 80 %", "in 90 %")


def thinned(cells: Cells, seed: int) -> tuple[Cells, int]:
    """At most ``MOST_CELLS`` cells, and how many hidden units a trial in reasonable time can have: exact posteriors cost
    the cube of the cells."""
    if len(cells) > MOST_CELLS:
        drawn = np.random.default_rng(seed).choice(len(cells), MOST_CELLS, replace=False)
        cells = cells.take(np.sort(drawn))
    return cells, 100 if len(cells) <= MANY_CELLS else 30


def document(question: Question, n: int, figures: Figures) -> dict[str, Any]:
    """``{"holdout", "n", "engine", "methods": {name: figures}}``; figures in per cent, null where a method has none."""
    methods = {
        name: {key: None if row[key] is None else round(float(row[key] or 0.0), 4) for key in FIGURES}
        for name, row in figures.items()
    }
    return {"holdout": str(question), "n": n, "engine": TinySite.name, "methods": methods}


def as_table(found: Mapping[str, Any]) -> str:
    """The same figures in columns, a line per method."""
    lines = [f"hold-out {found['holdout']}, {found['n']} hidden cells, figures in per cent"]
    lines.append(f"{'method':16s}" + "".join(f"{head:>9s}" for head in HEADS))
    for name, row in found["methods"].items():
        lines.append(
            f"{name:16s}"
            + "".join(f"{'–' if row[k] is None else format(row[k], '.1f'):>9s}" for k in FIGURES)
        )
    return "\n".join(lines)
