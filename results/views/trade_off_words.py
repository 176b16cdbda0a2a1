"""What a plot says of one result: by whom it is beaten and by how much, with whom it ties, which limits it fails."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from results.analysis.ranking import BAND_TOLERANCE
from results.charts.sentences import beaten_by, next_step
from results.presentation import joined
from results.selectors.pareto import Front, ParetoView, PlotPoint
from results.selectors.trade_off_values import Failure
from results.views.trade_offs import FRONT_WORDS, NO_BREAK_SPACE, compared, limit_text, quantity

_NAMED_TIES = 3


def next_words(points: Sequence[PlotPoint], k: int, view: ParetoView) -> str:
    """The step from the ``k``-th point of a front to the next one that differs, and who ties with it."""
    here = points[k]
    there = next((p for p in points[k + 1 :] if (p.x, p.y) != (here.x, here.y)), None)
    ties = f"{tie_words(here)}; " if here.ties else ""
    if there is None:
        return f"{ties}end of the front"
    x, y = quantity(view.query.x, view), quantity(view.query.y, view)
    return ties + next_step((here.x, here.y), (there.x, there.y), x, y)


def tie_words(point: PlotPoint) -> str:
    """Who has the same two values: ``the same in both as Board A``."""
    names = [entry.device_short_name for entry in point.ties[:_NAMED_TIES]]
    more = len(point.ties) - len(names)
    return f"the same in both as {joined([*names, f'{more} more'] if more else names)}"


def standing_words(point: PlotPoint, view: ParetoView) -> str:
    """How a result stands that is on no front of the plot: beaten by whom and by how much, or why not compared."""
    if point.fails:
        return f"outside the limits: {'; '.join(failure_words(one, view) for one in point.fails)}"
    if point.group is None:
        return "not compared: supply, scope or test set not stated"
    if point.part is None:
        return f"not compared: {FRONT_WORDS[view.query.by]} not stated"
    if point.rival is None:
        return f"on its own front: {_own_set(point, view)}"
    own = "" if compared(point, view) else f" ({_own_set(point, view)})"
    return f"{point.rival.device_short_name}: {_margin_words(point, view)}{own}"


def point_words(point: PlotPoint, view: ParetoView) -> str:
    """The same as one sentence for the description of a mark."""
    if point.on_front and compared(point, view):
        return f"On the front{', ' + tie_words(point) if point.ties else ''}."
    words = standing_words(point, view)
    return f"Beaten by {words}." if point.rival else f"{words[:1].upper()}{words[1:]}."


def failure_words(failure: Failure, view: ParetoView) -> str:
    """A limit that a result fails and by how much: ``latency 12.7 ms, 1.3 times the limit``."""
    asked = quantity(failure.metric, view)
    if failure.value is None:
        return f"{asked.noun} not measured"
    if asked.is_quality:
        better, worse = sorted((failure.limit, failure.value), reverse=failure.is_least)
        return f"{asked.noun} {asked.text(failure.value)}, {asked.loss(better, worse)}"
    return f"{asked.noun} {asked.text(failure.value)}, limit {limit_text(failure, view)}"


def front_name(front: Front) -> str:
    """A front in legends: its part, else its group, else its division."""
    return front.part_label or front.label or f"{front.division} division"


def _margin_words(point: PlotPoint, view: ParetoView) -> str:
    if point.dominance is None:
        return ""
    dx, dy = point.dominance.differences
    x, y = quantity(view.query.x, view), quantity(view.query.y, view)
    better_x = point.x - dx if x.lower_is_better else point.x + dx
    better_y = point.y - dy if y.lower_is_better else point.y + dy
    how = beaten_by([(x, point.x, better_x), (y, point.y, better_y)])
    return (
        f"{how} (within {100 * BAND_TOLERANCE:g}{NO_BREAK_SPACE}%: undecided)"
        if _is_noise(point, view)
        else how
    )


def _is_noise(point: PlotPoint, view: ParetoView) -> bool:
    """Whether the rival is better by no more than counts as noise in either metric; a quality must be equal."""
    if point.dominance is None:
        return False
    pairs = zip(
        (view.query.x, view.query.y), point.dominance.factors, point.dominance.differences, strict=True
    )
    return all(
        difference == 0 or (name != "quality" and not isnan(factor) and factor <= 1 + BAND_TOLERANCE)
        for name, factor, difference in pairs
    )


def _own_set(point: PlotPoint, view: ParetoView) -> str:
    label = next((label for group, label, _ in view.groups if group == point.group), "")
    parts = [label] if point.group != view.group and label else []
    if view.front and point.entry.division != view.front.division:
        parts.append(f"{point.entry.division} division")
    return ", ".join(parts) or f"{point.entry.division} division"
