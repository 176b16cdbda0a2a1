"""Pivots: the stacks, history and operating points of a device; software and the boards that run it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.request import Request

from results.api.query_parameters import asked_parameters
from results.api.serializers.pivots import (
    ComparedEntrySerializer,
    HistoryPointSerializer,
    HistorySerializer,
    OperatingPointSerializer,
    OperatingPointsSerializer,
    SoftwareListSerializer,
    SoftwareSerializer,
    SystemsSerializer,
)
from results.domain.pivots import (
    HISTORY_METRICS,
    SYSTEM_METRICS,
    parse_history_query,
    parse_operating_points_query,
    parse_systems_query,
)
from results.domain.vocabulary import DIVISIONS
from results.models import Benchmark, Device
from results.selectors.device_history import history_of
from results.selectors.operating_points import operating_points_of
from results.selectors.pivots import (
    UnknownSoftware,
    boards_of,
    software_list,
    stacks_of,
    unnamed_software_count,
)

from .base import ReadOnlyView, refuse_parameters


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _metric(names: tuple[str, ...]) -> dict[str, Any]:
    return _parameter("metric", {"type": "string", "enum": list(names)}, "latency unless stated.")


_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}
_DIVISION = _parameter("division", {"type": "string", "enum": list(DIVISIONS)}, "Only this division.")
_SYSTEMS = (
    _metric(SYSTEM_METRICS),
    _parameter(
        "to",
        {"type": "integer", "minimum": 1, "maximum": 999_999_999},
        "The system that the others stand against; unless stated that with most benchmarks measured.",
    ),
    _DIVISION,
    _parameter("sort", _TEXT, "round, or the id of a benchmark, whose best value then stands first."),
)


def _benchmarks() -> tuple[str, ...]:
    return tuple(Benchmark.objects.values_list("pk", flat=True))


class DeviceStacks(ReadOnlyView):
    """Every software stack on one device over all rounds, each beside the chosen one. CSV: the results.

    A system stands for its best result on each benchmark. `times_better` is chosen ÷ own.
    """

    operation = "get_device_stacks"
    serializer_class = SystemsSerializer
    csv_serializer = ComparedEntrySerializer
    query_parameters = _SYSTEMS

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        try:
            _, view = stacks_of(kwargs["slug"], parse_systems_query(asked_parameters(request), _benchmarks()))
        except Device.DoesNotExist:
            raise Http404 from None
        return SystemsSerializer(view).data


class SoftwareList(ReadOnlyView):
    """Every framework that published results name. CSV: the rows."""

    operation = "list_software"
    serializer_class = SoftwareListSerializer
    csv_serializer = SoftwareSerializer

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        refuse_parameters(request)
        held = {"results_without_software": unnamed_software_count(), "results": software_list()}
        return SoftwareListSerializer(held).data


class SoftwareBoards(ReadOnlyView):
    """Every system that runs one software, in any version, each beside the chosen one. CSV: the results."""

    operation = "get_software"
    serializer_class = SystemsSerializer
    csv_serializer = ComparedEntrySerializer
    query_parameters = _SYSTEMS

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        try:
            _, view = boards_of(kwargs["slug"], parse_systems_query(asked_parameters(request), _benchmarks()))
        except UnknownSoftware:
            raise Http404 from None
        return SystemsSerializer(view).data


class DeviceHistory(ReadOnlyView):
    """One device over the rounds, each result beside the one before it on its line. CSV: the results.

    `breaks` are the boundaries between rounds that not all values cross, or that the official table leaves open.
    """

    operation = "get_device_history"
    serializer_class = HistorySerializer
    csv_serializer = HistoryPointSerializer
    query_parameters = (
        _metric(HISTORY_METRICS),
        _parameter("benchmark", {"type": "array", "items": _TEXT}, "Ids of benchmarks, any of several."),
        _DIVISION,
    )

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        try:
            view = history_of(kwargs["slug"], parse_history_query(asked_parameters(request), _benchmarks()))
        except Device.DoesNotExist:
            raise Http404 from None
        return HistorySerializer(view).data


class DeviceOperatingPoints(ReadOnlyView):
    """Latency and energy at the operating points of one device, each beside the first of its curve. CSV: the points.

    A curve joins results that differ in clock or supply and in nothing else.
    """

    operation = "get_device_operating_points"
    serializer_class = OperatingPointsSerializer
    csv_serializer = OperatingPointSerializer
    query_parameters = (
        _parameter("benchmark", _TEXT, "Unless stated the first that was measured at several points."),
        _DIVISION,
    )

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        try:
            query = parse_operating_points_query(asked_parameters(request), _benchmarks())
            view = operating_points_of(kwargs["slug"], query)
        except Device.DoesNotExist:
            raise Http404 from None
        return OperatingPointsSerializer(view).data
