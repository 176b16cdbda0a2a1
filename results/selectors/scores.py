"""Systems ranked by their normalised score, and those that have none, with what is missing or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from results.analysis.comparability import Conditions, comparability
from results.analysis.ranking import Interval, RankBand, interval_bands
from results.analysis.system_score import Figure, SystemScore, system_score, why_no_reference
from results.domain.parameters import Problem, QueryError
from results.domain.score_metrics import COMMON_SET, SCORE_METRICS
from results.domain.scores_query import SCORE_FILTERS, ScoresQuery
from results.domain.vocabulary import NOT_STATED
from results.models import DeviceScore, LeaderboardEntry, System
from results.services.scores import (
    REFERENCE_DEVICE,
    REFERENCE_DIRECTORY,
    REFERENCE_ROUND,
    figures_of,
)

NO_MEMORY = "nobody measured the memory that a run needs: MLPerf Tiny does not, and no result here states it"

_COLUMNS = {
    "round": "system__publication__round",
    "division": "system__publication__division",
    "availability": "system__availability",
    "class": "system__device__device_class",
    "provenance": "system__publication__provenance",
}


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A system with its score. ``rank`` is None without one. ``results`` are public ids by benchmark, ``values`` in
    the unit of the metric. ``can_refer`` says whether the others could stand against it; ``is_reference`` whether they
    do.
    """

    system: System
    score: SystemScore
    values: Mapping[str, float]
    results: Mapping[str, str]
    rank: RankBand | None
    can_refer: bool
    is_reference: bool


@dataclass(frozen=True, slots=True)
class ScoresView:
    """``reference`` is the system that scores refer to: the reader's, else the fixed one; None where that is not
    published here; ``reference_name`` says which. ``groups`` are the energies to choose from (key, words), ``group_label`` those of the reference.
    ``without`` counts the systems in view that are no row, because they state no memory. ``refusal`` is a sentence
    where there is no score at all.
    """

    query: ScoresQuery
    reference: System | None
    reference_name: str
    group_label: str
    ranked: tuple[ScoreRow, ...]
    apart: tuple[ScoreRow, ...]
    without: int
    groups: tuple[tuple[str, str], ...]
    refusal: str

    @property
    def rows(self) -> tuple[ScoreRow, ...]:
        """The ranked ones, then the others."""
        return self.ranked + self.apart


def interval_of(row: DeviceScore) -> Interval:
    """The score of ``row`` with its band; a row of before there were bands has one of no width."""
    assert row.score is not None
    return Interval(row.score, row.low or row.score, row.high or row.score)


def scores_view(query: ScoresQuery) -> ScoresView:
    """The scores that ``query`` asks for; QueryError where the chosen system cannot be the reference.

    Two queries whatever is published, the reference and the scores; a third for energies and for memory.
    """
    reference = _reference(query)
    held = list(_in_view(query))
    if query.group:
        held = [row for row in held if query.group in _groups_of(row)]
    own_reference = figures_of(reference) if reference else {}
    rows = [_row(row, query, own_reference, reference) for row in held]
    ranked = sorted(
        (row for row in rows if row.score.value is not None), key=lambda row: (-_value(row), row.system.pk)
    )
    bands = interval_bands([_interval(row) for row in ranked])
    apart = sorted((row for row in rows if row.score.value is None), key=_apart_key)
    return ScoresView(
        query=query,
        reference=reference.system if reference else None,
        reference_name=_reference_name(query, reference),
        group_label=_group_label(query, own_reference),
        ranked=tuple(replace(row, rank=band) for row, band in zip(ranked, bands, strict=True)),
        apart=tuple(apart),
        without=_systems_in_view(query) - len(rows) if query.word == "memory" else 0,
        groups=_groups() if query.metric.needs_energy else (),
        refusal=_refusal(query, reference, rows),
    )


def reference_choices(system: int) -> Mapping[str, bool]:
    """Metric word → whether ``system`` can be the reference of its scores."""
    rows = {row.metric: row for row in DeviceScore.objects.filter(system=system)}
    return {
        word: metric.id in rows and not why_no_reference(metric, figures_of(rows[metric.id]))
        for word, metric in SCORE_METRICS.items()
    }


def _reference(query: ScoresQuery) -> DeviceScore | None:
    scores = _with_system(DeviceScore.objects.filter(metric=query.metric.id))
    if query.to is None:
        return scores.filter(
            system__publication__round=REFERENCE_ROUND,
            system__publication__submitter_directory=REFERENCE_DIRECTORY,
            system__publication__division="closed",
            system__device__slug=REFERENCE_DEVICE,
        ).first()
    found = scores.filter(system=query.to).first()
    why = (
        why_no_reference(query.metric, figures_of(found))
        if found
        else f"is the number of no published system with a {query.metric.noun}"
    )
    if why:
        raise QueryError([Problem("to", str(query.to), why)])
    return found


