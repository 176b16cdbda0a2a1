"""What every page states about the whole: the data generation and the counts in the footer."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from django.db import connection
from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce

from results.models import (
    Backtest,
    DataGeneration,
    DataRelease,
    ProjectionGeneration,
    Provenance,
    ResultChange,
)

from .generation import current_generation, remember
from .snapshot import current_snapshot


def data_generation() -> int:
    """The number that grows with every change of published data; 0 before the first."""
    return current_generation()[0]


def data_version() -> str:
    """What changes with published data, entries of the public log, files to take away, and projections. One query.

    The entries are counted: their numbers are given out before they are committed, so the highest one may stand
    already when another appears.
    """
    statement, parameters = _version_query()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        number, changed_at, *others = cursor.fetchone() or (0, None, 0, 0, 0, 0)
    remember((number, changed_at))
    return ".".join(map(str, (number, *others)))


@lru_cache(maxsize=1)
def _version_query() -> tuple[str, tuple[object, ...]]:
    """Composed once per process: every request asks it, and composing takes several times as long as the answer."""
    logged = ResultChange.objects.order_by().values(all=Value(1)).annotate(n=Count("pk")).values("n")
    newest = {
        "release": DataRelease.objects.order_by("-generation", "-pk").values("pk")[:1],
        "projected": ProjectionGeneration.objects.order_by("-pk").values("pk")[:1],
        "scored": Backtest.objects.filter(scored_at__isnull=False).order_by("-pk").values("pk")[:1],
    }
    row = DataGeneration.objects.annotate(
        logged=Coalesce(Subquery(logged), 0),
        **{name: Coalesce(Subquery(found), 0) for name, found in newest.items()},
    )
    return row.values_list("number", "changed_at", "logged", *newest).query.sql_with_params()


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
