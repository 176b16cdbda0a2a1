"""One run as one flat row: what lists, leaderboards and their CSV hold."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.models import Availability, DeviceClass, Division, LeaderboardEntry, Provenance

from .fields import Address, Stated, number


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
