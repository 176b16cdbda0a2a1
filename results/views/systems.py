"""The page of a system under test: operating point, software, results, description as declared."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from results.models import Availability, System
from results.presentation import fixed_number, table_number
from results.selectors.projections import next_on_systems
from results.selectors.system import MOST_OTHERS, SystemDetail, system_detail
from results.views.evidence import file_address
from results.views.findings import finding_views
from results.views.projection_words import next_line
from results.views.responses import data_page
from results.views.tables import entry_rows

NOT_STATED = "not stated"
SCORES = (
    ("latency_ms", "Latency score"),
    ("energy_uj_per_inf", "Energy score"),
    ("energy_delay_product_uj_ms", "Energy-delay score"),
)


@data_page
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One system."""
    try:
        detail = system_detail(pk)
    except System.DoesNotExist as error:
        raise Http404(f"no system {pk}") from error
    system, publication = detail.system, detail.system.publication
    context = {
        "detail": detail,
        "system": system,
        "others": detail.others[:MOST_OTHERS],
        "more_others": len(detail.others) > MOST_OTHERS,
        "publication": publication,
        "rows": entry_rows(detail.entries),
        "columns": _columns(detail),
        "scores": list(_scores(detail)),
        "points": _operating_point(system),
        "findings": finding_views(detail.findings, publication),
        "description": [
            (key, value, line, file_address(publication, system.description_path, line))
            for key, value, line in system.description
            if str(value).strip()
        ],
        "empty_fields": sum(not str(value).strip() for _, value, _ in system.description),
        "next_lines": [next_line(one) for one in next_on_systems([pk])],
        "description_address": file_address(publication, system.description_path),
    }
    return render(request, "results/system.html", context)


def _columns(detail: SystemDetail) -> str:
    """Energy and power only where somebody measured them."""
    energy = any(entry.energy_uj_per_inf is not None for entry in detail.entries)
    power = any(entry.average_power_mw is not None for entry in detail.entries)
    return " ".join(["benchmark quality", *(["energy"] if energy else []), *(["power"] if power else [])])


def _scores(detail: SystemDetail) -> list[tuple[str, str, str]]:
    """(name, score or coverage, why there is none)."""
    found = []
    for metric, name in SCORES:
        score = detail.scores.get(metric)
        if score is None:
            found.append((name, "", "no benchmark of the common set was run"))
        elif score.score is None:
            found.append((name, f"{score.covered} of {score.of}" if score.covered else "", score.reason))
        else:
            found.append((name, fixed_number(score.score, 2), f"against {score.reference}"))
    return found


def _operating_point(system: System) -> list[tuple[str, str]]:
    """Names and values of what was run; a value that nobody states says so."""
    clock = f"{table_number(system.clock_mhz)} MHz" if system.clock_mhz else NOT_STATED
    points = [
        ("Clock", clock),
        ("Software", system.software or NOT_STATED),
        ("Framework", " ".join(filter(None, (system.framework, system.framework_version))) or NOT_STATED),
        ("Deployment", system.deployment_style or NOT_STATED),
        ("Compiler", system.compiler or NOT_STATED),
        ("Availability", Availability(system.availability).label if system.availability else NOT_STATED),
    ]
    if system.accelerator:
        clock = f", {table_number(system.accelerator_clock_mhz)} MHz" if system.accelerator_clock_mhz else ""
        points.insert(1, ("Accelerator", system.accelerator + clock))
    return points
