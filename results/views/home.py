"""The home page: what this is, the three questions, the state of the field in one plot, the latest round."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from results.charts.scatter import draw
from results.domain.links import CHECK_PAGE, SUBMIT_PAGE
from results.domain.query import to_query_string
from results.models import LeaderboardEntry
from results.presentation import table_number, times_text
from results.selectors.home import HomeView, RoundNews, home_view
from results.selectors.pareto import ParetoView
from results.services.scores import REFERENCE_DEVICE, REFERENCE_DIRECTORY, REFERENCE_ROUND
from results.views.best_table import best_table
from results.views.observations import said
from results.views.panel import address
from results.views.responses import data_page
from results.views.trade_offs import compared, plot_title, scatter_of

HOME_PLOT = (720, 348)
"""Width and height of the wide drawing, which shares the row with the three questions."""


@data_page
def home(request: HttpRequest) -> HttpResponse:
    view = home_view()
    names = {summary.benchmark.pk: summary.benchmark.name for summary in view.benchmarks}
    return render(
        request,
        "results/home.html",
        {
            "view": view,
            "first_round": _first_round(view),
            "doors": _doors(view),
            "best": best_table(view.benchmarks),
            "plot": _plot(view.plot) if view.plot and view.plot.points else None,
            "check_page": CHECK_PAGE,
            "submit_page": SUBMIT_PAGE,
            "news": _news(view.latest) if view.latest else [],
            "findings": [said(one, names) for one in view.observations],
        },
    )


def _first_round(view: HomeView) -> str:
    rounds = [summary.first_round for summary in view.benchmarks if summary.first_round]
    return min(rounds, key=lambda name: [int(part) for part in name.removeprefix("v").split(".")], default="")


def _doors(view: HomeView) -> dict[str, Any]:
    """The choices of the three questions: models with results, devices with results."""
    models = [
        (summary.benchmark.reference_model.slug, str(summary.benchmark.reference_model))
        for summary in view.benchmarks
        if summary.benchmark.reference_model and summary.total
    ]
    return {"models": models, "devices": view.device_choices}


def _plot(plot: ParetoView) -> dict[str, Any]:
    reference = _reference(plot)
    scatter = scatter_of(plot, labelled=[reference, *_thriftiest(plot)], ringed=reference, fronts=False)
    width, height = HOME_PLOT
    drawings = draw(scatter, wide_width=width, wide_height=height)
    return {
        "title": _plot_title(plot),
        "benchmark": plot.benchmark,
        "count": len(plot.points),
        "wide": mark_safe(drawings.wide),
        "narrow": mark_safe(drawings.narrow),
        "classes": sorted({point.device_class for point in scatter.points}),
        "any_hollow": any(point.hollow for point in scatter.points),
        "group_label": plot.group_label,
        "url": address(reverse("results:pareto", args=[plot.benchmark.pk]), to_query_string(plot.query)),
    }


def _reference(plot: ParetoView) -> str:
    """The public id of the reference implementation on the plot; empty when it is not there."""
    wanted = (REFERENCE_ROUND, REFERENCE_DIRECTORY, REFERENCE_DEVICE)
    entries = (point.entry for point in plot.points)
    return next(
        (e.public_id for e in entries if (e.round, e.submitter_directory, e.device_slug) == wanted), ""
    )


def _thriftiest(plot: ParetoView) -> list[str]:
    """The public id of the least energy of each device class, among those that compare."""
    best: dict[str, Any] = {}
    for point in plot.points:
        held = best.get(point.entry.device_class)
        if compared(point, plot) and (held is None or point.y < held.y):
            best[point.entry.device_class] = point
    return [point.entry.public_id for point in best.values()]


def _plot_title(plot: ParetoView) -> str:
    """How far apart the energies of one network lie, among those that compare."""
    energies = [point.y for point in plot.points if compared(point, plot)]
    spread = max(energies) / min(energies) if energies else 1.0
    return f"One network, {times_text(spread)} times the energy" if spread >= 2 else plot_title(plot)


def _news(latest: RoundNews) -> list[dict[str, str]]:
    """One line per record of the round."""
    return [
        {
            "label": f"Fastest {benchmark.pk}",
            "text": _record_text(new, before),
            "url": reverse("results:result", args=[new.public_id]),
            "device": new.device_short_name,
        }
        for benchmark, new, before in latest.records
    ]


def _record_text(new: LeaderboardEntry, before: LeaderboardEntry | None) -> str:
    text = f"({new.submitter_name}): {table_number(new.latency_ms or 0)} ms"
    if before is None:
        return f"{text}, the first"
    return f"{text}, was {table_number(before.latency_ms or 0)} ms ({before.device_short_name})"
