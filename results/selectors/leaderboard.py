"""The leaderboard: a page of entries with ranks, ratios and facets; the whole view for exports; pages for the API.

Ratios, the ruler and the best refer to the whole benchmark in the divisions of the view: no other filter moves them.
Ranks count the view. What may not be compared (energies of another scope or supply, qualities on another test set)
stands in the view without a rank and without a ratio, and says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from results.analysis.comparability import ANY, Conditions, comparability, why_not_compared
from results.analysis.ranking import BAND_TOLERANCE, RankBand, rank_bands, ratio, ruler_position
from results.domain.cursor import Cursor
from results.domain.metrics import METRICS, Direction
from results.domain.query import LeaderboardQuery, Problem, QueryError, active_filters
from results.domain.vocabulary import TEXT_SORTS
from results.models import Benchmark, LeaderboardEntry
from results.querysets import VALUE_COLUMNS

from .facets import Facet, counts_without, facets

RATIO_METRICS = {
    "latency": "latency_ms",
    "energy": "energy_uj_per_inf",
    "power": "average_power_mw",
    "throughput": "throughput_inf_per_s",
}
"""Sorts by a cost: they have a best, ratios and a ruler."""

_VALUES = (
    "run_id", "division", "latency_ms", "energy_uj_per_inf", "average_power_mw", "throughput_inf_per_s",
    "quality_value", "energy_scope", "supply_voltage_mv", "evaluation_set", "benchmark",
)  # fmt: skip
Values = Mapping[str, Any]


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
    facets: tuple[Facet, ...]
    next_cursor: Cursor | None
    previous_cursor: Cursor | None
    releases: Mapping[str, int]

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
    :class:`QueryError` when the reference is no result of the benchmark. Seven queries at most.
    """
    benchmark = Benchmark.objects.get(pk=query.benchmark)
    known = list(LeaderboardEntry.objects.of_benchmark(benchmark.pk).values(*_VALUES))
    page = entry_page(query, benchmark.quality_metric)
    in_view = list(
        LeaderboardEntry.objects.matching(query)
        .in_order(query, benchmark.quality_metric)
        .values_list("pk", flat=True)
    )
    baselines = _baselines(query, known)
    by_pk = {values["run_id"]: values for values in known}
    ranks, group = _ranks(query, benchmark, [by_pk[pk] for pk in in_view], baselines, known)
    ruler_metric = query.sort_name if query.sort_name in RATIO_METRICS else "latency"
    edges = _band_edges(in_view, ranks)
    rows = [_row(entry, ranks, edges, query, group, baselines, ruler_metric) for entry in page.entries]
    names = [_parameter(name) for name, _ in active_filters(query)]
    return LeaderboardPage(
        query=query,
        benchmark=benchmark,
        rows=tuple(rows),
        first_row=in_view.index(page.entries[0].pk) + 1 if page.entries else 0,
        total_in_view=len(in_view),
        total_in_benchmark=len(known),
        direction=query.sort_direction(benchmark.quality_metric),
        ruler_metric=ruler_metric,
        baselines=baselines,
        facets=facets(query),
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        releases=counts_without(query, names) if not in_view else {},
    )


def entry_page(query: LeaderboardQuery, quality_metric: str = "") -> EntryPage:
    """One page of the entries of a view, over all benchmarks when ``query.benchmark`` is None. One query.

    ``quality_metric`` is the benchmark's; it only matters for ``sort=quality`` (see :func:`quality_metric_of`).
    """
    cursor = query.cursor
    backwards = cursor is not None and cursor.backwards
    entries = LeaderboardEntry.objects.matching(query).in_order(query, quality_metric, backwards=backwards)
    if cursor is not None:
        entries = entries.beyond(cursor, query, quality_metric)
    found = list(entries[: query.page_size + 1])
    more = len(found) > query.page_size
    found = found[: query.page_size]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, more) if backwards else (more, cursor is not None)
    return EntryPage(
        entries=tuple(found),
        next_cursor=_cursor_at(found[-1], query, backwards=False) if found and has_next else None,
        previous_cursor=_cursor_at(found[0], query, backwards=True) if found and has_previous else None,
    )


def quality_metric_of(benchmark: str | None) -> str:
    """The quality metric of a benchmark, empty for all benchmarks; Benchmark.DoesNotExist when it is unknown."""
    return Benchmark.objects.values_list("quality_metric", flat=True).get(pk=benchmark) if benchmark else ""


