"""Operating points of one chip: what a faster clock or a higher supply costs, as a curve and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from results.analysis.pivots import same_supply
from results.api.serializers.pivots import OperatingPointSerializer, OperatingPointsSerializer
from results.charts.curves import CurvePoint, CurvesChart, draw_curves
from results.charts.scatter import Axis
from results.charts.series import series_glyph
from results.domain.parameters import QueryError, query_string
from results.domain.pivots import parse_operating_points_query, to_params
from results.domain.vocabulary import DIVISIONS
from results.models import Benchmark, Device, LeaderboardEntry
from results.presentation import Cell, aligned_column, table_number
from results.selectors.operating_points import OperatingPointsView, PointView, operating_points_of
from results.views.panel import address
from results.views.pivot_cells import BesideText, Notes, beside_text, canonical_redirect, data_answer
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import data_page
from results.views.tables import energy_note


@dataclass(frozen=True, slots=True)
class PointRow:
    """One operating point of the table."""

    view: PointView
    clock: str
    glyph: SafeString
    supply: str
    latency: Cell
    energy: Cell
    latency_beside: BesideText | None
    energy_beside: BesideText | None


@dataclass(frozen=True, slots=True)
class CurveGroup:
    """The rows of one curve under what they share."""

    name: str
    rows: tuple[PointRow, ...]


@data_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The operating points of one device."""
    path = reverse("results:operating-points", args=[slug])
    try:
        query = parse_operating_points_query(parameters(request), _benchmark_ids())
        if redirect := canonical_redirect(request, address(path, query_string(to_params(query)))):
            return redirect
        view = operating_points_of(slug, query)
    except QueryError as error:
        return problem_page(request, error)
    except Device.DoesNotExist as error:
        raise Http404(f"no device {slug}") from error
    return render(request, "results/pivot_operating_points.html", _context(view, path))


@data_page
def data(request: HttpRequest, slug: str, data_format: str) -> HttpResponse:
    """The same as JSON or CSV."""
    try:
        query = parse_operating_points_query(parameters(request), _benchmark_ids())
        view = operating_points_of(slug, query)
    except QueryError as error:
        return problem_data(error)
    except Device.DoesNotExist as error:
        raise Http404(f"no device {slug}") from error
    page_url = address(reverse("results:operating-points", args=[slug]), query_string(to_params(query)))
    document = OperatingPointsSerializer(view).data
    return data_answer(data_format, document, OperatingPointSerializer, f"{slug}-operating-points", page_url)


def _context(view: OperatingPointsView, path: str) -> dict[str, Any]:
    notes, slug = Notes(), view.device.slug
    asked = query_string(to_params(view.query))
    name = view.device.short_name or view.device.name
    drawings = draw_curves(_chart(view, name)) if view.curves else None
    return {
        "view": view,
        "name": name,
        "cited": [point.entry for curve in view.curves for point in curve],
        "crumbs": [
            ("Devices", reverse("results:devices")),
            (name, view.device.get_absolute_url()),
            ("Operating points", ""),
        ],
        "wide": mark_safe(drawings.wide if drawings else ""),  # our own drawing, every text in it escaped
        "narrow": mark_safe(drawings.narrow if drawings else ""),
        "supplies": [(_glyph(position), text) for position, text in enumerate(_supplies(view))],
        "groups": _groups(view, notes),
        "notes": list(notes),
        "benchmarks": [(benchmark.pk, benchmark.name, benchmark == view.benchmark) for benchmark in view.benchmarks],
        "divisions": [(division, division == view.query.division) for division in DIVISIONS],
        "action": path,
        "csv_url": address(reverse("results:operating-points-data", args=[slug, "csv"]), asked),
        "json_url": address(reverse("results:operating-points-data", args=[slug, "json"]), asked),
        "api_url": address(f"/api/v1/devices/{slug}/operating-points/", asked),
    }  # fmt: skip


def _benchmark_ids() -> tuple[str, ...]:
    return tuple(Benchmark.objects.values_list("pk", flat=True))


def _supplies(view: OperatingPointsView) -> list[str]:
    """Every scope and supply of the points; each has a shape of its own."""
    return sorted({energy_note(point.entry) for curve in view.curves for point in curve})


def _glyph(position: int) -> SafeString:
    return mark_safe(series_glyph(position))  # built from constants


def _clock(entry: LeaderboardEntry) -> str:
    return f"{table_number(entry.clock_mhz)} MHz" if entry.clock_mhz else "clock not stated"


def _chart(view: OperatingPointsView, name: str) -> CurvesChart:
    shapes = {text: position for position, text in enumerate(_supplies(view))}
    points = sum(len(curve) for curve in view.curves)
    return CurvesChart(
        x=Axis("Latency, ms", lower_is_better=True, log=True),
        y=Axis("Energy, µJ per inference", lower_is_better=True, log=True),
        curves=[_curve(curve, shapes) for curve in view.curves],
        aria_label=f"Energy against latency at {points} operating points of {name}; {view.joined} of "
        f"{len(view.curves)} systems were measured at more than one",
    )


def _curve(curve: Sequence[PointView], shapes: dict[str, int]) -> list[CurvePoint]:
    return [
        CurvePoint(
            x=point.point.latency.value,
            y=point.point.energy.value,
            shape=shapes[energy_note(point.entry)],
            label=f"{_clock(point.entry)}, {point.entry.round}",
            title=_title(point),
            compared=before is None or same_supply(before.point.subject, point.point.subject),
        )
        for before, point in zip([None, *curve], curve, strict=False)
    ]


def _title(point: PointView) -> str:
    entry = point.entry
    return (
        f"{entry.submitter_name}, {entry.software or entry.system_label}, {entry.round}, {_clock(entry)}, "
        f"{energy_note(entry)}: {point.point.latency.value:.4g} ms, {point.point.energy.value:.4g} µJ"
    )


def _groups(view: OperatingPointsView, notes: Notes) -> list[CurveGroup]:
    every = [point for curve in view.curves for point in curve]
    latencies = aligned_column(point.entry.latency_ms for point in every)
    energies = aligned_column(point.entry.energy_uj_per_inf for point in every)
    shapes = {text: position for position, text in enumerate(_supplies(view))}
    rows = iter([
        PointRow(
            view=point,
            clock=_clock(point.entry),
            glyph=_glyph(shapes[energy_note(point.entry)]),
            supply=energy_note(point.entry),
            latency=latency,
            energy=energy,
            latency_beside=beside_text("latency_ms", point.latency, notes),
            energy_beside=beside_text("energy_uj_per_inf", point.energy, notes),
        )
        for point, latency, energy in zip(every, latencies, energies, strict=True)
    ])  # fmt: skip
    return [CurveGroup(_name(curve[0].entry), tuple(next(rows) for _ in curve)) for curve in view.curves]


def _name(entry: LeaderboardEntry) -> str:
    software = entry.software or "software not stated"
    division = "open" if entry.division == "open" else ""
    return ", ".join(filter(None, (software, entry.submitter_name, entry.round, division)))
