"""What a software stack buys on one board, and where one software runs: systems against a chosen one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from results.analysis.comparing import officially_compatible
from results.analysis.uncertainty import Verdict, word
from results.api.serializers.pivots import (
    ComparedEntrySerializer,
    SoftwareListSerializer,
    SoftwareSerializer,
    SystemsSerializer,
)
from results.domain.metrics import METRICS
from results.domain.parameters import QueryError, query_string
from results.domain.pivots import (
    BY_ROUND,
    COLUMNS,
    SYSTEM_METRICS,
    parse_systems_query,
    refuse_any,
    software_slug,
    to_params,
)
from results.domain.vocabulary import DIVISIONS
from results.models import Benchmark, Device
from results.presentation import Cell as NumberCell
from results.presentation import aligned_column, joined, table_number
from results.selectors.pivots import (
    SystemRow,
    SystemsView,
    UnknownSoftware,
    boards_of,
    software_list,
    stacks_of,
    unnamed_software_count,
)
from results.views.panel import address
from results.views.pivot_cells import (
    BesideText,
    Notes,
    beside_text,
    canonical_redirect,
    data_answer,
    difference_texts,
)
from results.views.problems import parameters, problem_data, problem_page
from results.views.responses import data_page
from results.views.tables import energy_note

_IN_THE_ROW = frozenset({"round", "division", "availability", "provenance", "clock_mhz"})
"""Conditions that a row prints of itself; the others stand in its last column."""


@dataclass(frozen=True, slots=True)
class CellText:
    """One benchmark of one system: the number with the address of its result, and what it is beside the chosen."""

    number: NumberCell
    public_id: str
    why: str
    beside: BesideText | None
    of: int


@dataclass(frozen=True, slots=True)
class RowText:
    """One system of the table. ``told_apart`` is its id where another row would read the same, else empty."""

    row: SystemRow
    cells: tuple[CellText, ...]
    facts: tuple[str, ...]
    verdict: str
    differences: tuple[str, ...]
    told_apart: str
    choose_url: str


@data_page
def stacks(request: HttpRequest, slug: str) -> HttpResponse:
    """One board, every stack."""
    path = reverse("results:stacks", args=[slug])
    try:
        query = parse_systems_query(parameters(request), _benchmark_ids())
        if redirect := canonical_redirect(request, address(path, query_string(to_params(query)))):
            return redirect
        device, view = stacks_of(slug, query)
    except QueryError as error:
        return problem_page(request, error)
    except Device.DoesNotExist as error:
        raise Http404(f"no device {slug}") from error
    name = device.short_name or device.name
    context = _context(view, path, ("stacks", slug), f"/api/v1/devices/{slug}/stacks/") | {
        "heading": f"{name}: what the software buys",
        "lede": f"Every published software stack on {device.name}, over all rounds: one row per system.",
        "crumbs": [
            ("Devices", reverse("results:devices")),
            (name, device.get_absolute_url()),
            ("Stacks", ""),
        ],
        "row_kind": "Software, submitter, round",
        "by_device": False,
        "ways_on": [
            ("This board over the rounds", reverse("results:device-history", args=[slug])),
            ("Its operating points", reverse("results:operating-points", args=[slug])),
            *_software_links(view),
        ],
    }
    return render(request, "results/pivot_systems.html", context)


@data_page
def stacks_data(request: HttpRequest, slug: str, data_format: str) -> HttpResponse:
    """The same as JSON or CSV."""
    try:
        query = parse_systems_query(parameters(request), _benchmark_ids())
        device, view = stacks_of(slug, query)
    except QueryError as error:
        return problem_data(error)
    except Device.DoesNotExist as error:
        raise Http404(f"no device {slug}") from error
    document = {"device": device.slug, **SystemsSerializer(view).data}
    page = address(reverse("results:stacks", args=[slug]), query_string(to_params(query)))
    return data_answer(data_format, document, ComparedEntrySerializer, f"{slug}-stacks", page)


@data_page
def software(request: HttpRequest, slug: str) -> HttpResponse:
    """One software, every board."""
    path = reverse("results:software", args=[slug])
    try:
        query = parse_systems_query(parameters(request), _benchmark_ids())
        if redirect := canonical_redirect(request, address(path, query_string(to_params(query)))):
            return redirect
        names, view = boards_of(slug, query)
    except QueryError as error:
        return problem_page(request, error)
    except UnknownSoftware as error:
        raise Http404(f"no software {slug}") from error
    devices = {
        row.entry.device_slug: row.entry.device_short_name or row.entry.device_name for row in view.rows
    }
    context = _context(view, path, ("software", slug), f"/api/v1/software/{slug}/") | {
        "heading": f"{names[0]} on every board",
        "lede": f"Every published system that runs {' or '.join(names)}, in any version: one row per system.",
        "crumbs": [("Software", reverse("results:software-index")), (names[0], "")],
        "row_kind": "Board, software, submitter, round",
        "by_device": True,
        "ways_on": [
            (f"Every stack on {name}", reverse("results:stacks", args=[device]))
            for device, name in sorted(devices.items())
        ],
    }
    return render(request, "results/pivot_systems.html", context)


@data_page
def software_data(request: HttpRequest, slug: str, data_format: str) -> HttpResponse:
    """The same as JSON or CSV."""
    try:
        query = parse_systems_query(parameters(request), _benchmark_ids())
        names, view = boards_of(slug, query)
    except QueryError as error:
        return problem_data(error)
    except UnknownSoftware as error:
        raise Http404(f"no software {slug}") from error
    document = {"software": list(names), **SystemsSerializer(view).data}
    page = address(reverse("results:software", args=[slug]), query_string(to_params(query)))
    return data_answer(data_format, document, ComparedEntrySerializer, f"{slug}-boards", page)


@data_page
def software_index(request: HttpRequest) -> HttpResponse:
    """Every software that published results name."""
    try:
        refuse_any(parameters(request))
    except QueryError as error:
        return problem_page(request, error)
    context = {"software": software_list(), "unnamed": unnamed_software_count()}
    return render(request, "results/pivot_software.html", context)


@data_page
def software_index_data(request: HttpRequest, data_format: str) -> HttpResponse:
    """The same as JSON or CSV."""
    try:
        refuse_any(parameters(request))
    except QueryError as error:
        return problem_data(error)
    held = {"results_without_software": unnamed_software_count(), "results": software_list()}
    document = SoftwareListSerializer(held).data
    return data_answer(
        data_format, document, SoftwareSerializer, "software", reverse("results:software-index")
    )


def _benchmark_ids() -> tuple[str, ...]:
    return tuple(Benchmark.objects.values_list("pk", flat=True))


def _software_links(view: SystemsView) -> list[tuple[str, str]]:
    frameworks = sorted({row.entry.framework for row in view.rows})
    return [
        (f"{framework} on every board", reverse("results:software", args=[slug]))
        for framework in frameworks
        if (slug := software_slug(framework))
    ]


def _context(view: SystemsView, path: str, name: tuple[str, str], api_path: str) -> dict[str, Any]:
    """What both pages share; ``name`` is that of the data's address with its slug."""
    query, notes = view.query, Notes()
    asked = query_string(to_params(query))
    rows = _rows(view, path, notes)
    return {
        "view": view,
        "cited": [cell.entry for row in view.rows for cell in row.cells.values()],
        "metric": METRICS[view.column],
        "rows": rows,
        "any_differs": any(row.differences for row in rows),
        "notes": list(notes),
        "rounds": len({row.entry.round for row in view.rows}),
        "versions": _version_sentence(view),
        "chosen": view.chosen,
        "metrics": [(metric, METRICS[COLUMNS[metric]].name, metric == query.metric) for metric in SYSTEM_METRICS],
        "divisions": [(division, division == query.division) for division in DIVISIONS],
        "sorts": [
            (BY_ROUND, "round", query.sort == BY_ROUND),
            *((b.pk, f"{b.pk}, best first", query.sort == b.pk) for b in view.benchmarks),
        ],
        "action": path,
        "to": query.to,
        "reset_url": address(path, query_string(to_params(replace(query, to=None)))),
        "data_urls": [
            (kind.upper(), address(reverse(f"results:{name[0]}-data", args=[name[1], kind]), asked))
            for kind in ("csv", "json")
        ],
        "api_url": address(api_path, asked),
    }  # fmt: skip


