"""Systems ranked by their normalised score, and those that have none, with what is missing or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from results.analysis.comparability import Conditions, comparability
from results.analysis.ranking import BAND_TOLERANCE, Interval, RankBand
from results.analysis.system_score import Figure, SystemScore, system_score, why_no_reference
from results.domain.parameters import Problem, QueryError
from results.domain.score_metrics import COMMON_SET, SCORE_METRICS
from results.domain.scores_query import ScoresQuery
from results.domain.vocabulary import NOT_STATED
from results.models import DeviceScore, Division, System
from results.services.scores import (
    REFERENCE_DEVICE,
    REFERENCE_DIRECTORY,
    REFERENCE_ROUND,
    figures_of,
)

from .score_columns import Mask, ScoreColumns, ranked_scores, score_columns
from .snapshot import Snapshot, current_snapshot
from .snapshot.counting import groups_present, kept, number_of_systems_with

NO_MEMORY = "nobody measured the memory that a run needs: MLPerf Tiny does not, and no result here states it"

MOST_IN_DOCUMENT = 1000
"""Systems of one document; the next one goes on behind them."""


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

    ``ranked`` are systems with a score, ``apart`` those with some value and none, ``unknown`` those without a value: each
    the first of as many as ``ranked_of`` and so on say; ``open_of`` counts the ranked ones of the open division.
    ``without`` counts the systems in view that are no row, because they state no memory. ``refusal`` is a sentence
    where there is no score at all.
    """

    query: ScoresQuery
    reference: System | None
    reference_name: str
    group_label: str
    ranked: tuple[ScoreRow, ...]
    ranked_of: int
    open_of: int
    apart: tuple[ScoreRow, ...]
    apart_of: int
    unknown: tuple[ScoreRow, ...]
    unknown_of: int
    without: int
    groups: tuple[tuple[str, str], ...]
    refusal: str

    @property
    def rows(self) -> tuple[ScoreRow, ...]:
        """The ranked ones, then the others."""
        return self.ranked + self.apart + self.unknown

    @property
    def rows_of(self) -> int:
        """How many rows there are."""
        return self.ranked_of + self.apart_of + self.unknown_of

    @property
    def next_start(self) -> int | None:
        """The place of the row after those of a document; None where it holds the last one."""
        following = self.query.start + MOST_IN_DOCUMENT
        return following if following <= self.rows_of else None


def interval_of(row: DeviceScore) -> Interval:
    """The score of ``row`` with its band; a row of before there were bands has one of no width."""
    assert row.score is not None
    return Interval(row.score, row.low or row.score, row.high or row.score)


def scores_view(query: ScoresQuery, most: int) -> ScoresView:
    """The scores that ``query`` asks for, the first ``most`` of each kind; QueryError where the chosen system cannot be
    the reference.

    Two queries, the reference and the rows that are shown; one more once per state of the data and metric.
    """
    return _view(query, [(0, most)] * 3)


def scores_document_view(query: ScoresQuery) -> ScoresView:
    """The same for a document: at most :data:`MOST_IN_DOCUMENT` rows of the three kinds together, from the place
    ``query.start`` on."""
    return _view(query, None)


def _view(query: ScoresQuery, spans: Sequence[tuple[int, int]] | None) -> ScoresView:
    reference = _reference(query)
    own = figures_of(reference) if reference else {}
    snapshot = current_snapshot()
    columns = score_columns(snapshot, query.metric)
    mask = columns.passing(_stored_filters(query))
    if query.group:
        mask &= columns.in_group(query.group)
    compared = columns.compared(query.metric, own)
    ranked = ranked_scores(columns, mask, compared, own, query.weights, BAND_TOLERANCE)
    kinds = (ranked.rows, *_apart(columns, mask, compared))
    if spans is None:
        spans = _spans(query.start - 1, [len(rows) for rows in kinds])
    shown = [
        columns.systems[rows[first:last]].tolist() for rows, (first, last) in zip(kinds, spans, strict=True)
    ]
    held = _rows_of([pk for own_ in shown for pk in own_], query, own, reference)
    first, apart, unknown = (tuple(held[pk] for pk in own_ if pk in held) for own_ in shown)
    bands = dict(zip(shown[0], ranked.bands(spans[0][1])[spans[0][0] :], strict=True))
    open_ = columns.passing({"division": (Division.OPEN,)})
    return ScoresView(
        query=query,
        reference=reference.system if reference else None,
        reference_name=_reference_name(query, reference),
        group_label=_group_label(query, own),
        ranked=tuple(replace(row, rank=bands[row.system.pk]) for row in first),
        ranked_of=len(ranked.rows),
        open_of=int(np.count_nonzero(open_[ranked.rows])),
        apart=apart,
        apart_of=len(kinds[1]),
        unknown=unknown,
        unknown_of=len(kinds[2]),
        without=_systems_in_view(query, snapshot) - int(np.count_nonzero(mask))
        if query.word == "memory"
        else 0,
        groups=_groups(snapshot) if query.metric.needs_energy else (),
        refusal=_refusal(query, reference, any_value=bool((columns.measured.any(axis=1) & mask).any())),
    )


