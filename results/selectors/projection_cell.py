"""One cell of the matrix: a network on a system, in both metrics, with everything that an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from results.analysis.projection.memory_fit import FitVerdict
from results.analysis.roofline import roofline_of
from results.domain.projections import METRICS
from results.models import ExternalFigure, LeaderboardEntry, NextMeasurement, Projection, System
from results.services.cells_elsewhere import FIGURE
from results.services.memory_limits import memory_limits
from results.services.projection_models import ProjectedModel, projected_models

from .backtests import ClassRecord, class_record
from .projections import next_on_systems

NEAREST = 6


@dataclass(frozen=True, slots=True)
class MetricAnswer:
    """What is known of the cell in one metric: measured results (the least value first), or the engine's answer.

    ``anchors`` are the measured results that carry most of a projection, the heaviest first, ``figures`` those
    published elsewhere; ``record`` is how the engine did on questions of this kind. All are empty where neither was
    measured nor asked.
    """

    name: str
    metric: str
    measured: tuple[LeaderboardEntry, ...]
    answer: Projection | None
    anchors: tuple[LeaderboardEntry, ...]
    figures: tuple[ExternalFigure, ...]
    record: ClassRecord | None


@dataclass(frozen=True, slots=True)
class Bound:
    """The least latency in ms that peak rate and bandwidth allow, with their sources; or why none can be given."""

    latency_ms: float | None
    sources: tuple[str, ...]
    refusal: str


@dataclass(frozen=True, slots=True)
class CellDetail:
    """A network on a system. ``beside`` are results of other networks on the system, ``alike`` those of the network on
    other systems, of the same device first, then of its class."""

    system: System
    network: ProjectedModel
    answers: tuple[MetricAnswer, ...]
    beside: tuple[LeaderboardEntry, ...]
    alike: tuple[LeaderboardEntry, ...]
    bound: Bound
    memory: Mapping[str, FitVerdict]
    next_measurements: tuple[NextMeasurement, ...]


def cell_detail(system_id: int, slug: str) -> CellDetail:
    """One cell; System.DoesNotExist where there is no such system, KeyError for a network that is not of the matrix.

    Thirteen queries, whatever it holds.
    """
    system = System.objects.select_related("device", "publication__submitter").get(pk=system_id)
    network = {model.slug: model for model in projected_models()}[slug]
    own = tuple(LeaderboardEntry.objects.filter(system=system).order_by("latency_ms", "pk"))
    answers = {answer.metric: answer for answer in _projections(system, slug)}
    anchors, figures = _anchors(answers.values())
    return CellDetail(
        system=system,
        network=network,
        answers=tuple(_metric(name, own, slug, answers, anchors, figures) for name in METRICS),
        beside=tuple(e for e in own if e.neural_model and e.neural_model != slug)[:NEAREST],
        alike=_alike(system, slug),
        bound=_bound(system, network),
        memory=_memory(system, network),
        next_measurements=next_on_systems([system.pk]),
    )


def _projections(system: System, slug: str) -> Sequence[Projection]:
    return list(Projection.objects.filter(system=system, model=slug).select_related("generation"))


def _anchors(
    answers: Iterable[Projection],
) -> tuple[Mapping[str, LeaderboardEntry], Mapping[str, ExternalFigure]]:
    """The results and the figures published elsewhere that answers rest on, by the address that the answers name."""
    ids = {address for answer in answers for address in answer.anchors}
    keys = {address.removeprefix(FIGURE): address for address in ids if address.startswith(FIGURE)}
    figures = ExternalFigure.objects.filter(key__in=list(keys)).select_related("model") if keys else ()
    results = LeaderboardEntry.objects.filter(public_id__in=ids)
    return {entry.public_id: entry for entry in results}, {keys[one.key]: one for one in figures}


def _metric(
    name: str,
    own: Sequence[LeaderboardEntry],
    slug: str,
    answers: Mapping[str, Projection],
    anchors: Mapping[str, LeaderboardEntry],
    figures: Mapping[str, ExternalFigure],
) -> MetricAnswer:
    metric = METRICS[name]
    measured = [e for e in own if e.neural_model == slug and getattr(e, metric) is not None]
    answer = None if measured else answers.get(metric)
    return MetricAnswer(
        name=name,
        metric=metric,
        measured=tuple(sorted(measured, key=lambda entry: (getattr(entry, metric), entry.pk))),
        answer=answer,
        anchors=tuple(anchors[one] for one in answer.anchors if one in anchors) if answer else (),
        figures=tuple(figures[one] for one in answer.anchors if one in figures) if answer else (),
        record=class_record(answer.question, name) if answer else None,
    )


def _alike(system: System, slug: str) -> tuple[LeaderboardEntry, ...]:
    entries = LeaderboardEntry.objects.filter(
        neural_model=slug,
        device_class=system.device.device_class,
        division="closed",
        latency_ms__isnull=False,
    )
    others = entries.exclude(system=system).order_by("-round_position", "latency_ms", "pk")
    same = sorted(others, key=lambda entry: entry.device_slug != system.device.slug)
    return tuple(same[:NEAREST])


def _bound(system: System, network: ProjectedModel) -> Bound:
    if system.device.device_class == "event-based":
        return Bound(None, (), "An event-based chip computes on events, not on MACs.")
    clock = system.accelerator_clock_mhz or system.clock_mhz
    roof = roofline_of(system.device.facts.all(), clock_mhz=clock)
    if isinstance(roof, str):
        return Bound(None, (), roof)
    moved = network.features.get("model_weight_bytes")
    if not moved or not network.macs:
        return Bound(None, (), "The MACs or the weights of the network were not counted.")
    sources = tuple(dict.fromkeys((roof.peak_source, roof.bandwidth_source)))
    return Bound(roof.bound_ms(network.macs, moved), sources, "")


def _memory(system: System, network: ProjectedModel) -> Mapping[str, FitVerdict]:
    """Whether the network fits into the chip's RAM and flash; a memory is absent where need or size is not known."""
    found = memory_limits([system.pk]).verdicts(system.pk, network, ram_kib=None, flash_kib=None)
    return {one.found.memory.lower(): one.found for one in found}
