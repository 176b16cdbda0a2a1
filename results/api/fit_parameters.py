"""The query strings of the fit finder: those of its pages, read and described for the API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from results.domain.fit_metrics import FIT_METRICS, LIMIT_PARAMETERS, OBJECTIVES
from results.domain.fit_query import (
    BUDGETS,
    FIT_FILTERS,
    MOST_CHOSEN,
    FitQuery,
    Question,
    parse_fit_query,
    require_complete,
)
from results.domain.query import Problem, QueryError

from .query_parameters import FILTER_PARAMETERS, asked_parameters

_SLUG = r"^[a-z0-9]+([-_.][a-z0-9]+)*$"
_UNITS_OF_QUALITY = "in the unit of the quality metric of the one task asked for"


def _chosen(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "schema": {"type": "array", "maxItems": MOST_CHOSEN, "items": {"type": "string", "pattern": _SLUG}},
        "description": f"{description} Any of several; repeated, or a comma list.",
    }


def _number(name: str, description: str, *, zero_allowed: bool = False) -> dict[str, Any]:
    ends = {"minimum": 0} if zero_allowed else {"minimum": 0, "exclusiveMinimum": True}
    return {"name": name, "in": "query", "schema": {"type": "number", **ends}, "description": description}


def _limits() -> list[dict[str, Any]]:
    return [
        _number(
            name,
            f"{'Least' if one.is_least else 'Greatest'} {FIT_METRICS[one.metric].noun} that fits, inclusive, "
            f"{'in ' + FIT_METRICS[one.metric].unit if FIT_METRICS[one.metric].unit else _UNITS_OF_QUALITY}.",
            zero_allowed=one.zero_allowed,
        )
        for name, one in LIMIT_PARAMETERS.items()
    ]


_DEVICE = _chosen("device", "Slug of a device.")
_COMMON: tuple[dict[str, Any], ...] = (
    *(parameter for parameter in FILTER_PARAMETERS if parameter["name"] in FIT_FILTERS),
    *_limits(),
    *(
        _number(
            name,
            f"Greatest {FIT_METRICS[metric].noun} that the network may take, in KiB; judges projections only.",
        )
        for name, metric in BUDGETS.items()
    ),
    _number("fps", "Inferences per second that a device must keep up with; needed for average power."),
    _number(
        "sleep_power",
        "What the device draws asleep, in mW; needed for average power and never assumed. Needs fps.",
        zero_allowed=True,
    ),
    {
        "name": "objective",
        "in": "query",
        "schema": {"type": "string", "enum": list(OBJECTIVES)},
        "description": "What answers are ranked by; latency unless stated.",
    },
    {
        "name": "group",
        "in": "query",
        "schema": {"type": "string", "pattern": r"^(chip-rail|board)@[1-9]\d{0,4}$"},
        "description": "Energies that compare, such as chip-rail@1800; the group with most results unless stated.",
    },
)
_ANALYSIS = {
    "name": "analysis",
    "in": "query",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9]{1,40}$"},
    "description": "Id of an analysis made without an account by POST /api/v1/models/analyse/: the model is projected on every "
    "system. 404 once its time is over. That of an account is asked for on the pages.",
}
_TASKS = (
    _ANALYSIS,
    _chosen("model", "Slug of a network, whose results alone count."),
    _chosen("benchmark", "Short id of a task, with any network."),
)
FIT_PARAMETERS = {
    Question.HARDWARE: (*_TASKS, *_COMMON),
    Question.MODEL: (*_TASKS, _DEVICE, *_COMMON),
    Question.PERFORMANCE: (*_TASKS, _DEVICE, *_COMMON),
}


def read_fit_query(request: Request, question: Question) -> FitQuery:
    """What ``request`` asks of the finder; QueryError with everything that is wrong or lacks."""
    asked = asked_parameters(request)
    if "page_size" in asked:
        message = "bounds the tables of a page; an answer of the API holds the first 500 results of each list"
        raise QueryError([Problem("page_size", ",".join(asked["page_size"])[:200], message)])
    query = parse_fit_query(asked, question)
    require_complete(query)
    return query
