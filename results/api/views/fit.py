"""The fit finder: hardware for a network, what runs on a device, one on the other; measured first, then projected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from results.api.fit_parameters import FIT_PARAMETERS, read_fit_query
from results.api.serializers.fit import FitCsvRowSerializer, FitSerializer
from results.domain.fit_query import Question
from results.selectors.find import Found, NoSuchAnalysis, find
from results.selectors.fit_projected_rows import MEASURED, projected_row

from .base import ReadOnlyView


class _Fit(ReadOnlyView):
    """What the three questions have in common."""

    serializer_class = FitSerializer
    csv_serializer = FitCsvRowSerializer
    question: Question
    found: Found

    def get(self, request: Request, format: str | None = None, **kwargs: Any) -> Response:
        if "analysis" not in request.query_params:
            return super().get(request, format=format, **kwargs)
        # A reader's own model: it changes while the worker is at it, and no cache between may keep it.
        return Response(self.answer(request, **kwargs), headers={"Cache-Control": "private, no-store"})

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        try:
            self.found = find(read_fit_query(request, self.question), None)
        except NoSuchAnalysis:
            raise Http404 from None
        return FitSerializer(self.found).data

    def csv_rows(self, data: Any) -> list[Mapping[str, Any]]:
        measured = [{"basis": MEASURED, **row} for cell in data["cells"] for row in cell["results"]]
        projected = self.found.projected
        return measured + [
            projected_row(cell, projected) for group in projected.groups for cell in group.cells
        ]


class FindHardware(_Fit):
    """Results of all devices on a network or task, ranked within the limits; apart from them, projections. CSV: both.

    `model`, `benchmark` or `analysis` is needed. Energies compare within one scope and supply only. Projections have no
    rank.
    """

    operation = "find_hardware"
    question = Question.HARDWARE
    query_parameters = FIT_PARAMETERS[Question.HARDWARE]


class FindModel(_Fit):
    """What was measured on one or several devices, task by task, within the limits; then what is projected. CSV: both.

    `device` is needed. A task without a result on the device has `looked_at` 0.
    """

    operation = "find_model"
    question = Question.MODEL
    query_parameters = FIT_PARAMETERS[Question.MODEL]


class FindPerformance(_Fit):
    """The measured results of each network or task on each device, within the limits; then what is projected. CSV: both.

    `device`, and `model`, `benchmark` or `analysis`, are needed. A pair that nobody has measured has `looked_at` 0.
    """

    operation = "find_performance"
    question = Question.PERFORMANCE
    query_parameters = FIT_PARAMETERS[Question.PERFORMANCE]