def view_entries(query: LeaderboardQuery) -> Iterator[LeaderboardEntry]:
    """Every entry of the view in its order, read in batches: what an export writes. Two queries."""
    metric = quality_metric_of(query.benchmark)
    return LeaderboardEntry.objects.matching(query).in_order(query, metric).iterator(chunk_size=2000)


EXPORT_COLUMNS = (
    "round", "division", "submitter", "system", "benchmark", "variant", "device", "neural_model", "precision",
    "availability", "latency_ms", "throughput_inf_per_s", "energy_uj_per_inf", "average_power_mw",
    "supply_voltage_mv", "quality_metric", "quality_value", "provenance", "energy_scope", "software", "clock_mhz",
    "device_class", "framework", "deployment_style", "quality_margin", "duplicate_of", "findings", "id",
)  # fmt: skip


def export_rows(query: LeaderboardQuery) -> Iterator[dict[str, str | float | None]]:
    """One dict with the keys :data:`EXPORT_COLUMNS` per entry of the view, in its order, whatever the page.

    Values are as measured; what is not measured or not stated is None. ``findings`` are codes separated by spaces.
    """
    return (_export_row(entry) for entry in view_entries(query))


def _export_row(entry: LeaderboardEntry) -> dict[str, str | float | None]:
    texts = {
        "round": entry.round, "division": entry.division, "submitter": entry.submitter_directory,
        "system": entry.system_label, "benchmark": entry.benchmark, "variant": entry.variant,
        "device": entry.device_slug, "neural_model": entry.neural_model, "precision": entry.precision,
        "availability": entry.availability, "quality_metric": entry.quality_metric, "provenance": entry.provenance,
        "software": entry.software, "device_class": entry.device_class, "framework": entry.framework,
        "deployment_style": entry.deployment_style, "duplicate_of": entry.duplicate_of, "id": entry.public_id,
        "energy_scope": "" if entry.energy_scope == "none" else entry.energy_scope,
        "findings": " ".join(code for code, _ in entry.finding_codes),
    }  # fmt: skip
    numbers = {
        name: getattr(entry, name) for name in EXPORT_COLUMNS if name not in texts and name != "quality_value"
    }
    quality = entry.quality_text if entry.quality_metric == "fp_fn" else entry.quality_value
    row = {name: text or None for name, text in texts.items()} | numbers | {"quality_value": quality}
    return {name: row[name] for name in EXPORT_COLUMNS}


def conditions_of(values: Values) -> Conditions:
    """What decides with which other values those of an entry compare."""
    return Conditions(
        values["benchmark"], values["energy_scope"], values["supply_voltage_mv"], values["evaluation_set"]
    )


def _cursor_at(entry: LeaderboardEntry, query: LeaderboardQuery, *, backwards: bool) -> Cursor:
    return Cursor(query.sort, (getattr(entry, VALUE_COLUMNS[query.sort_name]),), entry.pk, backwards)


def _parameter(name: str) -> str:
    """The parameter that a chip's name belongs to: ``latency_min`` is one end of ``latency``."""
    return name.removesuffix("_min").removesuffix("_max")


def _baselines(query: LeaderboardQuery, known: list[dict[str, Any]]) -> dict[str, Baseline]:
    """The best of each metric over the whole benchmark, or the reference that the reader chose. One query."""
    candidates = [values for values in known if values["division"] in query.divisions]
    found: dict[str, tuple[int, str]] = {}
    for name, column in RATIO_METRICS.items():
        measured = [values for values in candidates if values[column] is not None]
        group = _leading_group(column, measured, query)
        members = [values for values in measured if _group(column, values) == group]
        if members:
            # METRICS knows the direction; equal values go to the run that was stored first.
            sign = -1 if METRICS[column].direction is Direction.HIGHER else 1
            found[name] = (
                min(members, key=lambda values: (sign * values[column], values["run_id"]))["run_id"],
                group,
            )
    entries = LeaderboardEntry.objects.filter(
        Q(pk__in=[pk for pk, _ in found.values()])
        | Q(public_id=query.reference or "", benchmark=query.benchmark)
    )
    by_pk = {entry.pk: entry for entry in entries}
    if query.reference is None:
        return {name: _baseline(by_pk[pk], name, group, chosen=False) for name, (pk, group) in found.items()}
    chosen = next((entry for entry in by_pk.values() if entry.public_id == query.reference), None)
    if chosen is None:
        message = f"is no published result of {query.benchmark}; the public id stands on its page and in the exports"
        raise QueryError([Problem("reference", query.reference, message)])
    return _baselines_of_reference(chosen)


