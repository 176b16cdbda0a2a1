"""One run as one flat row: what lists, leaderboards and their CSV hold."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.models import Availability, DeviceClass, Division, LeaderboardEntry, Provenance

from .fields import Address, Stated, number

_IN_AN_ADDRESS = "/~:@!$&'()*+,;="
"""As Django writes arguments into an address."""


class FindingMarkSerializer(serializers.Serializer):
    """A finding on the row, worst first; the result itself says what was expected and found."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "note"])


class EntrySerializer(serializers.Serializer):
    """One published run. A unit stands at the end of a name; null is not measured or not stated, never 0."""

    id = serializers.CharField(source="public_id")
    benchmark = serializers.CharField()
    round = serializers.CharField()
    division = serializers.ChoiceField(choices=Division.choices)
    availability = Stated(f"One of {', '.join(Availability.values)}.")
    provenance = serializers.ChoiceField(choices=Provenance.choices)
    submitter = serializers.CharField(source="submitter_slug")
    submitter_name = serializers.CharField()
    submitter_directory = serializers.CharField(help_text="The submitter's folder in the round's repository.")
    system = serializers.IntegerField(source="system_id")
    system_name = serializers.CharField(source="system_label", help_text="The system id as submitted.")
    variant = Stated("What the folder names after the benchmark.")
    device = serializers.CharField(source="device_slug")
    device_name = serializers.CharField()
    device_class = serializers.ChoiceField(choices=DeviceClass.choices)
    software = Stated()
    framework = Stated()
    deployment_style = Stated()
    precision = Stated()
    neural_model = Stated("Slug of the network that was run.")
    clock_mhz = number()
    latency_ms = number()
    throughput_inf_per_s = number()
    energy_uj_per_inf = number()
    average_power_mw = number()
    supply_voltage_mv = number()
    energy_scope = serializers.ChoiceField(
        choices=["none", "chip-rail", "board", "unknown"],
        help_text="What the joules include; none when no energy was measured.",
    )
    quality_metric = Stated("top1 (percent), auc (0 to 1) or fp_fn (false positives plus false negatives).")
    quality_value = number("In the unit of quality_metric.")
    quality_printed = Stated("The digits as submitted.", source="quality_text")
    quality_margin = number("Above the closed target, in the unit of quality_metric; negative below it.")
    evaluation_set = Stated()
    latency_range = number("max / min - 1 of the timed windows, dimensionless.")
    duplicate_of = Stated("Id of the first run with the same log: a measurement handed in again.")
    findings = serializers.SerializerMethodField()
    url = Address("results-api:result", "public_id")
    page = Address("results:result", "public_id", help_text="The page for people.")

    @extend_schema_field(FindingMarkSerializer(many=True))
    def get_findings(self, entry: LeaderboardEntry) -> list[dict[str, str]]:
        return [{"code": code, "severity": severity} for code, severity in entry.finding_codes]


def entry_data(entry: LeaderboardEntry) -> dict[str, Any]:
    """What :class:`EntrySerializer` gives, which describes it for the schema, at a tenth of the time: a leaderboard
    answers thousands of such values at once. Written once per object, since answers share the ones that are remembered;
    not to be changed."""
    if "api_data" not in entry.__dict__:
        entry.__dict__["api_data"] = _written(entry)
    return entry.__dict__["api_data"]


def _written(entry: LeaderboardEntry) -> dict[str, Any]:
    quoted = quote(entry.public_id, safe=_IN_AN_ADDRESS)
    api, page = _address_stems()
    return {
        "id": entry.public_id,
        "benchmark": entry.benchmark,
        "round": entry.round,
        "division": entry.division,
        "availability": entry.availability or None,
        "provenance": entry.provenance,
        "submitter": entry.submitter_slug,
        "submitter_name": entry.submitter_name,
        "submitter_directory": entry.submitter_directory,
        "system": entry.system_id,
        "system_name": entry.system_label,
        "variant": entry.variant or None,
        "device": entry.device_slug,
        "device_name": entry.device_name,
        "device_class": entry.device_class,
        "software": entry.software or None,
        "framework": entry.framework or None,
        "deployment_style": entry.deployment_style or None,
        "precision": entry.precision or None,
        "neural_model": entry.neural_model or None,
        "clock_mhz": entry.clock_mhz,
        "latency_ms": entry.latency_ms,
        "throughput_inf_per_s": entry.throughput_inf_per_s,
        "energy_uj_per_inf": entry.energy_uj_per_inf,
        "average_power_mw": entry.average_power_mw,
        "supply_voltage_mv": entry.supply_voltage_mv,
        "energy_scope": entry.energy_scope,
        "quality_metric": entry.quality_metric or None,
        "quality_value": entry.quality_value,
        "quality_printed": entry.quality_text or None,
        "quality_margin": entry.quality_margin,
        "evaluation_set": entry.evaluation_set or None,
        "latency_range": entry.latency_range,
        "duplicate_of": entry.duplicate_of or None,
        "findings": [{"code": code, "severity": severity} for code, severity in entry.finding_codes],
        "url": api.replace(_PLACE, quoted),
        "page": page.replace(_PLACE, quoted),
    }


_PLACE = "public-id"


@cache
def _address_stems() -> tuple[str, str]:
    """The addresses of a result in the API and as a page, with a place for its id."""
    return reverse("results-api:result", args=[_PLACE]), reverse("results:result", args=[_PLACE])
