"""One result: every number with its evidence, what the rules say, the system as declared, how to cite it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from results.charts.badge import badge as draw_badge
from results.domain.citation import CitedResult, citation_bibtex, citation_csl, citation_text, csl_json
from results.domain.links import archive_address, objection_address, public_tree_address
from results.domain.metrics import METRICS
from results.models import Availability, EnergyScope, Provenance, Publication, Run
from results.presentation import points_text, quality_decimals, ratio_text, submitted_digits, volts_text
from results.selectors.derived_document import derived_json
from results.selectors.result import ResultDetail, result_detail
from results.selectors.result_derived import derived_of
from results.views.badge import badge_texts
from results.views.derived_rows import derived_rows
from results.views.evidence import absences, figure, file_address, sections, short_path
from results.views.findings import finding_views
from results.views.history import banner, change_rows, reproduction_table
from results.views.responses import csv_file, data_page, json_file, text_file
from results.views.result_json import MEASUREMENT_COLUMNS, measurement_rows, result_json
from results.views.stated import stated_facts

SUITE = "MLPerf Tiny"


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the large numbers at the top. ``value`` is empty when there is none; ``note`` then says why."""

    name: str
    aside: str
    value: str
    unit: str
    note: str


@data_page
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a run; for a removed one a tombstone, with status 410 Gone."""
    detail = _detail(public_id)
    run, publication = detail.run, detail.run.system.publication
    cited, today = cited_result(detail), timezone.localdate()
    context = {
        "detail": detail,
        "run": run,
        "system": run.system,
        "publication": publication,
        "title": system_title(detail),
        "availability": Availability(run.system.availability).label if run.system.availability else "",
        "provenance": Provenance(publication.provenance),
        "figures": list(figures(detail)),
        "sections": list(sections(detail)),
        "windows": list(window_tables(detail)),
        "derived": [] if detail.removed else list(derived_rows(derived_of(detail))),
        "conditions": _energy_conditions(detail),
        "findings": finding_views(detail.findings, publication),
        "absences": list(absences(detail)),
        "stated": list(stated_facts(run.facts)),
        "description": _description(detail),
        "description_name": short_path(run.system.description_path, run.folder, run.system.publication),
        "description_address": file_address(publication, run.system.description_path),
        "folder_address": public_tree_address(publication.repository, publication.commit, run.folder),
        "citation": citation_text(cited, today),
        "bibtex": citation_bibtex(cited, request.build_absolute_uri(run.get_absolute_url()), today),
        "banner": banner(detail),
        "history": change_rows(detail.history),
        "reproductions": reproduction_table(detail),
        "archive_address": archive_address(run.public_id) if publication.key and detail.counted else "",
        "object_address": objection_address(run.public_id) if detail.counted else "",
    }
    return render(request, "results/result.html", context, status=_status(detail))


@data_page
def data(request: HttpRequest, public_id: str, data_format: str) -> HttpResponse:
    """The same as JSON, or its measurements as CSV with a row per place of evidence."""
    detail = _detail(public_id)
    name = f"{public_id}.{data_format}"
    if data_format == "csv":
        response = csv_file(MEASUREMENT_COLUMNS, measurement_rows(detail), name)
    else:
        citation = citation_text(cited_result(detail), timezone.localdate())
        document = result_json(detail, citation) | {"derived": derived_json(derived_of(detail))}
        response = json_file(document, name)
    response.status_code = _status(detail)
    return response


@data_page
def bibtex(request: HttpRequest, public_id: str) -> HttpResponse:
    """The citation as a file of BibTeX."""
    detail = _detail(public_id)
    text = citation_bibtex(cited_result(detail), _address(request, detail), timezone.localdate())
    return text_file(text + "\n", "application/x-bibtex; charset=utf-8", f"{public_id}.bib", _status(detail))


@data_page
def csl(request: HttpRequest, public_id: str) -> HttpResponse:
    """The citation as CSL-JSON: an array of one item."""
    detail = _detail(public_id)
    item = citation_csl(cited_result(detail), _address(request, detail), timezone.localdate())
    content_type = "application/vnd.citationstyles.csl+json"
    return text_file(csl_json(item), content_type, f"{public_id}.csl.json", _status(detail))


@data_page
def badge(request: HttpRequest, public_id: str) -> HttpResponse:
    """The result in a line, as an image.

    A removed one answers 200 too: whoever shows an image shows nothing for another status, and not that it is gone.
    """
    drawing = draw_badge(*badge_texts(_detail(public_id)))
    return text_file(drawing, "image/svg+xml", "badge.svg", HTTPStatus.OK)


def _address(request: HttpRequest, detail: ResultDetail) -> str:
    return request.build_absolute_uri(detail.run.get_absolute_url())


def _status(detail: ResultDetail) -> int:
    """Gone for a removed result, so that a program which follows an old address does not take its numbers."""
    return HTTPStatus.GONE if detail.removed else HTTPStatus.OK


def _detail(public_id: str) -> ResultDetail:
    try:
        return result_detail(public_id)
    except Run.DoesNotExist as error:
        raise Http404(f"no result {public_id}") from error


def system_title(detail: ResultDetail) -> str:
    """Device and software, as ``NUCLEO-L4R5ZI with X-CUBE-AI 8.1.0``."""
    system = detail.run.system
    name = system.device.short_name or system.device.name
    title = f"{name} with {system.software}" if system.software else name
    return f"{title}, {detail.run.variant}" if detail.run.variant else title


def cited_result(detail: ResultDetail) -> CitedResult:
    """What a citation of this result says."""
    run, publication = detail.run, detail.run.system.publication
    held = detail.measurements
    texts = [figure(held[metric]) for metric in ("latency_ms", "energy_uj_per_inf") if metric in held]
    if "average_power_mw" in held and "energy_uj_per_inf" not in held:
        texts.append(figure(held["average_power_mw"]))
    texts += [
        f"{METRICS[metric].name} {figure(held[metric])}" for metric in ("top1_pct", "auc") if metric in held
    ]
    source = f"{publication.repository} at {publication.commit}, {run.folder}" if publication.commit else ""
    return CitedResult(
        public_id=run.public_id,
        submitter=publication.submitter.name,
        system=system_title(detail),
        suite=SUITE,
        round=publication.round_id,
        division=publication.division,
        benchmark=run.benchmark.name[:1].lower() + run.benchmark.name[1:],
        figures=tuple(texts),
        verified=publication.provenance == Provenance.REVIEWED and detail.counted,
        source=source,
        published_on=_published_on(publication),
    )


def _published_on(publication: Publication) -> date | None:
    """The day of the round for what MLCommons published, else that of the publication on this site."""
    if publication.provenance == Provenance.REVIEWED or publication.published_at is None:
        return publication.round.published_on
    return timezone.localtime(publication.published_at).date()


def figures(detail: ResultDetail) -> Iterator[Figure]:
    """The four large numbers of a result."""
    yield _latency_figure(detail)
    if detail.run.benchmark_id == "sww":
        yield _plain_figure(
            detail, "sww_duty_cycle", "Duty cycle", "↓", "share of each frame spent processing"
        )
    else:
        yield _energy_figure(detail, "energy_uj_per_inf", "Energy")
    yield _quality_figure(detail)
    yield _energy_figure(detail, "average_power_mw", "Mean power")


def _latency_figure(detail: ResultDetail) -> Figure:
    standing, held = detail.standing, detail.measurements.get("latency_ms")
    if held is None:
        return Figure("Latency", "↓", "", "ms", "no throughput could be read")
    note = "not ranked"
    if standing and detail.entry and detail.entry.latency_ms:
        division = detail.entry.division
        if standing.faster:
            ratio = ratio_text(detail.entry.latency_ms / standing.best_latency_ms)
            note = f"{ratio} the best; {standing.faster} of {standing.results} {division} results are faster by over 2 %"
        elif detail.entry.latency_ms > standing.best_latency_ms:
            note = f"within 2 % of the best of {standing.results} {division} results"
        else:
            note = f"the best of {standing.results} {division} results"
    return _figure(detail, "latency_ms", "Latency", "↓", note)


def _energy_conditions(detail: ResultDetail, metric: str = "energy_uj_per_inf") -> str:
    """Scope and supply of the energy in words; empty where none was measured."""
    held = detail.measurements.get(metric)
    if held is None:
        return ""
    supply = detail.measurements.get("supply_voltage_mv")
    scope = (
        EnergyScope(held.energy_scope).label
        if held.energy_scope != EnergyScope.UNKNOWN
        else "scope not stated"
    )
    return f"{scope}, {volts_text(supply.value) if supply else 'supply not stated'}"


def _energy_figure(detail: ResultDetail, metric: str, name: str) -> Figure:
    held = detail.measurements.get(metric)
    if held is None:
        return Figure(name, "↓", "", METRICS[metric].unit, "not measured")
    aside = f"↓ {_energy_conditions(detail, metric)}"
    windows = sum(window.get("phase") == "energy" for window in detail.run.windows)
    note = f"median of {windows} windows of the energy run" if windows > 1 else held.how
    return _figure(detail, metric, name, aside, note)


def _quality_figure(detail: ResultDetail) -> Figure:
    benchmark, held = detail.run.benchmark, detail.measurements
    if benchmark.quality_metric == "fp_fn":
        counts = [held.get(metric) for metric in ("sww_false_positives", "sww_false_negatives")]
        note = f"false positives and misses; closed allows {benchmark.closed_target:g} of each"
        if None in counts:
            return Figure("False positives, misses", "↓", "", "", "not stated in the files")
        return Figure("False positives, misses", "↓", " / ".join(m.printed for m in counts if m), "", note)
    metric = METRICS[benchmark.quality_metric]
    measured = held.get(metric.id)
    if measured is None:
        return Figure(metric.name, "↑", "", metric.unit, "not stated, and no log to compute it from")
    margin = measured.value - benchmark.closed_target
    decimals = quality_decimals(metric.id)
    target = f"{benchmark.closed_target:.{decimals if metric.id == 'auc' else 0}f} {metric.unit}".rstrip()
    unit = " points" if metric.id == "top1_pct" else ""
    note = f"{points_text(margin, decimals)}{unit} to the closed target of {target}"
    return _figure(detail, metric.id, metric.name, "↑", note)


def _plain_figure(detail: ResultDetail, metric: str, name: str, aside: str, note: str) -> Figure:
    return _figure(
        detail, metric, name, aside, note if metric in detail.measurements else "not stated in the files"
    )


def _figure(detail: ResultDetail, metric: str, name: str, aside: str, note: str) -> Figure:
    held, unit = detail.measurements.get(metric), METRICS[metric].unit
    value = figure(held).removesuffix(f" {unit}" if unit else "") if held else ""
    return Figure(name, aside, value, unit, note)


@dataclass(frozen=True, slots=True)
class WindowTable:
    """The timed windows of one mode: column heads (name, unit), and per window its cells and where it stands."""

    phase: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[int, tuple[str, ...], str, str], ...]


_WINDOW_COLUMNS = (
    ("iterations", "Inferences", "", "{:.0f}"),
    ("runtime_s", "Duration", "s", "{:.3f}"),
    ("throughput_inf_per_s", "Throughput", "inf/s", "{:.3f}"),
    ("energy_uj", "Energy", "µJ", "{:.3f}"),
    ("power_uw", "Power", "µW", "{:.3f}"),
    ("energy_uj_per_inf", "Energy per inference", "µJ/inf", "{:.3f}"),
)


def window_tables(detail: ResultDetail) -> Iterator[WindowTable]:
    """A table for each mode that has windows; a column stands only where some window has the value."""
    for phase in ("performance", "energy"):
        windows = [window for window in detail.run.windows if window.get("phase") == phase]
        columns = [column for column in _WINDOW_COLUMNS if any(column[0] in window for window in windows)]
        if not windows:
            continue
        rows = []
        for window in windows:
            cells = tuple(
                submitted_digits(form.format(window[key])) if key in window else ""
                for key, _, _, form in columns
            )
            path, line = str(window.get("path", "")), window.get("line")
            address = file_address(detail.run.system.publication, path, line)
            name = short_path(path, detail.run.folder, detail.run.system.publication)
            rows.append((window["number"], cells, f"{name}:{line}", address))
        yield WindowTable(phase, tuple((name, unit) for _, name, unit, _ in columns), tuple(rows))


def _description(detail: ResultDetail) -> list[tuple[str, str, int, str]]:
    """(key, value, line, address) of each field that is not empty; empty ones say nothing."""
    system = detail.run.system
    return [
        (key, value, line, file_address(system.publication, system.description_path, line))
        for key, value, line in system.description
        if str(value).strip()
    ]
