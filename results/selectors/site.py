"""What every page states about the whole: the data generation and the counts in the footer."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from django.db import connection

from results.models import (
    Backtest,
    DataGeneration,
    DataRelease,
    ProjectionGeneration,
    Provenance,
    ResultChange,
)

from .generation import Generation, current_generation, remember
from .snapshot import current_snapshot


def data_generation() -> int:
    """The number that grows with every change of published data; 0 before the first."""
    return current_generation()[0]


def data_version() -> str:
    """What changes with published data, entries of the public log, files to take away, and projections. One query."""
    version, generation = read_version()
    remember(generation)
    return version


def read_version() -> tuple[str, Generation]:
    """The version of the data and their generation as they stand now.

    Entries of the log get their numbers before they are committed, so the highest one may stand already when another
    appears: the latest numbers are counted as well.
    """
    with connection.cursor() as cursor:
        cursor.execute(_version_sql())
        number, changed_at, *others = cursor.fetchone() or (0, None, 0, 0, 0, 0, 0)
    return ".".join(map(str, (number, *others))), (number, changed_at)


LATEST_CHANGES = 1000


@cache
def _version_sql() -> str:
    """Written once: the ORM takes fifty times as long to put it together as the database to answer it."""
    generation, change, release, projected, backtest = (
        model._meta.db_table
        for model in (DataGeneration, ResultChange, DataRelease, ProjectionGeneration, Backtest)
    )
    return f"""
        SELECT g.number, g.changed_at, COALESCE(c.newest, 0),
            (SELECT count(*) FROM {change} WHERE id > c.newest - {LATEST_CHANGES}),
            COALESCE((SELECT id FROM {release} ORDER BY generation DESC, id DESC LIMIT 1), 0),
            COALESCE((SELECT max(id) FROM {projected}), 0),
            COALESCE((SELECT max(id) FROM {backtest} WHERE scored_at IS NOT NULL), 0)
        FROM {generation} g, (SELECT max(id) AS newest FROM {change}) c ORDER BY g.id LIMIT 1
    """  # noqa: S608 - own names


def site_counts(generation: int) -> dict[str, str | int]:
    """Results shown, those of them that MLCommons reviewed, first and last round with results; empty texts before the first import."""
    return dict(_counts(generation))


@lru_cache(maxsize=4)
def _counts(generation: int) -> tuple[tuple[str, str | int], ...]:
    """Counted once per generation and process: it stands on every page and changes only with the data."""
    snapshot = current_snapshot()
    rounds: dict[str, float] = {}
    results = reviewed = 0
    for part in snapshot.parts.values():
        results += len(part)
        code = part.code("provenance", Provenance.REVIEWED)
        reviewed += int(np.count_nonzero(part.codes["provenance"] == code)) if code is not None else 0
        for one, first in zip(*np.unique(part.codes["round"], return_index=True), strict=True):
            rounds[part.words["round"][one]] = float(part.values["round"][first])
    in_order = sorted(rounds, key=lambda name: rounds[name])
    return (
        ("results", results),
        ("reviewed", reviewed),
        ("first_round", in_order[0] if in_order else ""),
        ("last_round", in_order[-1] if in_order else ""),
    )


def forget_counts() -> None:
    """Count again at the next page: for tests, whose data change without a new generation."""
    _counts.cache_clear()