def _spans(start: int, lengths: Sequence[int]) -> list[tuple[int, int]]:
    """What the rows from ``start`` (from 0) on are of each of several lists that follow each other."""
    found, before = [], 0
    for length in lengths:
        first, last = (min(max(0, place - before), length) for place in (start, start + MOST_IN_DOCUMENT))
        found.append((first, last))
        before += length
    return found


def _apart(
    columns: ScoreColumns, mask: Mask, compared: Mask
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The systems without a score: those with some value, most benchmarks that compare first, then the oldest; and those
    without any."""
    rows = np.flatnonzero(mask & ~compared.all(axis=1))
    values = columns.measured[rows].sum(axis=1)
    order = np.lexsort((rows, -values, -compared[rows].sum(axis=1)))
    return rows[order[values[order] > 0]], rows[values == 0]


def _rows_of(
    systems: list[int], query: ScoresQuery, own: Mapping[str, Figure], reference: DeviceScore | None
) -> dict[int, ScoreRow]:
    """System → its row, with every digit. One query."""
    found = _with_system(DeviceScore.objects.filter(metric=query.metric.id, system__in=systems))
    return {row.system_id: _row(row, query, own, reference) for row in found}


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


def _stored_filters(query: ScoresQuery) -> dict[str, list[str]]:
    """The filters of ``query`` with the words as they are stored: what nobody states is an empty text."""
    return {
        name: ["" if value == NOT_STATED else value for value in values]
        for name, values in query.filters.items()
        if values
    }


def _systems_in_view(query: ScoresQuery, snapshot: Snapshot) -> int:
    """How many systems with a published result the filters leave, whatever is known of the metric."""
    filters = _stored_filters(query)
    key = ("systems of scores", *sorted((name, tuple(words)) for name, words in filters.items()))
    return kept(snapshot.kept, key, lambda: number_of_systems_with(snapshot, filters))


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


def _group(metric: str, conditions: Conditions) -> str | None:
    return comparability().group(metric, conditions)


def _groups(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """The scopes and supplies of all published energies of the common set, in the order of their keys."""
    keys = {
        key
        for name in COMMON_SET
        for key in groups_present(snapshot.part(name), "energy_uj_per_inf", "energy")
    }
    return tuple((key, comparability().label(key)) for key in sorted(keys))


def _group_label(query: ScoresQuery, reference: Mapping[str, Figure]) -> str:
    """The scope and supply that energies are compared in, in words; empty for other metrics."""
    if not query.metric.needs_energy:
        return ""
    groups = [
        _group("energy_uj_per_inf", reference[name].conditions) for name in COMMON_SET if name in reference
    ]
    return "; ".join(comparability().label(group) for group in dict.fromkeys(groups) if group)


def _refusal(query: ScoresQuery, reference: DeviceScore | None, *, any_value: bool) -> str:
    """Why there is no score at all, in a sentence; empty where scores are possible."""
    if query.word == "memory" and not any_value:
        return f"There is no memory score: {NO_MEMORY}. The RAM of a board says nothing of it and does not stand in."
    if query.word == "memory" and reference is None:
        return "The fixed reference states no memory: nobody measured it. Choose one of the systems below as the reference."
    if reference is None:
        return "The reference has not been imported, so there are no scores."
    return ""
