"""The public back-test: how far projections were from what was measured afterwards, beside every baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from results.analysis.projection.calibration import CoveragePoint
from results.api.serializers.projections import BacktestRowSerializer, BacktestSerializer, frozen_document
from results.charts.calibration import ScatterPoint, coverage_chart, projected_chart
from results.domain.parameters import ParameterReader, QueryError
from results.domain.projections import ENGINE_METHOD, FIGURES, UNITS
from results.models import Backtest
from results.presentation import fixed_number, joined
from results.selectors.backtests import BacktestView, FrozenCell, Pooled, Scored, backtest_view
from results.views.pivot_cells import data_answer
from results.views.problems import parameters, problem_data, problem_page
from results.views.projection_words import projected_text
from results.views.responses import data_page, json_file


@dataclass(frozen=True, slots=True)
class MethodLine:
    """A method in numbers as they are printed; empty where it has none. ``word`` says which is the best."""

    name: str
    is_engine: bool
    word: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One metric of one back-test; ``sentence`` says how the engine did, also when it lost."""

    scored: Scored
    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[MethodLine, ...]


@dataclass(frozen=True, slots=True)
class PooledTable:
    """One metric over all back-tests; a line's one figure is its median error."""

    title: str
    lines: tuple[MethodLine, ...]


@dataclass(frozen=True, slots=True)
class Plots:
    """The two drawings of one metric with their table twins."""

    metric: str
    unit: str
    coverage_title: str
    coverage_wide: SafeString
    coverage_narrow: SafeString
    curve: tuple[CoveragePoint, ...]
    scatter_title: str
    scatter_wide: SafeString
    scatter_narrow: SafeString
    cells: tuple[tuple[FrozenCell, str, str, str], ...]


HEADS = (
    ("MdAPE", "↓ %"), ("P90", "↓ %"), ("±10 %", "↑ %"), ("±25 %", "↑ %"), ("±50 %", "↑ %"), ("Rank", "↑ %"),
    ("In 80 %", "%"), ("In 90 %", "%"),
)  # fmt: skip


@data_page
def page(request: HttpRequest) -> HttpResponse:
    """Every scored round."""
    try:
        _no_parameters(request)
    except QueryError as error:
        return problem_page(request, error)
    view = backtest_view()
    context = {
        "view": view,
        "summary": summary(view),
        "tables": [_table(one) for one in view.scored],
        "pooled": [_pooled(one) for one in view.pooled],
        "heads": HEADS,
        "plots": [_plots(metric, view) for metric in view.curve if view.curve[metric]],
    }
    return render(request, "results/backtest.html", context)


@data_page
def data(request: HttpRequest, data_format: str) -> HttpResponse:
    """The same figures as JSON, or a row per method as CSV."""
    try:
        _no_parameters(request)
    except QueryError as error:
        return problem_data(error)
    document = BacktestSerializer(backtest_view()).data
    return data_answer(data_format, document, BacktestRowSerializer, "backtest", "/projections/backtest/")


