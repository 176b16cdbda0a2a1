"""The form of the fit finder: what the reader has, limits with their units, which results count, the order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from results.domain.fit_metrics import FIT_METRICS, LIMIT_PARAMETERS, OBJECTIVES
from results.domain.fit_query import BUDGETS, FIT_FILTERS, FitQuery, Question
from results.domain.parameters import join_list, number_text
from results.domain.vocabulary import PAGE_SIZES
from results.selectors.facets import Facet
from results.selectors.find import Found
from results.selectors.fit import FitView

_LIMIT_LABELS = {
    "latency_max": ("Latency at most", "ms"),
    "energy_max": ("Energy at most", "µJ per inference"),
    "average_power_max": ("Average power at most", "mW"),
    "quality_min": ("Quality at least", "% or AUC"),
    "quality_max": ("Errors at most", "count"),
    "ram_min": ("Device has RAM at least", "KiB on the chip"),
    "flash_min": ("Device has flash at least", "KiB on the chip"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Select:
    """A select; the first option, with an empty value, is ``none``."""

    name: str
    label: str
    none: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number with its unit beside it."""

    name: str
    label: str
    unit: str
    value: str


def find_form(found: Found, facets: Sequence[Facet]) -> dict[str, Any]:
    """Everything that the form offers, with what is chosen now."""
    view = found.view
    query = view.query
    return {
        "subjects": list(_subjects(found, facets)),
        "limits": [*_limit_fields(view), *_budget_fields(query), *_frame_fields(query)],
        "filters": list(_filters(view.query, facets)),
        "filtered": len(query.filters),
        "order": [_objectives(view), _groups(view), _sizes(query)],
    }


def _subjects(found: Found, facets: Sequence[Facet]) -> Iterable[Select]:
    view, own = found.view, found.projected.uploaded
    query = view.query
    names = {benchmark.pk: benchmark.name for benchmark in view.benchmarks}
    networks = [(slug, f"{names[task]}: {name} ({slug})") for task, slug, name in view.networks]
    networks += [
        (network.slug, f"Known from elsewhere: {network.name}")
        for network in found.projected.networks
        if not network.is_reference
    ]
    tasks = [(benchmark.pk, f"{benchmark.name} ({benchmark.pk})") for benchmark in view.benchmarks]
    any_task = "all of them" if query.question is Question.MODEL else "none"
    yield Select("model", "Network", any_task, _choices(networks, query.models))
    yield Select("benchmark", "or a task, with any network", "none", _choices(tasks, query.benchmarks))
    if own is not None:
        yield Select(
            "analysis", "Your analysed model", "none", _choices([(own.token, own.name)], (own.token,))
        )
    if query.question is not Question.HARDWARE:
        facet = next(facet for facet in facets if facet.name == "device")
        devices = {option.raw: option.label for option in facet.options}
        devices |= {slug: device.short_name or device.name for slug, device in view.devices.items()}
        listed = sorted(devices.items(), key=lambda pair: pair[1].casefold())
        yield Select("device", "Device", "choose one", _choices(listed, query.devices))


def _choices(offered: Sequence[tuple[str, str]], chosen: Sequence[str]) -> tuple[Choice, ...]:
    """The options of a parameter; several chosen values stand as one more option, so that sending keeps them."""
    options = [Choice(join_list([value]), label, tuple(chosen) == (value,)) for value, label in offered]
    if len(chosen) > 1:
        labels = dict(offered)
        together = ", ".join(labels.get(value, value) for value in chosen)
        options.append(Choice(join_list(chosen), together, True))
    return tuple(options)


def _limit_fields(view: FitView) -> Iterable[NumberField]:
    """The limits that the tasks of the view have; both ends of quality until one is known."""
    metrics = {cell.task.benchmark.quality_metric for cell in view.cells}
    for name in LIMIT_PARAMETERS:
        if (name == "quality_max" and metrics and "fp_fn" not in metrics) or (
            name == "quality_min" and metrics == {"fp_fn"}
        ):
            continue
        label, unit = _LIMIT_LABELS[name]
        if name == "quality_min" and len(metrics) == 1:
            unit = "%" if metrics == {"top1_pct"} else "AUC"
        value = view.query.limits.get(name)
        yield NumberField(name, label, unit, "" if value is None else number_text(value))


def _budget_fields(query: FitQuery) -> Iterable[NumberField]:
    for name, metric in BUDGETS.items():
        kib = query.budgets.get(name)
        label = f"Network takes {FIT_METRICS[metric].noun} at most"
        yield NumberField(name, label, "KiB, estimated", "" if kib is None else number_text(kib))


def _frame_fields(query: FitQuery) -> Iterable[NumberField]:
    for name, label, unit, value in (
        ("fps", "Frame rate", "inferences per second", query.fps),
        ("sleep_power", "Your sleep power", "mW", query.sleep_power_mw),
    ):
        yield NumberField(name, label, unit, "" if value is None else number_text(value))


def _filters(query: FitQuery, facets: Sequence[Facet]) -> Iterable[Select]:
    for facet in facets:
        if facet.name not in FIT_FILTERS:
            continue
        offered = [(option.raw, option.label) for option in facet.options]
        chosen = query.filters.get(facet.name, ())
        if len(offered) > 1 or chosen:
            yield Select(facet.name, facet.label, "any", _choices(offered, chosen))


def _objectives(view: FitView) -> Select:
    offered = [(name, FIT_METRICS[name].noun) for name in OBJECTIVES]
    return Select("objective", "Rank by", "", _choices(offered, (view.query.objective,)))


def _groups(view: FitView) -> Select:
    """The comparison groups of energies in the view, with how many results each has."""
    offered = [(group, f"{label} ({count})") for group, label, count in view.groups]
    chosen = view.query.group
    if chosen and chosen not in {group for group, _ in offered}:
        offered.append((chosen, f"{chosen} (0)"))
    return Select(
        "group", "Energies of", "the group with most results", _choices(offered, (chosen,) if chosen else ())
    )


def _sizes(query: FitQuery) -> Select:
    offered = [(str(size), str(size)) for size in PAGE_SIZES]
    return Select("page_size", "Rows per table", "", _choices(offered, (str(query.page_size),)))
