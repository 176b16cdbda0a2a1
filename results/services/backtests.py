"""Back-test: each round as it is projected from the rounds before it, frozen before its values are read, then scored."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone
from threadpoolctl import threadpool_limits

from results.analysis.projection.backtest import (
    FrozenRound,
    blocks_of_round,
    freeze_round,
    rows_before,
    score_round,
)
from results.analysis.projection.cells import ROUND, Cells
from results.analysis.projection.published_cells import published_cells
from results.analysis.projection.tinysite import TinySite
from results.models import Backtest, LeaderboardEntry

from .dumps import settled_generation
from .measured_runs import published_runs
from .projection_engine import ENGINE, newest

ANCHORS = (0, 1, 2)
NOISE_POINTS = 2.0
"""Points of MdAPE below which two methods do not differ (docs/projection.md)."""
SEED = 0
FEWEST_CELLS = 20
_LOCK = 7_405_333


def backtest_due() -> Backtest | None:
    """Freeze and score one round that this engine has not projected yet; None when there is none, or data are moving."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return None
        try:
            due = _next() if settled_generation() is not None else None
            return backtest(*due) if due else None
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _next() -> tuple[str, int] | None:
    done = set(
        Backtest.objects.filter(engine=ENGINE, scored_at__isnull=False).values_list("round", "anchors")
    )
    rounds = (
        LeaderboardEntry.objects.filter(division="closed", provenance="reviewed")
        .order_by("round_position")
        .values_list("round", flat=True)
        .distinct()
    )
    wanted = [(name, anchors) for name in list(rounds)[1:] for anchors in ANCHORS]
    return next((pair for pair in wanted if pair not in done and _possible(*pair)), None)


def _possible(round_id: str, anchors: int) -> bool:
    """Whether enough lies before the round and it has a system with more models than anchors; else it is never due."""
    cells, _ = published_cells(published_runs(until_round=round_id))
    return len(rows_before(cells, round_id)) >= FEWEST_CELLS and bool(
        blocks_of_round(cells, round_id, anchors, SEED)
    )


def backtest(round_id: str, anchors: int) -> Backtest:
    """Freeze the projections of a round in one step and score them in a second one, which alone reads its values.

    ValueError when too little lies before the round, or it has no cell to project.
    """
    cells, keys = _cells(round_id)
    with threadpool_limits(limits=1):
        frozen = freeze_round(hidden(cells, round_id, anchors), round_id, anchors, SEED)
    stated = _stated(frozen, cells, keys)
    row = Backtest.objects.create(
        round_id=round_id,
        anchors=anchors,
        engine=ENGINE,
        data_sha256=frozen.data_sha256,
        frozen_sha256=frozen_sha256(stated),
        cells=stated,
    )
    return _score(row, frozen, _cells(round_id)[0])


def _score(row: Backtest, frozen: FrozenRound, cells: Cells) -> Backtest:
    row.figures = score_round(frozen, cells)["metrics"]
    measured = cells.log_target[frozen.trial.rows]
    row.cells = [one | {"measured": _number(value)} for one, value in zip(row.cells, measured, strict=True)]
    row.scored_at = timezone.now()
    row.save(update_fields=["figures", "cells", "scored_at"])
    return row


def hidden(cells: Cells, round_id: str, anchors: int) -> Cells:
    """``cells`` without the values of the round, but for its anchors: whoever projects from them cannot have peeked."""
    target = cells.log_target.copy()
    target[cells.label(ROUND) == round_id] = np.nan
    for block in blocks_of_round(cells, round_id, anchors, SEED):
        target[block.anchors] = cells.log_target[block.anchors]
    return replace(cells, log_target=target)


def _cells(round_id: str) -> tuple[Cells, tuple[str, ...]]:
    cells, keys = published_cells(published_runs(until_round=round_id))
    kept = newest(cells)
    return cells.take(kept), tuple(keys[row] for row in kept)


def _stated(frozen: FrozenRound, cells: Cells, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """What was frozen, one object per cell, without any measured value."""
    trial = frozen.trial
    return [
        {
            "result": keys[row],
            "model": str(cells.model[row]),
            "metric": str(cells.metric[row]),
            "projected": {name: _number(said[number]) for name, said in sorted(trial.said.items())},
            "factor_80": _number(trial.half_80[number]),
            "factor_90": _number(trial.half_90[number]),
            "reason": trial.reasons[number],
        }
        for number, row in enumerate(trial.rows)
    ]


def _number(log_value: float) -> float | None:
    return float(f"{np.exp(log_value):.6g}") if np.isfinite(log_value) else None


def frozen_sha256(stated: Iterable[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(list(stated), sort_keys=True).encode()).hexdigest()


def frozen_part(cells: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cells of a back-test as they were frozen: its ``frozen_sha256`` is the hash of these."""
    return [{name: value for name, value in one.items() if name != "measured"} for one in cells]


def standing(engine: str = ENGINE) -> str:
    """Why ``engine`` may not ship: to which method it lost on the rolling back-test, by how much; else empty.

    All rounds and numbers of anchors together, metric by metric. A difference within :data:`NOISE_POINTS` is none.
    """
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    for cells in Backtest.objects.filter(engine=engine, scored_at__isnull=False).values_list(
        "cells", flat=True
    ):
        for one in cells:
            for name, value in one["projected"].items():
                if one["measured"] and value:
                    errors[one["metric"], name].append(abs(value / one["measured"] - 1) * 100)
    lost = []
    for metric in sorted({metric for metric, _ in errors}):
        own = float(np.median(errors[metric, TinySite.name])) if errors[metric, TinySite.name] else None
        others = {
            name: float(np.median(found))
            for (m, name), found in errors.items()
            if m == metric and name != TinySite.name
        }
        if own is None or not others:
            continue
        best = min(others, key=lambda name: others[name])
        if own > others[best] + NOISE_POINTS:
            lost.append(f"{metric}: {best} errs by {others[best]:.1f} % (median), {engine} by {own:.1f} %")
    return "; ".join(lost)
