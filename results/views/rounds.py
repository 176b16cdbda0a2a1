"""Rounds: what each published, where it comes from, what the rules find in it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from results.catalog.reader import catalogue
from results.domain.links import public_tree_address, rule_address
from results.domain.row_files import csv_pieces, json_pieces
from results.models import Round
from results.presentation import joined
from results.selectors.export import COLUMNS, export_rows
from results.selectors.round import RoundDetail, RoundRow, round_detail, round_list
from results.views.findings import SEVERITY_CLASSES
from results.views.notes import rule_sentence
from results.views.responses import data_page, streamed_file
from results.views.submitters import publication_address
from results.views.tables import division_counts


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """All rounds, the newest first."""
    rows = [(row, _repository_address(row.round), findings_text(row)) for row in round_list()]
    return render(request, "results/rounds.html", {"rows": rows})


@data_page
def page(request: HttpRequest, round_id: str) -> HttpResponse:
    """One round."""
    detail = _detail(round_id)
    entry = catalogue().rounds.get(round_id)
    order = list(catalogue().benchmarks)
    benchmarks = sorted(detail.benchmarks.items(), key=lambda item: order.index(item[0]))
    context = {
        "detail": detail,
        "round": detail.row.round,
        "facts": _facts(detail),
        "repository_address": _repository_address(detail.row.round),
        "licence": entry.licence if entry else "",
        "runners": joined(list(entry.runners)) if entry else "",
        "date_source": entry.date_source if entry else "",
        "benchmarks": [(benchmark, division_counts(dict(counts))) for benchmark, counts in benchmarks],
        "publications": [(row, publication_address(row)) for row in detail.publications.rows],
        "codes": [
            (
                count,
                SEVERITY_CLASSES[count.severity],
                rule_sentence(count.code).removesuffix("."),
                rule_address(count.code),
            )
            for count in detail.codes
        ],
        "news": list(_news(detail)),
    }
    return render(request, "results/round.html", context)


@data_page
def data(request: HttpRequest, round_id: str, data_format: str) -> HttpResponse:
    """Every result of the round, in the columns of the export."""
    if not Round.objects.filter(pk=round_id).exists():
        raise Http404(f"no round {round_id}")
    rows = export_rows(round_id)
    if data_format == "csv":
        pieces = csv_pieces(COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
        return streamed_file(request, pieces, "text/csv; charset=utf-8", f"{round_id}.csv")
    return streamed_file(request, json_pieces(rows), "application/json", f"{round_id}.json")


def findings_text(row: RoundRow) -> str:
    """``2 errors, 13 warnings``; empty when there is none."""
    return ", ".join(
        f"{number} {severity}{'' if number == 1 else 's'}"
        for severity in SEVERITY_CLASSES
        if (number := row.findings.get(severity))
    )


def _detail(round_id: str) -> RoundDetail:
    try:
        return round_detail(round_id)
    except Round.DoesNotExist as error:
        raise Http404(f"no round {round_id}") from error


def _repository_address(round_: Round) -> str:
    return public_tree_address(round_.repository, round_.commit)


def _facts(detail: RoundDetail) -> list[tuple[str, str]]:
    row = detail.row
    return [
        ("Results", division_counts(dict(row.divisions)) or "none held here"),
        ("Systems", str(detail.publications.systems)),
        ("Submitters", str(row.submitters)),
        ("With energy", f"{row.with_energy} of {row.results}"),
        ("Findings", findings_text(row) or "none"),
    ]


def _news(detail: RoundDetail) -> list[tuple[str, str]]:
    """What happened in this round and to its data, each with its day or its name."""
    round_ = detail.row.round
    news = []
    if round_.published_on:
        day = f"{round_.published_on.day} {round_.published_on:%B %Y}"
        news.append((day, "Results published by MLCommons."))
    first = [
        entry.name.lower() + f" ({entry.id})"
        for entry in catalogue().benchmarks.values()
        if entry.since_round == round_.pk and detail.previous is not None
    ]
    if first:
        news.append(("New benchmark", f"{joined(first)} could be submitted for the first time."))
    imported = detail.publications.from_files
    if detail.publications.of:
        held = f"{imported} of {detail.publications.of} submissions were read from their files"
        rest = (
            ", so their lines are shown as evidence."
            if imported
            else "; all figures come from the shipped copy."
        )
        news.append(("Data here", held + rest))
    return news
