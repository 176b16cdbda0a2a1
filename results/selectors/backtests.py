"""The public back-test: rounds that were projected before their values were read, and how far off every method was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from results.analysis.projection.calibration import CoveragePoint, coverage_curve
from results.domain.projections import ENGINE_METHOD, question_anchors
from results.models import Backtest

NOISE_POINTS = 2.0
"""Points of MdAPE within which two methods are not told apart."""
NEAREST_ANCHORS = 2
"""Known networks of a new system in the back-test that comes nearest to a question about a known one."""


@dataclass(frozen=True, slots=True)
class MethodFigures:
    """One method on one metric of a back-test; figures in per cent, None where it has none."""

    name: str
    figures: Mapping[str, float | None]
    is_engine: bool
    is_best: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """One metric of one back-test. ``best`` is the method with the least median error, ``verdict`` how the engine did
    beside the best baseline: ``ahead``, ``behind``, or ``level`` within two points."""

    backtest: Backtest
    metric: str
    n: int
    answered: int
    answered_mdape: float | None
    band90: float | None
    skill: float | None
    methods: tuple[MethodFigures, ...]
    best: str
    verdict: str

    @property
    def engine(self) -> Mapping[str, float | None]:
        return next((m.figures for m in self.methods if m.is_engine), {})


@dataclass(frozen=True, slots=True)
class FrozenCell:
    """One frozen projection beside what was measured; ``factor_80`` and ``factor_90`` are its bands as ×÷."""

    result: str
    model: str
    metric: str
    projected: float
    measured: float
    factor_80: float | None
    factor_90: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Pooled:
    """All back-tests of one metric together: the median error of every method over its cells, the least first."""

    metric: str
    n: int
    errors: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class BacktestView:
    """Every scored back-test of the newest engine, oldest round first; ``pooled`` sums them up per metric.

    ``cells`` are all its frozen cells with a measured value; ``curve`` says how often bands held, by metric.
    """

    backtests: tuple[Backtest, ...]
    engine: str
    scored: tuple[Scored, ...]
    pooled: tuple[Pooled, ...]
    cells: tuple[FrozenCell, ...]
    curve: Mapping[str, tuple[CoveragePoint, ...]]
    unscored: int

    def ahead(self) -> tuple[int, int, int]:
        """In how many back-tests the engine is ahead of every baseline, level, and behind one."""
        found = [one.verdict for one in self.scored]
        return found.count("ahead"), found.count("level"), found.count("behind")


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """How the engine did in the back-test on questions like one: of ``anchors`` known networks of a new system.

    ``exact`` is false where the question has no back-test of its own and this is the nearest. Figures in per cent.
    """

    anchors: int
    exact: bool
    n: int
    mdape: float
    coverage80: float | None
    coverage90: float | None
    engine: str


def backtest_view() -> BacktestView:
    """The public back-test. One query."""
    every = list(Backtest.objects.all())
    engine = max(every, key=lambda one: one.pk).engine if every else ""
    newest = _newest(one for one in every if one.engine == engine)
    done = tuple(one for one in newest if one.scored_at is not None)
    cells = tuple(cell for one in done for cell in frozen_cells(one))
    return BacktestView(
        backtests=done,
        engine=engine,
        scored=tuple(one for backtest in done for one in _scored(backtest)),
        pooled=tuple(_pooled(metric, done) for metric in _metrics(cells)),
        cells=cells,
        curve={metric: _curve([c for c in cells if c.metric == metric]) for metric in _metrics(cells)},
        unscored=len(newest) - len(done),
    )


def class_record(question: str, metric: str) -> ClassRecord | None:
    """How the newest engine did on questions like ``question``; None before a back-test of it. One query."""
    anchors = question_anchors(question)
    wanted = NEAREST_ANCHORS if anchors is None else min(anchors, NEAREST_ANCHORS)
    every = list(Backtest.objects.filter(scored_at__isnull=False).order_by("pk"))
    if not every:
        return None
    own = _newest(one for one in every if one.engine == every[-1].engine)
    cells = [
        cell for one in own if one.anchors == wanted for cell in frozen_cells(one) if cell.metric == metric
    ]
    if not cells:
        return None
    return ClassRecord(
        anchors=wanted,
        exact=anchors is not None,
        n=len(cells),
        mdape=median_error(cells),
        coverage80=_covered(cells, "factor_80"),
        coverage90=_covered(cells, "factor_90"),
        engine=every[-1].engine,
    )


def frozen_cells(backtest: Backtest) -> Iterator[FrozenCell]:
    """The engine's cells of a back-test that were measured."""
    for cell in backtest.cells:
        projected, measured = cell["projected"].get(ENGINE_METHOD), cell.get("measured")
        if projected and measured:
            yield FrozenCell(
                cell["result"], cell["model"], cell["metric"], projected, measured, cell["factor_80"],
                cell["factor_90"], cell["reason"],
            )  # fmt: skip


