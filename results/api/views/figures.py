"""External figures: what vendors and papers published outside the rounds."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from results.api.pagination import PARAMETERS, paginate
from results.api.query_parameters import asked_parameters
from results.api.serializers.figures import FigureSerializer
from results.domain.figure_query import FILTERS, STATES, parse_figure_query
from results.domain.figures import FIGURE_METRICS, Batch
from results.models import ExternalFigure
from results.selectors.figures import matching_figures

from .base import DetailView, ReadOnlyView

_TEXTS = {
    "q": "Words in names of networks and devices.",
    "source": "Repository, owner/name.",
    "device": "Slug of a device, or its name as stated.",
    "model": "Slug of a network.",
    "family": "Architecture family.",
}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


class FigureList(ReadOnlyView):
    """Figures that vendors and papers published outside the rounds, in the order of their sources. Not reviewed, not
    MLPerf, never ranked; a quarantined one is shown with its reason and never used."""

    operation = "list_figures"
    serializer_class = FigureSerializer
    is_page = True
    query_parameters = (
        *(
            _parameter(name, {"type": "string", "minLength": 1, "maxLength": 120}, text)
            for name, text in _TEXTS.items()
        ),
        _parameter("metric", {"type": "string", "enum": list(FIGURE_METRICS)}, "Only this metric."),
        _parameter("batch", {"type": "string", "enum": [b.value for b in Batch]}, "Batch 1, or the best batch."),
        _parameter("quarantined", {"type": "string", "enum": list(STATES)}, "Only usable ones, or only the others."),
    )  # fmt: skip

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        query = parse_figure_query(asked_parameters(request), paging=(), others=PARAMETERS)
        page = paginate(matching_figures(query), ("position",), request, filters=FILTERS)
        return page.envelope(request, FigureSerializer(page.rows, many=True).data)


class FigureDetail(DetailView):
    """One external figure."""

    operation = "get_figure"
    serializer_class = FigureSerializer
    queryset = ExternalFigure.objects.select_related("model", "device")
    lookup = "key"
