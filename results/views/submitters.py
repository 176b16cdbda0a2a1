"""Submitters: who handed in what."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from results.catalog.reader import catalogue
from results.domain.links import public_tree_address
from results.models import Round, Submitter
from results.presentation import joined, whole_number
from results.selectors.submitter import PublicationRow, SubmitterDetail, submitter_detail, submitter_list
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
        "publications": [(row, publication_address(row)) for row in detail.publications],
        "table": pivot_table(detail.entries, catalogue().benchmarks),
    }
    return render(request, "results/submitter.html", context)


def publication_address(row: PublicationRow) -> str:
    """The folder of the submission in the public repository; empty when there is none."""
    publication = row.publication
    folder = f"{publication.division}/{publication.submitter_directory}"
    return public_tree_address(publication.repository, publication.commit, folder)


def _facts(detail: SubmitterDetail) -> list[tuple[str, str]]:
    entries = detail.entries
    rounds = [round_id for _, round_id in sorted({(entry.round_position, entry.round) for entry in entries})]
    return [
        ("Results", whole_number(len(entries)) if entries else "none yet"),
        ("Rounds", joined(rounds) or "none yet"),
        ("Devices", whole_number(len({entry.device_slug for entry in entries}))),
        ("With energy", f"{sum(entry.energy_uj_per_inf is not None for entry in entries)} of {len(entries)}"),
    ]
