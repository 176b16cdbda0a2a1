"""One device as the API writes it: what its sources say, how it scores, where it stands, and what is missing."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.models import Device, DeviceClass
from results.selectors.device_field import NeighbourRow
from results.selectors.device_gaps import Gap
from results.selectors.device_report import DeviceBest, DeviceReport
from results.selectors.device_roofline import DeviceRoofline

from .catalog import DeviceFactSerializer, DeviceSerializer, ScoreSerializer
from .fields import Address, Stated, number


class PlaceSerializer(serializers.Serializer):
    """A place among comparable values, the own included; 1 is the best, values within the tolerance share a band."""

    rank_first = serializers.IntegerField(source="rank.first")
    rank_last = serializers.IntegerField(source="rank.last")
    of = serializers.IntegerField()
    times_median = number("Value / median of all of them; null where it stands alone.")


class BestScoreSerializer(serializers.Serializer):
    """The system that stands for the device in one metric: that of its greatest score, a closed one before an open."""

    metric = serializers.CharField(help_text="latency_ms, energy_uj_per_inf, or memory, which nobody states.")
    score = serializers.SerializerMethodField(
        help_text="Dimensionless; null unless every benchmark compares."
    )
    score_low = number("The band of what cannot be told apart from the score …", "low")
    score_high = number("… and its upper end.", "high")
    in_class = PlaceSerializer(allow_null=True, help_text="Among the best closed scores of its class.")
    among_all = PlaceSerializer(allow_null=True, help_text="Among those of all devices.")
    covered = serializers.IntegerField(help_text="Benchmarks of the common set that compare …")
    of = serializers.IntegerField(help_text="… of so many.")
    system = serializers.SerializerMethodField(help_text="Id of the system; null where there is none.")
    reason = Stated("Why there is no score.")

    @extend_schema_field({"type": "number", "nullable": True})
    def get_score(self, best: DeviceBest) -> float | None:
        return best.score.score if best.score else None

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_system(self, best: DeviceBest) -> int | None:
        return best.row.system.pk if best.row else None


class StrengthSerializer(serializers.Serializer):
    """Where the lowest closed value of the device stands among the lowest closed values of all devices."""

    benchmark = serializers.CharField(source="best.entry.benchmark")
    metric = serializers.CharField(source="best.metric")
    value = serializers.FloatField(source="best.value", help_text="In the unit that ends the metric's name.")
    result = serializers.CharField(source="best.entry.public_id", help_text="Id of the result that it is.")
    group = Stated("What an energy includes and at which supply; it stands among those only.", "group_label")
    in_class = PlaceSerializer()
    among_all = PlaceSerializer()


class NeighbourSerializer(serializers.Serializer):
    """A device that measures alike. A distance is the root mean square of ln(neighbour / device)."""

    device = serializers.CharField(source="slug")
    name = serializers.CharField()
    device_class = serializers.ChoiceField(choices=DeviceClass.choices)
    latency_distance = serializers.FloatField(source="latency.value")
    latency_ratios = serializers.DictField(
        child=serializers.FloatField(), source="latency.ratios", help_text="neighbour / device per benchmark."
    )
    results = serializers.SerializerMethodField(help_text="The neighbour's result per benchmark.")
    energy_distance = serializers.SerializerMethodField(help_text="Null without two comparable energies.")
    energy_group = Stated("The scope and supply of those energies.", "energy_label")
    url = Address("results-api:device", "slug")
    page = Address("results:device", "slug", help_text="The page for people.")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_results(self, row: NeighbourRow) -> dict[str, str]:
        return {benchmark: best.entry.public_id for benchmark, best in row.results.items()}

    @extend_schema_field({"type": "number", "nullable": True})
    def get_energy_distance(self, row: NeighbourRow) -> float | None:
        return row.energy.value if row.energy else None


class RooflineResultSerializer(serializers.Serializer):
    """One measured result below the roofline. Operations count 2 per dense MAC; the bytes are the weights once."""

    result = serializers.CharField(source="entry.public_id")
    benchmark = serializers.CharField(source="entry.benchmark")
    latency_ms = serializers.FloatField()
    macs = serializers.IntegerField()
    moved_bytes = serializers.IntegerField()
    operations_per_byte = serializers.FloatField(source="intensity")
    gops = serializers.FloatField()
    bound_ms = serializers.FloatField(help_text="The least latency that peak and bandwidth allow.")
    share_of_roofline_pct = serializers.FloatField(source="share_pct")
    remark = Stated("Why a share is to be doubted: above 100 % the specifications or the MACs disagree.")


class RooflineSerializer(serializers.Serializer):
    """The roofline of a device from verified statements of its peak and bandwidth, or why there is none."""

    refusal = Stated("Why there is no roofline; null where there is one.")
    peak_gops = serializers.SerializerMethodField(help_text="10⁹ operations per second.")
    peak_source = serializers.SerializerMethodField()
    bandwidth_gb_per_s = serializers.SerializerMethodField()
    bandwidth_source = serializers.SerializerMethodField()
    results = RooflineResultSerializer(many=True)

    @extend_schema_field({"type": "number", "nullable": True})
    def get_peak_gops(self, roofline: DeviceRoofline) -> float | None:
        return roofline.roof.peak_gops if roofline.roof else None

    @extend_schema_field({"type": "string", "nullable": True})
    def get_peak_source(self, roofline: DeviceRoofline) -> str | None:
        return roofline.roof.peak_source if roofline.roof else None

    @extend_schema_field({"type": "number", "nullable": True})
    def get_bandwidth_gb_per_s(self, roofline: DeviceRoofline) -> float | None:
        return roofline.roof.bandwidth_gb_per_s if roofline.roof else None

    @extend_schema_field({"type": "string", "nullable": True})
    def get_bandwidth_source(self, roofline: DeviceRoofline) -> str | None:
        return roofline.roof.bandwidth_source if roofline.roof else None


class GapSerializer(serializers.Serializer):
    """Something that nobody measured or states, in words."""

    name = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()

    def get_name(self, gap: Gap) -> str:
        return gap[0]

    def get_why(self, gap: Gap) -> str:
        return gap[1]


class ShownSerializer(serializers.Serializer):
    """How much of a device the lists hold. All other values are over everything."""

    systems = serializers.IntegerField(help_text="Systems with results that `scores` hold …")
    systems_total = serializers.IntegerField(help_text="… of so many.")
    results_total = serializers.IntegerField()
    rest = Stated("Address of all results where systems are left out, else null.")


class DeviceDetailSerializer(DeviceSerializer):
    """A device with what its sources say, how its systems score, where it stands and what is missing.

    ``context["report"]`` is its :class:`DeviceReport`.
    """

    facts = DeviceFactSerializer(many=True)
    systems = serializers.SerializerMethodField(
        help_text="Ids of the systems that were built with it; where they are many, of those of the greatest latency "
        "scores (see `shown`)."
    )
    scores = serializers.SerializerMethodField(help_text="Those of these systems.")
    shown = serializers.SerializerMethodField(help_text="How many of how many the lists hold.")
    best_scores = serializers.SerializerMethodField()
    strengths = serializers.SerializerMethodField(help_text="By benchmark; closed results only.")
    neighbours = serializers.SerializerMethodField(help_text="Those that share most benchmarks first.")
    roofline = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()

    @property
    def _report(self) -> DeviceReport:
        return self.context["report"]

    def get_systems(self, device: Device) -> list[int]:
        detail = self._report.detail
        if detail.is_whole:  # those without a result too
            return list(device.systems.order_by("pk").values_list("pk", flat=True))
        return sorted(row.system.pk for row in detail.systems)

    @extend_schema_field(ScoreSerializer(many=True))
    def get_scores(self, _device: Device) -> list[dict[str, Any]]:
        rows = sorted(self._report.detail.systems, key=lambda row: row.system.pk)
        scores = [row.scores[metric] for row in rows for metric in sorted(row.scores)]
        return ScoreSerializer(scores, many=True).data

    @extend_schema_field(ShownSerializer)
    def get_shown(self, device: Device) -> dict[str, Any]:
        detail = self._report.detail
        rest = f"{reverse('results-api:results')}?{urlencode({'device': device.slug})}"
        return {
            "systems": len(detail.systems),
            "systems_total": detail.number_of_systems,
            "results_total": detail.counts.results,
            "rest": None if detail.is_whole else rest,
        }

    @extend_schema_field(BestScoreSerializer(many=True))
    def get_best_scores(self, _device: Device) -> list[dict[str, Any]]:
        return BestScoreSerializer(self._report.best, many=True).data

    @extend_schema_field(StrengthSerializer(many=True))
    def get_strengths(self, _device: Device) -> list[dict[str, Any]]:
        return StrengthSerializer(self._report.field.strengths, many=True).data

    @extend_schema_field(NeighbourSerializer(many=True))
    def get_neighbours(self, _device: Device) -> list[dict[str, Any]]:
        return NeighbourSerializer(self._report.field.neighbours, many=True).data

    @extend_schema_field(RooflineSerializer)
    def get_roofline(self, _device: Device) -> dict[str, Any]:
        return RooflineSerializer(self._report.roofline).data

    @extend_schema_field(GapSerializer(many=True))
    def get_missing(self, _device: Device) -> list[dict[str, str]]:
        return GapSerializer(self._report.gaps, many=True).data
