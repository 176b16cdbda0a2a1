"""What the matrix of projections is asked, and the words for its states and for what about a cell was never measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .parameters import ParameterReader, join_list, query_string

METRICS = {"latency": "latency_ms", "energy": "energy_uj_per_inf"}
"""Word in an address → metric of the site."""
UNITS = {"latency": "ms", "energy": "µJ/inf"}
LEVELS = ("class", "device", "system")
MODELS = ("reference", "external", "all")
SHOWS = ("values", "states")
ENGINE_METHOD = "tinysite"
"""Name of the method that ships, among those of a back-test."""
FIGURES = ("mdape", "p90", "within10", "within25", "within50", "spearman", "coverage80", "coverage90")
"""Figures of a method in a back-test, in per cent. Named here too, so that a page loads no numerics for them."""
NOT_RANKED = "A projection never ranks and never enters a front."


class CellState(StrEnum):
    """What a cell of the matrix holds. ``PENDING``: the next pass of the engine answers it."""

    MEASURED = "measured"
    PROJECTED = "projected"
    DOES_NOT_FIT = "does-not-fit"
    CANNOT_PROJECT = "cannot-project"
    PENDING = "pending"


STATE_WORDS = {
    CellState.MEASURED: "measured",
    CellState.PROJECTED: "projected",
    CellState.DOES_NOT_FIT: "does not fit",
    CellState.CANNOT_PROJECT: "cannot project",
    CellState.PENDING: "not answered yet",
}
_KINDS = {
    "cell": "This system and this network were measured, though not together.",
    "model": "This network was never measured, its family was.",
    "family": "No network of this family was measured in a round.",
    "system": "The board was measured with other software or settings; of this system {anchors} known.",
    "device": "The board was never measured otherwise; of this system {anchors} known.",
    "round": "The system is new in its round; {anchors} known.",
}


def question_words(question: str) -> str:
    """What about a cell was never measured, of a hold-out class such as ``cell`` or ``system:1``; empty for none.

    >>> question_words("system:1")
    'The board was measured with other software or settings; of this system the result of one network is known.'
    """
    kind, _, anchors = question.partition(":")
    number = int(anchors) if anchors.isdigit() else 0
    known = {0: "no result is", 1: "the result of one network is"}.get(
        number, f"the results of {number} networks are"
    )
    return _KINDS.get(kind, "").format(anchors=known)


def question_anchors(question: str) -> int | None:
    """How many networks of a new system are known in a hold-out class of systems; None for a class of networks."""
    kind, _, anchors = question.partition(":")
    return int(anchors) if kind in ("system", "device", "round") and anchors.isdigit() else None


@dataclass(frozen=True, slots=True)
class MatrixQuery:
    """Networks × systems in one metric; empty is all. ``show`` None: values up to 25 networks, states beyond."""

    metric: str = "latency"
    level: str = "system"
    models: str = "reference"
    classes: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    show: str | None = None
    page: int = 1


_PARAMETERS = ("metric", "level", "models", "class", "device", "vendor", "state", "show", "page")


def parse_matrix_query(params: Mapping[str, Sequence[str]], classes: Collection[str]) -> MatrixQuery:
    """The view that ``params`` (name → values, decoded) ask for; QueryError with every problem."""
    reader = ParameterReader(params, _PARAMETERS)
    query = MatrixQuery(
        metric=reader.choice("metric", list(METRICS), "latency"),
        level=reader.choice("level", LEVELS, "system"),
        models=reader.choice("models", MODELS, "reference"),
        classes=reader.values("class", classes),
        devices=reader.values("device"),
        vendors=reader.values("vendor"),
        states=reader.values("state", [state.value for state in CellState]),
        show=reader.choice("show", SHOWS, "") or None,
        page=_page(reader),
    )
    reader.raise_problems()
    return query


def _page(reader: ParameterReader) -> int:
    text = reader.single("page")
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
        reader.refuse("page", text, "is not a number of a page, from 1")
        return 1
    return int(text)


def matrix_query_string(query: MatrixQuery, **changes: Any) -> str:
    """The canonical query string of ``query`` with some of its fields changed: fixed order, defaults left out.

    A change of anything but the page leads to the first page.
    """
    query = replace(query, **({"page": 1} | changes if changes else {}))
    default = MatrixQuery()
    params = [
        ("metric", query.metric if query.metric != default.metric else ""),
        ("level", query.level if query.level != default.level else ""),
        ("models", query.models if query.models != default.models else ""),
        ("class", join_list(query.classes)),
        ("device", join_list(query.devices)),
        ("vendor", join_list(query.vendors)),
        ("state", join_list(query.states)),
        ("show", query.show or ""),
        ("page", str(query.page) if query.page > 1 else ""),
    ]
    return query_string((name, value) for name, value in params if value)


@dataclass(frozen=True, slots=True)
class ProjectionQuery:
    """Answers of the engine, one per cell that nobody measured; empty is all."""

    metric: str = ""
    states: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    system: int | None = None


PROJECTION_FILTERS = ("metric", "state", "class", "device", "model", "system")
ANSWERS = (CellState.PROJECTED, CellState.DOES_NOT_FIT, CellState.CANNOT_PROJECT)


def parse_projection_query(
    params: Mapping[str, Sequence[str]], classes: Collection[str], others: Collection[str] = ()
) -> ProjectionQuery:
    """The answers that ``params`` ask for; ``others`` are parameters that somebody else reads. QueryError as above."""
    reader = ParameterReader(params, (*PROJECTION_FILTERS, *others))
    system = reader.single("system")
    if system is not None and not (system.isascii() and system.isdigit() and len(system) < 10):
        reader.refuse("system", system, "is not the number of a system")
        system = None
    query = ProjectionQuery(
        metric=reader.choice("metric", list(METRICS), ""),
        states=reader.values("state", [state.value for state in ANSWERS]),
        classes=reader.values("class", classes),
        devices=reader.values("device"),
        models=reader.values("model"),
        system=int(system) if system else None,
    )
    reader.raise_problems()
    return query
