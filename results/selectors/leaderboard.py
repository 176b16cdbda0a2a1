"""The leaderboard: a page of entries with ranks, ratios and facets; the whole view for exports; pages for the API.

Ratios, the ruler and the best refer to the whole benchmark in the divisions of the view: no other filter moves them.
Ranks count the view. What may not be compared (energies of another scope or supply, qualities on another test set)
stands in the view without a rank and without a ratio, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from django.db import connection

from results.analysis.comparability import ANY, Conditions, comparability, why_not_compared
from results.analysis.ranking import BAND_TOLERANCE, RankBand, ratio, ruler_position
from results.domain.cursor import Cursor
from results.domain.metrics import METRICS, Direction
from results.domain.query import LeaderboardQuery, Problem, QueryError, active_filters
from results.domain.vocabulary import TEXT_SORTS
from results.models import Benchmark, LeaderboardEntry
from results.querysets import VALUE_COLUMNS

from .facets import Facet, counts_without, facets_of
from .snapshot import Part, current_snapshot
from .snapshot.columns import NO_GROUP
from .snapshot.ordered import Bands, OrderedView, Stretch
from .snapshot.view import View, view_of

RATIO_METRICS = {
    "latency": "latency_ms",
    "energy": "energy_uj_per_inf",
    "power": "average_power_mw",
    "throughput": "throughput_inf_per_s",
}
"""Sorts by a cost: they have a best, ratios and a ruler."""

ENTRIES_KEPT = 2000
"""Entries of one benchmark that a process remembers until the data change."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What ratios of one metric refer to. ``entry`` is the best, or the reference that the reader chose.

    ``group`` is the comparison group (see results.analysis.comparability) and ``group_label`` its words, empty when
    all values compare.
    """

    entry: LeaderboardEntry
    value: float
    group: str
    group_label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the page.

    ``rank`` is None in an order that is no ranking, when the value is not measured, and when it is not compared; the
    last says why in ``not_compared``. ``opens_band`` and ``closes_band`` mark the ends of a band of several rows.
    ``ratios`` maps latency, energy, power, throughput to times worse than the baseline (1: equal; None: not measured
    or not compared). ``ruler`` is 0 at the baseline and 1 at four decades from it, None without a ratio.
    """

    entry: LeaderboardEntry
    rank: RankBand | None
    opens_band: bool
    closes_band: bool
    ratios: Mapping[str, float | None]
    ruler: float | None
    not_compared: str


