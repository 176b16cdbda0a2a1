"""What every page states about the whole: the data generation and the counts in the footer."""

from __future__ import annotations

from functools import lru_cache

from results.models import DataGeneration, LeaderboardEntry


def data_generation() -> int:
    """The number that grows with every change of published data; 0 before the first."""
    return DataGeneration.objects.values_list("number", flat=True).first() or 0


def site_counts(generation: int) -> dict[str, str | int]:
    """Results shown, first and last round with results; empty texts before the first import."""
    return dict(_counts(generation))


@lru_cache(maxsize=4)
def _counts(generation: int) -> tuple[tuple[str, str | int], ...]:
    """Counted once per generation and process: it stands on every page and changes only with the data."""
    rounds = list(
        LeaderboardEntry.objects.order_by("round_position").values_list("round", flat=True).distinct()
    )
    return (
        ("results", LeaderboardEntry.objects.count()),
        ("first_round", rounds[0] if rounds else ""),
        ("last_round", rounds[-1] if rounds else ""),
    )


def forget_counts() -> None:
    """Count again at the next page: for tests, whose data change without a new generation."""
    _counts.cache_clear()
