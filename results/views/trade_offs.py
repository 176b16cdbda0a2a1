"""From a Pareto view to the plot that is drawn: axes, marks, fronts, sentences, and the numbers for the scripts."""

from __future__ import annotations

from collections.abc import Sequence

from results.charts.regions import Limit
from results.charts.scatter import Axis, Point, Scatter, target_place
from results.charts.sentences import Quantity, front_title
from results.domain.metrics import Direction
from results.domain.parameters import number_text
from results.domain.trade_offs import METRICS
from results.models import Benchmark, LeaderboardEntry
from results.presentation import NARROW_SPACE, joined, volts_text, whole_number
from results.selectors.pareto import Front, ParetoView, PlotPoint
from results.selectors.trade_off_values import Failure, LimitCount
from results.views.leaderboard_columns import QUALITY_NAMES

DRAWN_FRONTS = 6
"""Fronts of one group that a plot draws, each with a dash of its own; the table holds all."""

FRONT_WORDS = {
    "division": "division",
    "class": "device class",
    "device": "device",
    "framework": "framework",
    "supply": "energy scope and supply",
}
NO_BREAK_SPACE = "\u00a0"
_QUALITY_NOUNS = {"top1_pct": "accuracy", "auc": "AUC", "fp_fn": "errors"}


def metric_name(name: str, benchmark: Benchmark) -> str:
    """A metric as headings name it; quality by the benchmark's own metric."""
    return QUALITY_NAMES[benchmark.quality_metric][0] if name == "quality" else METRICS[name].label


def metric_noun(name: str, benchmark: Benchmark) -> str:
    """A metric as the page's title names it: ``accuracy``, ``energy``."""
    return _QUALITY_NOUNS[benchmark.quality_metric] if name == "quality" else METRICS[name].noun


def quantity(name: str, view: ParetoView) -> Quantity:
    """A metric of the view for sentences."""
    metric = view.benchmark.quality_metric
    if name == "quality":
        lower = metric == "fp_fn"
        label, unit = QUALITY_NAMES[metric]
        return Quantity(label, unit if unit == "%" else "", lower, metric)
    return Quantity(METRICS[name].noun, METRICS[name].unit, METRICS[name].direction is Direction.LOWER)


def compared(point: PlotPoint, view: ParetoView) -> bool:
    """Whether a point belongs to a set whose front the plot is about; the others are drawn hollow or faint."""
    division = view.front.division if view.front else point.entry.division
    own_set = point.group == view.group and point.entry.division == division
    return own_set and point.part is not None and not point.fails


def scatter_of(
    view: ParetoView, *, labelled: Sequence[str] = (), ringed: str = "", fronts: bool = True
) -> Scatter:
    """The plot of a view. The fronts that it is about are labelled, and ``labelled`` (public ids) too; ``ringed`` is
    the reference."""
    query = view.query
    ordered = ordered_fronts(view) if fronts else []
    front = {p.entry.public_id for one in drawn_fronts(view) for p in one.points} if fronts else set()
    return Scatter(
        x=_axis(query.x, query.log_x, view.x_direction, view.benchmark),
        y=_axis(query.y, query.log_y, view.y_direction, view.benchmark),
        points=[
            _point(point, view, on_front=point.entry.public_id in front, labelled=labelled, ringed=ringed)
            for point in view.points
        ],
        aria_label=_message(view),
        fronts=[[(point.x, point.y) for point in one.points] for one in ordered],
        front_names=[front.part_label for front in drawn_fronts(view)] if fronts else [],
        lines=query.lines if query.has_lines and query.lines != "none" else "",
        energy_across=query.x == "energy",
        limits=limit_marks(view),
    )


def drawn_fronts(view: ParetoView) -> list[Front]:
    """The fronts that the plot is about, those of most results, at most :data:`DRAWN_FRONTS`."""
    return list(view.main_fronts[:DRAWN_FRONTS])


