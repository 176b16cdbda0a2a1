"""The fit finder: every result with what it fails, or why it cannot be judged."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.domain.fit_metrics import FIT_METRICS
from results.selectors.fit import Cell, FitView, front_metrics
from results.selectors.fit_rows import (
    VERDICTS,
    cell_fields,
    judged_matches,
    judgement,
    limit_rows,
    stated_or_none,
)

from .entries import EntrySerializer
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
    """One task on one device, or on all devices: answers by rank, then failures by distance, then the rest."""

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
    results = FitRowSerializer(many=True)


class LeftOutByFilterSerializer(serializers.Serializer):
    """A filter and the results that would come in without it."""

    filter = serializers.CharField()
    results = serializers.IntegerField()


class FitSerializer(serializers.Serializer):
    """One view of the fit finder over measured results. Nothing is projected."""

    objective = serializers.CharField(source="query.objective")
    front_metrics = serializers.SerializerMethodField(
        help_text="What the front is taken over: the objective and the measured metrics that are limited."
    )
    limits = serializers.SerializerMethodField()
    sleep_power_mw = number("As the reader states it.", "query.sleep_power_mw")
    group = Stated("The energies that compare; null where energies do not decide or none was measured.")
    group_label = Stated()
    left_out = serializers.SerializerMethodField(help_text="What each filter alone leaves out.")
    resubmitted = serializers.IntegerField(help_text="Logs that were handed in again; each stands once.")
    cells = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_front_metrics(self, view: FitView) -> list[str]:
        return list(front_metrics(view.query))

    @extend_schema_field(FitLimitSerializer(many=True))
    def get_limits(self, view: FitView) -> list[dict[str, Any]]:
        return FitLimitSerializer(limit_rows(view), many=True).data

    @extend_schema_field(LeftOutByFilterSerializer(many=True))
    def get_left_out(self, view: FitView) -> list[dict[str, Any]]:
        return [{"filter": name, "results": results} for name, results in view.left_out.items()]

    @extend_schema_field(FitCellSerializer(many=True))
    def get_cells(self, view: FitView) -> list[dict[str, Any]]:
        return [_cell(cell, view) for cell in view.cells]


def _cell(cell: Cell, view: FitView) -> dict[str, Any]:
    rows = [
        {**EntrySerializer(match.entry).data, **stated_or_none(judgement(verdict, match, view.query))}
        for verdict, match in judged_matches([cell])
    ]
    return {**stated_or_none(cell_fields(cell, view)), "results": rows}
