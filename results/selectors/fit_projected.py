"""The fit finder over what nobody measured: which projected systems and networks probably meet the limits.

A view holds one group per network (on all systems), per device (all networks on it), or per network and device. It reads
numbers that were projected after a publication, or by the worker for a model that a reader had analysed: nothing is
fitted here. A projection never joins the measured results, has no rank and is on no front.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from results.analysis.projection.memory_fit import BORDERLINE, TOO_LARGE
from results.analysis.projection.probabilities import (
    Chances,
    Limits,
    LogNormal,
    Spread,
    chances,
    derived_spread,
)
from results.domain.analysed_projections import AnalysedProjections, Progress
from results.domain.fit_metrics import ENERGY, FIT_METRICS, LATENCY, LIMIT_PARAMETERS, QUALITY
from results.domain.fit_query import FitQuery, Question
from results.domain.vocabulary import NOT_STATED
from results.models import Device, LeaderboardEntry, Projection, System
from results.services.analysed_network import projections_from
from results.services.memory_limits import MemoryLimits, MemoryVerdict, memory_limits
from results.services.projection_models import ProjectedModel

from .fit import FitView

PROJECTED, CANNOT_PROJECT, DOES_NOT_FIT = "projected", "cannot-project", "does-not-fit"
METRICS = {"latency_ms": LATENCY, "energy_uj_per_inf": ENERGY}
_FIELDS = {
    "latency_ms": "latency_max",
    "energy_uj": "energy_max",
    "fps": "fps",
    "average_power_mw": "average_power_max",
}
"""Field of the limits of a projection → parameter of the address."""
_OF_SYSTEMS = {
    "division": lambda system: system.publication.division,
    "round": lambda system: system.publication.round_id,
    "availability": lambda system: system.availability,
    "class": lambda system: system.device.device_class,
    "submitter": lambda system: system.publication.submitter.slug,
    "framework": lambda system: system.framework,
    "style": lambda system: system.deployment_style,
    "provenance": lambda system: system.publication.provenance,
}
"""Filters that say something of a system; the others choose among measured results."""


@dataclass(frozen=True, slots=True)
class ProjectedCell:
    """One network on one system. A metric is a projection, a refusal with its reason, or measured, or absent.

    ``chances`` are keyed by the parameters of the limits; ``objective`` is the median with its bands in the unit of the
    objective, None where it cannot be projected. ``basis`` is projected, cannot-project or does-not-fit, and ``reason``
    says why where it is not the first. ``missing_kib`` is what the least sufficient memory lacks, 0 where it suffices.
    """

    network: ProjectedModel
    system: System
    latency: Projection | None
    energy: Projection | None
    measured: LeaderboardEntry | None
    chances: Mapping[str, float]
    all_met: float | None
    objective: Spread | None
    memory: tuple[MemoryVerdict, ...]
    basis: str
    reason: str

    @property
    def is_borderline(self) -> bool:
        return any(one.found.verdict == BORDERLINE for one in self.memory)

    @property
    def missing_kib(self) -> float:
        return max(
            (one.found.missing_kib for one in self.memory if one.found.verdict == TOO_LARGE), default=0.0
        )

    @property
    def question(self) -> str:
        return next((one.question for one in (self.latency, self.energy) if one and one.question), "")

    @property
    def anchors(self) -> tuple[str, ...]:
        """Public ids of the results that carry most of the latency, or of the energy where only that is projected."""
        held = next((one for one in (self.latency, self.energy) if one and one.value is not None), None)
        return tuple(held.anchors) if held else ()


@dataclass(frozen=True, slots=True)
class ProjectedGroup:
    """``projected`` stand by probability and objective, the other two by reason. Either of network and device may be
    None: then the cells are of all of them."""

    network: ProjectedModel | None
    device: Device | None
    projected: tuple[ProjectedCell, ...]
    refused: tuple[ProjectedCell, ...]
    too_large: tuple[ProjectedCell, ...]

    @property
    def cells(self) -> tuple[ProjectedCell, ...]:
        return (*self.projected, *self.refused, *self.too_large)


@dataclass(frozen=True, slots=True)
class ProjectedView:
    """``progress`` is that of an analysed model, DONE without one; ``reason`` why such a model has no projections.

    ``ignored`` are the filters and limits of the view that say nothing of a projection. ``networks`` are all that are
    projected, for the form.
    """

    groups: tuple[ProjectedGroup, ...]
    uploaded: AnalysedProjections | None
    progress: Progress
    reason: str
    ignored: tuple[str, ...]
    networks: tuple[ProjectedModel, ...]


def projected_view(
    view: FitView, networks: Sequence[ProjectedModel], uploaded: tuple[AnalysedProjections, ProjectedModel | None] | None
) -> ProjectedView:  # fmt: skip
    """What is projected for the question of ``view``. Four queries at most, none while the question lacks something.

    ``networks`` are those of the matrix; ``uploaded`` is the reader's own, with the network that the engine sees in it.
    """
    query = view.query
    own = uploaded[0] if uploaded else None
    groups: tuple[ProjectedGroup, ...] = ()
    if not query.lacks:
        asked = _asked(view, networks)
        rows = list(_rows(asked, query))
        if uploaded and uploaded[1]:
            asked = [uploaded[1], *(one for one in asked if one.slug != uploaded[1].slug)]
            rows = [row for row in rows if row.model != uploaded[1].slug]
            rows += _rows_of_upload(uploaded[0], uploaded[1].slug, query)
        groups = tuple(_groups(view, asked, rows))
    return ProjectedView(
        groups=groups,
        uploaded=own,
        progress=own.progress if own else Progress.DONE,
        reason=own.reason if own else "",
        ignored=_ignored(query),
        networks=tuple(networks),
    )


def limits_of(query: FitQuery) -> Limits:
    """The limits of ``query`` that a projection can be asked about."""
    return Limits(
        latency_ms=query.limits.get("latency_max"),
        energy_uj=query.limits.get("energy_max"),
        fps=query.fps,
        sleep_power_mw=query.sleep_power_mw,
        average_power_mw=query.limits.get("average_power_max"),
    )


def _ignored(query: FitQuery) -> tuple[str, ...]:
    limits = [name for name in query.limits if LIMIT_PARAMETERS[name].metric == QUALITY]
    return (*limits, *(name for name in query.filters if name not in _OF_SYSTEMS))


def _asked(view: FitView, networks: Sequence[ProjectedModel]) -> list[ProjectedModel]:
    """The networks of the question: those named, or the reference of a task, or all for a device."""
    query = view.query
    if query.question is Question.MODEL and not (query.models or query.benchmarks or query.analysis):
        return list(networks)
    wanted = set(query.models)
    wanted |= {
        task.benchmark.reference_model.slug
        for task in view.tasks
        if task.benchmark.reference_model and not task.models
    }
    return [network for network in networks if network.slug in wanted]


def _rows(asked: Sequence[ProjectedModel], query: FitQuery) -> Iterable[Projection]:
    if not asked:
        return []
    rows = Projection.objects.filter(model__in=[network.slug for network in asked])
    if query.devices:
        rows = rows.filter(system__device__slug__in=query.devices)
    return rows.select_related("system__device", "system__publication__submitter")


def _rows_of_upload(uploaded: AnalysedProjections, slug: str, query: FitQuery) -> Iterator[Projection]:
    rows = projections_from(uploaded.answers, slug)
    systems = System.objects.select_related("device", "publication__submitter").in_bulk(
        {row.system_id for row in rows}
    )
    for row in rows:
        system = systems.get(row.system_id)
        if system is not None and (not query.devices or system.device.slug in query.devices):
            row.system = system
            yield row


def _groups(
    view: FitView, asked: Sequence[ProjectedModel], rows: Sequence[Projection]
) -> Iterator[ProjectedGroup]:
    query, networks = view.query, {network.slug: network for network in asked}
    held: dict[tuple[str, int], dict[str, Projection]] = defaultdict(dict)
    systems: dict[int, System] = {}
    for row in rows:
        if _matches(row.system, query):
            held[row.model, row.system_id][METRICS[row.metric]] = row
            systems[row.system_id] = row.system
    measured = _measured(held, query)
    limits = memory_limits(systems) if systems else MemoryLimits({}, {}, {})
    cells: dict[tuple[str, str], list[ProjectedCell]] = defaultdict(list)
    for (slug, system_id), found in held.items():
        if LATENCY in found or (slug, system_id) in measured:
            cell = _cell(
                networks[slug], systems[system_id], found, measured.get((slug, system_id)), limits, query
            )
            cells[_key(query, slug, systems[system_id].device.slug)].append(cell)
    for slug in [""] if query.question is Question.MODEL else list(networks):
        for device in list(view.devices) or [""]:
            yield _group(networks.get(slug), view.devices.get(device), cells[slug, device])


def _key(query: FitQuery, slug: str, device: str) -> tuple[str, str]:
    if query.question is Question.HARDWARE:
        return slug, ""
    return ("" if query.question is Question.MODEL else slug), device


def _matches(system: System, query: FitQuery) -> bool:
    """Whether the filters of the view that speak of systems leave this one in."""
    return all(
        ((stated := read(system)) in wanted) or (not stated and NOT_STATED in wanted)
        for name, read in _OF_SYSTEMS.items()
        if (wanted := query.filters.get(name))
    )


def _measured(
    held: Mapping[tuple[str, int], Mapping[str, Projection]], query: FitQuery
) -> dict[tuple[str, int], LeaderboardEntry]:
    """The fastest result of each pair whose latency was measured and whose energy is projected, where energy decides."""
    pairs = {key for key, found in held.items() if LATENCY not in found}
    if not pairs or not query.needs_energy:
        return {}
    entries = LeaderboardEntry.objects.filter(
        neural_model__in={slug for slug, _ in pairs}, system__in={system for _, system in pairs},
        latency_ms__isnull=False,
    ).order_by("latency_ms", "public_id")  # fmt: skip
    found: dict[tuple[str, int], LeaderboardEntry] = {}
    for entry in entries:
        key = entry.neural_model, entry.system_id
        if key in pairs:
            found.setdefault(key, entry)
    return found


def _group(
    network: ProjectedModel | None, device: Device | None, cells: Sequence[ProjectedCell]
) -> ProjectedGroup:
    def of(basis: str) -> list[ProjectedCell]:
        return [cell for cell in cells if cell.basis == basis]

    projected = sorted(of(PROJECTED), key=_order)
    others = (sorted(of(basis), key=lambda cell: (cell.missing_kib, cell.reason, *_name(cell)))
              for basis in (CANNOT_PROJECT, DOES_NOT_FIT))  # fmt: skip
    refused, too_large = others
    return ProjectedGroup(network, device, tuple(projected), tuple(refused), tuple(too_large))


def _order(cell: ProjectedCell) -> tuple[float, bool, float, str, str]:
    """The most probable first, to whole per cent, for nothing finer is meant; what surely fits before borderline."""
    objective = cell.objective
    value = (-objective.median if objective.is_better_higher else objective.median) if objective else 0.0
    return (-round(cell.all_met or 0.0, 2), cell.is_borderline, value, *_name(cell))


def _name(cell: ProjectedCell) -> tuple[str, str]:
    return cell.system.device.slug, f"{cell.network.slug} {cell.system.pk:09d}"


def _cell(
    network: ProjectedModel,
    system: System,
    found: Mapping[str, Projection],
    measured: LeaderboardEntry | None,
    limits: MemoryLimits,
    query: FitQuery,
) -> ProjectedCell:
    latency, energy = found.get(LATENCY), found.get(ENERGY)
    asked = limits_of(query)
    budgets = query.budgets
    memory = limits.verdicts(
        system.pk, network, ram_kib=budgets.get("ram_max"), flash_kib=budgets.get("flash_max")
    )
    time = LogNormal(measured.latency_ms, 0.0) if measured and measured.latency_ms else spread_of(latency)
    joules = spread_of(energy)
    chance = chances(time, joules, asked) if time else Chances({}, None)
    objective = None
    if time and (joules or query.objective in (LATENCY, QUALITY)):
        name = LATENCY if query.objective == QUALITY else query.objective
        objective = derived_spread(name, time, joules, query.fps, query.sleep_power_mw)
    basis, reason = _basis(query, found, memory, chance, objective, network)
    return ProjectedCell(
        network=network, system=system, latency=latency, energy=energy, measured=measured,
        chances={_FIELDS[name]: value for name, value in chance.each.items()}, all_met=chance.all_met,
        objective=objective, memory=memory, basis=basis, reason=reason,
    )  # fmt: skip


def spread_of(row: Projection | None) -> LogNormal | None:
    """The posterior of a projection; None where there is none."""
    if row is None or row.value is None or row.high_80 is None or row.high_90 is None:
        return None
    return LogNormal.of_bands(row.value, row.high_80, row.high_90)


def _basis(
    query: FitQuery,
    found: Mapping[str, Projection],
    memory: Sequence[MemoryVerdict],
    chance: Chances,
    objective: Spread | None,
    network: ProjectedModel,
) -> tuple[str, str]:
    """Which list a cell belongs to, and why. That it does not fit comes first: no speed mends it."""
    stored = next((row for row in found.values() if row.state == Projection.State.DOES_NOT_FIT), None)
    if stored is not None:
        return DOES_NOT_FIT, stored.reason
    too_large = [one.found.sentence for one in memory if one.found.verdict == TOO_LARGE]
    if too_large:
        return DOES_NOT_FIT, "; ".join(too_large)
    refusals = {name: row.reason for name, row in found.items() if row.value is None}
    if LATENCY in refusals:
        return CANNOT_PROJECT, refusals[LATENCY]
    if chance.all_met is None or objective is None:
        return CANNOT_PROJECT, f"energy: {refusals.get(ENERGY, 'not projected')}"
    unknown = [
        FIT_METRICS[metric].noun
        for name, metric, known in (
            ("ram_max", "ram", network.live_set_kib),
            ("flash_max", "flash", network.weight_kib),
        )
        if name in query.budgets and not known
    ]
    if unknown:
        return CANNOT_PROJECT, f"how much {' and '.join(unknown)} the network takes was not counted"
    return PROJECTED, ""