def _version_sentence(view: SystemsView) -> str:
    """The rounds that are compared although the official table does not state it; empty where there is none."""
    if view.chosen is None:
        return ""
    own = view.chosen.entry.round
    others = [row.entry.round for row in view.rows if not officially_compatible(row.entry.round, own)]
    if not others:
        return ""
    return (
        f"The compatibility table of MLCommons does not state whether {joined(sorted(set(others)))} "
        f"compare{'s' if len(set(others)) == 1 else ''} with {own}: read these ratios as ones over different versions."
    )


def _rows(view: SystemsView, path: str, notes: Notes) -> list[RowText]:
    columns = [_column(view, benchmark.pk, notes) for benchmark in view.benchmarks]
    names = Counter(_name(row) for row in view.rows)
    return [
        RowText(
            row=row,
            cells=tuple(column[k] for column in columns),
            facts=_facts(row, view.query.metric),
            verdict=_verdict(row.verdict, view.column),
            differences=tuple(difference_texts(row.differences, _IN_THE_ROW)),
            told_apart=row.entry.system_label if names[_name(row)] > 1 else "",
            choose_url=address(path, query_string(to_params(replace(view.query, to=row.entry.system_id)))),
        )
        for k, row in enumerate(view.rows)
    ]


def _verdict(overall: str, metric: str) -> str:
    """The verdict over all benchmarks in the words of the metric; "mixed" and "not compared" are no single verdict."""
    if overall == "none":
        return "not compared"
    return overall if overall == "mixed" else word(Verdict(overall), metric)


def _name(row: SystemRow) -> tuple[object, ...]:
    """What a row shows of its system."""
    entry = row.entry
    return (
        entry.device_slug,
        entry.software,
        entry.clock_mhz,
        entry.submitter_slug,
        entry.round,
        entry.division,
    )


def _facts(row: SystemRow, metric: str) -> tuple[str, ...]:
    """What a row says of its system beside its name; scope and supply where energies stand in the row."""
    entry = row.entry
    clock = f"{table_number(entry.clock_mhz)} MHz" if entry.clock_mhz else "clock not stated"
    notes = {note: None for cell in row.cells.values() if (note := energy_note(cell.entry))}
    supply = "" if metric == "latency" else "; ".join(notes) or "no energy"
    availability = "" if entry.availability in ("", "available") else entry.availability
    return tuple(filter(None, (entry.submitter_name, entry.round, clock, supply, availability)))


def _column(view: SystemsView, benchmark: str, notes: Notes) -> Sequence[CellText]:
    held = [row.cells.get(benchmark) for row in view.rows]
    numbers = aligned_column(cell.value if cell else None for cell in held)
    return [
        CellText(
            number=number,
            public_id=cell.entry.public_id if cell else "",
            why="not measured" if cell else "not run",
            beside=beside_text(view.column, cell.beside, notes) if cell else None,
            of=cell.of if cell else 0,
        )
        for number, cell in zip(numbers, held, strict=True)
    ]
