"""What every page states about the whole: the data generation and the counts in the footer."""

from __future__ import annotations

from functools import cache

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
from .snapshot import Snapshot, current_snapshot
from .snapshot.counting import counted_everywhere, every_round_in_order, kept


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


def site_counts() -> dict[str, str | int]:
    """Results shown, those of them that MLCommons reviewed, first and last round with results; empty texts before the
    first import. Counted once per state of the data and process, since it stands on every page."""
    snapshot = current_snapshot()
    return dict(kept(snapshot.kept, ("site",), lambda: _counts(snapshot)))


def _counts(snapshot: Snapshot) -> dict[str, str | int]:
    rounds = every_round_in_order(snapshot)
    return {
        "results": sum(map(len, snapshot.parts.values())),
        "reviewed": counted_everywhere(snapshot, "provenance")[Provenance.REVIEWED,],
        "first_round": rounds[0] if rounds else "",
        "last_round": rounds[-1] if rounds else "",
    }
