"""The fit finder: hardware for a network, what runs on a device, one on the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from results.api.fit_parameters import FIT_PARAMETERS, read_fit_query
from results.api.serializers.fit import FitRowSerializer, FitSerializer
from results.domain.fit_query import Question
from results.selectors.fit import fit_view

from .base import ReadOnlyView


class _Fit(ReadOnlyView):
    """What the three questions have in common."""

    serializer_class = FitSerializer
    csv_serializer = FitRowSerializer
    question: Question

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        return FitSerializer(fit_view(read_fit_query(request, self.question))).data

    def csv_rows(self, data: Any) -> list[Mapping[str, Any]]:
        return [row for cell in data["cells"] for row in cell["results"]]


class FindHardware(_Fit):
    """Results of all devices on a network or task, ranked within the limits. CSV: the results.

    `model` or `benchmark` is needed. Energies compare within one scope and supply only. Nothing is projected.
    """

    operation = "find_hardware"
    question = Question.HARDWARE
    query_parameters = FIT_PARAMETERS[Question.HARDWARE]


class FindModel(_Fit):
    """What was measured on one or several devices, task by task, within the limits. CSV: the results.

    `device` is needed. A task without a result on the device has `looked_at` 0.
    """

    operation = "find_model"
    question = Question.MODEL
    query_parameters = FIT_PARAMETERS[Question.MODEL]


class FindPerformance(_Fit):
    """The measured results of each network or task on each device, within the limits. CSV: the results.

    `device`, and `model` or `benchmark`, are needed. A pair that nobody has measured has `looked_at` 0.
    """

    operation = "find_performance"
    question = Question.PERFORMANCE
    query_parameters = FIT_PARAMETERS[Question.PERFORMANCE]
