"""Limits and objective over measured candidates: who fits, who fails by how much, who cannot be judged."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.constraints import Candidate, Fits, Limit, Objective, find_fits
from results.analysis.ranking import RankBand
from results.domain.metrics import Direction

FASTEST = Objective("latency", Direction.LOWER)
DIRECTIONS = {"latency": Direction.LOWER, "energy": Direction.LOWER, "quality": Direction.HIGHER}


def _candidate(key: str, part: str = "", **values: float) -> Candidate:
    return Candidate(key, values, part)


def _keys(judged) -> list[str]:
    return [one.candidate.key for one in judged]


def test_answers_stand_in_the_order_of_the_objective_and_share_a_band_within_two_percent() -> None:
    fits = find_fits(
        [_candidate("c", latency=30.0), _candidate("a", latency=10.0), _candidate("b", latency=10.1)],
        [],
        FASTEST,
        {},
    )
    assert _keys(fits.answers) == ["a", "b", "c"]
    assert [one.band for one in fits.answers] == [RankBand(1, 2), RankBand(1, 2), RankBand(3, 3)]


def test_an_objective_that_is_better_when_higher_turns_the_order() -> None:
    best = Objective("quality", Direction.HIGHER, tolerance=0.0)
    fits = find_fits([_candidate("a", quality=80.0), _candidate("b", quality=90.0)], [], best, {})
    assert _keys(fits.answers) == ["b", "a"]


def test_a_value_exactly_on_a_limit_meets_it() -> None:
    limits = [Limit("latency", False, 50.0), Limit("quality", True, 90.0)]
    fits = find_fits([_candidate("a", latency=50.0, quality=90.0)], limits, FASTEST, {})
    assert _keys(fits.answers) == ["a"]


def test_a_failure_says_by_how_much_in_its_unit_and_as_a_share_of_the_limit() -> None:
    fits = find_fits([_candidate("a", latency=62.5)], [Limit("latency", False, 50.0)], FASTEST, {})
    (failure,) = fits.failing[0].failures
    assert (failure.excess, failure.share) == (12.5, 0.25)


def test_a_shortfall_below_a_least_value_is_a_share_of_that_value() -> None:
    fits = find_fits([_candidate("a", latency=1.0, ram=192.0)], [Limit("ram", True, 256.0)], FASTEST, {})
    assert fits.failing[0].failures[0].share == 0.25


def test_an_excess_over_a_limit_of_no_errors_counts_the_errors() -> None:
    fits = find_fits([_candidate("a", latency=1.0, quality=3.0)], [Limit("quality", False, 0.0)], FASTEST, {})
    assert fits.failing[0].distance == 3.0


def test_the_nearest_failure_stands_first_by_its_greatest_share() -> None:
    limits = [Limit("latency", False, 10.0), Limit("energy", False, 100.0)]
    fits = find_fits(
        [
            _candidate("far-in-one", latency=40.0, energy=100.0),
            _candidate("near-in-both", latency=12.0, energy=150.0),
            _candidate("near", latency=11.0, energy=90.0),
        ],
        limits,
        FASTEST,
        {},
    )
    assert _keys(fits.failing) == ["near", "near-in-both", "far-in-one"]
    assert [failure.limit.metric for failure in fits.failing[1].failures] == ["energy", "latency"]
    assert fits.failing[1].distance == 0.5


def test_what_was_not_measured_is_neither_an_answer_nor_a_failure() -> None:
    limits = [Limit("energy", False, 100.0)]
    fits = find_fits([_candidate("a", latency=1.0)], limits, FASTEST, {})
    assert (fits.answers, fits.failing) == ((), ())
    assert fits.unjudged[0].missing == ("energy",)


def test_what_fails_one_limit_fails_even_where_another_cannot_be_judged() -> None:
    limits = [Limit("energy", False, 100.0), Limit("latency", False, 10.0)]
    fits = find_fits([_candidate("a", latency=20.0)], limits, FASTEST, {})
    assert _keys(fits.failing) == ["a"]
    assert fits.failing[0].missing == ("energy",)


def test_a_value_that_is_no_number_is_not_known() -> None:
    fits = find_fits([_candidate("a", latency=math.nan), _candidate("b", latency=math.inf)], [], FASTEST, {})
    assert _keys(fits.unjudged) == ["a", "b"]


def test_the_front_is_taken_over_the_answers_of_one_part_alone() -> None:
    front = {"latency": Direction.LOWER, "energy": Direction.LOWER}
    fits = find_fits(
        [
            _candidate("too-hot", "closed", latency=1.0, energy=1.0, quality=10.0),
            _candidate("best", "closed", latency=2.0, energy=2.0, quality=90.0),
            _candidate("beaten", "closed", latency=3.0, energy=3.0, quality=90.0),
            _candidate("alone", "open", latency=9.0, energy=9.0, quality=90.0),
        ],
        [Limit("quality", True, 80.0)],
        FASTEST,
        front,
    )
    assert [(one.candidate.key, one.on_front) for one in fits.answers] == [
        ("best", True), ("beaten", False), ("alone", True),
    ]  # fmt: skip


def test_an_objective_needs_a_direction() -> None:
    with pytest.raises(ValueError, match="direction"):
        find_fits([], [], Objective("latency", Direction.NONE), {})


_VALUE = st.floats(0.001, 1e6)
_CANDIDATES = st.lists(
    st.builds(
        lambda values, part: ({k: v for k, v in values.items() if v is not None}, part),
        st.fixed_dictionaries({name: st.none() | _VALUE for name in DIRECTIONS}),
        st.sampled_from(["closed", "open"]),
    ),
    max_size=12,
).map(lambda rows: [Candidate(f"run-{k}", values, part) for k, (values, part) in enumerate(rows)])
_LIMITS = st.lists(
    st.builds(lambda name, value: Limit(name, DIRECTIONS[name] is Direction.HIGHER, value), st.sampled_from(list(DIRECTIONS)), _VALUE),
    max_size=4,
)  # fmt: skip
_OBJECTIVES = st.sampled_from([Objective(name, direction) for name, direction in DIRECTIONS.items()])


def _found(candidates, limits, objective) -> Fits:
    return find_fits(candidates, limits, objective, DIRECTIONS)


@given(_CANDIDATES, _LIMITS, _OBJECTIVES, st.data())
def test_loosening_or_dropping_a_limit_never_removes_an_answer(candidates, limits, objective, data) -> None:
    before = set(_keys(_found(candidates, limits, objective).answers))
    factor = data.draw(st.floats(1, 100))
    looser = [
        replace(one, value=one.value / factor if one.is_least else one.value * factor) for one in limits
    ]
    kept = data.draw(st.lists(st.sampled_from(looser), unique=True)) if looser else []
    assert before <= set(_keys(_found(candidates, looser, objective).answers))
    assert before <= set(_keys(_found(candidates, kept, objective).answers))


@given(_CANDIDATES, _LIMITS, _OBJECTIVES)
def test_the_order_is_by_the_objective_and_ranks_follow_it(candidates, limits, objective) -> None:
    answers = _found(candidates, limits, objective).answers
    values = [one.candidate.values[objective.metric] for one in answers]
    assert values == sorted(values, reverse=objective.direction is Direction.HIGHER)
    firsts = [one.band.first for one in answers]
    assert firsts == sorted(firsts)


@given(_CANDIDATES, _LIMITS, _OBJECTIVES)
def test_a_missing_value_never_satisfies_and_never_fails_a_limit(candidates, limits, objective) -> None:
    fits = _found(candidates, limits, objective)
    needed = {objective.metric, *(one.metric for one in limits)}
    assert all(needed <= set(one.candidate.values) for one in fits.answers)
    assert all(
        failure.limit.metric in one.candidate.values for one in fits.failing for failure in one.failures
    )
    assert all(
        set(one.missing) == needed - set(one.candidate.values) for one in (*fits.failing, *fits.unjudged)
    )


@given(_CANDIDATES, _LIMITS, _OBJECTIVES)
def test_every_candidate_stands_in_exactly_one_list(candidates, limits, objective) -> None:
    fits = _found(candidates, limits, objective)
    found = _keys((*fits.answers, *fits.failing, *fits.unjudged))
    assert sorted(found) == sorted(one.key for one in candidates)


@given(_CANDIDATES, _LIMITS, _OBJECTIVES)
def test_failures_stand_by_distance_and_every_one_lies_beyond_its_limit(
    candidates, limits, objective
) -> None:
    failing = _found(candidates, limits, objective).failing
    distances = [one.distance for one in failing]
    assert distances == sorted(distances)
    assert all(failure.excess > 0 for one in failing for failure in one.failures)


@given(_CANDIDATES, _LIMITS, _OBJECTIVES)
def test_the_front_is_what_brute_force_finds(candidates, limits, objective) -> None:
    answers = _found(candidates, limits, objective).answers
    complete = [one for one in answers if set(DIRECTIONS) <= set(one.candidate.values)]

    def cost(one) -> list[float]:
        return [(-1 if d is Direction.HIGHER else 1) * one.candidate.values[m] for m, d in DIRECTIONS.items()]

    def beats(a, b) -> bool:
        pairs = list(zip(cost(a), cost(b), strict=True))
        return (
            a.candidate.part == b.candidate.part
            and all(x <= y for x, y in pairs)
            and any(x < y for x, y in pairs)
        )

    expected = {one.candidate.key for one in complete if not any(beats(other, one) for other in complete)}
    assert {one.candidate.key for one in answers if one.on_front} == expected
