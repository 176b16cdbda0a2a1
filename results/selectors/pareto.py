"""A Pareto plot: the distinct results of a view on two metrics, one front per division and comparison group.

Fronts are those of the rows that the filters leave. The stored points (results.models.ParetoPoint) are the same
computation without any filter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from results.analysis.comparability import comparability
from results.analysis.pareto import Dominance, dominated_by
from results.domain.metrics import Direction
from results.domain.query import ParetoQuery
from results.models import Benchmark, LeaderboardEntry
from results.querysets import VALUE_COLUMNS
from results.services.pareto_points import conditions, direction

from .facets import Facet, facets


@dataclass(frozen=True, slots=True)
class PlotPoint:
    """One result of the plot.

    ``group`` is its comparison group, None when it compares with nothing (energy scope, supply or test set unknown).
    ``rival`` is the result of the front that beats it; factors and differences are those of x and y (see
    :class:`results.analysis.pareto.Dominance`), 1 and 0 where the two are equal.
    """

    entry: LeaderboardEntry
    x: float
    y: float
    group: str | None
    on_front: bool
    rival: LeaderboardEntry | None
    dominance: Dominance | None


@dataclass(frozen=True, slots=True)
class Front:
    """The front of one division and group, from the best x to the best y. ``of`` counts the points it was taken from."""

    division: str
    group: str
    label: str
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
    plot is about: the one asked for, else the one with most points; None when nothing compares.
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
    total_in_view: int
    total_in_benchmark: int
    facets: tuple[Facet, ...]

    @property
    def front(self) -> Front | None:
        """The front of the group that the plot is about, in the first division that has one."""
        return next((front for front in self.fronts if front.group == self.group), None)


def pareto_view(query: ParetoQuery) -> ParetoView:
    """The plot that ``query`` asks for; Benchmark.DoesNotExist for an unknown benchmark. Four queries."""
    benchmark = Benchmark.objects.get(pk=query.benchmark)
    entries = list(LeaderboardEntry.objects.matching(query).order_by("public_id"))
    quality = benchmark.quality_metric
    directions = tuple(_direction(name, quality) for name in (query.x, query.y))
    drawn = [
        entry
        for entry in entries
        if _value(entry, query.x) is not None and _value(entry, query.y) is not None
    ]
    distinct = [entry for entry in drawn if not entry.duplicate_of]
    sets: dict[tuple[str, str | None], list[LeaderboardEntry]] = defaultdict(list)
    for entry in distinct:
        sets[entry.division, group_of(entry, query)].append(entry)
    points = [
        point for (_, group), members in sets.items() for point in _points(members, group, query, directions)
    ]
    counts = Counter(point.group for point in points if point.group is not None)
    group = query.group or (max(sorted(counts), key=lambda name: counts[name]) if counts else None)
    points.sort(key=lambda point: (point.group != group, not point.on_front, point.x, point.entry.public_id))
    return ParetoView(
        query=query,
        benchmark=benchmark,
        x_direction=directions[0],
        y_direction=directions[1],
        points=tuple(points),
        fronts=tuple(
            sorted(_fronts(points, directions[0]), key=lambda f: (f.group != group, f.division, f.group))
        ),
        group=group,
        group_label=_label(group),
        groups=tuple((name, _label(name), count) for name, count in sorted(counts.items())),
        left_out=tuple(_left_out(entries, drawn, distinct, query, points)),
        total_in_view=len(entries),
        total_in_benchmark=LeaderboardEntry.objects.of_benchmark(benchmark.pk).count(),
        facets=facets(query),
    )


def group_of(entry: LeaderboardEntry, query: ParetoQuery) -> str | None:
    """The comparison group of an entry on both metrics of the plot."""
    metrics = tuple("top1" if name == "quality" else VALUE_COLUMNS[name] for name in (query.x, query.y))
    return comparability().trade_off_group(metrics, conditions(entry))


def _points(
    members: list[LeaderboardEntry], group: str | None, query: ParetoQuery, directions: tuple[Direction, ...]
) -> list[PlotPoint]:
    values = [(_value(entry, query.x), _value(entry, query.y)) for entry in members]
    rivals: list[Dominance | None] = (
        dominated_by(values, directions) if group is not None else [None] * len(members)
    )
    return [
        PlotPoint(
            entry=entry,
            x=float(x),
            y=float(y),
            group=group,
            on_front=group is not None and rival is None,
            rival=members[rival.index] if rival else None,
            dominance=rival,
        )
        for entry, (x, y), rival in zip(members, values, rivals, strict=True)
    ]


def _fronts(points: Iterable[PlotPoint], x_direction: Direction) -> list[Front]:
    sets: dict[tuple[str, str], list[PlotPoint]] = defaultdict(list)
    for point in points:
        if point.group is not None:
            sets[point.entry.division, point.group].append(point)
    sign = -1 if x_direction is Direction.HIGHER else 1
    return [
        Front(
            division=division,
            group=group,
            label=_label(group),
            points=tuple(
                sorted((p for p in members if p.on_front), key=lambda p: (sign * p.x, p.entry.public_id))
            ),
            of=len(members),
        )
        for (division, group), members in sets.items()
    ]


def _left_out(
    entries: list[LeaderboardEntry],
    drawn: list[LeaderboardEntry],
    distinct: list[LeaderboardEntry],
    query: ParetoQuery,
    points: list[PlotPoint],
) -> Iterable[LeftOut]:
    """Why results of the view are not drawn, or drawn without a front; the reasons do not overlap."""
    missing = [entry for entry in entries if _value(entry, query.x) is None or _value(entry, query.y) is None]
    without_x = sum(_value(entry, query.x) is None for entry in missing)
    reasons = [
        (f"without measured {query.x}", without_x),
        (f"without measured {query.y}", len(missing) - without_x),
        ("whose log is identical to one of an earlier round, drawn once", len(drawn) - len(distinct)),
        (
            "drawn and in no front: nobody states what they may be compared with",
            sum(p.group is None for p in points),
        ),
    ]
    return [LeftOut(reason, count) for reason, count in reasons if count]


def _value(entry: LeaderboardEntry, name: str) -> float | None:
    return getattr(entry, VALUE_COLUMNS[name])


def _direction(name: str, quality_metric: str) -> Direction:
    return direction(quality_metric if name == "quality" else VALUE_COLUMNS[name])


def _label(group: str | None) -> str:
    return comparability().label(group) if group else ""
