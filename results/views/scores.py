"""Normalised scores as a place of their own: systems ranked, against the fixed reference or the reader's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from results.api.serializers.scores import SystemScoreSerializer, scores_document
from results.charts.marks import benchmark_glyph
from results.charts.strips import StripMark, StripScale, strip_head, strip_row, strip_scale
from results.domain.parameters import QueryError, join_list, number_text, query_string
from results.domain.score_metrics import COMMON_SET, SCORE_METRICS
from results.domain.scores_query import ScoresQuery, parse_scores_query, scores_params
from results.domain.vocabulary import NOT_STATED
from results.models import Availability, DeviceClass, Division, Provenance, Round
from results.presentation import Cell, aligned_column, fixed_number, joined, table_number
from results.selectors.scores import (
    MOST_IN_DOCUMENT,
    ScoreRow,
    ScoresView,
    reference_choices,
    scores_document_view,
    scores_view,
)
from results.views.panel import address
from results.views.pivot_cells import canonical_redirect, data_answer
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import data_page

MOST_ROWS = 300
"""Rows of each table of the page; the data files lead to all."""


@dataclass(frozen=True, slots=True)
class BenchmarkCell:
    """One benchmark of a row: the ratio with the result that it is from, or why there is none."""

    number: Cell
    public_id: str
    why: str


@dataclass(frozen=True, slots=True)
class LineText:
    """One system. ``undecided``: it shares its rank; ``told_apart`` is its id where another row would read the same."""

    row: ScoreRow
    facts: tuple[str, ...]
    told_apart: str
    score: str
    band: str
    css: str
    undecided: bool
    strip: str
    cells: tuple[BenchmarkCell, ...]
    choose_url: str


@data_page
def page(request: HttpRequest) -> HttpResponse:
    """The ranking, the systems without a score, and what the reader may choose."""
    try:
        query = parse_scores_query(parameters(request))
        canonical = _address(query)
        if redirect := canonical_redirect(request, canonical):
            return redirect
        view = scores_view(query, MOST_ROWS)
    except QueryError as error:
        return problem_page(request, error)
    return render(request, "results/scores.html", _context(view, canonical))


@data_page
def data(request: HttpRequest, data_format: str) -> HttpResponse:
    """The same as JSON or CSV with every digit; where there are more rows than a document holds, it leads to the next."""
    try:
        view = scores_document_view(parse_scores_query(parameters(request), is_document=True))
    except QueryError as error:
        return problem_data(error)
    name = f"scores-{view.query.word}"
    answer = data_answer(
        data_format, scores_document(view), SystemScoreSerializer, name, _address(view.query)
    )
    if view.next_start:
        asked = query_string([*scores_params(view.query), ("start", str(view.next_start))])
        answer["Link"] = f'<{address(request.path, asked)}>; rel="next"'
    return answer


def _address(query: ScoresQuery, **changes: Any) -> str:
    """The canonical address of ``query`` with some of its fields changed."""
    return address(reverse("results:scores"), query_string(scores_params(replace(query, **changes))))


def _context(view: ScoresView, canonical: str) -> dict[str, Any]:
    query = view.query
    asked = query_string(scores_params(query))
    scale = strip_scale(ratio for row in view.ranked for ratio in row.score.ratios.values())
    return {
        "view": view,
        "most_in_document": MOST_IN_DOCUMENT,
        "metric": query.metric,
        "heading": _heading(view),
        "weighted": _weight_words(query),
        "against": view.reference_name if query.to else "",
        "filtered": _filter_words(query),
        "lines": _lines(view.ranked, query, scale),
        "apart": _lines(view.apart, query, None),
        "strip_head": strip_head(scale),
        "legend": [(name, benchmark_glyph(k)) for k, name in enumerate(COMMON_SET)],
        "common_set": COMMON_SET,
        "metrics": _metric_links(query),
        "selects": _selects(query),
        "groups": _group_options(view),
        "weights": [(f"w_{name}", name, number_text(query.weight(name))) for name in COMMON_SET],
        "action": reverse("results:scores"),
        "fixed_url": _address(query, to=None),
        "even_url": _address(query, weights={}),
        "clear_url": _address(query, filters={}, group=None),
        "data_urls": [
            (kind.upper(), address(reverse("results:scores-data", args=[kind]), asked))
            for kind in ("csv", "json")
        ],
        "api_url": address("/api/v1/scores/", asked),
        "address": canonical,
        "cite_title": _heading(view),
    }


def _heading(view: ScoresView) -> str:
    """``Latency scores, weighted: kws ×2; against X-CUBE-AI …``: what the numbers mean, in the title."""
    query = view.query
    words = f"{query.metric.name} scores"
    if query.weights:
        words += f", weighted: {_weight_words(query)}"
    return f"{words}; against {view.reference_name}" if query.to else words


def _weight_words(query: ScoresQuery) -> str:
    """``kws ×2, vww ×1, ic ×1, ad ×1``; empty where all count alike."""
    if not query.weights:
        return ""
    return ", ".join(f"{name} ×{number_text(query.weight(name))}" for name in COMMON_SET)


def _filter_words(query: ScoresQuery) -> str:
    """The filters in words, such as ``v1.1, closed``; empty without one."""
    return "; ".join(
        joined([_label(name, value) for value in values], "or") for name, values in query.filters.items()
    )


def _metric_links(query: ScoresQuery) -> list[tuple[str, str, bool]]:
    """(name, address, whether it is this one); a link leaves out what does not exist for its metric."""
    able: Mapping[str, bool] = reference_choices(query.to) if query.to else {}
    return [
        (
            metric.name,
            _address(
                query,
                word=word,
                group=query.group if metric.needs_energy else None,
                to=query.to if able.get(word) else None,
            ),
            word == query.word,
        )
        for word, metric in SCORE_METRICS.items()
    ]


def _selects(query: ScoresQuery) -> list[dict[str, Any]]:
    """The filters as lists to choose one of; several, which an address may name, stand as one further option."""
    vocabularies = {
        "round": list(Round.objects.order_by("position").values_list("pk", flat=True)),
        "division": Division.values,
        "availability": [*Availability.values, NOT_STATED],
        "class": DeviceClass.values,
        "provenance": Provenance.values,
    }
    return [
        {
            "name": name,
            "legend": "device class" if name == "class" else name,
            "options": [
                *((value, _label(name, value), query.filters.get(name) == (value,)) for value in values),
                *_several(name, query.filters.get(name, ()), values),
            ],
        }
        for name, values in vocabularies.items()
    ]


def _several(name: str, chosen: Sequence[str], values: Sequence[str]) -> list[tuple[str, str, bool]]:
    if not chosen or (len(chosen) == 1 and chosen[0] in values):
        return []
    return [(join_list(chosen), ", ".join(_label(name, value) for value in chosen), True)]


def _label(name: str, value: str) -> str:
    if value == NOT_STATED:
        return "availability not stated"
    if name == "class" and value in DeviceClass.values:
        return str(DeviceClass(value).label)
    return "RDI" if value == "rdi" else value


def _group_options(view: ScoresView) -> list[tuple[str, str, bool]]:
    options = [(key, label, key == view.query.group) for key, label in view.groups]
    if view.query.group and not any(chosen for _, _, chosen in options):
        options.append((view.query.group, view.query.group, True))
    return options


def _lines(rows: Sequence[ScoreRow], query: ScoresQuery, scale: StripScale | None) -> list[LineText]:
    columns = {name: aligned_column(row.score.ratios.get(name) for row in rows) for name in COMMON_SET}
    names = Counter(_name(row) for row in rows)
    return [
        LineText(
            row=row,
            facts=_facts(row),
            told_apart=row.system.system_id if names[_name(row)] > 1 else "",
            score=fixed_number(row.score.value, 2) if row.score.value is not None else "",
            band=_band(row),
            css=_band_css(row, k),
            undecided=row.rank is not None and row.rank.first != row.rank.last,
            strip=_strip(row, scale) if scale else "",
            cells=tuple(_cell(row, name, columns[name][k]) for name in COMMON_SET),
            choose_url="" if row.is_reference or not row.can_refer else _address(query, to=row.system.pk),
        )
        for k, row in enumerate(rows)
    ]


def _name(row: ScoreRow) -> tuple[object, ...]:
    """What a row shows of its system."""
    system, publication = row.system, row.system.publication
    return (system.device_id, system.software, system.clock_mhz, publication.pk)


def _facts(row: ScoreRow) -> tuple[str, ...]:
    system, publication = row.system, row.system.publication
    clock = system.computing_clock_mhz
    words = (
        publication.submitter.name,
        publication.round_id,
        f"{table_number(clock)} MHz" if clock else "clock not stated",
        _label("availability", system.availability) if system.availability != Availability.AVAILABLE else "",
    )
    return tuple(filter(None, words))


def _band(row: ScoreRow) -> str:
    if row.score.low is None or row.score.high is None:
        return ""
    return f"{fixed_number(row.score.low, 2)}–{fixed_number(row.score.high, 2)}"


def _band_css(row: ScoreRow, place: int) -> str:
    if row.rank is None or row.rank.first == row.rank.last:
        return ""
    opens = " band-a" if row.rank.first == place + 1 else ""
    closes = " band-z" if row.rank.last == place + 1 else " tied"
    return f"band{opens}{closes}"


def _strip(row: ScoreRow, scale: StripScale) -> str:
    marks = [StripMark(k, row.score.ratios[name], name) for k, name in enumerate(COMMON_SET)]
    return strip_row(marks, row.score.value, scale)


def _cell(row: ScoreRow, name: str, number: Cell) -> BenchmarkCell:
    if name in row.score.missing:
        why = "not measured"
    else:
        why = row.score.refused.get(name, "nothing to compare with")
    return BenchmarkCell(number, row.results.get(name, ""), "" if number.text else why)
