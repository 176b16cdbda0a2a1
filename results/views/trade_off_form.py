"""The form above a plot: axes, division, fronts, limits and lines. All else of the view stands in hidden fields."""

from __future__ import annotations

from typing import Any

from results.domain.metrics import Direction
from results.domain.parameters import Range, number_text
from results.domain.query import to_params
from results.domain.trade_offs import FRONTS_BY, LINES, METRICS
from results.domain.vocabulary import DIVISIONS, TRADE_OFF_METRICS
from results.selectors.pareto import ParetoView
from results.views.trade_offs import FRONT_WORDS, metric_name, quantity

_LINE_WORDS = {"energy-delay": "energy-delay product", "power": "mean power", "none": "none"}


def plot_form(view: ParetoView) -> dict[str, Any]:
    """What the form offers, with what is chosen now."""
    query = view.query
    divisions = query.filters.get("division", ())
    limits = _limit_fields(view)
    offered = {"x", "y", "division", "group", "by", "lines", "outside", "log_x", "log_y"}
    offered |= {field["name"] for field in limits}
    return {
        "metrics": [
            {
                "value": name,
                "label": f"{metric_name(name, view.benchmark)} {_arrow(name, view)}",
                "is_x": name == query.x,
                "is_y": name == query.y,
            }
            for name in TRADE_OFF_METRICS
        ],
        "divisions": [{"value": name, "selected": divisions == (name,)} for name in DIVISIONS],
        "groups": [
            {"value": group, "label": f"{label or 'all results'} ({count})", "selected": group == view.group}
            for group, label, count in view.groups
        ],
        "fronts_by": [
            {"value": name, "label": FRONT_WORDS[name], "selected": name == query.by} for name in FRONTS_BY
        ],
        "lines": [
            {"value": name, "label": _LINE_WORDS[name], "selected": name == query.lines} for name in LINES
        ]
        if query.has_lines
        else [],
        "limit_fields": limits,
        "outside": query.outside,
        "hidden": [(name, value) for name, value in to_params(query) if name not in offered],
    }


def _limit_fields(view: ParetoView) -> list[dict[str, str]]:
    """The end of each range that a constraint names: the greatest cost, the least quality."""
    fields = []
    for name in ("latency", "energy", "quality"):
        asked = quantity(name, view)
        ends = view.query.ranges.get(name, Range())
        value = ends.high if asked.lower_is_better else ends.low
        fields.append(
            {
                "name": f"{name}_{'max' if asked.lower_is_better else 'min'}",
                "label": f"{metric_name(name, view.benchmark)} {'≤' if asked.lower_is_better else '≥'}",
                "unit": asked.unit,
                "value": "" if value is None else number_text(value),
            }
        )
    return fields


def _arrow(name: str, view: ParetoView) -> str:
    if name == "quality":
        return "↓" if view.benchmark.quality_metric == "fp_fn" else "↑"
    return "↓" if METRICS[name].direction is Direction.LOWER else "↑"