def ordered_fronts(view: ParetoView) -> list[Front]:
    """The fronts that the plot is about, then those of other sets that were taken from at least two results.

    With a front per class, device or framework the other sets stay out of the drawing: their points are hollow.
    """
    main = drawn_fronts(view)
    if view.query.by != "division":
        return main
    return main + [front for front in view.fronts if front not in main and front.of > 1]


def limit_marks(view: ParetoView) -> list[Limit]:
    """The limits on an axis of the plot, with their words."""
    return [
        Limit(
            on_x=one.metric == view.query.x,
            is_least=one.is_least,
            value=one.limit,
            text=f"{'≥' if one.is_least else '≤'} {limit_text(one, view)}",
        )
        for one in (view.limits.counts if view.limits else ())
        if one.metric in (view.query.x, view.query.y)
    ]


def _axis(name: str, log: bool, direction: Direction, benchmark: Benchmark) -> Axis:
    lower = direction is Direction.LOWER
    if name != "quality":
        return Axis(METRICS[name].axis, lower, log)
    label, unit = QUALITY_NAMES[benchmark.quality_metric]
    target = None if benchmark.quality_metric == "fp_fn" else benchmark.closed_target
    return Axis(f"{label}, {unit}" if unit == "%" else label, lower, log, target)


def _point(
    point: PlotPoint, view: ParetoView, *, on_front: bool, labelled: Sequence[str], ringed: str
) -> Point:
    entry = point.entry
    named = on_front or entry.public_id in labelled
    return Point(
        key=entry.public_id,
        x=point.x,
        y=point.y,
        device_class=entry.device_class,
        title=point_title(point, view),
        hollow=not compared(point, view) and not point.fails,
        faint=bool(point.fails),
        on_front=on_front,
        ringed=entry.public_id == ringed,
        label=f"reference, {entry.round}"
        if entry.public_id == ringed
        else entry.device_short_name
        if named
        else "",
        sublabel=entry.submitter_name if named else "",
    )


def point_title(point: PlotPoint, view: ParetoView) -> str:
    """A result in one line: what it is, both values, and the supply where energy is drawn."""
    entry, query = point.entry, view.query
    who = [entry.device_short_name, entry.software, f"{entry.submitter_name} {entry.round}", entry.division]
    values = [quantity(query.x, view).text(point.x), quantity(query.y, view).text(point.y)]
    supply = [f"at {volts_text(entry.supply_voltage_mv)}"] if _needs_supply(query.x, query.y, entry) else []
    return f"{', '.join(part for part in who if part)}: {', '.join(values + supply)}"


def _needs_supply(x: str, y: str, entry: LeaderboardEntry) -> bool:
    return any(METRICS[name].needs_energy for name in (x, y)) and entry.supply_voltage_mv is not None


def _message(view: ParetoView) -> str:
    title = plot_title(view)
    fronts = view.main_fronts
    count = sum(len(front.points) for front in fronts)
    form = "form the front" if len(fronts) < 2 else f"form the {len(fronts)} fronts"
    return (
        f"{metric_name(view.query.y, view.benchmark)} against {metric_name(view.query.x, view.benchmark).lower()}, "
        f"{len(view.points)} results. {title}. {count} results {form}. "
        "The table below holds the same numbers."
    )


def plot_title(view: ParetoView) -> str:
    """What the plot shows, as a finding."""
    front = view.front
    if view.query.by != "division":
        noun = metric_noun(view.query.x, view.benchmark)
        return f"{metric_name(view.query.y, view.benchmark)} against {noun}, a front per {FRONT_WORDS[view.query.by]}"
    x, y = quantity(view.query.x, view), quantity(view.query.y, view)
    title = front_title([(p.x, p.y) for p in front.points], x, y) if front else ""
    if title:
        return title
    if front and front.of > 1 and len({(point.x, point.y) for point in front.points}) == 1:
        names = list(dict.fromkeys(point.entry.device_short_name for point in front.points))
        return f"{joined(names)} {'is' if len(names) == 1 else 'are'} best in both"
    return f"{metric_name(view.query.y, view.benchmark)} against {metric_name(view.query.x, view.benchmark).lower()}"


