"""Submitters: who handed in what."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from results.catalog.reader import catalogue
from results.domain.links import public_tree_address
from results.domain.parameters import query_string
from results.models import Round, Submitter
from results.presentation import joined, whole_number
from results.selectors.submitter import (
    MOST_SYSTEMS,
    PublicationRow,
    SubmitterDetail,
    submitter_detail,
    submitter_list,
)
from results.views.panel import address
from results.views.responses import data_page
from results.views.tables import pivot_table


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """All submitters with results, by name, with a column per round."""
    rows = [row for row in submitter_list() if row.results]
    held = {round_id for row in rows for round_id in row.rounds}
    rounds = [round_id for round_id in Round.objects.values_list("pk", flat=True) if round_id in held]
    context = {
        "rounds": rounds,
        "rows": [(row, [row.rounds.get(round_id) for round_id in rounds]) for row in rows],
    }
    return render(request, "results/submitters.html", context)


@data_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One submitter."""
    try:
        detail = submitter_detail(slug)
    except Submitter.DoesNotExist as error:
        raise Http404(f"no submitter {slug}") from error
    context = {
        "detail": detail,
        "submitter": detail.submitter,
        "facts": _facts(detail),
        "publications": [(row, publication_address(row)) for row in detail.publications.rows],
        "table": pivot_table(detail.entries, catalogue().benchmarks),
        "most_systems": MOST_SYSTEMS,
        "boards": _boards(detail),
    }
    return render(request, "results/submitter.html", context)


def publication_address(row: PublicationRow) -> str:
    """The folder of the submission in the public repository; empty when there is none."""
    publication = row.publication
    folder = f"{publication.division}/{publication.submitter_directory}"
    return public_tree_address(publication.repository, publication.commit, folder)


def _facts(detail: SubmitterDetail) -> list[tuple[str, str]]:
    row = detail.row
    return [
        ("Results", whole_number(row.results) if row.results else "none yet"),
        ("Rounds", joined(list(row.rounds)) or "none yet"),
        ("Devices", whole_number(row.devices)),
        ("With energy", f"{row.with_energy} of {row.results}"),
    ]


def _boards(detail: SubmitterDetail) -> list[tuple[str, str]]:
    """The leaderboards with all results of the submitter, by benchmark; none where the page shows every system."""
    if detail.systems <= MOST_SYSTEMS:
        return []
    asked = query_string([("submitter", detail.submitter.slug)])
    order = [name for name in catalogue().benchmarks if name in detail.benchmarks]
    return [(name, address(reverse("results:leaderboard", args=[name]), asked)) for name in order]
