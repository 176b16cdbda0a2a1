"""The figures of every scored system in columns: from them views of scores are counted, put in order and ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from django.db import connection

from results.analysis.comparability import Conditions, comparability, why_not_compared
from results.analysis.ranking import RankBand
from results.analysis.system_score import Figure
from results.domain.score_metrics import COMMON_SET, ScoreMetric
from results.models import Availability, DeviceClass, DeviceScore, Division, EnergyScope, Provenance

from .snapshot import Snapshot
from .snapshot.counting import kept

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

NOT_STATED_MV = -1.0
_HEADER_BYTES = 19
_FILTERS = {
    "round": "p.round_id",
    "division": "p.division",
    "availability": "y.availability",
    "class": "d.device_class",
    "provenance": "p.provenance",
}
_FIGURE = (("value", ">f8"), ("spread", ">f8"), ("scope", ">i4"), ("supply", ">f8"))
_RECORD = np.dtype(
    [("fields", ">i2")]
    + [
        item
        for name, kind in (
            ("system", ">i8"), *((name, ">i4") for name in _FILTERS),
            *((f"{name}:{benchmark}", kind) for benchmark in COMMON_SET for name, kind in _FIGURE),
        )
        for item in ((f"l:{name}", ">i4"), (name, kind))
    ]
)  # fmt: skip
"""A row of COPY … (FORMAT binary): the number of its fields, then the length and the bytes of each."""


@dataclass(eq=False)
class ScoreColumns:
    """All systems with a figure of one metric, by system; the arrays are never written into.

    ``systems`` have shape (n,), ``values`` and ``spreads`` (n, 4) in the order of the common set, NaN where nothing was
    measured. ``conditions`` are places in ``known``, the energy scopes and supplies that occur. ``filters`` hold the
    places of words in ``words``, -1 for one that is not there.
    """

    systems: npt.NDArray[np.int64]
    values: Numbers
    spreads: Numbers
    conditions: npt.NDArray[np.int32]
    known: Sequence[tuple[str, float | None]]
    filters: Mapping[str, npt.NDArray[np.int32]]
    words: Mapping[str, Sequence[str]]

    @property
    def measured(self) -> Mask:
        """Which values there are, shape (n, 4)."""
        return ~np.isnan(self.values)

    def passing(self, filters: Mapping[str, Sequence[str]]) -> Mask:
        """Which systems have one of the stored words of each filter."""
        found = np.ones(len(self.systems), bool)
        for name, wanted in filters.items():
            words = self.words[name]
            found &= np.isin(self.filters[name], [words.index(word) for word in wanted if word in words])
        return found

    def in_group(self, group: str) -> Mask:
        """Which systems have a figure with an energy of that comparison group."""
        own = [
            comparability().group("energy_uj_per_inf", Conditions("", scope, supply, "")) == group
            for scope, supply in self.known
        ]
        return (np.array(own, bool)[self.conditions] & self.measured).any(axis=1)

    def compared(self, metric: ScoreMetric, reference: Mapping[str, Figure]) -> Mask:
        """Which values compare with those of a reference, shape (n, 4); none where it lacks a benchmark."""
        found = self.measured
        if any(name not in reference for name in COMMON_SET):
            return np.zeros_like(found)
        for place, name in enumerate(COMMON_SET):
            group = comparability().group(metric.compares_as, reference[name].conditions)
            alike = [
                group is not None
                and not why_not_compared(metric.compares_as, Conditions(name, scope, supply, ""), group)
                for scope, supply in self.known
            ]
            found[:, place] &= np.array(alike, bool)[self.conditions[:, place]]
        return found


def score_columns(snapshot: Snapshot, metric: ScoreMetric) -> ScoreColumns:
    """The columns of a metric, read once per state of the data. One query then."""
    return kept(snapshot.kept, ("scores", metric.id), lambda: _read(snapshot, metric))


def _read(snapshot: Snapshot, metric: ScoreMetric) -> ScoreColumns:
    words = {
        "round": snapshot.words["round"],
        "division": list(Division.values),
        "availability": ["", *Availability.values],
        "class": list(DeviceClass.values),
        "provenance": list(Provenance.values),
    }
    table = _copied(metric, words)
    table = table[np.argsort(table["system"], kind="stable")]
    scopes = ["", *EnergyScope.values]
    pairs = np.stack([
        np.stack([table[f"scope:{name}"].astype(float), table[f"supply:{name}"].astype(float)], axis=1)
        for name in COMMON_SET
    ], axis=1).reshape(-1, 2)  # fmt: skip
    pairs[np.isnan(pairs)] = NOT_STATED_MV  # two that are absent are alike
    known, conditions = np.unique(pairs, axis=0, return_inverse=True)
    return ScoreColumns(
        systems=table["system"].astype(np.int64),
        values=np.stack([table[f"value:{name}"].astype(float) for name in COMMON_SET], axis=1),
        spreads=np.stack([table[f"spread:{name}"].astype(float) for name in COMMON_SET], axis=1),
        conditions=conditions.reshape(-1, len(COMMON_SET)).astype(np.int32),
        known=[
            (scopes[int(scope)], None if supply == NOT_STATED_MV else float(supply))
            for scope, supply in known
        ],
        filters={name: table[name].astype(np.int32) - 1 for name in _FILTERS},
        words=words,
    )


def _copied(metric: ScoreMetric, words: Mapping[str, list[str]]) -> npt.NDArray[np.void]:
    picked = ["s.system_id::int8"]
    values: list[object] = []
    for name, column in _FILTERS.items():
        picked.append(f"coalesce(array_position(%s::text[], {column}::text), 0)::int4")
        values.append(words[name])
    for name in COMMON_SET:
        picked += [
            f"coalesce((s.figures->'{name}'->>'value')::float8, 'NaN')",
            f"coalesce((s.figures->'{name}'->>'spread')::float8, 'NaN')",
            f"coalesce(array_position(%s::text[], s.figures->'{name}'->>'energy_scope'), 0)::int4",
            f"coalesce((s.figures->'{name}'->>'supply_voltage_mv')::float8, 'NaN')",
        ]
        values.append(list(EnergyScope.values))
    query = f"""SELECT {", ".join(picked)} FROM {DeviceScore._meta.db_table} s
        JOIN results_system y ON y.id = s.system_id JOIN results_publication p ON p.id = y.publication_id
        JOIN results_device d ON d.id = y.device_id WHERE s.metric = %s"""  # noqa: S608 - own names
    stream = BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        asked = cursor.mogrify(query, [*values, metric.id]).decode()
        cursor.copy_expert(f"COPY ({asked}) TO STDOUT (FORMAT binary)", stream)
    return np.frombuffer(stream.getbuffer()[_HEADER_BYTES:-2], dtype=_RECORD)


@dataclass(eq=False)
class RankedScores:
    """Systems with a score, the greatest first, equal ones by system: ``rows`` of the columns, shape (n,)."""

    rows: npt.NDArray[np.int64]
    lows: Numbers
    highs: Numbers

    def bands(self, number: int) -> list[RankBand]:
        """The bands of the first ``number`` places, as :func:`results.analysis.ranking.interval_bands` cuts them."""
        found: list[RankBand] = []
        start = 0
        while start < min(number, len(self.rows)):
            stop = self._stop(start)
            found += [RankBand(start + 1, stop)] * (stop - start)
            start = stop
        return found[:number]

    def _stop(self, start: int) -> int:
        """The first place after ``start`` whose interval does not reach its own."""
        size, begin = 64, start + 1
        while begin < len(self.rows):
            beyond = self.highs[begin : begin + size] * (1 + 1e-12) < self.lows[start]
            if beyond.any():
                return begin + int(np.argmax(beyond))
            begin, size = begin + size, size * 4
        return len(self.rows)


def ranked_scores(
    columns: ScoreColumns,
    mask: Mask,
    compared: Mask,
    reference: Mapping[str, Figure],
    weights: Mapping[str, float],
    tolerance: float,
) -> RankedScores:
    """The systems of ``mask`` all of whose values compare, by the weighted geometric mean of reference ÷ value.

    The formulas are those of :func:`results.analysis.normalisation.normalised_score` and
    :func:`results.analysis.places.score_band`.
    """
    rows = np.flatnonzero(mask & compared.all(axis=1))
    if not len(rows):
        return RankedScores(rows, np.empty(0), np.empty(0))
    shares = np.array([weights.get(name, 1.0) for name in COMMON_SET])
    shares /= shares.sum()
    base = np.array([reference[name].value for name in COMMON_SET])
    scores = np.exp(np.log(base / columns.values[rows]) @ shares)
    factors = np.exp(np.log1p(np.maximum(tolerance, columns.spreads[rows])) @ shares)
    order = np.argsort(-scores, kind="stable")  # rows rise by system
    return RankedScores(rows[order], (scores / factors)[order], (scores * factors)[order])
