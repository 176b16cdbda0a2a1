"""Submitters: who handed in what, in which rounds and divisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from results.models import LeaderboardEntry, Publication, PublishedFinding, Submitter


@dataclass(frozen=True, slots=True)
class SubmitterRow:
    """A submitter of the list. ``rounds`` maps a round to its number of results, oldest first."""

    submitter: Submitter
    results: int
    with_energy: int
    devices: int
    rounds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """What a submitter published in one division of one round. ``findings`` counts them by severity."""

    publication: Publication
    results: int
    systems: int
    findings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SubmitterDetail:
    """A submitter with every publication and every result, the newest round first."""

    submitter: Submitter
    publications: tuple[PublicationRow, ...]
    entries: tuple[LeaderboardEntry, ...]


def submitter_list() -> list[SubmitterRow]:
    """Every submitter by name. Three queries."""
    totals = {
        group["submitter_slug"]: group
        for group in LeaderboardEntry.objects.values("submitter_slug").annotate(
            results=Count("pk"),
            with_energy=Count("energy_uj_per_inf"),
            devices=Count("device_slug", distinct=True),
        )
    }
    rounds: dict[str, dict[str, int]] = defaultdict(dict)
    for group in (
        LeaderboardEntry.objects.values("submitter_slug", "round", "round_position")
        .annotate(results=Count("pk"))
        .order_by("round_position")
    ):
        rounds[group["submitter_slug"]][group["round"]] = group["results"]
    rows = []
    for submitter in Submitter.objects.order_by("name"):
        counts = totals.get(submitter.slug, {})
        rows.append(
            SubmitterRow(
                submitter,
                counts.get("results", 0),
                counts.get("with_energy", 0),
                counts.get("devices", 0),
                rounds[submitter.slug],
            )
        )
    return rows


def submitter_detail(slug: str) -> SubmitterDetail:
    """One submitter; Submitter.DoesNotExist when there is none of that slug. Four queries."""
    submitter = Submitter.objects.get(slug=slug)
    return SubmitterDetail(
        submitter=submitter,
        publications=publication_rows(submitter=submitter),
        entries=tuple(
            LeaderboardEntry.objects.filter(submitter_slug=slug).order_by(
                "-round_position", "device_name", "software", "benchmark", "variant", "pk"
            )
        ),
    )


def publication_rows(**condition: object) -> tuple[PublicationRow, ...]:
    """The publications that match a filter, the newest round first, with their counts. Two queries."""
    publications = (
        Publication.objects.filter(**condition)
        .select_related("round", "submitter")
        .annotate(runs=Count("systems__runs", distinct=True), described=Count("systems", distinct=True))
        .order_by("-round__position", "division", "submitter__name", "submitter_directory")
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for group in (
        PublishedFinding.objects.filter(**{f"publication__{key}": value for key, value in condition.items()})
        .values("publication", "severity")
        .annotate(number=Count("pk"))
    ):
        found[group["publication"]][group["severity"]] = group["number"]
    return tuple(PublicationRow(row, row.runs, row.described, found[row.pk]) for row in publications)
