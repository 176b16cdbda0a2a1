"""Pivots: stacks on one device, boards of one software, rounds, operating points; each value beside another."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.analysis.comparing import Answer
from results.analysis.pivots import Beside, Break, BreakKind, same_supply
from results.analysis.uncertainty import Verdict
from results.domain.metrics import METRICS
from results.domain.pivots import COLUMNS
from results.selectors.device_history import BenchmarkHistory, HistoryPoint, HistoryView
from results.selectors.operating_points import OperatingPointsView, PointView
from results.selectors.pivots import Cell, SystemRow, SystemsView

from .entries import EntrySerializer
from .fields import Stated, number


class ConditionDifferenceSerializer(serializers.Serializer):
    """A condition in which two results differ, as printed."""

    field = serializers.CharField()
    label = serializers.CharField()
    left = serializers.CharField(help_text="Of this result.")
    right = serializers.CharField(help_text="Of the other result.")


class BesideSerializer(serializers.Serializer):
    """A value beside another. All null or empty where one of the two was not measured, or where there is no other."""

    answer = serializers.ChoiceField(
        choices=[answer.value for answer in Answer], allow_null=True, help_text="Whether the two compare."
    )
    times_better = number("Above 1 is better than the other; null for qualities and where nothing compares.")
    verdict = serializers.ChoiceField(
        choices=[verdict.value for verdict in Verdict],
        allow_null=True,
        help_text="undecided: the bands of the two values overlap.",
    )
    differences = ConditionDifferenceSerializer(many=True)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why the two do not compare.")


class ComparedEntrySerializer(EntrySerializer):
    """The best result of a system on a benchmark, beside that of the chosen system."""

    of = serializers.IntegerField(help_text="Results of the system on this benchmark.")
    chosen = serializers.BooleanField(help_text="Whether it belongs to the chosen system.")
    against_chosen = BesideSerializer()


class SystemVerdictSerializer(serializers.Serializer):
    """One system over all benchmarks."""

    system = serializers.IntegerField()
    chosen = serializers.BooleanField()
    verdict = serializers.CharField(help_text="better, undecided, worse, mixed; none where nothing compares.")


class SystemsSerializer(serializers.Serializer):
    """Systems side by side."""

    metric = serializers.CharField(source="column")
    unit = serializers.SerializerMethodField()
    to = serializers.SerializerMethodField(help_text="The chosen system; null where none has the metric.")
    systems = serializers.SerializerMethodField()
    systems_left_out = serializers.IntegerField(
        source="left_out", help_text="Systems of older rounds beyond what one answer holds."
    )
    results = serializers.SerializerMethodField()

    def get_unit(self, view: SystemsView) -> str:
        return METRICS[view.column].unit

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_to(self, view: SystemsView) -> int | None:
        return view.chosen.entry.system_id if view.chosen else None

    @extend_schema_field(SystemVerdictSerializer(many=True))
    def get_systems(self, view: SystemsView) -> list[dict[str, Any]]:
        return [
            {"system": row.entry.system_id, "chosen": row.chosen, "verdict": row.verdict} for row in view.rows
        ]

    @extend_schema_field(ComparedEntrySerializer(many=True))
    def get_results(self, view: SystemsView) -> list[dict[str, Any]]:
        order = [benchmark.pk for benchmark in view.benchmarks]
        return [_compared(row, row.cells[name]) for row in view.rows for name in order if name in row.cells]


class SoftwareSerializer(serializers.Serializer):
    """A framework, without its versions."""

    slug = Stated("Null where the name gives no address.")
    name = serializers.CharField()
    results = serializers.IntegerField()
    with_energy = serializers.IntegerField()
    devices = serializers.IntegerField()
    versions = serializers.IntegerField(help_text="How many labels it goes by, such as X-CUBE-AI 7.3.0.")
    first_round = serializers.CharField()
    last_round = serializers.CharField()


class SoftwareListSerializer(serializers.Serializer):
    """Every framework that published results name."""

    results_without_software = serializers.IntegerField(help_text="Results that name no framework.")
    results = SoftwareSerializer(many=True)


class HistoryPointSerializer(EntrySerializer):
    """A result on the line of its submitter, framework, division and clock."""

    value = serializers.FloatField(help_text="Of the metric, in its unit.")
    value_low = serializers.FloatField(help_text="The lower end of its band.")
    value_high = serializers.FloatField(help_text="The upper end of its band.")
    line = serializers.IntegerField(help_text="Lines are counted from 1 within a benchmark.")
    on_line = serializers.BooleanField(
        help_text="False: another result of this line and round is better, and stands for it."
    )
    previous = Stated("Id of the result before it on the line; null for the first.")
    against_previous = BesideSerializer()


class BreakSerializer(serializers.Serializer):
    """A boundary between neighbouring rounds of this device."""

    benchmark = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in BreakKind],
        help_text="complete: no value crosses; partial: some do not; not-stated: values are compared, though the "
        "official table does not state that the two versions compare.",
    )
    reasons = serializers.ListField(child=serializers.CharField())


class NotMeasuredSerializer(serializers.Serializer):
    """Results of a benchmark in which the metric was not measured."""

    benchmark = serializers.CharField()
    count = serializers.IntegerField()


class HistorySerializer(serializers.Serializer):
    """One device over the rounds."""

    device = serializers.CharField(source="device.slug")
    metric = serializers.SerializerMethodField()
    rounds = serializers.SerializerMethodField(help_text="All rounds with results, oldest first.")
    breaks = serializers.SerializerMethodField()
    not_measured = serializers.SerializerMethodField()
    results_left_out = serializers.IntegerField(
        source="left_out", help_text="Results of older rounds beyond what one answer holds."
    )
    results = serializers.SerializerMethodField()

    def get_metric(self, view: HistoryView) -> str:
        return COLUMNS[view.query.metric]

    def get_rounds(self, view: HistoryView) -> list[str]:
        return [held.pk for held in view.rounds]

    @extend_schema_field(BreakSerializer(many=True))
    def get_breaks(self, view: HistoryView) -> list[dict[str, Any]]:
        return [_break(history, found) for history in view.benchmarks for found in history.breaks]

    @extend_schema_field(NotMeasuredSerializer(many=True))
    def get_not_measured(self, view: HistoryView) -> list[dict[str, Any]]:
        return [
            {"benchmark": history.benchmark.pk, "count": history.without_value}
            for history in view.benchmarks
            if history.without_value
        ]

    @extend_schema_field(HistoryPointSerializer(many=True))
    def get_results(self, view: HistoryView) -> list[dict[str, Any]]:
        return [_history_point(point) for history in view.benchmarks for point in history.points]


class OperatingPointSerializer(EntrySerializer):
    """A result beside the first point of its curve: the same device and software at another clock or supply."""

    curve = serializers.IntegerField(
        help_text="Curves are counted from 1; a curve of one point has no neighbour."
    )
    first = serializers.CharField(
        help_text="Id of the first point of the curve: the lowest clock and supply."
    )
    latency = BesideSerializer()
    energy = BesideSerializer()
    same_supply_as_first = serializers.BooleanField(help_text="False also where a supply is not stated.")


class OperatingPointsSerializer(serializers.Serializer):
    """Latency against energy at the operating points of one device."""

    device = serializers.CharField(source="device.slug")
    benchmark = serializers.SerializerMethodField(help_text="Null where no benchmark has a point.")
    resubmitted = serializers.IntegerField(help_text="Results left out: their log was handed in before.")
    without_energy = serializers.IntegerField(
        help_text="Results left out: latency or energy was not measured."
    )
    results = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "nullable": True})
    def get_benchmark(self, view: OperatingPointsView) -> str | None:
        return view.benchmark.pk if view.benchmark else None

    @extend_schema_field(OperatingPointSerializer(many=True))
    def get_results(self, view: OperatingPointsView) -> list[dict[str, Any]]:
        return [
            _operating_point(number_of, curve[0], point)
            for number_of, curve in enumerate(view.curves, start=1)
            for point in curve
        ]


def _beside(beside: Beside | None) -> dict[str, Any]:
    if beside is None:
        return {"answer": None, "times_better": None, "verdict": None, "differences": [], "reasons": []}
    comparison = beside.comparison
    return {
        "answer": comparison.answer.value,
        "times_better": beside.times_better,
        "verdict": beside.verdict.value if beside.verdict is not None else None,
        "differences": ConditionDifferenceSerializer(comparison.differences, many=True).data,
        "reasons": list(comparison.reasons),
    }


def _compared(row: SystemRow, cell: Cell) -> dict[str, Any]:
    return {
        **EntrySerializer(cell.entry).data,
        "of": cell.of,
        "chosen": row.chosen,
        "against_chosen": _beside(cell.beside),
    }


def _break(history: BenchmarkHistory, found: Break) -> dict[str, Any]:
    return {
        "benchmark": history.benchmark.pk,
        "before": found.before,
        "after": found.after,
        "kind": found.kind.value,
        "reasons": list(found.reasons),
    }


def _history_point(point: HistoryPoint) -> dict[str, Any]:
    value = point.sample.value
    return {
        **EntrySerializer(point.entry).data,
        "value": value.value,
        "value_low": value.low,
        "value_high": value.high,
        "line": point.line + 1,
        "on_line": point.on_line,
        "previous": point.step.before.subject.public_id if point.step else None,
        "against_previous": _beside(point.step.beside if point.step else None),
    }


def _operating_point(curve: int, first: PointView, point: PointView) -> dict[str, Any]:
    return {
        **EntrySerializer(point.entry).data,
        "curve": curve,
        "first": first.entry.public_id,
        "latency": _beside(point.latency),
        "energy": _beside(point.energy),
        "same_supply_as_first": same_supply(first.point.subject, point.point.subject),
    }
