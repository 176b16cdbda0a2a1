"""The fitted engine: learned once, then brought up to date with what was published since.

Fitting validates every method under every hold-out class and takes minutes; taking in some new cells takes a second.
So the fitted engine is kept in the cache, where the worker finds it again; when it is gone it is fitted anew.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from threadpoolctl import threadpool_limits

from results.analysis.projection.backtest import cells_sha256
from results.analysis.projection.cells import Cells
from results.analysis.projection.tinysite import VERSION, TinySite
from results.analysis.projection.wider import WiderTinySite

logger = logging.getLogger(__name__)

ENGINE = f"{TinySite.name} {VERSION}"
"""Name and version of the method that ships."""
NEW_SHARE = 0.2
"""Beyond this share of cells that it has not seen an engine is fitted anew: its bands describe other data."""
MOST_CELLS = 2000
"""The posterior is exact, and its cost grows with the cube of the cells: the newest rounds are learned from."""
_KEY = f"projection-engine-{VERSION}"
_WEEK_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Learned:
    """What the engine learns from: ``cells`` and the row of each, whose ``key`` is its address; those of the rounds
    stand first, ``n_rounds`` of them."""

    cells: Cells
    rows: list[dict[str, Any]]
    n_rounds: int


def fitted_engine(learned: Learned) -> WiderTinySite:
    """The engine that knows exactly what was ``learned``. ValueError when that is too little."""
    held = cache.get(_KEY)
    digest = cells_sha256(learned.cells)
    if held is not None:
        learned_from, known_cells, engine = held
        if learned_from == digest:
            return engine
        if _share_of_new(learned.cells, known_cells) <= NEW_SHARE:
            # What is kept stays as it was fitted: many small steps must not add up to unseen data.
            return engine.condition(learned.cells, learned.n_rounds)
    # Matrices of some hundred rows: a second thread costs more in waiting than it brings, and the worker has other tasks.
    with threadpool_limits(limits=1):
        engine = WiderTinySite().fit(learned.cells, learned.n_rounds)
    cache.set(_KEY, (digest, frozenset(_names(learned.cells)), engine), _WEEK_S)
    logger.info("projection engine fitted on %s cells", len(learned.cells))
    return engine


def is_warm(learned: Learned) -> bool:
    """Whether the engine knows the cells, or takes them in at once; else :func:`fitted_engine` fits for minutes."""
    held = cache.get(_KEY)
    digest = cells_sha256(learned.cells)
    return held is not None and (held[0] == digest or _share_of_new(learned.cells, held[1]) <= NEW_SHARE)


def newest(cells: Cells, most: int = MOST_CELLS) -> np.ndarray:
    """Row numbers of at most ``most`` cells: whole rounds, the newest first, the oldest of them cut by its order."""
    if len(cells) <= most:
        return np.arange(len(cells))
    rounds = cells.label("round")
    order = np.lexsort([np.arange(len(cells)), np.unique(rounds.astype(str), return_inverse=True)[1]])
    return np.sort(order[-most:])


def _names(cells: Cells) -> list[str]:
    return [f"{pair}\0{metric}" for pair, metric in zip(cells.pairs(), cells.metric, strict=True)]


def _share_of_new(cells: Cells, known: frozenset[str]) -> float:
    names = _names(cells)
    return sum(name not in known for name in names) / max(len(names), 1)
