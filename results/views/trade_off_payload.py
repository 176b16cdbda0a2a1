"""The numbers of a plot for the scripts: what the interactive plot draws, and what each mark says."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from results.charts.scatter import Point, Scatter
from results.selectors.pareto import ParetoView, PlotPoint
from results.templatetags.site import device_class_name
from results.views.trade_off_words import front_name, point_words
from results.views.trade_offs import drawn_fronts, ordered_fronts


def script_payload(view: ParetoView, scatter: Scatter, name: str) -> dict[str, Any]:
    """Axes, points, fronts and limits of the plot; ``name`` is what its files are called."""
    return {
        "name": name,
        "x": {"title": scatter.x.title, "log": scatter.x.log},
        "y": {"title": scatter.y.title, "log": scatter.y.log},
        "points": [
            _point(mark, point, view) for mark, point in zip(scatter.points, view.points, strict=True)
        ],
        "fronts": [
            {"name": f"front, {front_name(front)}", "points": [[p.x, p.y] for p in front.points]}
            for front in ordered_fronts(view)
        ],
        "main_fronts": len(drawn_fronts(view)),
        "limits": [
            {"on_x": limit.on_x, "value": limit.value, "text": limit.text} for limit in scatter.limits
        ],
    }


def _point(mark: Point, point: PlotPoint, view: ParetoView) -> dict[str, Any]:
    return {
        "key": mark.key,
        "x": mark.x,
        "y": mark.y,
        "device_class": mark.device_class,
        "class_name": device_class_name(mark.device_class),
        "hollow": mark.hollow,
        "faint": mark.faint,
        "title": mark.title,
        "words": point_words(point, view),
        "url": reverse("results:result", args=[mark.key]),
    }
