"""A Pareto plot: the distinct results of a view on two metrics, one front per division and comparison group.

Fronts are those of the rows that the filters leave, and may be divided further by device class, device, framework or
supply. The stored points (results.models.ParetoPoint) are the same computation without any filter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from results.analysis.comparability import comparability
from results.analysis.pareto import Dominance, dominated_by
from results.domain.metrics import Direction
from results.domain.trade_offs import METRICS, ParetoQuery
from results.models import Benchmark, DeviceClass, LeaderboardEntry
from results.services.pareto_points import direction

from .facets import Facet, facets_of
from .snapshot import current_snapshot
from .snapshot.view import view_of
from .trade_off_columns import thinned
from .trade_off_values import (
    Failure,
    Limits,
    axis_value,
    dense_macs,
    failures,
    group_of,
    limit_counts,
    part_of,
)

_PART_NAMES = {"framework": "framework", "supply": "energy scope or supply"}


@dataclass(frozen=True, slots=True)
class PlotPoint:
    """One result of the plot.

    ``group`` is its comparison group, None when it compares with nothing (energy scope, supply or test set unknown).
    ``part`` is what divides the fronts further (see :attr:`ParetoQuery.by`): empty for nothing, None when not stated.
    ``fails`` are the limits that it does not meet: such a point is in no front. ``rival`` is the result of the front
    that beats it; factors and differences are those of x and y (see :class:`results.analysis.pareto.Dominance`), 1 and
    0 where the two are equal. ``ties`` are the other results of its front with the same two values.
    """

    entry: LeaderboardEntry
    x: float
    y: float
    group: str | None
    part: str | None
    on_front: bool
    rival: LeaderboardEntry | None
    dominance: Dominance | None
    ties: tuple[LeaderboardEntry, ...] = ()
    fails: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Front:
    """The front of one division, group and part, from the best x to the best y.

    ``of`` counts the points it was taken from; ``part_label`` names the part in words, empty for none.
    """

    division: str
    group: str
    label: str
    part: str
    part_label: str
    points: tuple[PlotPoint, ...]
    of: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Results of the view that are not drawn, with the reason in words."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class ParetoView:
    """One plot with its table twin.

    ``points`` stand by group (``group`` first), fronts first, then by x. ``group`` is the comparison group that the
    plot is about: the one asked for, or that with most points where no point is of that one; None when nothing compares. ``limits`` is None
    without a limit; ``total_in_view`` counts the results that meet them.
    """

    query: ParetoQuery
    benchmark: Benchmark
    x_direction: Direction
    y_direction: Direction
    points: tuple[PlotPoint, ...]
    fronts: tuple[Front, ...]
    group: str | None
    group_label: str
    groups: tuple[tuple[str, str, int], ...]
    left_out: tuple[LeftOut, ...]
    limits: Limits | None
    total_in_view: int
    total_in_benchmark: int
    facets: tuple[Facet, ...]

    @property
    def missing_group(self) -> str:
        """The comparison group that was asked for and of which no point is, in words; empty where it has points."""
        asked = self.query.group
        return "" if asked is None or asked == self.group else _label(asked) or "any conditions"

    @property
    def front(self) -> Front | None:
        """The front of the group that the plot is about, in the first division that has one; of several parts the
        one that was taken from most results."""
        return next(iter(self.main_fronts), None)

    @property
    def main_fronts(self) -> tuple[Front, ...]:
        """The fronts of the group and division that the plot is about: one per part, the greatest part first."""
        own = [front for front in self.fronts if front.group == self.group]
        return tuple(front for front in own if front.division == own[0].division)


def pareto_view(query: ParetoQuery) -> ParetoView:
    """The plot that ``query`` asks for; Benchmark.DoesNotExist for an unknown benchmark.

    Fronts and counts are those of all results. Of more than :data:`~results.selectors.trade_off_columns.MOST_POINTS` the fronts are drawn, and of the others
    an even choice; ``left_out`` counts the rest. Three queries, one more with an axis that needs the MACs of the models.
    """
    benchmark = Benchmark.objects.get(pk=query.benchmark)
    macs = dense_macs(query)
    directions = tuple(_direction(name, benchmark.quality_metric) for name in (query.x, query.y))
    part = current_snapshot().part(benchmark.pk)
    few = thinned(query, part, directions, macs)
    shown = replace(query, ranges={}) if query.outside else query
    entries_shown = (
        LeaderboardEntry.objects.filter(pk__in=few.runs) if few else LeaderboardEntry.objects.matching(shown)
    )
    everything = list(entries_shown.order_by("public_id"))
    failed = {entry.pk: failures(entry, query) for entry in everything} if query.outside else {}
    entries = [entry for entry in everything if not failed.get(entry.pk)]
    distinct = _drawn([entry for entry in entries if not entry.duplicate_of], query, macs)
    beyond = _drawn(
        [entry for entry in everything if failed.get(entry.pk) and not entry.duplicate_of], query, macs
    )
    points = _all_points(distinct, query, directions)
    points += [_outside_point(values, query, failed[values[0].pk]) for values in beyond]
    if few:
        counts = few.counts
    else:
        counts = Counter(point.group for point in points if point.group is not None and not point.fails)
    fronts = _fronts(points, query.by, directions[0], few.of if few else {})
    most = max(sorted(counts), key=lambda name: counts[name]) if counts else None
    group = query.group if query.group in counts else most
    points.sort(key=lambda point: _place(point, group))
    return ParetoView(
        query=query,
        benchmark=benchmark,
        x_direction=directions[0],
        y_direction=directions[1],
        points=tuple(points),
        fronts=tuple(sorted(fronts, key=lambda front: _rank(front, group))),
        group=group,
        group_label=_label(group),
        groups=tuple((name, _label(name), count) for name, count in sorted(counts.items())),
        left_out=tuple(LeftOut(*one) for one in few.left_out)
        if few
        else tuple(_left_out(entries, query, macs, points)),
        limits=limit_counts(query),
        total_in_view=few.total if few else len(entries),
        total_in_benchmark=len(part),
        facets=facets_of(view_of(part, query), query),
    )


Values = tuple[LeaderboardEntry, float, float]


def _drawn(entries: list[LeaderboardEntry], query: ParetoQuery, macs: Mapping[str, int]) -> list[Values]:
    """The entries that have both values, with them."""
    found = [(entry, axis_value(entry, query.x, macs), axis_value(entry, query.y, macs)) for entry in entries]
    return [(entry, x, y) for entry, x, y in found if x is not None and y is not None]


def _place(point: PlotPoint, group: str | None) -> tuple[bool, bool, bool, float, str]:
    outside = bool(point.fails)
    return outside, point.group != group, not point.on_front, point.x, point.entry.public_id


def _rank(front: Front, group: str | None) -> tuple[bool, str, str, int, str]:
    return front.group != group, front.division, front.group, -front.of, front.part


def _all_points(
    drawn: list[Values], query: ParetoQuery, directions: tuple[Direction, ...]
) -> list[PlotPoint]:
    """The points that meet every limit, each compared within its own set."""
    sets: dict[tuple[str, str | None, str | None], list[Values]] = defaultdict(list)
    for values in drawn:
        entry = values[0]
        sets[entry.division, group_of(entry, query), part_of(entry, query.by)].append(values)
    return [
        point
        for (_, group, part), members in sets.items()
        for point in _points(members, group, part, directions)
    ]


def _outside_point(values: Values, query: ParetoQuery, failed: tuple[Failure, ...]) -> PlotPoint:
    entry, x, y = values
    return PlotPoint(
        entry=entry,
        x=x,
        y=y,
        group=group_of(entry, query),
        part=part_of(entry, query.by),
        on_front=False,
        rival=None,
        dominance=None,
        fails=failed,
    )


def _points(
    members: list[Values], group: str | None, part: str | None, directions: tuple[Direction, ...]
) -> list[PlotPoint]:
    """The points of one set; without a stated group or part nothing in it compares."""
    compared = group is not None and part is not None
    values = [(x, y) for _, x, y in members]
    rivals: list[Dominance | None] = dominated_by(values, directions) if compared else [None] * len(members)
    same: dict[tuple[float, float], list[LeaderboardEntry]] = defaultdict(list)
    for entry, x, y in members:
        same[x, y].append(entry)
    return [
        PlotPoint(
            entry=entry,
            x=x,
            y=y,
            group=group,
            part=part,
            on_front=compared and rival is None,
            rival=members[rival.index][0] if rival else None,
            dominance=rival,
            ties=tuple(other for other in same[x, y] if other is not entry)
            if compared and rival is None
            else (),
        )
        for (entry, x, y), rival in zip(members, rivals, strict=True)
    ]


def _fronts(
    points: Iterable[PlotPoint],
    by: str,
    x_direction: Direction,
    of: Mapping[tuple[str, str | None, str | None], int],
) -> list[Front]:
    """The fronts of ``points``; ``of`` says of each set how many results it holds, where not all of them are drawn."""
    sets: dict[tuple[str, str, str], list[PlotPoint]] = defaultdict(list)
    for point in points:
        if point.group is not None and point.part is not None and not point.fails:
            sets[point.entry.division, point.group, point.part].append(point)
    sign = -1 if x_direction is Direction.HIGHER else 1
    return [
        Front(
            division=division,
            group=group,
            label=_label(group),
            part=part,
            part_label=_part_label(members[0].entry, by, part),
            points=tuple(
                sorted((p for p in members if p.on_front), key=lambda p: (sign * p.x, p.entry.public_id))
            ),
            of=of.get((division, group, part), len(members)),
        )
        for (division, group, part), members in sets.items()
    ]


def _left_out(
    entries: list[LeaderboardEntry], query: ParetoQuery, macs: Mapping[str, int], points: list[PlotPoint]
) -> Iterable[LeftOut]:
    """Why results of the view are not drawn, or drawn without a front; the reasons do not overlap."""
    without_x = [entry for entry in entries if axis_value(entry, query.x, macs) is None]
    missing_x = {entry.pk for entry in without_x}
    rest = [entry for entry in entries if entry.pk not in missing_x]
    without_y = sum(axis_value(entry, query.y, macs) is None for entry in rest)
    inside = [point for point in points if not point.fails]
    ungrouped = sum(point.group is None for point in inside)
    apart = sum(point.group is not None and point.part is None for point in inside)
    reasons = [
        (f"without {METRICS[query.x].missing}", len(without_x)),
        (f"without {METRICS[query.y].missing}", without_y),
        (
            "whose log is identical to one of an earlier round, drawn once",
            len(rest) - without_y - len(inside),
        ),
        ("drawn and in no front: nobody states what they may be compared with", ungrouped),
        (f"drawn and in no front: nobody states their {_PART_NAMES.get(query.by, query.by)}", apart),
    ]
    return [LeftOut(reason, count) for reason, count in reasons if count]


def _direction(name: str, quality_metric: str) -> Direction:
    return direction(quality_metric) if name == "quality" else METRICS[name].direction


def _label(group: str | None) -> str:
    return comparability().label(group) if group else ""


def _part_label(entry: LeaderboardEntry, by: str, part: str) -> str:
    if by == "class":
        return str(dict(DeviceClass.choices).get(part, part))
    if by == "device":
        return entry.device_short_name
    return _label(part) if by == "supply" else part
