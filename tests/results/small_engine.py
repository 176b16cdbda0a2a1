"""A field that is just large enough to learn from, and an engine that is fitted to it within a second."""

from __future__ import annotations

from functools import partial

import pytest
from django.core.cache import cache

from results.analysis.projection.wider import WiderTinySite
from results.models import System
from results.services import projection_engine
from tests.results.makers import aggregate, make_publication, make_run, make_system

TIMES = {"kws": 30.0, "vww": 90.0, "ic": 120.0, "ad": 4.0}


def use_small_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit only the hold-out of cells, in two folds; no engine is warm."""
    cache.clear()
    small = partial(WiderTinySite, ("cell",), ("cell",), n_folds=2, max_blocks=2)
    monkeypatch.setattr(projection_engine, "WiderTinySite", small)


def make_learnable(boards: int = 8) -> list[System]:
    """So many boards of different speed, each measured on four benchmarks; the last was not measured on vww."""
    systems = []
    for number in range(boards):
        publication = make_publication("v1.1", "closed", f"lab-{number % 3}")
        system = make_system(publication, device=f"board-{number}", clock_mhz=100.0 + 20 * number)
        systems.append(system)
        for benchmark, ms in TIMES.items():
            if benchmark == "vww" and number == boards - 1:
                continue
            speed = 1 + 0.3 * number
            make_run(benchmark, latency_ms=ms / speed, energy_uj=ms * 40 / speed**0.5, system=system, precision="int8",
                     public_id=f"{benchmark}-{number}", quality=0.9 if benchmark == "ad" else 91.0)  # fmt: skip
    aggregate()
    return systems
