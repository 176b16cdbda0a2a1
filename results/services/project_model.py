"""Project one model that is no network of the site: on every system of the matrix, once, by the worker."""

from __future__ import annotations

from typing import Any

from .analysed_network import NotProjectable
from .backtests import standing
from .project import answer_of, answered, columns, learned_from
from .projection_engine import ENGINE, fitted_engine, is_warm
from .projection_models import ProjectedModel

_COLUMNS = (
    "system_id",
    "metric",
    "state",
    "value",
    "low_80",
    "high_80",
    "low_90",
    "high_90",
    "question",
    "reason",
    "anchors",
)


def engine_is_warm() -> bool:
    """Whether projections are a matter of a second; else the engine is fitted first. False with too little data."""
    learned = learned_from()
    return learned is not None and is_warm(learned)


def project_model(model: ProjectedModel) -> list[dict[str, Any]]:
    """What the engine says of ``model`` on every system where it was not measured, as JSON.

    NotProjectable when too little is published to learn from, or the engine is held back.
    """
    learned = learned_from()
    if learned is None:
        raise NotProjectable("too few results are published to learn from")
    if lost := standing(ENGINE):
        raise NotProjectable(f"the engine is held back, for it lost on the rolling back-test ({lost})")
    try:
        engine = fitted_engine(learned)
    except ValueError as too_few:
        raise NotProjectable(f"too few results are published to learn from ({too_few})") from too_few
    found = answered(engine, [model], columns(learned.rows))
    return [
        {name: getattr(answer, name) for name in _COLUMNS}
        for answer in (
            answer_of(c, m, metric, said, number, learned.rows) for c, m, metric, said, number in found
        )
    ]
