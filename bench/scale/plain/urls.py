"""An empty view, and the results: filtered, ordered, paged, and whole for an export."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework import generics, serializers

from bench.scale.plain.models import Result


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


class ResultSerializer(serializers.ModelSerializer):
    round = serializers.CharField(source="round.slug")
    submitter = serializers.CharField(source="submitter.slug")
    submitter_name = serializers.CharField(source="submitter.name")
    device = serializers.CharField(source="device.slug")
    device_name = serializers.CharField(source="device.name")
    device_class = serializers.CharField(source="device.device_class")

    class Meta:
        model = Result
        fields = "__all__"


class Results(generics.ListAPIView):
    queryset = Result.objects.select_related("round", "submitter", "device")
    serializer_class = ResultSerializer
    filterset_fields = {
        "benchmark": ["exact"], "division": ["exact"], "round__slug": ["exact", "in"], "device__slug": ["exact"],
        "device__device_class": ["exact"],
    }  # fmt: skip
    ordering_fields = ["latency_ms", "energy_uj_per_inf", "id"]
    ordering = ["id"]


class Everything(Results):
    pagination_class = None


urlpatterns = [
    path("empty/", empty),
    path("results/", Results.as_view()),
    path("export/", Everything.as_view()),
]
