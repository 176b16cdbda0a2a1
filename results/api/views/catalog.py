"""Benchmarks, rounds, devices, neural models and submitters."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import Http404
from rest_framework.request import Request

from results.api.device_parameters import DEVICE_FILTERS, DEVICE_PARAMETERS, read_device_query
from results.api.pagination import paginate
from results.api.serializers.catalog import (
    BenchmarkSerializer,
    DeviceSerializer,
    NeuralModelSerializer,
    RoundSerializer,
    SubmitterSerializer,
)
from results.api.serializers.devices import DeviceDetailSerializer
from results.models import Benchmark, Device, NeuralModel, Round, Submitter
from results.selectors.device_list import devices_matching
from results.selectors.device_report import device_report

from .base import DetailView, ListView, refuse_parameters

BENCHMARKS = Benchmark.objects.annotate(reference_model_slug=F("reference_model__slug"))
ROUNDS = Round.objects.all()
MODELS = NeuralModel.objects.all()
SUBMITTERS = Submitter.objects.all()


class BenchmarkList(ListView):
    """The tasks: dataset, quality metric, target of the closed division, reference model."""

    operation = "list_benchmarks"
    serializer_class = BenchmarkSerializer
    queryset = BENCHMARKS
    columns = ("position", "id")


class BenchmarkDetail(DetailView):
    """One task."""

    operation = "get_benchmark"
    serializer_class = BenchmarkSerializer
    queryset = BENCHMARKS
    lookup = "id"


class RoundList(ListView):
    """The publication rounds, oldest first."""

    operation = "list_rounds"
    serializer_class = RoundSerializer
    queryset = ROUNDS
    columns = ("position", "id")


class RoundDetail(DetailView):
    """One publication round."""

    operation = "get_round"
    serializer_class = RoundSerializer
    queryset = ROUNDS
    lookup = "id"


class DeviceList(ListView):
    """Boards and chips, by slug. One that only a submission names has `curated` false."""

    operation = "list_devices"
    serializer_class = DeviceSerializer
    queryset = Device.objects.all()
    columns = ("slug",)
    query_parameters = DEVICE_PARAMETERS

    def answer(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        devices = devices_matching(self.queryset.all(), read_device_query(request))
        page = paginate(devices, self.columns, request, filters=DEVICE_FILTERS)
        return page.envelope(request, self.serializer_class(page.rows, many=True).data)


class DeviceDetail(DetailView):
    """One device: every statement of its sources, the scores of its systems, its place among all devices, gaps."""

    operation = "get_device"
    serializer_class = DeviceDetailSerializer
    queryset = Device.objects.all()
    lookup = "slug"

    def answer(self, request: Request, **kwargs: Any) -> Any:
        refuse_parameters(request)
        try:
            report = device_report(kwargs["slug"])
        except Device.DoesNotExist as error:
            raise Http404("no such device") from error
        return self.serializer_class(report.device, context={"report": report}).data


class ModelList(ListView):
    """The networks that are measured, by slug."""

    operation = "list_models"
    serializer_class = NeuralModelSerializer
    queryset = MODELS
    columns = ("slug",)


class ModelDetail(DetailView):
    """One network."""

    operation = "get_model"
    serializer_class = NeuralModelSerializer
    queryset = MODELS
    lookup = "slug"


class SubmitterList(ListView):
    """The organisations and persons that hand in results, by slug."""

    operation = "list_submitters"
    serializer_class = SubmitterSerializer
    queryset = SUBMITTERS
    columns = ("slug",)


class SubmitterDetail(DetailView):
    """One submitter."""

    operation = "get_submitter"
    serializer_class = SubmitterSerializer
    queryset = SUBMITTERS
    lookup = "slug"
