"""Leaderboards and Pareto plots: entries with how they stand in one view."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.domain.cursor import Cursor
from results.domain.metrics import METRICS, Direction
from results.domain.trade_offs import METRICS as TRADE_OFFS
from results.selectors.facets import Facet
from results.selectors.leaderboard import RATIO_METRICS, Baseline, LeaderboardPage, Row
from results.selectors.pareto import Front, ParetoView, PlotPoint
from results.selectors.trade_off_values import Failure, LimitCount, column

from .entries import EntrySerializer, entry_data
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
    group = serializers.CharField(
        help_text="The values that compare: any, or an energy scope with its supply in mV."
    )
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
    facets = FacetSerializer(many=True, required=False, help_text="With facets=1 only.")
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


def leaderboard_data(
    page: LeaderboardPage, address: Callable[[Cursor | None], str | None], *, with_facets: bool
) -> dict[str, Any]:
    """What :class:`LeaderboardSerializer` gives, which describes it for the schema, without asking each field."""
    return {
        "benchmark": page.benchmark.pk,
        "sort": page.query.sort,
        "direction": str(page.direction),
        "results_in_view": page.total_in_view,
        "results_in_benchmark": page.total_in_benchmark,
        "baselines": [{"metric": metric, **_baseline(found)} for metric, found in page.baselines.items()],
        **({"facets": [_facet(facet) for facet in page.facets]} if with_facets else {}),
        "next": address(page.next_cursor),
        "previous": address(page.previous_cursor),
        "results": [_ranked(row) for row in page.rows],
    }


def _facet(facet: Facet) -> dict[str, Any]:
    options = [
        {"value": one.raw, "label": one.label, "count": one.count, "active": one.active}
        for one in facet.options
    ]
    return {"name": facet.name, "label": facet.label, "options": options}


def _baseline(found: Baseline) -> dict[str, Any]:
    return {
        "result": found.entry.public_id,
        "value": found.value,
        "group": found.group,
        "chosen": found.chosen,
    }


def _ranked(row: Row) -> dict[str, Any]:
    return {
        **entry_data(row.entry),
        "rank_first": row.rank.first if row.rank else None,
        "rank_last": row.rank.last if row.rank else None,
        "ratio": {name: row.ratios.get(name) for name in RATIO_METRICS},
        "not_compared": row.not_compared or None,
    }


class AxisSerializer(serializers.Serializer):
    """One metric of a trade-off."""

    metric = serializers.CharField(
        help_text="The field of an entry that holds the value; of a derived metric its id."
    )
    unit = Stated("Null for a dimensionless quality.")
    direction = serializers.ChoiceField(choices=["lower", "higher"], help_text="The better end.")
    derived = serializers.BooleanField(help_text="Computed from measured values; see the page on the method.")


class PointSerializer(EntrySerializer):
    """A result on two metrics. Only points of one division and one group compare."""

    x = serializers.FloatField()
    y = serializers.FloatField()
    group = Stated(
        "What it compares with; null: nothing, since its energy scope, supply or test set is not stated."
    )
    on_front = serializers.BooleanField()
    dominated_by = Stated("Id of the result of the front that beats it.")
    x_factor = number("How many times better the dominating result is on x.")
    y_factor = number("How many times better the dominating result is on y.")
    part = Stated("What divides the fronts further, as `by` asks; null: nothing, or not stated.")
    ties_with = serializers.ListField(
        child=serializers.CharField(),
        help_text="Ids of the other results of its front with the same x and y.",
    )
    fails = serializers.ListField(
        child=serializers.CharField(), help_text="The limits that it does not meet, such as latency_max."
    )


class LimitSerializer(serializers.Serializer):
    """One limit of the feasible region. Neither a failing nor an unmeasured result meets it."""

    parameter = serializers.CharField(help_text="Such as latency_max.")
    value = serializers.FloatField()
    failing = serializers.IntegerField()
    not_measured = serializers.IntegerField()


class FrontSerializer(serializers.Serializer):
    """The results of one division, group and part that none other beats on both metrics."""

    division = serializers.CharField()
    group = serializers.CharField()
    label = Stated("The group in words; null when all values compare.")
    part = Stated("The device class, device, framework or supply that the front is of, as `by` asks.")
    of = serializers.IntegerField(help_text="The points that it was taken from.")
    results = serializers.ListField(
        child=serializers.CharField(), help_text="Ids, from the best x to the best y."
    )


class LeftOutSerializer(serializers.Serializer):
    """Results of the view that have no point."""

    reason = serializers.CharField()
    count = serializers.IntegerField()


class ParetoSerializer(serializers.Serializer):
    """One trade-off of one benchmark. Fronts are those of the rows that the filters leave."""

    benchmark = serializers.CharField(source="benchmark.id")
    x = serializers.SerializerMethodField()
    y = serializers.SerializerMethodField()
    group = Stated("The group that the plot is about.")
    results_in_view = serializers.IntegerField(source="total_in_view")
    results_in_benchmark = serializers.IntegerField(source="total_in_benchmark")
    fronts_by = serializers.CharField(source="query.by", help_text="What has a front of its own.")
    fronts = serializers.SerializerMethodField()
    limits = serializers.SerializerMethodField(help_text="The limits of the view, with what fails each.")
    left_out = LeftOutSerializer(many=True)
    facets = FacetSerializer(many=True)
    results = serializers.SerializerMethodField(help_text="Every point; one answer holds them all.")

    @extend_schema_field(AxisSerializer)
    def get_x(self, view: ParetoView) -> dict[str, Any]:
        return _axis(view.query.x, view.x_direction, view)

    @extend_schema_field(AxisSerializer)
    def get_y(self, view: ParetoView) -> dict[str, Any]:
        return _axis(view.query.y, view.y_direction, view)

    @extend_schema_field(FrontSerializer(many=True))
    def get_fronts(self, view: ParetoView) -> list[dict[str, Any]]:
        return [_front(front) for front in view.fronts]

    @extend_schema_field(LimitSerializer(many=True))
    def get_limits(self, view: ParetoView) -> list[dict[str, Any]]:
        return [
            {
                "parameter": _parameter(one),
                "value": one.limit,
                "failing": one.failing,
                "not_measured": one.not_measured,
            }
            for one in (view.limits.counts if view.limits else ())
        ]

    @extend_schema_field(PointSerializer(many=True))
    def get_results(self, view: ParetoView) -> list[dict[str, Any]]:
        return [_point(point) for point in view.points]


def _axis(name: str, direction: Direction, view: ParetoView) -> dict[str, Any]:
    described = TRADE_OFFS[name]
    metric = METRICS.get(view.benchmark.quality_metric if name == "quality" else column(name))
    unit = described.unit if described.derived else metric.unit if metric else ""
    return {
        "metric": column(name),
        "unit": unit or None,
        "direction": str(direction),
        "derived": bool(described.derived),
    }


def _parameter(limit: LimitCount | Failure) -> str:
    return f"{limit.metric}_{'min' if limit.is_least else 'max'}"


def _front(front: Front) -> dict[str, Any]:
    return {
        "division": front.division,
        "group": front.group,
        "label": front.label or None,
        "part": front.part or None,
        "of": front.of,
        "results": [point.entry.public_id for point in front.points],
    }


def _point(point: PlotPoint) -> dict[str, Any]:
    # A factor of a value that is not positive is NaN, which JSON does not have.
    factors = point.dominance.factors if point.dominance else (None, None)
    x_factor, y_factor = (None if factor is None or isnan(factor) else factor for factor in factors)
    return {
        **entry_data(point.entry),
        "x": point.x,
        "y": point.y,
        "group": point.group,
        "on_front": point.on_front,
        "dominated_by": point.rival.public_id if point.rival else None,
        "x_factor": x_factor,
        "y_factor": y_factor,
        "part": point.part or None,
        "ties_with": [other.public_id for other in point.ties],
        "fails": [_parameter(one) for one in point.fails],
    }
