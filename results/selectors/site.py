"""What every page states about the whole: the data generation and the counts in the footer."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Count, Q, Subquery, Value
from django.db.models.functions import Coalesce

from results.models import (
    Backtest,
    DataGeneration,
    DataRelease,
    LeaderboardEntry,
    ProjectionGeneration,
    Provenance,
    ResultChange,
)


def data_generation() -> int:
    """The number that grows with every change of published data; 0 before the first."""
    return DataGeneration.objects.values_list("number", flat=True).first() or 0


def data_version() -> str:
    """What changes with published data, entries of the public log, files to take away, and projections. One query.

    The entries are counted: their numbers are given out before they are committed, so the highest one may stand
    already when another appears.
    """
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
    numbers = row.values_list("number", "logged", *newest).first() or (0, 0, 0, 0, 0)
    return ".".join(map(str, numbers))


def site_counts(generation: int) -> dict[str, str | int]:
    """Results shown, those of them that MLCommons reviewed, first and last round with results; empty texts before the first import."""
    return dict(_counts(generation))


@lru_cache(maxsize=4)
def _counts(generation: int) -> tuple[tuple[str, str | int], ...]:
    """Counted once per generation and process: it stands on every page and changes only with the data."""
    rounds = list(
        LeaderboardEntry.objects.order_by("round_position").values_list("round", flat=True).distinct()
    )
    reviewed = Q(provenance=Provenance.REVIEWED)
    return (
        *LeaderboardEntry.objects.aggregate(
            results=Count("pk"), reviewed=Count("pk", filter=reviewed)
        ).items(),
        ("first_round", rounds[0] if rounds else ""),
        ("last_round", rounds[-1] if rounds else ""),
    )


def forget_counts() -> None:
    """Count again at the next page: for tests, whose data change without a new generation."""
    _counts.cache_clear()
