"""The files that can be taken away: the newest release, those before it, the archives of the rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from results.models import DataGeneration, DataRelease, Round


@dataclass(frozen=True, slots=True)
class Releases:
    """Releases of everything, the newest first, and per round with an archive its own, the newest first."""

    everything: tuple[DataRelease, ...]
    rounds: Mapping[str, tuple[DataRelease, ...]]

    @property
    def newest(self) -> DataRelease | None:
        return self.everything[0] if self.everything else None


def releases() -> Releases:
    """Every release there is. Two queries."""
    rounds: dict[str, list[DataRelease]] = {pk: [] for pk in Round.objects.values_list("pk", flat=True)}
    everything: list[DataRelease] = []
    for release in DataRelease.objects.all():
        (rounds.setdefault(release.round, []) if release.round else everything).append(release)
    return Releases(tuple(everything), {pk: tuple(found) for pk, found in rounds.items() if found})


def newest_release(round_id: str = "") -> DataRelease | None:
    """The newest release of a round, of everything for ``""``; None before the first was written."""
    return DataRelease.objects.filter(round=round_id).first()


def release_named(short: str, round_id: str = "") -> DataRelease:
    """The release whose hash begins with ``short``; DataRelease.DoesNotExist when there is none."""
    return DataRelease.objects.get(round=round_id, sha256__startswith=short)


def cited_data() -> tuple[int, str]:
    """The data generation, and the hash of the release that holds it: empty while its files are being written.

    One query.
    """
    release = DataRelease.objects.filter(round="", generation=OuterRef("number")).values("sha256")[:1]
    row = DataGeneration.objects.annotate(release=Subquery(release)).values_list("number", "release").first()
    return (row[0], row[1] or "") if row else (0, "")
