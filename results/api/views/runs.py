"""Systems and single results."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from results.api.serializers.runs import (
    MeasurementRowSerializer,
    ResultSerializer,
    SystemDetailSerializer,
    SystemSerializer,
)
from results.models import Run, System
from results.selectors.derived_document import derived_json
from results.selectors.result import result_detail
from results.selectors.result_derived import derived_of

from .base import DetailView, ListView, ReadOnlyView, refuse_parameters


class Removed(APIException):
    """410: the result stood at this address until it was removed after an objection."""

    status_code = HTTPStatus.GONE

    def __init__(self, run: Run) -> None:
        page = run.get_absolute_url()
        super().__init__(
            f"This result was removed after an objection: {run.status_reason} Its history: {page}"
        )


SYSTEMS = System.objects.select_related("publication__submitter", "device")


class SystemList(ListView):
    """Systems under test: device, operating point, software stack, as each publication describes them."""

    operation = "list_systems"
    serializer_class = SystemSerializer
    queryset = SYSTEMS
    columns = ("id",)


class SystemDetail(DetailView):
    """One system with its whole description and the ids of its results."""

    operation = "get_system"
    serializer_class = SystemDetailSerializer
    queryset = SYSTEMS.prefetch_related(
        Prefetch(
            "runs", Run.objects.filter(status=Run.Status.PUBLISHED).order_by("public_id"), "published_runs"
        )
    )
    lookup = "pk"


class ResultDetail(ReadOnlyView):
    """One result: every number with its evidence, the findings, the system description.

    CSV: one row per number and place of its evidence.

    A result that was withdrawn or moved says so in `status` and counts nowhere; a removed one is answered with 410.
    """

    operation = "get_result"
    may_be_gone = True
    serializer_class = ResultSerializer
    csv_serializer = MeasurementRowSerializer

    def csv_rows(self, data: Any) -> list[Mapping[str, Any]]:
        return [
            {**measurement, "result": data["id"], "evidence": place}
            for measurement in data["measurements"]
            for place in measurement["evidence"] or [{}]
        ]

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        refuse_parameters(request)
        try:
            detail = result_detail(kwargs["public_id"])
        except Run.DoesNotExist:
            raise Http404 from None
        if detail.removed:
            raise Removed(detail.run)
        if detail.counted and detail.entry is None:
            raise Http404  # published a moment ago: it stands in no list before its recomputation
        columns = detail.columns
        columns.run = detail.run  # the run as it was read, with its measurements
        context = {
            "findings": detail.findings,
            "publication": detail.run.system.publication,
            "detail": detail,
            "derived": derived_json(derived_of(detail)),
        }
        return ResultSerializer(columns, context=context).data
