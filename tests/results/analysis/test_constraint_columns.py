"""Judging by the column says what judging one by one says."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.constraint_columns import ColumnFits, FirstOf, column_fits
from results.analysis.constraints import Candidate, Judged, Limit, Objective, find_fits
from results.domain.metrics import Direction

DIRECTIONS = {
    "latency": Direction.LOWER,
    "energy": Direction.LOWER,
    "quality": Direction.HIGHER,
    "ram": Direction.HIGHER,
}
_VALUE = st.sampled_from([0.0, 1.0, 1.02, 1.021, 2.0, 2.5, 80.0]) | st.floats(0.001, 1e6) | st.just(math.inf)
_ROWS = st.lists(
    st.tuples(st.fixed_dictionaries({name: st.none() | _VALUE for name in DIRECTIONS}), st.integers(0, 2)),
    max_size=30,
)
_LIMITS = st.lists(
    st.builds(lambda name, value: Limit(name, DIRECTIONS[name] is Direction.HIGHER, value), st.sampled_from(list(DIRECTIONS)),
              st.sampled_from([0.0, 1.0, 1.02, 2.0]) | st.floats(0.001, 1e6)),
    max_size=4,
)  # fmt: skip
_OBJECTIVES = st.builds(
    lambda name, tolerance: Objective(name, DIRECTIONS[name], tolerance),
    st.sampled_from(list(DIRECTIONS)),
    st.sampled_from([0.0, 0.02]),
)
_FRONTS = st.lists(st.sampled_from(list(DIRECTIONS)), unique=True).map(
    lambda names: {n: DIRECTIONS[n] for n in names}
)


def _columns(rows, limits, objective, front, *, wanted: int = 100, most: int = 100) -> ColumnFits:
    values = {
        name: np.array([np.nan if own[name] is None else own[name] for own, _ in rows], dtype=float)
        for name in DIRECTIONS
    }
    parts = np.array([part for _, part in rows], dtype=np.uint16)
    return column_fits(values, parts, limits, objective, front, wanted=wanted, most=most)


def _places(found: Sequence[Judged]) -> list[int]:
    return [int(one.candidate.key) for one in found]


@given(_ROWS, _LIMITS, _OBJECTIVES, _FRONTS)
def test_columns_are_judged_as_candidates_are(rows, limits, objective, front) -> None:
    candidates = [
        Candidate(f"{k:03}", {name: value for name, value in own.items() if value is not None}, str(part))
        for k, (own, part) in enumerate(rows)
    ]
    wanted = find_fits(candidates, limits, objective, front)
    found = _columns(rows, limits, objective, front)
    assert found.answers.places.tolist() == _places(wanted.answers)
    assert list(found.bands) == [one.band for one in wanted.answers]
    assert found.on_front.tolist() == [one.on_front for one in wanted.answers]
    assert found.failing.places.tolist() == _places(wanted.failing)
    assert found.failing.keys.tolist() == [one.distance for one in wanted.failing]
    assert found.unjudged.places.tolist() == _places(wanted.unjudged)


@given(_ROWS, _LIMITS, _OBJECTIVES, _FRONTS, st.integers(1, 5))
def test_a_few_are_the_first_of_all_with_the_counts_and_ranks_of_all(
    rows, limits, objective, front, size
) -> None:
    every = _columns(rows, limits, objective, front)
    few = _columns(rows, limits, objective, front, wanted=size, most=10)
    for name in ("answers", "failing", "unjudged"):
        long, short = getattr(every, name), getattr(few, name)
        assert short.count == long.count == len(long.places)
        assert short.places.tolist() == long.places[: len(short.places)].tolist()
        assert min(size, long.count) <= len(short.places) <= max(size, 10)
        assert len(short.places) == 10 or not _is_cut_within_equals(long, len(short.places))
    assert few.bands == every.bands[: len(few.bands)]
    assert few.on_front.tolist() == every.on_front[: len(few.bands)].tolist()


def _is_cut_within_equals(long: FirstOf, size: int) -> bool:
    return size < long.count and long.keys[size] == long.keys[size - 1]


def test_an_objective_needs_a_direction() -> None:
    with pytest.raises(ValueError, match="direction"):
        _columns([], [], Objective("latency", Direction.NONE), {})