def _reference_name(query: ScoresQuery, reference: DeviceScore | None) -> str:
    """The fixed reference by its name, another as ``X-CUBE-AI 8.1.0 on NUCLEO-L4R5ZI (STMicroelectronics, v1.1)``."""
    if reference is None:
        return ""
    if query.to is None:
        return reference.reference
    system = reference.system
    publication, device = system.publication, system.device
    software, where = system.software or system.system_id, device.short_name or device.name
    return f"{software} on {where} ({publication.submitter.name}, {publication.round_id})"


def _with_system(scores: QuerySet[DeviceScore]) -> QuerySet[DeviceScore]:
    return scores.select_related("system__publication__submitter", "system__device")


def _in_view(query: ScoresQuery) -> QuerySet[DeviceScore]:
    scores = DeviceScore.objects.filter(metric=query.metric.id).filter(_conditions(query))
    return _with_system(scores).order_by("system")


def _conditions(query: ScoresQuery, prefix: str = "") -> Q:
    """The filters of ``query`` on scores; ``prefix`` is what their columns start with and other tables lack."""
    found = Q()
    for name in SCORE_FILTERS:
        values = query.filters.get(name)
        if values:
            # what nobody states is stored as an empty text
            stored = ["" if value == NOT_STATED else value for value in values]
            found &= Q(**{f"{_COLUMNS[name].removeprefix(prefix)}__in": stored})
    return found


def _systems_in_view(query: ScoresQuery) -> int:
    """How many systems with a published result the filters leave, whatever is known of the metric."""
    systems = System.objects.filter(_conditions(query, "system__"))
    return systems.filter(pk__in=LeaderboardEntry.objects.values("system")).count()


def _row(
    row: DeviceScore, query: ScoresQuery, reference: Mapping[str, Figure], held: DeviceScore | None
) -> ScoreRow:
    figures = figures_of(row)
    return ScoreRow(
        system=row.system,
        score=system_score(query.metric, figures, reference, query.weights),
        values={name: figures[name].value for name in COMMON_SET if name in figures},
        results={name: row.figures[name]["result"] for name in COMMON_SET if name in figures},
        rank=None,
        can_refer=not why_no_reference(query.metric, figures),
        is_reference=held is not None and row.system_id == held.system_id,
    )


def _value(row: ScoreRow) -> float:
    assert row.score.value is not None
    return row.score.value


def _interval(row: ScoreRow) -> Interval:
    score = row.score
    # a score always has its band
    assert score.value is not None
    assert score.low is not None
    assert score.high is not None
    return Interval(score.value, score.low, score.high)


def _apart_key(row: ScoreRow) -> tuple[Any, ...]:
    """Most benchmarks first, then the oldest."""
    return -row.score.covered, -len(row.values), row.system.pk


def _group(metric: str, conditions: Conditions) -> str | None:
    return comparability().group(metric, conditions)


def _groups_of(row: DeviceScore) -> set[str | None]:
    return {_group("energy_uj_per_inf", figure.conditions) for figure in figures_of(row).values()}


def _groups() -> tuple[tuple[str, str], ...]:
    """The scopes and supplies of all published energies of the common set, in the order of their keys."""
    pairs = (
        LeaderboardEntry.objects.filter(benchmark__in=COMMON_SET, energy_uj_per_inf__isnull=False)
        .order_by()
        .values_list("energy_scope", "supply_voltage_mv")
        .distinct()
    )
    keys = {_group("energy_uj_per_inf", Conditions("", scope, supply, "")) for scope, supply in pairs}
    return tuple((key, comparability().label(key)) for key in sorted(key for key in keys if key))


def _group_label(query: ScoresQuery, reference: Mapping[str, Figure]) -> str:
    """The scope and supply that energies are compared in, in words; empty for other metrics."""
    if not query.metric.needs_energy:
        return ""
    groups = [
        _group("energy_uj_per_inf", reference[name].conditions) for name in COMMON_SET if name in reference
    ]
    return "; ".join(comparability().label(group) for group in dict.fromkeys(groups) if group)


def _refusal(query: ScoresQuery, reference: DeviceScore | None, rows: Sequence[ScoreRow]) -> str:
    """Why there is no score at all, in a sentence; empty where scores are possible."""
    if query.word == "memory" and not any(row.values for row in rows):
        return f"There is no memory score: {NO_MEMORY}. The RAM of a board says nothing of it and does not stand in."
    if query.word == "memory" and reference is None:
        return "The fixed reference states no memory: nobody measured it. Choose one of the systems below as the reference."
    if reference is None:
        return "The reference has not been imported, so there are no scores."
    return ""