def _baselines_of_reference(reference: LeaderboardEntry) -> dict[str, Baseline]:
    values = {name: getattr(reference, name) for name in _VALUES}
    return {
        name: _baseline(reference, name, group, chosen=True)
        for name, column in RATIO_METRICS.items()
        if values[column] is not None and (group := _group(column, values)) is not None
    }


def _baseline(entry: LeaderboardEntry, name: str, group: str, *, chosen: bool) -> Baseline:
    return Baseline(entry, getattr(entry, RATIO_METRICS[name]), group, comparability().label(group), chosen)


def _group(metric: str, values: Values) -> str | None:
    return comparability().group(metric, conditions_of(values))


def _leading_group(metric: str, measured: Iterable[Values], query: LeaderboardQuery) -> str:
    """The comparison group with most values, among those that the filters on supply and scope leave."""
    counts = Counter(group for values in measured if (group := _group(metric, values)) is not None)
    wanted = [group for group in counts if _passes(group, query)]
    return max(sorted(wanted or counts or [ANY]), key=lambda group: counts[group])


def _passes(group: str, query: LeaderboardQuery) -> bool:
    """Whether values of an energy group can stand in a view that filters on scope or supply."""
    scope, _, supply = group.partition("@")
    scopes = query.filters.get("scope", (scope,))
    nominal = {
        str(comparability().nominal_supply_mv(float(text))) for text in query.filters.get("supply", ())
    }
    return not supply or (scope in scopes and (not nominal or supply in nominal))


def _ranks(
    query: LeaderboardQuery,
    benchmark: Benchmark,
    view: list[dict[str, Any]],
    baselines: Mapping[str, Baseline],
    known: list[dict[str, Any]],
) -> tuple[dict[int, RankBand], str]:
    """The band of each ranked run of the view, and the comparison group that is ranked; none for other orders."""
    name = query.sort_name
    if name in TEXT_SORTS or name not in (*RATIO_METRICS, "quality"):
        return {}, ANY
    column = VALUE_COLUMNS[name]
    if name == "quality":
        group = _leading_group("top1", [v for v in known if v[column] is not None], query)
        metric, tolerance = "top1", 0.0
    else:
        group = baselines[name].group if name in baselines else ANY
        metric, tolerance = column, BAND_TOLERANCE
    ordered = [v for v in view if v[column] is not None and _group(metric, v) == group]
    if query.sort_turned:
        ordered.reverse()  # rank 1 is the best in either order
    bands = rank_bands([v[column] for v in ordered], tolerance)
    return {v["run_id"]: band for v, band in zip(ordered, bands, strict=True) if band}, group


def _band_edges(in_view: list[int], ranks: Mapping[int, RankBand]) -> dict[int, tuple[bool, bool]]:
    """For each run in a band of several: whether the band starts and whether it ends with this row of the view."""
    bands = [ranks.get(pk) for pk in in_view]
    around = zip([None, *bands], in_view, bands, [*bands[1:], None], strict=False)
    return {
        pk: (before != band, after != band)
        for before, pk, band, after in around
        if band is not None and band.first < band.last
    }


def _row(
    entry: LeaderboardEntry,
    ranks: Mapping[int, RankBand],
    edges: Mapping[int, tuple[bool, bool]],
    query: LeaderboardQuery,
    group: str,
    baselines: Mapping[str, Baseline],
    ruler_metric: str,
) -> Row:
    values = {name: getattr(entry, name) for name in _VALUES}
    ratios = {name: _ratio(name, values, baselines.get(name)) for name in RATIO_METRICS}
    on_ruler = ratios[ruler_metric]
    metric = "top1" if query.sort_name == "quality" else RATIO_METRICS.get(query.sort_name, "")
    measured = bool(metric) and values[VALUE_COLUMNS[query.sort_name]] is not None
    opens_band, closes_band = edges.get(entry.pk, (False, False))
    return Row(
        entry=entry,
        rank=ranks.get(entry.pk),
        opens_band=opens_band,
        closes_band=closes_band,
        ratios=ratios,
        ruler=ruler_position(on_ruler) if on_ruler is not None else None,
        not_compared=why_not_compared(metric, conditions_of(values), group)
        if measured and group != ANY
        else "",
    )


def _ratio(name: str, values: Values, baseline: Baseline | None) -> float | None:
    column = RATIO_METRICS[name]
    if baseline is None or values[column] is None or _group(column, values) != baseline.group:
        return None
    return ratio(values[column], baseline.value, METRICS[column].direction)