@data_page
def cells(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen cells of one back-test, so that anybody can recompute their hash."""
    found = Backtest.objects.filter(pk=pk, scored_at__isnull=False).first() if pk < 2**31 else None
    if found is None:
        raise Http404(f"no back-test {pk}")
    return json_file(frozen_document(found), f"backtest-{found.round_id}-{found.anchors}.json")


def _no_parameters(request: HttpRequest) -> None:
    ParameterReader(parameters(request), ()).raise_problems()


def summary(view: BacktestView) -> str:
    """How the engine did over all back-tests: in how many it is ahead of, level with and behind the best baseline."""
    if not view.scored:
        return ""
    ahead, level, behind = view.ahead()
    said = (
        f"Of {len(view.scored)} tests (round, known results, metric) the engine is ahead of every baseline in "
        f"{ahead}, level with the best within two points in {level}, and behind one in {behind}"
    )
    winners = sorted({one.best for one in view.scored if one.verdict == "behind"})
    return f"{said}: {joined(winners)}." if winners else f"{said}."


def _table(one: Scored) -> Table:
    backtest = one.backtest
    known = {0: "no result known", 1: "one result known"}.get(
        backtest.anchors, f"{backtest.anchors} results known"
    )
    facts = [
        ("Hidden cells", str(one.n)),
        ("Would be shown", f"{one.answered} of {one.n}"),
        ("MdAPE of those", _figure(one.answered_mdape, " %") or "—"),
        ("Median 90 % band", _band(one.band90)),
        ("Skill over additive", _skill(one.skill)),
    ]
    return Table(
        scored=one,
        title=f"{backtest.round_id}, {known}: {one.metric}",
        sentence=_sentence(one),
        facts=tuple(facts),
        lines=tuple(_lines(one)),
    )


def _pooled(one: Pooled) -> PooledTable:
    lines = [
        MethodLine(_name(name), name == ENGINE_METHOD, "" if place else "least error", (_figure(error),))
        for place, (name, error) in enumerate(one.errors)
    ]
    return PooledTable(f"{one.metric.capitalize()}, {one.n} cells", tuple(lines))


def _name(method: str) -> str:
    return f"{method} (the engine)" if method == ENGINE_METHOD else method


def _lines(one: Scored) -> Iterator[MethodLine]:
    for method in one.methods:
        yield MethodLine(
            name=_name(method.name),
            is_engine=method.is_engine,
            word="least error" if method.is_best else "",
            figures=tuple(_figure(method.figures[key]) for key in FIGURES),
        )


def _sentence(one: Scored) -> str:
    errors = {method.name: method.figures["mdape"] or 0.0 for method in one.methods}
    own = errors.get(ENGINE_METHOD, 0.0)
    others = {name: error for name, error in errors.items() if name != ENGINE_METHOD}
    if not others:
        return ""
    best = min(others, key=lambda name: others[name])
    numbers = f"{fixed_number(own, 1)} % against {fixed_number(others[best], 1)} %"
    if one.verdict == "behind":
        return f"The engine loses to {best}: {numbers}."
    if one.verdict == "ahead":
        return f"The engine errs least: {numbers} of {best}, the next best."
    return f"The engine and {best} are level: {numbers}."


def _figure(value: float | None, unit: str = "") -> str:
    return "" if value is None else fixed_number(value, 1 if value < 1000 else 0) + unit


def _band(factor: float | None) -> str:
    if factor is None:
        return "—"
    return f"×÷{fixed_number(factor, 2)}" if factor < 100 else "wider than ×÷100"


def _skill(skill: float | None) -> str:
    return "—" if skill is None else fixed_number(skill, 2)


def _plots(metric: str, view: BacktestView) -> Plots:
    curve = view.curve[metric]
    cells = tuple(cell for cell in view.cells if cell.metric == metric)
    unit = UNITS[metric]
    coverage = coverage_chart(curve, aria_label=_coverage_title(curve, metric))
    scatter = projected_chart(
        [ScatterPoint(c.measured, c.projected, not c.reason, _point_title(c, unit)) for c in cells],
        unit=unit,
        aria_label=_scatter_title(cells, metric),
    )
    return Plots(
        metric=metric,
        unit=unit,
        coverage_title=_coverage_title(curve, metric),
        coverage_wide=mark_safe(coverage.wide),  # texts are escaped where they are drawn
        coverage_narrow=mark_safe(coverage.narrow),
        curve=curve,
        scatter_title=_scatter_title(cells, metric),
        scatter_wide=mark_safe(scatter.wide),
        scatter_narrow=mark_safe(scatter.narrow),
        cells=tuple(_cell_line(cell) for cell in cells),
    )


def _coverage_title(curve: Iterable[CoveragePoint], metric: str) -> str:
    stated = {point.level: point for point in curve if point.stated}
    held = joined(
        [f"{fixed_number(p.actual, 0)} % of values in the {p.level} % band" for p in stated.values()]
    )
    return f"{metric.capitalize()}: {held}"


def _scatter_title(cells: Iterable[FrozenCell], metric: str) -> str:
    held = list(cells)
    near = sum(max(c.projected / c.measured, c.measured / c.projected) <= 1.25 for c in held)
    return f"{metric.capitalize()}: {near} of {len(held)} projections within a factor of 1.25 of the measured value"


def _point_title(cell: FrozenCell, unit: str) -> str:
    said = f"{cell.result}: projected {projected_text(cell.projected)}, measured {projected_text(cell.measured)} {unit}"
    return f"{said}; would not be shown" if cell.reason else said


def _cell_line(cell: FrozenCell) -> tuple[FrozenCell, str, str, str]:
    """The cell with its projected value, its measured one, and the error in per cent."""
    error = 100 * (cell.projected / cell.measured - 1)
    sign = "+" if error > 0 else "−" if error < 0 else ""
    return (
        cell,
        projected_text(cell.projected),
        f"{cell.measured:.6g}",
        f"{sign}{fixed_number(abs(error), 0)}",
    )