@dataclass(frozen=True, slots=True)
class LeaderboardPage:
    """One page of one view.

    ``first_row`` is the place of the first row in the view, from 1 (0 when empty). ``baselines`` maps the names of
    :data:`RATIO_METRICS` to what their ratios refer to; a metric that nobody measured is absent. ``ruler_metric`` is
    the sorted metric, or latency. ``releases``: for an empty view, how many results each active parameter hides.
    """

    query: LeaderboardQuery
    benchmark: Benchmark
    rows: tuple[Row, ...]
    first_row: int
    total_in_view: int
    total_in_benchmark: int
    direction: Direction
    ruler_metric: str
    baselines: Mapping[str, Baseline]
    view: View
    next_cursor: Cursor | None
    previous_cursor: Cursor | None
    releases: Mapping[str, int]

    @property
    def facets(self) -> tuple[Facet, ...]:
        """What the filters would leave; counted for whoever asks."""
        return facets_of(self.view, self.query)

    @property
    def best(self) -> Baseline | None:
        """The baseline of the ruler."""
        return self.baselines.get(self.ruler_metric)


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries without ranks and facets, as the API pages through them."""

    entries: tuple[LeaderboardEntry, ...]
    next_cursor: Cursor | None
    previous_cursor: Cursor | None


def leaderboard_page(query: LeaderboardQuery) -> LeaderboardPage:
    """The page that ``query`` asks for. ``query.benchmark`` must be set; Benchmark.DoesNotExist when it is unknown,
    :class:`QueryError` when the reference is no result of the benchmark.

    Three queries at most, one more with a reference, and none that reads more entries than the page shows: what counts,
    ranks and bests are taken from is the columnar snapshot. What was read is remembered until the data change.
    """
    part = current_snapshot().part(query.benchmark)
    benchmark = _benchmark(part)
    direction = query.sort_direction(benchmark.quality_metric)
    view = view_of(part, query)
    ordered = view.ordered(query.sort_name, direction)
    stretch = ordered.stretch(query.cursor, query.page_size)
    runs = part.runs[stretch.rows].tolist()
    found = _bests(query, part)
    entries = _entries(part, [*runs, *(run for run, _ in found.values())])
    chosen = _reference(query)
    baselines = (
        _baselines_of_reference(chosen)
        if chosen
        else {
            name: _baseline(entries[run], name, group, chosen=False)
            for name, (run, group) in found.items()
            if run in entries
        }
    )
    bands, group = _bands(query, part, ordered, baselines)
    ruler_metric = query.sort_name if query.sort_name in RATIO_METRICS else "latency"
    found_bands = _bands_around(stretch, bands)
    shown = [(entries[run], *found_bands[k : k + 3]) for k, run in enumerate(runs) if run in entries]
    return LeaderboardPage(
        query=query,
        benchmark=benchmark,
        rows=tuple(_row(entry, around, query, group, baselines, ruler_metric) for entry, *around in shown),
        first_row=stretch.first + 1 if shown else 0,
        total_in_view=len(ordered),
        total_in_benchmark=len(part),
        direction=direction,
        ruler_metric=ruler_metric,
        baselines=baselines,
        view=view,
        next_cursor=_cursor_at(shown[-1][0], query, backwards=False)
        if shown and stretch.after is not None
        else None,
        previous_cursor=_cursor_at(shown[0][0], query, backwards=True) if shown and stretch.first else None,
        releases=_releases(query) if not len(ordered) else {},
    )


def _benchmark(part: Part) -> Benchmark:
    """The benchmark of ``part``; a change of the catalogue is a change of the data."""
    if "benchmark" not in part.kept:
        part.kept["benchmark"] = Benchmark.objects.get(pk=part.benchmark)
    return part.kept["benchmark"]  # type: ignore[return-value]


def _releases(query: LeaderboardQuery) -> dict[str, int]:
    return counts_without(query, [_parameter(name) for name, _ in active_filters(query)])


def _entries(part: Part, runs: Sequence[int]) -> dict[int, LeaderboardEntry]:
    """The entries of ``runs``; one that was deleted since the snapshot was made is left out.

    One query for those that nobody has asked for since the data changed.
    """
    kept: dict[int, LeaderboardEntry] = part.kept.setdefault("entries", {})  # type: ignore[assignment]
    found = {run: entry for run in runs if (entry := kept.get(run)) is not None}
    missing = [run for run in runs if run not in found]
    if missing:
        read = {entry.pk: entry for entry in LeaderboardEntry.objects.raw(_entries_by_run(), [missing])}
        kept.update(read)
        found |= read
        for run in list(kept)[: max(0, len(kept) - ENTRIES_KEPT)]:
            kept.pop(run, None)
    return found


@cache
def _entries_by_run() -> str:
    """Put together once: for thirty rows the ORM takes longer to write its query than the database to answer it."""
    fields = LeaderboardEntry._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return f"SELECT {columns} FROM {LeaderboardEntry._meta.db_table} WHERE run_id = ANY(%s)"  # noqa: S608 - own names


def entry_page(query: LeaderboardQuery, quality_metric: str = "") -> EntryPage:
    """One page of the entries of a view, over all benchmarks when ``query.benchmark`` is None. Two queries at most.

    ``quality_metric`` is the benchmark's; it only matters for ``sort=quality`` (see :func:`quality_metric_of`).
    """
    part = current_snapshot().part(query.benchmark)
    ordered = view_of(part, query).ordered(query.sort_name, query.sort_direction(quality_metric))
    stretch = ordered.stretch(query.cursor, query.page_size)
    runs = part.runs[stretch.rows].tolist()
    found = _entries(part, runs)
    shown = [found[run] for run in runs if run in found]
    return EntryPage(
        entries=tuple(shown),
        next_cursor=_cursor_at(shown[-1], query, backwards=False)
        if shown and stretch.after is not None
        else None,
        previous_cursor=_cursor_at(shown[0], query, backwards=True) if shown and stretch.first else None,
    )


def quality_metric_of(benchmark: str | None) -> str:
    """The quality metric of a benchmark, empty for all benchmarks; Benchmark.DoesNotExist when it is unknown."""
    return Benchmark.objects.values_list("quality_metric", flat=True).get(pk=benchmark) if benchmark else ""


def _cursor_at(entry: LeaderboardEntry, query: LeaderboardQuery, *, backwards: bool) -> Cursor:
    return Cursor(query.sort, (getattr(entry, VALUE_COLUMNS[query.sort_name]),), entry.pk, backwards)


def _parameter(name: str) -> str:
    """The parameter that a chip's name belongs to: ``latency_min`` is one end of ``latency``."""
    return name.removesuffix("_min").removesuffix("_max")


def _bests(query: LeaderboardQuery, part: Part) -> dict[str, tuple[int, str]]:
    """Per metric the run with the best value of the whole benchmark in the divisions of the view, and its group.

    The group is the one with most values; equal values go to the run that was stored first.
    """
    key = ("bests", query.divisions, query.filters.get("supply"), query.filters.get("scope"))
    if key not in part.kept:
        part.kept[key] = {name: best for name in RATIO_METRICS if (best := _best(query, part, name))}
    return part.kept[key]  # type: ignore[return-value]


def _best(query: LeaderboardQuery, part: Part, name: str) -> tuple[int, str] | None:
    column = RATIO_METRICS[name]
    measured = ~np.isnan(part.values[name])
    candidates = view_of(part, LeaderboardQuery(part.benchmark, {"division": query.divisions})).mask()
    if candidates is not None:
        measured &= candidates
    group = _leading_group(column, part, measured, query)
    grouped = part.groups(column)
    if grouped is not None:
        measured &= grouped[0] == (grouped[1].index(group) if group in grouped[1] else len(grouped[1]))
    order = part.order(name, METRICS[column].direction)
    place = int(np.argmax(measured[order])) if len(order) else 0
    return (int(part.runs[order[place]]), group) if len(order) and measured[order[place]] else None


