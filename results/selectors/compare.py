"""Runs, systems, devices or models side by side: every value with its band, its ratio to the chosen one, a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from results.analysis.comparing import Answer, Comparison, compare
from results.analysis.derived import (
    DERIVED_METRICS,
    Derived,
    Measured,
    derive,
)
from results.analysis.uncertainty import Spread, Verdict, overall, verdict
from results.domain.comparison import ALL_METRICS, METRICS, ComparisonQuery
from results.domain.metrics import METRICS as MEASURED
from results.domain.metrics import Direction
from results.models import Benchmark, DeviceClass, LeaderboardEntry, NeuralModel
from results.services.pareto_points import direction
from results.services.subjects import spread_of, subject_of

from .compare_evidence import Places, places_of
from .compare_items import Item, load_items
from .compare_traits import Trait, traits
from .result_derived import effective_macs

COSTS = ("latency_ms", "energy_uj_per_inf", "average_power_mw")
_QUALITY = {"top1": ("Top-1", "%"), "auc": ("AUC", ""), "fp_fn": ("False positives and negatives", "count")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. ``spread`` is None where there is none, and ``absent`` then says why.

    ``ratio`` says how many times better than the reference's value, with its band ``low`` to ``high``; None for the
    reference itself, for qualities, and where the two do not compare, which ``comparison`` explains.
    """

    item: Item
    entry: LeaderboardEntry | None
    spread: Spread | None
    absent: str = ""
    comparison: Comparison | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One metric on one benchmark over all items; ``benchmark`` is None for runs of several benchmarks.

    ``derived`` is the id of a derived metric, else empty. ``name`` and ``unit`` are as printed.
    """

    benchmark: Benchmark | None
    metric: str
    name: str
    unit: str
    direction: Direction
    cells: tuple[Cell, ...]
    derived: str = ""


@dataclass(frozen=True, slots=True)
class Overall:
    """One item against the reference over the costs that compare. ``word`` is one of better, undecided, worse, mixed
    and none; ``compared`` of ``of`` pairs of the reference's values compare. ``decided`` are the (metric, benchmark,
    verdict) that compare, without the undecided ones; ``why`` says why nothing compares and is empty otherwise."""

    item: Item
    word: str
    compared: int
    of: int
    decided: tuple[tuple[str, str, Verdict], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """``shared`` are the benchmarks on which every item has a result, ``others`` those of some. ``places`` say where
    the measured values stand in the submitted files."""

    query: ComparisonQuery
    items: tuple[Item, ...]
    reference: Item
    lines: tuple[Line, ...]
    derived: tuple[Line, ...]
    overall: tuple[Overall, ...]
    traits: tuple[Trait, ...]
    shared: tuple[Benchmark, ...]
    others: tuple[Benchmark, ...]
    places: Places

    @property
    def entries(self) -> tuple[LeaderboardEntry, ...]:
        """Every result that is shown, each once."""
        found = {entry.public_id: entry for item in self.items for entry in item.entries.values()}
        return tuple(found.values())


def comparison_view(query: ComparisonQuery) -> ComparisonView:
    """The comparison that ``query`` asks for; QueryError for ids that nothing has. At most seven queries."""
    items = load_items(query)
    reference = next(item for item in items if item.key == query.to)
    benchmarks = {one.pk: one for one in Benchmark.objects.all()}
    macs = dict(NeuralModel.objects.filter(macs__gt=0).values_list("slug", "macs"))
    keys = _line_keys(items, benchmarks)
    lines = [line for key, benchmark in keys for line in _lines(items, reference, key, benchmark, query)]
    derived = [line for key, benchmark in keys for line in _derived(items, reference, key, benchmark, macs)]
    held = {key: sum(key in item.entries for item in items) for key, _ in keys}
    known = [(key, one) for key, one in keys if one is not None]
    return ComparisonView(
        query=query,
        items=items,
        reference=reference,
        lines=tuple(lines),
        derived=tuple(derived),
        overall=tuple(_overall(item, reference, lines) for item in items if item is not reference),
        traits=tuple(traits(items)),
        shared=tuple(one for key, one in known if held[key] == len(items)),
        others=tuple(one for key, one in known if held[key] < len(items)),
        places=places_of(entry for item in items for entry in item.entries.values()),
    )


def _line_keys(items: Sequence[Item], benchmarks: dict[str, Benchmark]) -> list[tuple[str, Benchmark | None]]:
    """(key among the entries of an item, benchmark), in the order of the catalogue."""
    if items[0].kind == "run":
        own = {entry.benchmark for item in items for entry in item.entries.values()}
        return [("", benchmarks[own.pop()] if len(own) == 1 else None)]
    present = {key for item in items for key in item.entries}
    return [(pk, one) for pk, one in benchmarks.items() if pk in present]


def _lines(
    items: Sequence[Item], reference: Item, key: str, benchmark: Benchmark | None, query: ComparisonQuery
) -> Iterator[Line]:
    """The measured metrics of one benchmark. Power stands by itself only where no energy per inference does."""
    entries = [entry for item in items if (entry := item.entries.get(key))]
    for name, metric in METRICS.items():
        if query.metric not in (ALL_METRICS, name):
            continue
        if query.metric == ALL_METRICS and not _is_shown(name, entries):
            continue
        label, unit, better = _described(metric, entries, benchmark)
        own = [_measured(item, key, metric) for item in items]
        yield Line(benchmark, metric, label, unit, better, _compared(own, reference, metric, metric, better))


def _is_shown(name: str, entries: Sequence[LeaderboardEntry]) -> bool:
    if name != "power":
        return True
    return any(entry.average_power_mw and not entry.energy_uj_per_inf for entry in entries)


def _described(
    metric: str, entries: Sequence[LeaderboardEntry], benchmark: Benchmark | None
) -> tuple[str, str, Direction]:
    """Name, unit and direction; a quality is named by the metric of its benchmark, or that all items share."""
    if metric != "quality":
        known = MEASURED[metric]
        return known.name, known.unit, known.direction
    own = {entry.quality_metric for entry in entries if entry.quality_metric}
    if benchmark and not own:
        own = {benchmark.quality_metric.removesuffix("_pct")}
    if len(own) != 1:
        return "Quality", "", Direction.HIGHER
    name = own.pop()
    label, unit = _QUALITY[name]
    return label, unit, direction("top1_pct" if name == "top1" else name)


def _measured(item: Item, key: str, metric: str) -> Cell:
    entry = item.entries.get(key)
    if entry is None:
        return Cell(item, None, None, item.gone or "not run")
    spread = spread_of(entry, metric)
    return Cell(item, entry, spread, "" if spread else _not_measured(item))


def _not_measured(item: Item) -> str:
    """Where one of several results stands for an item, another of them may hold the value."""
    return "not measured in this result" if item.chosen_by else "not measured"


def _derived(
    items: Sequence[Item], reference: Item, key: str, benchmark: Benchmark | None, macs: dict[str, int]
) -> Iterator[Line]:
    """The derived metrics of one benchmark that at least one item has."""
    for metric in DERIVED_METRICS.values():
        cells = [_derived_cell(item, key, metric.id, macs) for item in items]
        if any(cell.spread for cell in cells):
            rule = "energy_uj_per_inf" if metric.needs_energy else "latency_ms"
            compared = _compared(cells, reference, rule, metric.id, metric.direction)
            yield Line(benchmark, metric.id, metric.name, metric.unit, metric.direction, compared, metric.id)


def _derived_cell(item: Item, key: str, metric: str, macs: dict[str, int]) -> Cell:
    entry = item.entries.get(key)
    if entry is None:
        return Cell(item, None, None, item.gone or "not run")
    energy, latency = spread_of(entry, "energy_uj_per_inf"), spread_of(entry, "latency_ms")
    ends = [
        _derive(entry, metric, macs, energy and getattr(energy, end), latency and getattr(latency, end))
        for end in ("value", "low", "high")
    ]
    values = [one.value for one in ends if one.value is not None]
    if ends[0].value is None or len(values) < len(ends):
        return Cell(item, entry, None, ends[0].refusal)
    basis = {one.basis for one in (energy, latency) if one}
    band = Spread(ends[0].value, min(values), max(values), "windows" if basis == {"windows"} else "declared")
    return Cell(item, entry, band)


def _derive(
    entry: LeaderboardEntry, metric: str, macs: dict[str, int], energy: float | None, latency: float | None
) -> Derived:
    measured = Measured(
        energy_uj=energy,
        latency_ms=latency,
        clock_mhz=entry.clock_mhz,
        dense_macs=macs.get(entry.neural_model),
        effective_macs=effective_macs(entry.neural_model),
        top1_pct=entry.quality_value if entry.quality_metric == "top1" else None,
        division=entry.division,
        energy_scope=entry.energy_scope,
        event_based=entry.device_class == DeviceClass.EVENT_BASED,
    )
    return derive(metric, measured)


def _compared(
    cells: Sequence[Cell], reference: Item, rule: str, metric: str, better: Direction
) -> tuple[Cell, ...]:
    """The cells with their ratio to that of ``reference``; ``rule`` is the metric whose rules of comparison hold."""
    base = next(cell for cell in cells if cell.item is reference)
    return tuple(_against(cell, base, rule, metric, better) for cell in cells)


def _against(cell: Cell, base: Cell, rule: str, metric: str, better: Direction) -> Cell:
    if cell is base or cell.entry is None or base.entry is None or not (cell.spread and base.spread):
        return cell
    comparison = compare(rule, subject_of(cell.entry), subject_of(base.entry))
    if comparison.answer is Answer.NOT_COMPARABLE:
        return Cell(cell.item, cell.entry, cell.spread, comparison=comparison)
    decided = verdict(cell.spread, base.spread, better)
    ratio, low, high = (None, None, None) if metric == "quality" else _ratio(cell.spread, base.spread, better)
    return Cell(cell.item, cell.entry, cell.spread, "", comparison, ratio, low, high, decided)


def _ratio(own: Spread, base: Spread, better: Direction) -> tuple[float, float, float]:
    """How many times better ``own`` is, with the least and the greatest ratio that the two bands allow."""
    if better is Direction.LOWER:
        return base.value / own.value, base.low / own.high, base.high / own.low
    return own.value / base.value, own.low / base.high, own.high / base.low


def _overall(item: Item, reference: Item, lines: Iterable[Line]) -> Overall:
    costs = [line for line in lines if line.metric in COSTS]
    of = sum(any(cell.item is reference and cell.spread for cell in line.cells) for line in costs)
    own = [(line, cell) for line in costs for cell in line.cells if cell.item is item]
    verdicts = [cell.verdict for _, cell in own]
    decided = tuple(
        (line.metric, line.benchmark.pk if line.benchmark else "", cell.verdict)
        for line, cell in own
        if cell.verdict not in (None, Verdict.UNDECIDED)
    )
    compared = sum(one is not None for one in verdicts)
    why = "" if compared else _why_none(item, reference, [cell for _, cell in own])
    return Overall(item, overall(verdicts), compared, of, decided, why)


def _why_none(item: Item, reference: Item, costs: Sequence[Cell]) -> str:
    """Why no cost of ``item`` compares with the reference's, in sentences."""
    if item.gone or reference.gone:
        return "One of the two no longer counts."
    if not (item.entries and reference.entries):
        return f"Nobody has published a result of {(reference if item.entries else item).label} here."
    if not item.entries.keys() & reference.entries.keys():
        return "They share no benchmark."
    reasons = [reason for cell in costs if cell.comparison for reason in cell.comparison.reasons]
    return " ".join(dict.fromkeys(reasons)) or "No cost was measured of both."
