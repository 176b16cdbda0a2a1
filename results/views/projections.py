"""The matrix of projections: systems against networks, measured, projected, or why neither."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from results.api.serializers.projections import (
    ClassCellSerializer,
    MatrixCellSerializer,
    matrix_document,
)
from results.domain.parameters import QueryError
from results.domain.projections import (
    LEVELS,
    METRICS,
    STATE_WORDS,
    UNITS,
    CellState,
    MatrixQuery,
    matrix_query_string,
    parse_matrix_query,
)
from results.models import DeviceClass, System
from results.presentation import table_number
from results.selectors.projections import ClassCell, ClassRow, MatrixCell, MatrixRow, MatrixView, matrix_view
from results.services.projection_models import ProjectedModel
from results.views.coverage import choices_of
from results.views.device_list import Choice
from results.views.panel import address
from results.views.pivot_cells import canonical_redirect, data_answer
from results.views.problems import parameters, problem_data, problem_page
from results.views.projection_words import (
    CELL_CSS,
    energy_scope_text,
    factor_text,
    macs_text,
    projected_text,
    short_reason,
    state_sentence,
    system_words,
)
from results.views.responses import data_page

MOST_WITH_VALUES = 25
"""Networks from which squares show states only, unless the address asks for values."""


@dataclass(frozen=True, slots=True)
class Head:
    """A network at the head of a column."""

    network: ProjectedModel
    macs: str


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell in words: ``value`` with ``beside`` below it; ``said`` says all of it in a sentence. ``shown`` false: the
    view asks for other states."""

    css: str
    shown: bool
    state: CellState
    value: str
    beside: str
    said: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    system: System
    words: str
    cells: tuple[CellText, ...]


