"""Leaderboards: entries with their rank and their ratios in one view."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.selectors.leaderboard import RATIO_METRICS, Baseline, LeaderboardPage, Row

from .entries import EntrySerializer
from .fields import Stated, count, number


class RatiosSerializer(serializers.Serializer):
    """How many times worse than the baseline, per metric; 1 is equal, null is not measured or not compared."""

    latency = number()
    energy = number()
    power = number()
    throughput = number()


class RankedEntrySerializer(EntrySerializer):
    """An entry in a view. Rows whose values lie within the noise share a band of ranks."""

    rank_first = count("The first rank of the row's band; null when the order is no ranking of this row.")
    rank_last = count("The last rank of the row's band.")
    ratio = RatiosSerializer()
    not_compared = Stated("Why the row has no rank although it has a value.")


class BaselineSerializer(serializers.Serializer):
    """What the ratios of one metric refer to."""

    metric = serializers.ChoiceField(choices=list(RATIO_METRICS))
    result = serializers.CharField(help_text="Id of the result.")
    value = serializers.FloatField(help_text="In the unit of the metric's field.")
    group = serializers.CharField(help_text="The values that compare: any, or an energy scope with its supply in mV.")
    chosen = serializers.BooleanField(help_text="Whether the reader chose it as the reference.")


class FacetOptionSerializer(serializers.Serializer):
    """One value of a filter and how many results it would leave, all other filters kept."""

    value = serializers.CharField(source="raw")
    label = serializers.CharField()
    count = serializers.IntegerField()
    active = serializers.BooleanField()


class FacetSerializer(serializers.Serializer):
    """One filter with its values."""

    name = serializers.CharField(help_text="The query parameter.")
    label = serializers.CharField()
    options = FacetOptionSerializer(many=True)


class LeaderboardSerializer(serializers.Serializer):
    """One page of one view of a leaderboard."""

    benchmark = serializers.CharField(source="benchmark.id")
    sort = serializers.CharField(source="query.sort")
    direction = serializers.ChoiceField(choices=["lower", "higher"], help_text="The end that stands first.")
    results_in_view = serializers.IntegerField(source="total_in_view")
    results_in_benchmark = serializers.IntegerField(source="total_in_benchmark")
    baselines = serializers.SerializerMethodField()
    facets = FacetSerializer(many=True)
    next = serializers.SerializerMethodField(help_text="The next page; null on the last.")
    previous = serializers.SerializerMethodField(help_text="The page before; null on the first.")
    results = serializers.SerializerMethodField()

    @extend_schema_field(BaselineSerializer(many=True))
    def get_baselines(self, page: LeaderboardPage) -> list[dict[str, Any]]:
        return [{"metric": metric, **_baseline(found)} for metric, found in page.baselines.items()]

    def get_next(self, page: LeaderboardPage) -> str | None:
        return self.context["address"](page.next_cursor)

    def get_previous(self, page: LeaderboardPage) -> str | None:
        return self.context["address"](page.previous_cursor)

    @extend_schema_field(RankedEntrySerializer(many=True))
    def get_results(self, page: LeaderboardPage) -> list[dict[str, Any]]:
        return [_ranked(row) for row in page.rows]


def _baseline(found: Baseline) -> dict[str, Any]:
    return {"result": found.entry.public_id, "value": found.value, "group": found.group, "chosen": found.chosen}


def _ranked(row: Row) -> dict[str, Any]:
    return {
        **EntrySerializer(row.entry).data,
        "rank_first": row.rank.first if row.rank else None,
        "rank_last": row.rank.last if row.rank else None,
        "ratio": {name: row.ratios.get(name) for name in RATIO_METRICS},
        "not_compared": row.not_compared or None,
    }
