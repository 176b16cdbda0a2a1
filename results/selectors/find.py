"""One question to the finder: the measured results first, and beside them what is projected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from results.domain.fit_query import FitQuery
from results.services.analysed_network import NotProjectable, network_of
from results.services.projection_models import ProjectedModel, projected_models

from .analysed_model import analysed_projections
from .fit import FitView, fit_view
from .fit_cells import MOST_ROWS
from .fit_projected import ProjectedView, projected_view


class NoSuchAnalysis(LookupError):
    """The analysis that a query names is unknown, expired, or another account's."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: ``view`` holds what was measured and alone has ranks, ``projected`` what nobody measured."""

    view: FitView
    projected: ProjectedView


def find(query: FitQuery, reader: Any, *, rows: int = MOST_ROWS) -> Found:
    """The answer to ``query`` for ``reader`` (``request.user``, None without an account), with ``rows`` of each list of
    measured results.

    NoSuchAnalysis for an analysis that the reader may not see; QueryError for names that are not known.
    """
    networks = projected_models()
    uploaded: tuple[Any, ProjectedModel | None] | None = None
    also: tuple[str, ...] = ()
    if query.analysis is not None:
        own = analysed_projections(query.analysis, reader)
        if own is None:
            raise NoSuchAnalysis(query.analysis)
        uploaded = own, _network(own)
        also = (own.measured_as,) if own.measured_as else ()
    elsewhere = {one.slug for one in networks if not one.is_reference}
    view = fit_view(query, also=also, elsewhere=elsewhere, rows=rows)
    return Found(view, projected_view(view, networks, uploaded))


def _network(own: Any) -> ProjectedModel | None:
    try:
        return network_of(own.facts, own.name)
    except NotProjectable:
        return None