def median_error(cells: Sequence[FrozenCell]) -> float:
    """Median absolute error in per cent of the measured value."""
    return 100 * median(abs(cell.projected / cell.measured - 1) for cell in cells)


def _newest(backtests: object) -> list[Backtest]:
    """The newest of each round and number of anchors, in the order of rounds."""
    held: dict[tuple[str, int], Backtest] = {}
    for one in backtests:  # type: ignore[attr-defined]
        before = held.get((one.round_id, one.anchors))
        if before is None or one.pk > before.pk:
            held[one.round_id, one.anchors] = one
    return list(held.values())


def _scored(backtest: Backtest) -> Iterator[Scored]:
    for metric, found in sorted((backtest.figures or {}).items(), reverse=True):
        rows = found["methods"]
        errors = {name: row["mdape"] for name, row in rows.items() if row["mdape"] is not None}
        best = min(errors, key=lambda name: (errors[name], name != ENGINE_METHOD)) if errors else ""
        yield Scored(
            backtest=backtest,
            metric=metric,
            n=found["n"],
            answered=found["answered"],
            answered_mdape=found["answered_mdape"],
            band90=found["band90"],
            skill=found["skill"],
            methods=tuple(
                MethodFigures(name, rows[name], name == ENGINE_METHOD, name == best)
                for name in sorted(rows, key=lambda name: (name != ENGINE_METHOD, errors.get(name, np.inf)))
            ),
            best=best,
            verdict=_verdict(errors),
        )


def _verdict(errors: Mapping[str, float]) -> str:
    others = [value for name, value in errors.items() if name != ENGINE_METHOD]
    if ENGINE_METHOD not in errors or not others:
        return "level"
    lead = min(others) - errors[ENGINE_METHOD]
    if abs(lead) <= NOISE_POINTS:
        return "level"
    return "ahead" if lead > 0 else "behind"


def _pooled(metric: str, backtests: Sequence[Backtest]) -> Pooled:
    ratios: dict[str, list[float]] = defaultdict(list)
    for backtest in backtests:
        for cell in backtest.cells:
            if cell["metric"] == metric and cell.get("measured"):
                for name, value in cell["projected"].items():
                    if value:
                        ratios[name].append(value / cell["measured"])
    errors = {name: 100 * median(abs(ratio - 1) for ratio in found) for name, found in ratios.items()}
    ordered = sorted(errors.items(), key=lambda pair: pair[1])
    return Pooled(metric, len(ratios[ENGINE_METHOD]), tuple(ordered))


def _metrics(cells: Sequence[FrozenCell]) -> list[str]:
    return sorted({cell.metric for cell in cells}, reverse=True)


def _curve(cells: Sequence[FrozenCell]) -> tuple[CoveragePoint, ...]:
    banded = [cell for cell in cells if cell.factor_80 and cell.factor_90]
    if not banded:
        return ()
    error = np.abs(np.log([cell.projected / cell.measured for cell in banded]))
    half_80, half_90 = (
        np.log([getattr(cell, name) for cell in banded]) for name in ("factor_80", "factor_90")
    )
    return coverage_curve(error, half_80, half_90)


def _covered(cells: Sequence[FrozenCell], band: str) -> float | None:
    held: dict[bool, int] = defaultdict(int)
    for cell in cells:
        factor = getattr(cell, band)
        if factor:
            ratio = max(cell.projected / cell.measured, cell.measured / cell.projected)
            held[ratio <= factor] += 1
    total = sum(held.values())
    return 100 * held[True] / total if total else None
