"""What the coverage pages are asked: cells of the taxonomy, and devices against benchmarks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .parameters import ParameterReader, join_list, query_string
from .vocabulary import DIVISIONS

METRICS = ("latency", "energy", "quality")
"""What a result may have measured. Energy is also the mean power of a benchmark that has no energy per inference."""


class CellState(StrEnum):
    """What a cell of the taxonomy holds."""

    MEASURED = "measured"
    NO_RESULT = "no-result"
    NO_BENCHMARK = "no-benchmark"


class Gap(StrEnum):
    """Why a device has no result on a benchmark in a view; of several reasons the first of this list is given."""

    NOT_MEASURED = "metric-not-measured"
    OUTSIDE_VIEW = "outside-view"
    WITHDRAWN = "withdrawn"
    NOT_SUBMITTED_IN_VIEW = "device-outside-view"
    BENCHMARK_LATER = "benchmark-later"
    NOT_RUN = "not-run"
    ROUND_NOT_HELD = "round-not-held"
    SPECIFICATION_ONLY = "specification-only"
    NO_RESULT = "no-result"


GAP_WORDS = {
    Gap.NOT_MEASURED: "metric not measured",
    Gap.OUTSIDE_VIEW: "outside this view",
    Gap.WITHDRAWN: "withdrawn",
    Gap.NOT_SUBMITTED_IN_VIEW: "device outside this view",
    Gap.BENCHMARK_LATER: "benchmark came later",
    Gap.NOT_RUN: "not run",
    Gap.ROUND_NOT_HELD: "round not held here",
    Gap.SPECIFICATION_ONLY: "specification only",
    Gap.NO_RESULT: "no result",
}
"""What stands in an empty cell."""

GAP_MEANINGS = {
    Gap.NOT_MEASURED: "Results of the device on the benchmark are in the view; none of them measured the metric.",
    Gap.OUTSIDE_VIEW: "The device has results on the benchmark, all of another division or round.",
    Gap.WITHDRAWN: "Results were published and withdrawn, or removed after an objection.",
    Gap.NOT_SUBMITTED_IN_VIEW: "The device has results, none of them of the division and rounds of the view.",
    Gap.BENCHMARK_LATER: "The benchmark did not exist yet in any round in which the device was submitted.",
    Gap.NOT_RUN: "The device was submitted in a round that had the benchmark; no submitter ran it.",
    Gap.ROUND_NOT_HELD: "The device was first submitted in a round of which this site holds no result.",
    Gap.SPECIFICATION_ONLY: "The system descriptions of MLPerf Tiny do not name the device; its specification is known.",
    Gap.NO_RESULT: "No result on the device, and no source says whether it was ever submitted.",
}
"""Each reason as a sentence for every cell that has it."""

MEASURED = "measured"
EMPTY = "empty"
CELLS = (MEASURED, EMPTY, *Gap)
"""Which cells a view of devices shows, beside all of them: those with results, the empty ones, those of one reason."""


@dataclass(frozen=True, slots=True)
class TaxonomyQuery:
    """Cells of the taxonomy; empty is all. ``kinds`` are slugs of input kinds."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GridQuery:
    """Devices against benchmarks; empty or None is all. ``metric`` counts only results that measured it."""

    classes: tuple[str, ...] = ()
    benchmarks: tuple[str, ...] = ()
    division: str | None = None
    rounds: tuple[str, ...] = ()
    metric: str | None = None
    cells: str | None = None


@dataclass(frozen=True, slots=True)
class GridWords:
    """The words that exist: device classes, ids of benchmarks and of rounds."""

    classes: Collection[str]
    benchmarks: Collection[str]
    rounds: Collection[str]


def parse_taxonomy_query(params: Mapping[str, Sequence[str]], kinds: Collection[str]) -> TaxonomyQuery:
    """The view that ``params`` (name → values, decoded) ask for; QueryError with every problem."""
    reader = ParameterReader(params, ("input", "state"))
    query = TaxonomyQuery(
        kinds=reader.values("input", kinds),
        states=reader.values("state", [str(state) for state in CellState]),
    )
    reader.raise_problems()
    return query


def parse_grid_query(params: Mapping[str, Sequence[str]], words: GridWords) -> GridQuery:
    """The view that ``params`` ask for; QueryError with every problem."""
    reader = ParameterReader(params, ("class", "benchmark", "division", "round", "metric", "cells"))
    query = GridQuery(
        classes=reader.values("class", words.classes),
        benchmarks=reader.values("benchmark", words.benchmarks),
        division=reader.choice("division", DIVISIONS, "") or None,
        rounds=reader.values("round", words.rounds),
        metric=reader.choice("metric", METRICS, "") or None,
        cells=reader.choice("cells", [str(cells) for cells in CELLS], "") or None,
    )
    reader.raise_problems()
    return query


def taxonomy_query_string(query: TaxonomyQuery, **changes: Any) -> str:
    """The canonical query string of ``query`` with some of its fields changed: fixed order, defaults left out."""
    query = replace(query, **changes)
    return _written([("input", join_list(query.kinds)), ("state", join_list(query.states))])


def grid_query_string(query: GridQuery, **changes: Any) -> str:
    """The canonical query string of ``query`` with some of its fields changed: fixed order, defaults left out."""
    query = replace(query, **changes)
    return _written(
        [
            ("class", join_list(query.classes)),
            ("benchmark", join_list(query.benchmarks)),
            ("division", query.division or ""),
            ("round", join_list(query.rounds)),
            ("metric", query.metric or ""),
            ("cells", query.cells or ""),
        ]
    )


def _written(params: Sequence[tuple[str, str]]) -> str:
    return query_string((name, value) for name, value in params if value)
