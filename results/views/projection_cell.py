"""The page of one cell of the matrix: what is known of a network on a system, and what an answer rests on."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from results.domain.projections import STATE_WORDS, UNITS, CellState, question_words
from results.models import DeviceClass, LeaderboardEntry, System
from results.presentation import fixed_number, table_number
from results.selectors.backtests import ClassRecord
from results.selectors.projection_cell import CellDetail, MetricAnswer, cell_detail
from results.views.projection_words import (
    CELL_CSS,
    factor_text,
    macs_text,
    next_line,
    projected_text,
    system_words,
)
from results.views.responses import data_page
from results.views.tables import energy_note


@dataclass(frozen=True, slots=True)
class AnchorLine:
    """A measured result beside the cell; ``scope`` is what its energy includes."""

    entry: LeaderboardEntry
    value: float | None
    scope: str


@dataclass(frozen=True, slots=True)
class AnswerText:
    """One metric of the cell: state, value and bands in words."""

    answer: MetricAnswer
    title: str
    unit: str
    css: str
    state: str
    value: str
    factor: str
    bands: tuple[tuple[str, str], ...]
    reason: str
    question: str
    record: str
    anchors: tuple[AnchorLine, ...]
    measured: tuple[AnchorLine, ...]


@data_page
def page(request: HttpRequest, system_id: int, slug: str) -> HttpResponse:
    """One cell."""
    try:
        detail = cell_detail(system_id, slug)
    except (System.DoesNotExist, KeyError, OverflowError) as error:
        raise Http404(f"no cell of system {system_id} and network {slug}") from error
    if not any(one.measured or one.answer for one in detail.answers) and not _is_of_the_matrix(detail):
        raise Http404(f"system {system_id} is not in the matrix")
    answers = [_answer(one) for one in detail.answers]
    context = {
        "detail": detail,
        "system": detail.system,
        "network": detail.network,
        "macs": macs_text(detail.network.macs),
        "class_label": DeviceClass(detail.system.device.device_class).label,
        "words": system_words(detail.system),
        "answers": answers,
        "bound": _bound(detail),
        "next_lines": [next_line(one) for one in detail.next_measurements],
    }
    return render(request, "results/projection_cell.html", context)


def _is_of_the_matrix(detail: CellDetail) -> bool:
    """Whether the next pass of the engine may answer the cell: results of the closed division are projected from."""
    return any(entry.division == "closed" and entry.provenance == "reviewed" for entry in detail.beside)


def _answer(one: MetricAnswer) -> AnswerText:
    row = one.answer
    unit = UNITS[one.name]
    state = CellState.MEASURED if one.measured else CellState(row.state) if row else CellState.PENDING
    value, factor, bands = "", "", ()
    if one.measured:
        value = table_number(getattr(one.measured[0], one.metric))
    elif row and row.value is not None:
        value, factor = projected_text(row.value), factor_text(row.value, row.high_80)
        bands = tuple(
            (f"{level} % band", f"{projected_text(low)} to {projected_text(high)} {unit}, {factor_text(row.value, high)}")
            for level, low, high in ((80, row.low_80, row.high_80), (90, row.low_90, row.high_90))
        )  # fmt: skip
    return AnswerText(
        answer=one,
        title=one.name.capitalize(),
        unit=unit,
        css=CELL_CSS[state],
        state=STATE_WORDS[state],
        value=value,
        factor=factor,
        bands=bands,
        reason=row.reason if row else "",
        question=question_words(row.question) if row else "",
        record=_record(one.record) if one.record else "",
        anchors=tuple(_anchor(entry, one) for entry in one.anchors),
        measured=tuple(_anchor(entry, one) for entry in one.measured),
    )


def _anchor(entry: LeaderboardEntry, one: MetricAnswer) -> AnchorLine:
    """A projection of an energy may rest on a latency where no energy of that result is known."""
    return AnchorLine(entry, getattr(entry, one.metric), energy_note(entry) if one.name == "energy" else "")


def _record(record: ClassRecord) -> str:
    """How well the engine did on such questions, and which questions those were."""
    known = {0: "no result", 1: "one result"}.get(record.anchors, f"{record.anchors} results")
    of = f"new systems of a round of which {known} {'was' if record.anchors < 2 else 'were'} known"
    head = "In the back-test" if record.exact else "The back-test does not ask such questions; its nearest"
    said = f"{head}, {of}: half of {record.n} projections were within {fixed_number(record.mdape, 0)} % of the measured value"
    bands = [
        f"{fixed_number(held, 0)} % of values lay in the {level} % band"
        for level, held in ((80, record.coverage80), (90, record.coverage90))
        if held is not None
    ]
    return f"{said}{'; ' + ', '.join(bands) if bands else ''}. Refused cells are counted with the number that was not shown."


def _bound(detail: CellDetail) -> str:
    bound = detail.bound
    return f"{table_number(bound.latency_ms)} ms" if bound.latency_ms is not None else ""