def plot_subtitle(view: ParetoView, scatter: Scatter) -> str:
    """What is drawn and how many points, and what the line means."""
    rounds = sorted({(p.entry.round_position, p.entry.round) for p in view.points})
    span = f", {rounds[0][1]} to {rounds[-1][1]}" if len(rounds) > 1 else f", {rounds[0][1]}"
    divisions = joined(
        [name for name in ("closed", "open") if any(p.entry.division == name for p in view.points)]
    )
    parts = [f"{whole_number(len(view.points))} distinct {divisions} results{span}."]
    if view.front and view.query.by != "division":
        parts.append(_parts_sentence(view))
    elif view.front:
        where = f" ({view.front.label})" if view.front.label else ""
        parts.append(
            f"The line joins the {view.front.division} results{where} that no other beats in both; "
            "it steps, because nothing was measured between two devices."
        )
    for axis, values in (
        (scatter.x, [p.x for p in scatter.points]),
        (scatter.y, [p.y for p in scatter.points]),
    ):
        place = target_place(axis, values)
        if place in ("below", "above"):
            unit = f"{NARROW_SPACE}%" if axis.title.endswith("%") else ""
            parts.append(f"The closed target, {axis.target:g}{unit}, lies {place} the axis.")
    return " ".join(parts)


def _parts_sentence(view: ParetoView) -> str:
    """What the lines are when there is one front per class, device, framework or supply."""
    count, drawn = len(view.main_fronts), len(drawn_fronts(view))
    first = f"{view.front.division} results" if view.front else "results"
    where = f" ({view.front.label})" if view.front and view.front.label else ""
    rest = f"; the {drawn} with most results are drawn, the table holds all" if count > drawn else ""
    return (
        f"Each of the {count} lines joins what no other of its {FRONT_WORDS[view.query.by]} beats in both, "
        f"among the {first}{where}{rest}."
        if count > 1
        else f"All {first}{where} have the same {FRONT_WORDS[view.query.by]}: one front."
    )


def left_out_sentence(view: ParetoView) -> str:
    """What is not on the plot and why; empty when nothing is left out."""
    if not view.left_out:
        return ""
    parts = [f"{whole_number(item.count)} {item.reason}" for item in view.left_out]
    return f"Left out, or in no front: {'; '.join(parts)}."


def empty_sentence(view: ParetoView) -> str:
    """Why nothing is drawn: no result is in the view, none meets the limits, or none has both values."""
    if view.total_in_view:
        return f"No result of this view has both metrics. {left_out_sentence(view)}".rstrip()
    if view.limits and view.limits.of:
        return limits_sentence(view).removesuffix(" Fronts hold only these.")
    return (
        "No result of this benchmark passes the filters."
        if view.total_in_benchmark
        else "No result is published."
    )


def limit_text(limit: LimitCount | Failure, view: ParetoView) -> str:
    """A limit with every digit that the reader gave, and its unit."""
    unit = quantity(limit.metric, view).unit
    return f"{number_text(limit.limit)}{NO_BREAK_SPACE if unit else ''}{unit}"


def limits_sentence(view: ParetoView) -> str:
    """The feasible region in words and numbers; empty without a limit."""
    if not view.limits:
        return ""
    parts = []
    for one in view.limits.counts:
        asked = quantity(one.metric, view)
        words = f"{asked.noun} {'at least' if one.is_least else 'at most'} {limit_text(one, view)}"
        counts = [f"{whole_number(one.failing)} fail"] if one.failing else []
        counts += [f"{whole_number(one.not_measured)} not measured"] if one.not_measured else []
        axis = "" if one.metric in (view.query.x, view.query.y) else ", not an axis of this plot"
        parts.append(f"{words}{axis} ({', '.join(counts) or 'none fails'})")
    within, of = whole_number(view.limits.within), whole_number(view.limits.of)
    return f"Feasible region: {within} of {of} results meet {'; '.join(parts)}. Fronts hold only these."
