"""The taxonomy of TinyML uses: which cells have results, and which nobody has measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from results.analysis.taxonomy import Share, TaxonomyCell
from results.api.serializers.coverage import TaxonomyCellSerializer, TaxonomySerializer
from results.catalog.entries import InputKind
from results.catalog.reader import catalogue
from results.domain.coverage import CellState, TaxonomyQuery, parse_taxonomy_query, taxonomy_query_string
from results.domain.parameters import QueryError, join_list
from results.presentation import joined
from results.selectors.coverage import TaxonomyView, taxonomy_view
from results.views.device_list import Choice
from results.views.panel import address
from results.views.pivot_cells import canonical_redirect, data_answer
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import data_page

STATE_WORDS = {
    CellState.MEASURED: "with results",
    CellState.NO_RESULT: "a benchmark without results here",
    CellState.NO_BENCHMARK: "no benchmark",
}


@dataclass(frozen=True, slots=True)
class ShareText:
    """A benchmark of a cell; ``why`` says why it has no result here, empty where it has some."""

    share: Share
    why: str


@dataclass(frozen=True, slots=True)
class CellText:
    """One model type of a line; ``shown`` false where the query asks for other states."""

    state: CellState
    shown: bool
    shares: tuple[ShareText, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A dataset with a cell per model type; or all datasets of a use case that no benchmark uses, without cells."""

    datasets: tuple[str, ...]
    cells: tuple[CellText, ...]


@dataclass(frozen=True, slots=True)
class UseCase:
    """A use case; ``is_bare``: no benchmark covers it with any dataset, so that one line says it all."""

    name: str
    lines: tuple[Line, ...]
    is_bare: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """What is covered of the use cases, model types or datasets of an input kind."""

    name: str
    measured: tuple[str, ...]
    no_result: tuple[str, ...]
    no_benchmark: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(self.measured) + len(self.no_result) + len(self.no_benchmark)


@dataclass(frozen=True, slots=True)
class KindTable:
    kind: InputKind
    axes: tuple[Axis, ...]
    use_cases: tuple[UseCase, ...]


@data_page
def page(request: HttpRequest) -> HttpResponse:
    """The taxonomy, a table per input kind."""
    path = reverse("results:coverage")
    try:
        query = _query(request)
    except QueryError as error:
        return problem_page(request, error)
    asked = taxonomy_query_string(query)
    if redirect := canonical_redirect(request, address(path, asked)):
        return redirect
    view = taxonomy_view(query)
    context = {
        "view": view,
        "total": len(view.every_cell),
        "states": [(words, view.counts[state], address(path, taxonomy_query_string(query, states=(state,))))
                   for state, words in STATE_WORDS.items()],
        "tables": [table for kind in view.kinds if (table := _table(kind, view)).use_cases],
        "unplaced": [(one, view.benchmarks.get(one.benchmark)) for one in view.unplaced],
        "kind_choices": choices_of(query.kinds, [(kind.slug, kind.name) for kind in catalogue().input_kinds.values()]),
        "state_choices": choices_of(query.states, [(state.value, words) for state, words in STATE_WORDS.items()]),
        "filtered": query != TaxonomyQuery(),
        "address": address(path, asked),
        "data_urls": [(kind.upper(), address(reverse("results:coverage-data", args=[kind]), asked))
                      for kind in ("csv", "json")],
        "api_url": address("/api/v1/coverage/", asked),
    }  # fmt: skip
    return render(request, "results/coverage.html", context)


@data_page
def data(request: HttpRequest, data_format: str) -> HttpResponse:
    """The same cells as JSON or CSV."""
    try:
        query = _query(request)
    except QueryError as error:
        return problem_data(error)
    document = TaxonomySerializer(taxonomy_view(query)).data
    view = address(reverse("results:coverage"), taxonomy_query_string(query))
    return data_answer(data_format, document, TaxonomyCellSerializer, "coverage", view)


def _query(request: HttpRequest) -> TaxonomyQuery:
    return parse_taxonomy_query(parameters(request), tuple(catalogue().input_kinds))


def choices_of(chosen: Sequence[str], words: Sequence[tuple[str, str]]) -> list[Choice]:
    """The options of a field; several chosen at once are one more."""
    options = [Choice(value, label, tuple(chosen) == (value,)) for value, label in words]
    if len(chosen) > 1:
        label = joined([label for value, label in words if value in chosen], "or")
        options.append(Choice(join_list(chosen), label, True))
    return options


def _table(kind: InputKind, view: TaxonomyView) -> KindTable:
    own = [cell for cell in view.every_cell if cell.input_kind == kind.slug]
    axes = (
        _axis("Use cases", kind.use_cases, own, "use_case"),
        _axis("Model types", kind.model_types, own, "model_type"),
        _axis("Datasets", kind.datasets, own, "dataset"),
    )
    use_cases = (
        _use_case(name, [cell for cell in own if cell.use_case == name], view) for name in kind.use_cases
    )
    return KindTable(kind, axes, tuple(use for use in use_cases if use.lines))


def _use_case(name: str, cells: Sequence[TaxonomyCell], view: TaxonomyView) -> UseCase:
    return UseCase(name, tuple(_lines(cells, view)), not any(cell.shares for cell in cells))


def _axis(name: str, words: Iterable[str], cells: Sequence[TaxonomyCell], field: str) -> Axis:
    """Each word by the best state of its cells."""
    best: dict[str, CellState] = {}
    order = list(CellState)
    for cell in cells:
        word = getattr(cell, field)
        best[word] = min(best.get(word, CellState.NO_BENCHMARK), cell.state, key=order.index)
    return Axis(name, *(tuple(word for word in words if best[word] == state) for state in order))


def _lines(cells: Sequence[TaxonomyCell], view: TaxonomyView) -> Iterator[Line]:
    """The datasets of one use case that a benchmark uses, then all others together."""
    states = view.query.states or tuple(CellState)
    bare = []
    for dataset in dict.fromkeys(cell.dataset for cell in cells):
        own = [cell for cell in cells if cell.dataset == dataset]
        if not any(cell.shares for cell in own):
            bare.append(dataset)
        elif any(cell.state in states for cell in own):
            yield Line((dataset,), tuple(_text(cell, cell.state in states, view) for cell in own))
    if bare and CellState.NO_BENCHMARK in states:
        yield Line(tuple(bare), ())


def _text(cell: TaxonomyCell, shown: bool, view: TaxonomyView) -> CellText:
    return CellText(cell.state, shown, tuple(ShareText(share, _why(share, view)) for share in cell.shares))


def _why(share: Share, view: TaxonomyView) -> str:
    if share.tally.results:
        return ""
    since = view.benchmarks[share.benchmark].since_round
    if since in view.held_rounds:
        return f"no result since {since}"
    if since in view.silent_rounds:
        return f"came with {since}, a round of which no result is held here"
    return f"comes with {since}, a round that the catalogue does not hold"