def _reference(query: LeaderboardQuery) -> LeaderboardEntry | None:
    """The entry that the reader chose, None without a choice. One query at most."""
    if query.reference is None:
        return None
    chosen = LeaderboardEntry.objects.filter(public_id=query.reference, benchmark=query.benchmark).first()
    if chosen is None:
        message = f"is no published result of {query.benchmark}; the public id stands on its page and in the exports"
        raise QueryError([Problem("reference", query.reference, message)])
    return chosen


def _baselines_of_reference(reference: LeaderboardEntry) -> dict[str, Baseline]:
    conditions = conditions_of(reference)
    return {
        name: _baseline(reference, name, group, chosen=True)
        for name, column in RATIO_METRICS.items()
        if getattr(reference, column) is not None
        and (group := comparability().group(column, conditions)) is not None
    }


def _baseline(entry: LeaderboardEntry, name: str, group: str, *, chosen: bool) -> Baseline:
    return Baseline(entry, getattr(entry, RATIO_METRICS[name]), group, comparability().label(group), chosen)


def _leading_group(metric: str, part: Part, measured: npt.NDArray[np.bool_], query: LeaderboardQuery) -> str:
    """The comparison group with most values, among those that the filters on supply and scope leave."""
    grouped = part.groups(metric)
    if grouped is None:
        return ANY
    codes, names = grouped
    own = codes[measured]
    numbers = np.bincount(own[own != NO_GROUP], minlength=len(names))
    counts = {name: int(number) for name, number in zip(names, numbers, strict=True) if number}
    wanted = [group for group in counts if _passes(group, query)]
    return max(sorted(wanted or counts or [ANY]), key=lambda group: counts.get(group, 0))


def _passes(group: str, query: LeaderboardQuery) -> bool:
    """Whether values of an energy group can stand in a view that filters on scope or supply."""
    scope, _, supply = group.partition("@")
    scopes = query.filters.get("scope", (scope,))
    nominal = {
        str(comparability().nominal_supply_mv(float(text))) for text in query.filters.get("supply", ())
    }
    return not supply or (scope in scopes and (not nominal or supply in nominal))


def _bands(
    query: LeaderboardQuery, part: Part, ordered: OrderedView, baselines: Mapping[str, Baseline]
) -> tuple[Bands | None, str]:
    """The bands of the view, and the comparison group that is ranked; none for orders that are no ranking."""
    name = query.sort_name
    if name in TEXT_SORTS or name not in (*RATIO_METRICS, "quality"):
        return None, ANY
    if name == "quality":
        metric, tolerance = "top1", 0.0
        group = _leading_group(metric, part, ~np.isnan(part.values[name]), query)
    else:
        metric, tolerance = VALUE_COLUMNS[name], BAND_TOLERANCE
        group = baselines[name].group if name in baselines else ANY
    # Rank 1 is the best in either order.
    return ordered.bands(metric, group, tolerance, turned=query.sort_turned), group


def _bands_around(stretch: Stretch, bands: Bands | None) -> list[RankBand | None]:
    """The bands of the rows of a page, between those of the rows before and after it."""
    rows = [stretch.before, *stretch.rows.tolist(), stretch.after]
    return [bands.of(row) if bands else None for row in rows]


def _row(
    entry: LeaderboardEntry,
    around: Sequence[RankBand | None],
    query: LeaderboardQuery,
    group: str,
    baselines: Mapping[str, Baseline],
    ruler_metric: str,
) -> Row:
    conditions = conditions_of(entry)
    ratios = {name: _ratio(name, entry, conditions, baselines.get(name)) for name in RATIO_METRICS}
    on_ruler = ratios[ruler_metric]
    metric = "top1" if query.sort_name == "quality" else RATIO_METRICS.get(query.sort_name, "")
    measured = bool(metric) and getattr(entry, VALUE_COLUMNS[query.sort_name]) is not None
    before, rank, after = around
    shared = rank is not None and rank.first < rank.last
    return Row(
        entry=entry,
        rank=rank,
        opens_band=shared and before != rank,
        closes_band=shared and after != rank,
        ratios=ratios,
        ruler=ruler_position(on_ruler) if on_ruler is not None else None,
        not_compared=why_not_compared(metric, conditions, group) if measured and group != ANY else "",
    )


def _ratio(
    name: str, entry: LeaderboardEntry, conditions: Conditions, baseline: Baseline | None
) -> float | None:
    column = RATIO_METRICS[name]
    value = getattr(entry, column)
    if baseline is None or value is None or comparability().group(column, conditions) != baseline.group:
        return None
    return ratio(value, baseline.value, METRICS[column].direction)


def conditions_of(entry: LeaderboardEntry) -> Conditions:
    """What decides with which other values those of an entry compare."""
    return Conditions(entry.benchmark, entry.energy_scope, entry.supply_voltage_mv, entry.evaluation_set)
