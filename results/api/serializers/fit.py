"""The fit finder: results with what they fail, or why they cannot be judged."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.domain.analysed_projections import Progress
from results.domain.fit_metrics import FIT_METRICS
from results.selectors.find import Found
from results.selectors.fit import FitView
from results.selectors.fit_cells import Cell, front_metrics
from results.selectors.fit_projected_rows import BASES, MEASURED, group_fields
from results.selectors.fit_rows import (
    VERDICTS,
    cell_fields,
    judged_matches,
    judgement,
    limit_rows,
    stated_or_none,
)

from .entries import EntrySerializer, entry_data
from .fields import Stated, count, number


class FitLimitSerializer(serializers.Serializer):
    """A limit as it was asked for."""

    parameter = serializers.CharField(
        help_text="Such as latency_max, or fps: the device must keep up with it."
    )
    value = serializers.FloatField()
    unit = Stated("Null for a dimensionless quality.")


class FitFailureSerializer(serializers.Serializer):
    """A limit that a result does not meet."""

    limit = serializers.CharField(help_text="The parameter; for fps, value and allowed are ms per inference.")
    unit = Stated("Of value, allowed and excess; null for a dimensionless quality.")
    value = serializers.FloatField()
    allowed = serializers.FloatField()
    excess = serializers.FloatField(help_text="How far the value lies beyond what is allowed.")
    share = serializers.FloatField(
        help_text="The excess as a share of the limit; 0.25 is a quarter beyond it."
    )


class NotKnownSerializer(serializers.Serializer):
    """A metric that decides and cannot be judged: not measured, not stated, or not compared."""

    metric = serializers.ChoiceField(choices=list(FIT_METRICS))
    reason = serializers.CharField()


class FitRowSerializer(EntrySerializer):
    """A result against the limits. A value that is not known never meets a limit and never fails one."""

    verdict = serializers.ChoiceField(choices=VERDICTS)
    rank_first = count("The first rank of its band among what fits; null for what does not.")
    rank_last = count("The last rank of its band.")
    on_front = serializers.BooleanField(
        help_text="No other answer of its division beats it in all metrics of front_metrics."
    )
    objective_value = number("In objective_unit; a value that is not compared is shown and not ranked.")
    energy_delay_uj_ms = number("Derived: energy times latency.")
    inferences_per_joule = number("Derived.")
    power_at_fps_mw = number("Derived: average power at fps with sleep_power in between.")
    ram_kib = number(
        "On the chip, as the source nearest to the vendor states it; only with ram_min or flash_min."
    )
    ram_source = Stated()
    flash_kib = number("On the chip; only with ram_min or flash_min.")
    flash_source = Stated()
    distance = number("The greatest share by which it lies beyond a limit; null where it fails none.")
    fails = FitFailureSerializer(many=True, help_text="The greatest share first.")
    not_known = NotKnownSerializer(many=True)


class FitCellSerializer(serializers.Serializer):
    """One task on one device, or on all devices: answers by rank, then failures by distance, then the rest.

    `results` holds the first 500 of each of the three; the counts, ranks and fronts are those of all.
    """

    benchmark = serializers.CharField()
    models = serializers.ListField(
        child=serializers.CharField(), help_text="Empty for any network of the task."
    )
    device = Stated("Null for all devices.")
    objective_unit = Stated("Null for a dimensionless quality.")
    direction = serializers.ChoiceField(
        choices=["lower", "higher"], help_text="The better end of the objective."
    )
    test_set = Stated("The test set whose qualities compare; null where all do, or quality does not decide.")
    looked_at = serializers.IntegerField(
        help_text="Distinct results that were judged; 0: nobody has published one."
    )
    fits = serializers.IntegerField()
    fails = serializers.IntegerField()
    not_judged = serializers.IntegerField()
    shown = serializers.IntegerField(help_text="How many of looked_at stand in results.")
    results = FitRowSerializer(many=True)


class LeftOutByFilterSerializer(serializers.Serializer):
    """A filter and the results that would come in without it."""

    filter = serializers.CharField()
    results = serializers.IntegerField()


class BandsSerializer(serializers.Serializer):
    """A projected number: the median, and the ends of its 80 and 90 % intervals."""

    value = number("Null where it cannot be projected.")
    low_80 = number("")
    high_80 = number("Null where the interval reaches beyond what the frame rate allows.")
    low_90 = number("")
    high_90 = number("")


class ProjectedMetricSerializer(BandsSerializer):
    """Latency in ms or energy in µJ per inference that nobody measured."""

    basis = serializers.ChoiceField(choices=[name for name in BASES if name != MEASURED])
    reason = Stated("Why there is no value.")


class ProbabilitySerializer(serializers.Serializer):
    """How probably one limit is met, by the log-normal posterior of the projection."""

    limit = serializers.CharField(help_text="The parameter, such as latency_max.")
    probability = serializers.FloatField(help_text="From 0 to 1.")


class MemoryVerdictSerializer(serializers.Serializer):
    """Whether the network fits into a memory, estimated from its file for the toolchain of the system."""

    memory = serializers.ChoiceField(choices=["RAM", "flash"])
    verdict = serializers.ChoiceField(choices=["fits", "borderline", "does not fit"])
    need_low_kib = serializers.FloatField()
    need_kib = serializers.FloatField()
    need_high_kib = serializers.FloatField()
    capacity_kib = serializers.FloatField()
    capacity_of = serializers.ChoiceField(choices=["limit", "device"], help_text="Whose amount is the least.")
    missing_kib = serializers.FloatField(
        help_text="More memory with which it would surely fit; 0 where it does."
    )


class ProjectedRowSerializer(serializers.Serializer):
    """One network on one system where it was not measured. It has no rank and is on no front."""

    basis = serializers.ChoiceField(choices=[name for name in BASES if name != MEASURED])
    reason = Stated("Why it cannot be projected, or does not fit.")
    model = serializers.CharField()
    is_uploaded = serializers.BooleanField(help_text="Whether the network is that of `analysis`.")
    system = serializers.IntegerField()
    device = serializers.CharField()
    device_name = serializers.CharField()
    device_class = serializers.CharField()
    software = Stated()
    clock_mhz = number("")
    round = serializers.CharField()
    division = serializers.CharField()
    submitter = serializers.CharField()
    latency = ProjectedMetricSerializer(allow_null=True, help_text="Null where it was measured.")
    energy = ProjectedMetricSerializer(allow_null=True, help_text="Null where it was measured.")
    measured_latency_ms = number("Where the energy alone is projected.")
    objective = BandsSerializer(
        allow_null=True, help_text="In the unit of the objective; latency for quality."
    )
    probabilities = ProbabilitySerializer(many=True)
    probability_of_all = number(
        "1 without a limit; null where a limit needs an energy that is not projected."
    )
    memory = MemoryVerdictSerializer(
        many=True, help_text="Empty where neither a limit nor the chip bounds it."
    )
    hold_out = Stated("The hold-out class that chose method and bands.")
    anchors = serializers.ListField(
        child=serializers.CharField(),
        help_text="What carries most of it, the heaviest first: ids of results, and `figure:` with the id of a figure published elsewhere.",
    )


class ProjectedGroupSerializer(serializers.Serializer):
    """Projected by probability and objective, then what cannot be projected, then what does not fit."""

    model = Stated("Null for every network.")
    device = Stated("Null for every device.")
    projected = serializers.IntegerField()
    cannot_project = serializers.IntegerField()
    does_not_fit = serializers.IntegerField()
    results = ProjectedRowSerializer(many=True)


class FitProjectionsSerializer(serializers.Serializer):
    """What nobody measured. For an `analysis` the numbers come once `progress` is done."""

    progress = serializers.ChoiceField(choices=[str(one) for one in Progress])
    reason = Stated("Why nothing of the analysed model can be projected.")
    measured_as = Stated(
        "The reference network that the analysed model counts like; its results stand in cells."
    )
    not_judged_by = serializers.ListField(
        child=serializers.CharField(), help_text="Limits and filters that say nothing of a projection."
    )
    groups = ProjectedGroupSerializer(many=True)


class FitCsvRowSerializer(FitRowSerializer):
    """A row of CSV: a judged result, or a projection, which has no id, verdict or rank."""

    basis = serializers.ChoiceField(choices=BASES)
    latency_low_80_ms = number()
    latency_high_80_ms = number()
    latency_low_90_ms = number()
    latency_high_90_ms = number()
    energy_low_80_uj = number()
    energy_high_80_uj = number()
    energy_low_90_uj = number()
    energy_high_90_uj = number()
    probability_of_all = number("Of meeting every limit.")
    probabilities = ProbabilitySerializer(many=True)
    memory = MemoryVerdictSerializer(many=True)
    hold_out = Stated()
    anchors = serializers.ListField(child=serializers.CharField())
    reason = Stated()


class FitSerializer(serializers.Serializer):
    """One view of the fit finder: measured results in cells, and apart from them what is projected."""

    objective = serializers.CharField(source="view.query.objective")
    front_metrics = serializers.SerializerMethodField(
        help_text="What the front is taken over: the objective and the measured metrics that are limited."
    )
    limits = serializers.SerializerMethodField()
    sleep_power_mw = number("As the reader states it.", "view.query.sleep_power_mw")
    group = Stated(
        "The energies that compare; null where energies do not decide or none was measured.", "view.group"
    )
    group_label = Stated(source="view.group_label")
    left_out = serializers.SerializerMethodField(help_text="What each filter alone leaves out.")
    resubmitted = serializers.IntegerField(
        source="view.resubmitted", help_text="Logs that were handed in again; each stands once."
    )
    cells = serializers.SerializerMethodField()
    projections = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_front_metrics(self, found: Found) -> list[str]:
        return list(front_metrics(found.view.query))

    @extend_schema_field(FitLimitSerializer(many=True))
    def get_limits(self, found: Found) -> list[dict[str, Any]]:
        return FitLimitSerializer(limit_rows(found.view), many=True).data

    @extend_schema_field(LeftOutByFilterSerializer(many=True))
    def get_left_out(self, found: Found) -> list[dict[str, Any]]:
        return [{"filter": name, "results": results} for name, results in found.view.left_out.items()]

    @extend_schema_field(FitCellSerializer(many=True))
    def get_cells(self, found: Found) -> list[dict[str, Any]]:
        return [_cell(cell, found.view) for cell in found.view.cells]

    @extend_schema_field(FitProjectionsSerializer)
    def get_projections(self, found: Found) -> dict[str, Any]:
        projected = found.projected
        return {
            "progress": str(projected.progress),
            "reason": projected.reason or None,
            "measured_as": (projected.uploaded.measured_as or None) if projected.uploaded else None,
            "not_judged_by": list(projected.ignored),
            "groups": [stated_or_none(group_fields(group, projected)) for group in projected.groups],
        }


def _cell(cell: Cell, view: FitView) -> dict[str, Any]:
    rows = [
        {**entry_data(match.entry), **stated_or_none(judgement(verdict, match, view.query))}
        for verdict, match in judged_matches([cell])
    ]
    return {**stated_or_none(cell_fields(cell, view)), "results": rows}