@dataclass(frozen=True, slots=True)
class Group:
    device_class: str
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class; a cell is (css, lines of words)."""

    device_class: str
    label: str
    systems: int
    url: str
    cells: tuple[tuple[str, tuple[str, ...]], ...]


@data_page
def page(request: HttpRequest) -> HttpResponse:
    """The matrix, by class."""
    path = reverse("results:projections")
    try:
        query = parse_matrix_query(parameters(request), DeviceClass.values)
    except QueryError as error:
        return problem_page(request, error)
    asked = matrix_query_string(query)
    if redirect := canonical_redirect(request, address(path, asked)):
        return redirect
    view = matrix_view(query)
    show = query.show or ("values" if len(view.networks) <= MOST_WITH_VALUES else "states")
    context = {
        "view": view,
        "heads": [Head(network, macs_text(network.macs)) for network in view.networks],
        "groups": list(_groups(view)),
        "class_lines": [_class_line(row, view) for row in view.classes],
        "as_states": show == "states" and query.level != "class",
        "twin_url": _address(query, show="values" if show == "states" else "states", page=query.page),
        "columns": len(view.networks) + 1,
        "unit": UNITS[query.metric],
        "counts": _counts(view),
        "levels": [(level, _address(query, level=level), level == query.level) for level in LEVELS],
        "fields": _fields(view),
        "filtered": query != MatrixQuery(metric=query.metric, level=query.level),
        "clear_url": _address(MatrixQuery(metric=query.metric, level=query.level)),
        "pages": _pages(view),
        "address": address(path, asked),
        "data_urls": [(kind.upper(), address(reverse("results:projections-data", args=[kind]), asked))
                      for kind in ("csv", "json")],
    }  # fmt: skip
    return render(request, "results/projections.html", context)


@data_page
def data(request: HttpRequest, data_format: str) -> HttpResponse:
    """The same cells, those of all pages, as JSON or CSV."""
    try:
        query = parse_matrix_query(parameters(request), DeviceClass.values)
    except QueryError as error:
        return problem_data(error)
    row = ClassCellSerializer if query.level == "class" else MatrixCellSerializer
    return data_answer(data_format, matrix_document(matrix_view(query)), row, "projections", _address(query))


def _address(query: MatrixQuery, **changes: object) -> str:
    return address(reverse("results:projections"), matrix_query_string(query, **changes))


def _counts(view: MatrixView) -> list[tuple[int, str, str]]:
    """(number, word, address of those cells) of each state that occurs."""
    return [
        (view.counts[state], words, _address(view.query, states=(state.value,)))
        for state, words in STATE_WORDS.items()
        if view.counts[state]
    ]


def _fields(view: MatrixView) -> list[tuple[str, str, str, list[Choice]]]:
    """(name, label, what no choice means, options) of each field of the form; the empty word: there is always a choice."""
    query = view.query
    models = (("reference", "of the benchmarks"), ("external", "known from elsewhere"), ("all", "all"))
    states = [(state.value, words) for state, words in STATE_WORDS.items()]
    return [
        ("metric", "Metric", "", [Choice(n, f"{n}, {UNITS[n]}", n == query.metric) for n in METRICS]),
        ("models", "Networks", "", [Choice(n, words, n == query.models) for n, words in models]),
        ("class", "Class", "all", choices_of(query.classes, DeviceClass.choices)),
        ("vendor", "Vendor", "all", choices_of(query.vendors, [(name, name) for name in view.vendors])),
        ("device", "Device", "all", choices_of(query.devices, view.devices)),
        ("state", "Cells", "all", choices_of(query.states, states)),
    ]


def _pages(view: MatrixView) -> list[tuple[int, str, bool]]:
    """(number, address, whether it is this one); empty where all rows stand on one page."""
    if view.pages < 2:
        return []
    here = min(view.query.page, view.pages)
    return [(n, _address(view.query, page=n), n == here) for n in range(1, view.pages + 1)]


def _groups(view: MatrixView) -> Iterable[Group]:
    for value, label in DeviceClass.choices:
        own = tuple(_line(row, view) for row in view.rows if row.system.device.device_class == value)
        if own:
            yield Group(value, label, own)


def _line(row: MatrixRow, view: MatrixView) -> Line:
    cells = (
        _cell(row.system, network, cell, view.query)
        for network, cell in zip(view.networks, row.cells, strict=True)
    )
    return Line(row.system, system_words(row.system), tuple(cells))


def _cell(system: System, network: ProjectedModel, cell: MatrixCell, query: MatrixQuery) -> CellText:
    shown = not query.states or cell.state in query.states
    unit = UNITS[query.metric].replace("/inf", "")
    value, beside = _value(cell, query.metric)
    url = reverse("results:projection", args=[system.pk, network.slug])
    if cell.state == CellState.MEASURED:
        url = reverse("results:result", args=[cell.public_id])
    return CellText(
        CELL_CSS[cell.state], shown, cell.state, value, beside, state_sentence(cell, unit, query.metric), url
    )  # fmt: skip


def _value(cell: MatrixCell, metric: str) -> tuple[str, str]:
    if cell.value is None:
        return short_reason(cell.state, cell.reason), ""
    if cell.state == CellState.PROJECTED:
        return projected_text(cell.value), factor_text(cell.value, cell.high)
    scope = energy_scope_text(cell.entry) if metric == "energy" and cell.entry else ""
    several = f"{cell.results} results" if cell.results > 1 else ""
    return table_number(cell.value), ", ".join(filter(None, (scope, several)))


def _class_line(row: ClassRow, view: MatrixView) -> ClassLine:
    return ClassLine(
        device_class=row.device_class,
        label=DeviceClass(row.device_class).label,
        systems=row.systems,
        url=_address(view.query, level="system", classes=(row.device_class,)),
        cells=tuple(_class_cell(cell) for cell in row.cells),
    )


def _class_cell(cell: ClassCell) -> tuple[str, tuple[str, ...]]:
    """The look is that of what most of its systems have."""
    words = []
    for state, name in STATE_WORDS.items():
        if number := cell.counts.get(state, 0):
            span = {CellState.MEASURED: cell.measured, CellState.PROJECTED: cell.projected}.get(state)
            values = f": {_span(span, state)}" if span else ""
            words.append(f"{number} {name}{values}")
    most = max(cell.counts, key=lambda state: cell.counts[state], default=CellState.PENDING)
    return CELL_CSS[most], tuple(words)


def _span(span: Sequence[float], state: CellState) -> str:
    text = projected_text if state == CellState.PROJECTED else table_number
    low, high = (text(value) for value in span)
    return low if low == high else f"{low} to {high}"
