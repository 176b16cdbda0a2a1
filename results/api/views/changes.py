"""The public history of all results."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from results.api.pagination import PARAMETERS, paginate
from results.api.query_parameters import asked_parameters
from results.api.serializers.changes import ChangeSerializer
from results.models import ResultChange
from results.selectors.changes import FILTERS, matching, parse_changes_query

from .base import ReadOnlyView

_TEXTS = {
    "result": "Id of a result.",
    "round": "Name of a round, such as v1.1.",
    "benchmark": "Id of a benchmark.",
}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


class ChangeList(ReadOnlyView):
    """What happened to published results, the newest first: published on this site, corrected, moved, withdrawn,
    removed, objected to, reproduced."""

    operation = "list_changes"
    serializer_class = ChangeSerializer
    is_page = True
    query_parameters = (
        *(_parameter(name, {"type": "string", "minLength": 1}, text) for name, text in _TEXTS.items()),
        _parameter("kind", {"type": "string", "enum": list(ResultChange.Kind.values)}, "What happened."),
    )

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        query = parse_changes_query(asked_parameters(request), paging=(), others=PARAMETERS)
        page = paginate(matching(query), ("-id",), request, filters=FILTERS)
        return page.envelope(request, ChangeSerializer(page.rows, many=True).data)
