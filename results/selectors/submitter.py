"""A submitter with everything it handed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from results.models import LeaderboardEntry, Publication, Submitter


@dataclass(frozen=True, slots=True)
class SubmitterDetail:
    """``publications`` oldest first, each with ``finding_count``; ``entries`` newest round first, then by device."""

    submitter: Submitter
    publications: tuple[Publication, ...]
    entries: tuple[LeaderboardEntry, ...]


def submitter_detail(slug: str) -> SubmitterDetail:
    """The submitter of that slug; Submitter.DoesNotExist when there is none. Three queries."""
    submitter = Submitter.objects.get(slug=slug)
    return SubmitterDetail(
        submitter=submitter,
        publications=tuple(
            submitter.publications.select_related("round")
            .annotate(finding_count=Count("findings"))
            .order_by("round__position", "division", "submitter_directory")
        ),
        entries=tuple(
            LeaderboardEntry.objects.filter(submitter_slug=slug).order_by(
                "-round_position", "division", "device_name", "system_label", "benchmark", "variant"
            )
        ),
    )


def submitter_list() -> QuerySet[Submitter]:
    """Every submitter with results, by name; ``result_count`` and ``round_count`` on each. One query."""
    return (
        Submitter.objects.annotate(
            result_count=Count("publications__systems__entries", distinct=True),
            round_count=Count("publications__round", distinct=True),
        )
        .filter(result_count__gt=0)
        .order_by("name")
    )
