"""Systems ranked by normalised score, against the fixed reference or one that is asked for."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.domain.score_metrics import COMMON_SET, SCORE_METRICS
from results.models import Availability, DeviceClass, Division, Provenance
from results.selectors.scores import ScoreRow, ScoresView

from .fields import Stated, number


def _per_benchmark(name: str, make: Any) -> type[serializers.Serializer]:
    """An object with one field per benchmark of the common set."""
    return type(name, (serializers.Serializer,), {benchmark: make() for benchmark in COMMON_SET})


RatiosSerializer = _per_benchmark(
    "ScoreRatiosSerializer",
    lambda: number("Reference ÷ value, above 1 is better; null where nothing compares."),
)
ScoreValuesSerializer = _per_benchmark(
    "ScoreValuesSerializer", lambda: number("In the unit of the metric; null where it was not measured.")
)
ScoreResultsSerializer = _per_benchmark(
    "ScoreResultsSerializer", lambda: Stated("Id of the result that the value is from.")
)
WeightsSerializer = _per_benchmark("WeightsSerializer", serializers.FloatField)


class ScoreReferenceSerializer(serializers.Serializer):
    """The system that the others stand against."""

    system = serializers.IntegerField(allow_null=True, help_text="Null where the fixed one is not published.")
    name = serializers.CharField(allow_blank=True)
    is_fixed = serializers.BooleanField(help_text="False: the one that `to` names.")


class SystemScoreSerializer(serializers.Serializer):
    """One system. Ranks count the view, and systems of one band share them; a score depends on no filter."""

    rank_first = serializers.IntegerField(allow_null=True, help_text="Null without a score.")
    rank_last = serializers.IntegerField(allow_null=True)
    system = serializers.IntegerField()
    system_name = serializers.CharField(help_text="The system id as submitted.")
    device = serializers.CharField()
    device_name = serializers.CharField()
    device_class = serializers.ChoiceField(choices=DeviceClass.choices)
    software = Stated()
    clock_mhz = number()
    submitter = serializers.CharField()
    submitter_name = serializers.CharField()
    round = serializers.CharField()
    division = serializers.ChoiceField(choices=Division.choices)
    availability = Stated(f"One of {', '.join(Availability.values)}.")
    provenance = serializers.ChoiceField(choices=Provenance.choices)
    score = number("Geometric mean of the ratios; null unless all four compare.")
    score_low = number("The band of what cannot be told apart from the score …")
    score_high = number("… and its upper end.")
    covered = serializers.IntegerField(help_text="Benchmarks of the common set that compare.")
    of = serializers.IntegerField()
    reason = Stated("Why there is no score.")
    ratios = RatiosSerializer()
    values = ScoreValuesSerializer()
    results = ScoreResultsSerializer()
    can_be_reference = serializers.BooleanField(help_text="Whether `to` may name it.")


class ScoresSerializer(serializers.Serializer):
    """Systems by score, the greatest first, then those without one."""

    metric = serializers.ChoiceField(choices=[metric.id for metric in SCORE_METRICS.values()])
    unit = serializers.CharField()
    reference = ScoreReferenceSerializer()
    weights = WeightsSerializer()
    compared_energies = Stated("Scope and supply of the reference's energies; null for other metrics.")
    refusal = Stated("Why there is no score at all.")
    ranked = serializers.IntegerField(help_text="Systems with a score.")
    systems_left_out = serializers.IntegerField(help_text="Systems of which nobody states the metric.")
    next_start = serializers.IntegerField(
        allow_null=True, help_text="The `start` of the rows after these; null: there are none."
    )
    results = serializers.SerializerMethodField()

    @extend_schema_field(SystemScoreSerializer(many=True))
    def get_results(self, document: dict[str, Any]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = SystemScoreSerializer(document["rows"], many=True).data
        return rows


def scores_document(view: ScoresView) -> dict[str, Any]:
    """``view`` as the API writes it."""
    metric = view.query.metric
    document = {
        "metric": metric.id,
        "unit": metric.unit,
        "reference": {
            "system": view.reference.pk if view.reference else None,
            "name": view.reference_name,
            "is_fixed": view.query.to is None,
        },
        "weights": {name: view.query.weight(name) for name in COMMON_SET},
        "compared_energies": view.group_label,
        "refusal": view.refusal,
        "ranked": view.ranked_of,
        "systems_left_out": view.without,
        "next_start": view.next_start,
        "rows": [_row(row) for row in view.rows],
    }
    answer: dict[str, Any] = ScoresSerializer(document).data
    return answer


def _row(row: ScoreRow) -> dict[str, Any]:
    system, score = row.system, row.score
    publication, device = system.publication, system.device
    return {
        "rank_first": row.rank.first if row.rank else None,
        "rank_last": row.rank.last if row.rank else None,
        "system": system.pk,
        "system_name": system.system_id,
        "device": device.slug,
        "device_name": device.name,
        "device_class": device.device_class,
        "software": system.software,
        "clock_mhz": system.computing_clock_mhz,
        "submitter": publication.submitter.slug,
        "submitter_name": publication.submitter.name,
        "round": publication.round_id,
        "division": publication.division,
        "availability": system.availability,
        "provenance": publication.provenance,
        "score": score.value,
        "score_low": score.low,
        "score_high": score.high,
        "covered": score.covered,
        "of": score.of,
        "reason": score.reason,
        "ratios": {name: score.ratios.get(name) for name in COMMON_SET},
        "values": {name: row.values.get(name) for name in COMMON_SET},
        "results": {name: row.results.get(name, "") for name in COMMON_SET},
        "can_be_reference": row.can_refer,
    }
