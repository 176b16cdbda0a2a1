"""From a Pareto view to the plot that is drawn: axes, marks, fronts, sentences, and the numbers for the scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from results.charts.scatter import Axis, Point, Scatter, target_place
from results.charts.sentences import Quantity, front_title
from results.domain.metrics import Direction
from results.models import Benchmark, LeaderboardEntry
from results.presentation import NARROW_SPACE, joined, volts_text, whole_number
from results.selectors.pareto import Front, ParetoView, PlotPoint
from results.templatetags.site import device_class_name
from results.views.leaderboard_columns import QUALITY_NAMES

METRIC_NAMES = {"energy": "Energy", "latency": "Latency", "power": "Mean power"}
_AXIS_TITLES = {
    "energy": "energy, µJ per inference",
    "latency": "latency, ms per inference",
    "power": "mean power, mW",
}
_NOUNS = {"energy": ("energy", "µJ"), "latency": ("latency", "ms"), "power": ("power", "mW")}
_QUALITY_NOUNS = {"top1_pct": "accuracy", "auc": "AUC", "fp_fn": "errors"}


def metric_name(name: str, benchmark: Benchmark) -> str:
    """A metric as headings name it; quality by the benchmark's own metric."""
    return QUALITY_NAMES[benchmark.quality_metric][0] if name == "quality" else METRIC_NAMES[name]


def metric_noun(name: str, benchmark: Benchmark) -> str:
    """A metric as the page's title names it: ``accuracy``, ``energy``."""
    return _QUALITY_NOUNS[benchmark.quality_metric] if name == "quality" else METRIC_NAMES[name].lower()


def quantity(name: str, view: ParetoView) -> Quantity:
    """A metric of the view for sentences."""
    metric = view.benchmark.quality_metric
    lower = (view.x_direction if name == view.query.x else view.y_direction) is Direction.LOWER
    if name == "quality":
        label, unit = QUALITY_NAMES[metric]
        return Quantity(label, unit if unit == "%" else "", lower, metric)
    noun, unit = _NOUNS[name]
    return Quantity(noun, unit, lower)


def compared(point: PlotPoint, view: ParetoView) -> bool:
    """Whether a point belongs to the set whose front the plot is about; the others are drawn hollow."""
    division = view.front.division if view.front else point.entry.division
    return point.group == view.group and point.entry.division == division


def scatter_of(
    view: ParetoView, *, labelled: Sequence[str] = (), ringed: str = "", fronts: bool = True
) -> Scatter:
    """The plot of a view. The front is labelled, and ``labelled`` (public ids) too; ``ringed`` is the reference."""
    query = view.query
    front = {point.entry.public_id for point in view.front.points} if view.front and fronts else set()
    ordered = _ordered_fronts(view) if fronts else []
    return Scatter(
        x=_axis(query.x, query.log_x, view.x_direction, view.benchmark),
        y=_axis(query.y, query.log_y, view.y_direction, view.benchmark),
        points=[
            _point(point, view, on_front=point.entry.public_id in front, labelled=labelled, ringed=ringed)
            for point in view.points
        ],
        aria_label=_message(view),
        fronts=[[(point.x, point.y) for point in one.points] for one in ordered],
        power_lines=(query.x, query.y) == ("latency", "energy") and query.log_x and query.log_y,
    )


def _ordered_fronts(view: ParetoView) -> list[Front]:
    """The front that the plot is about, then every other that was taken from at least two results."""
    main = [view.front] if view.front else []
    return main + [front for front in view.fronts if front is not view.front and front.of > 1]


def _axis(name: str, log: bool, direction: Direction, benchmark: Benchmark) -> Axis:
    lower = direction is Direction.LOWER
    if name != "quality":
        return Axis(_AXIS_TITLES[name], lower, log)
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
        hollow=not compared(point, view),
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
    return bool({"energy", "power"} & {x, y}) and entry.supply_voltage_mv is not None


def _message(view: ParetoView) -> str:
    title = plot_title(view)
    count = len(view.front.points) if view.front else 0
    return (
        f"{metric_name(view.query.y, view.benchmark)} against {metric_name(view.query.x, view.benchmark).lower()}, "
        f"{len(view.points)} results. {title}. {count} results form the front. "
        "The table below holds the same numbers."
    )


def plot_title(view: ParetoView) -> str:
    """What the plot shows, as a finding."""
    front = view.front
    x, y = quantity(view.query.x, view), quantity(view.query.y, view)
    title = front_title([(p.x, p.y) for p in front.points], x, y) if front else ""
    if title:
        return title
    if front and front.of > 1:
        return f"{front.points[0].entry.device_short_name} is best in both"
    return f"{metric_name(view.query.y, view.benchmark)} against {metric_name(view.query.x, view.benchmark).lower()}"


def plot_subtitle(view: ParetoView, scatter: Scatter) -> str:
    """What is drawn and how many points, and what the line means."""
    rounds = sorted({(p.entry.round_position, p.entry.round) for p in view.points})
    span = f", {rounds[0][1]} to {rounds[-1][1]}" if len(rounds) > 1 else f", {rounds[0][1]}"
    divisions = joined(
        [name for name in ("closed", "open") if any(p.entry.division == name for p in view.points)]
    )
    parts = [f"{whole_number(len(view.points))} distinct {divisions} results{span}."]
    if view.front:
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


def left_out_sentence(view: ParetoView) -> str:
    """What is not on the plot and why; empty when nothing is left out."""
    if not view.left_out:
        return ""
    parts = [f"{whole_number(item.count)} {item.reason}" for item in view.left_out]
    return f"Left out, or in no front: {'; '.join(parts)}."


def script_payload(view: ParetoView, scatter: Scatter, name: str) -> dict[str, Any]:
    """The same numbers for the interactive plot."""
    return {
        "name": name,
        "x": {"title": scatter.x.title, "log": scatter.x.log},
        "y": {"title": scatter.y.title, "log": scatter.y.log},
        "points": [
            {
                "x": point.x,
                "y": point.y,
                "device_class": point.device_class,
                "class_name": device_class_name(point.device_class),
                "hollow": point.hollow,
                "title": point.title,
            }
            for point in scatter.points
        ],
        "fronts": [
            {"name": f"front, {front.label or front.division}", "points": [[p.x, p.y] for p in front.points]}
            for front in (_ordered_fronts(view) if scatter.fronts else [])
        ],
    }
