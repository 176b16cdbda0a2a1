"""The filters of the list of devices: those of its page, read and described for the API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from results.domain.device_query import DeviceQuery, parse_device_query
from results.domain.vocabulary import ENERGY_STATES
from results.models import Benchmark, DeviceClass

from .query_parameters import asked_parameters

DEVICE_FILTERS = ("class", "energy", "benchmark")
DEVICE_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "class",
        "in": "query",
        "schema": {"type": "array", "items": {"type": "string", "enum": DeviceClass.values}},
        "description": "Device class. Any of several; repeated, or a comma list.",
    },
    {
        "name": "energy",
        "in": "query",
        "schema": {"type": "string", "enum": list(ENERGY_STATES)},
        "description": "Only devices with results, with or without a measured energy among them.",
    },
    {
        "name": "benchmark",
        "in": "query",
        "schema": {"type": "array", "items": {"type": "string", "pattern": r"^[a-z0-9]+([-_.][a-z0-9]+)*$"}},
        "description": "Only devices with a latency on each of these; repeated, or a comma list.",
    },
)


def read_device_query(request: Request) -> DeviceQuery:
    """The devices that ``request`` asks for; QueryError with everything that is wrong. A query where it names one."""
    asked = {name: values for name, values in asked_parameters(request).items() if name in DEVICE_FILTERS}
    benchmarks = list(Benchmark.objects.values_list("pk", flat=True)) if "benchmark" in asked else []
    return parse_device_query(asked, classes=DeviceClass.values, benchmarks=benchmarks)
