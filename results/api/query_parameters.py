"""The query strings of lists, leaderboards and Pareto plots: what the pages take, read and described for the API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from results.domain.parameters import ParameterReader
from results.domain.query import (
    LeaderboardQuery,
    ParetoQuery,
    Problem,
    QueryError,
    parse_pareto_query,
    parse_query,
)
from results.domain.trade_offs import FRONTS_BY
from results.domain.vocabulary import ENERGY_STATES, FILTERS, RANGES, SORTS, TRADE_OFF_METRICS

_SLUG = r"^[a-z0-9]+([-_.][a-z0-9]+)*$"
_PATTERNS = {
    "benchmark": _SLUG,
    "class": _SLUG,
    "device": _SLUG,
    "submitter": _SLUG,
    "round": r"^v\d+\.\d+$",
    "supply": r"^[1-9]\d{0,4}$",
}
_DESCRIPTIONS = {
    "benchmark": "Short id, such as kws.",
    "round": "Such as v1.1.",
    "class": "Device class.",
    "device": "Slug of a device.",
    "submitter": "Slug of a submitter.",
    "style": "Deployment style.",
    "precision": "Numeric format.",
    "supply": "Supply voltage of the energy run in mV.",
    "scope": "What the joules include.",
}
_PAGE_ONLY = {"col": "chooses columns of a page; an answer of the API always holds every field"}


def asked_parameters(request: Request) -> dict[str, list[str]]:
    """Every parameter of ``request`` (name → values) but ``format``, which says how the answer is written.

    QueryError for an empty value. A page's form sends those for untouched fields and the pages overlook them; here
    one is a variable that somebody forgot to fill in, and overlooking it would answer another question.
    """
    found = {name: values for name, values in request.query_params.lists() if name != "format"}
    empty = [name for name, values in found.items() if not all(value.strip() for value in values)]
    if empty:
        raise QueryError([Problem(name, "", "is empty; leave the parameter out instead") for name in empty])
    return found


def read_results_query(request: Request) -> LeaderboardQuery:
    """The results over all benchmarks that ``request`` asks for; QueryError with everything that is wrong."""
    only_boards = {"reference": "belongs to a leaderboard: it is what ratios refer to"}
    return parse_query(_parameters(request, _PAGE_ONLY | only_boards), benchmark=None)


def read_leaderboard_query(request: Request, benchmark: str) -> LeaderboardQuery:
    """The view of one leaderboard that ``request`` asks for; QueryError with everything that is wrong."""
    parameters = _parameters(request, _PAGE_ONLY)
    parameters.pop(FACETS_PARAMETER["name"], None)
    return parse_query(parameters, benchmark=benchmark)


def asks_for_facets(request: Request) -> bool:
    """Whether the answer shall count the values of the filters; QueryError for what is neither yes nor no."""
    name = FACETS_PARAMETER["name"]
    asked = asked_parameters(request)
    reader = ParameterReader({name: asked.get(name, [])}, (name,))
    answer = reader.choice(name, FACETS_PARAMETER["schema"]["enum"], "0")
    reader.raise_problems()
    return answer == "1"


def read_pareto_query(request: Request, benchmark: str) -> ParetoQuery:
    """The trade-off that ``request`` asks for; QueryError with everything that is wrong."""
    scales = dict.fromkeys(("log_x", "log_y", "lines"), "draws a page's plot; the answer holds numbers")
    return parse_pareto_query(_parameters(request, scales), benchmark=benchmark)


def _parameters(request: Request, refused: dict[str, str]) -> dict[str, list[str]]:
    found = asked_parameters(request)
    problems = [
        Problem(name, ",".join(found[name])[:200], why) for name, why in refused.items() if name in found
    ]
    if problems:
        raise QueryError(problems)
    return found


def _filter(name: str, vocabulary: tuple[str, ...] | None) -> dict[str, Any]:
    items: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
    if vocabulary is not None:
        items = {"type": "string", "enum": list(vocabulary)}
    elif name in _PATTERNS:
        items = {"type": "string", "pattern": _PATTERNS[name]}
    return {
        "name": name,
        "in": "query",
        "schema": {"type": "array", "items": items},
        "description": f"{_DESCRIPTIONS.get(name, '')} Any of several; repeated, or a comma list.".strip(),
    }


def _choice(name: str, values: list[str], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "schema": {"type": "string", "enum": values},
        "description": description,
    }


def _ranges() -> list[dict[str, Any]]:
    return [
        {
            "name": f"{name}_{end}",
            "in": "query",
            "schema": {
                "type": "number",
                "minimum": 0,
                **({} if name == "quality" else {"exclusiveMinimum": True}),
            },
            "description": f"{word} {name}, inclusive, in {unit or 'the unit of the quality metric'}.",
        }
        for name, unit in RANGES.items()
        for end, word in (("min", "Least"), ("max", "Greatest"))
    ]


_BENCHMARK = _filter("benchmark", None)
FILTER_PARAMETERS = (
    *(_filter(name, vocabulary) for name, vocabulary in FILTERS.items() if name != "benchmark"),
    _choice("energy", list(ENERGY_STATES), "Only results with, or without, a measured energy."),
    *_ranges(),
)
SORT_PARAMETER = _choice(
    "sort", [sign + name for name in SORTS for sign in ("", "-")], "A leading minus turns the direction."
)
FACETS_PARAMETER = _choice(
    "facets", ["0", "1"], "1: also how many results each value of each filter would leave."
)
RESULTS_PARAMETERS = (_BENCHMARK, *FILTER_PARAMETERS, SORT_PARAMETER)
LEADERBOARD_PARAMETERS = (
    *FILTER_PARAMETERS,
    SORT_PARAMETER,
    {
        "name": "reference",
        "in": "query",
        "schema": {"type": "string"},
        "description": "Id of the result that ratios refer to instead of the best.",
    },
    FACETS_PARAMETER,
)
PARETO_PARAMETERS = (
    *FILTER_PARAMETERS,
    _choice("x", list(TRADE_OFF_METRICS), "First metric; energy unless stated."),
    _choice("y", list(TRADE_OFF_METRICS), "Second metric; quality unless stated."),
    _choice("by", list(FRONTS_BY), "What has a front of its own beside division and group."),
    _choice("outside", ["0", "1"], "1: also the results that fail the ranges, apart from every front."),
    {
        "name": "group",
        "in": "query",
        "schema": {
            "type": "string",
            "pattern": r"^((chip-rail|board)@[1-9]\d{0,4}(:[a-z0-9.-]+)?|[a-z0-9.-]+)$",
        },
        "description": "Energies that compare, such as chip-rail@1800; the group with most results unless stated.",
    },
)
