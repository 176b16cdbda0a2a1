"""Bands of values and verdicts between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.uncertainty import (
    FLOOR,
    Spread,
    Verdict,
    bands,
    overall,
    sides,
    spread,
    verdict,
    word,
)
from results.domain.metrics import Direction

VALUES = st.floats(1e-3, 1e6)
OPPOSITE = {
    Verdict.BETTER: Verdict.WORSE,
    Verdict.WORSE: Verdict.BETTER,
    Verdict.UNDECIDED: Verdict.UNDECIDED,
}


def test_the_band_reaches_over_the_windows_and_holds_the_value() -> None:
    assert spread(10.0, [9.9, 10.05]) == Spread(10.0, 9.9, 10.05, "windows")
    assert spread(10.0, [10.1, 10.2]).low == 10.0


@pytest.mark.parametrize("windows", [[], [10.0], [20.0, 21.0]])
def test_without_two_windows_that_describe_it_two_percent_are_taken(windows: list[float]) -> None:
    assert spread(10.0, windows) == Spread(10.0, 9.8, 10.2, "declared")


def test_a_difference_within_the_floor_is_undecided_however_narrow_the_bands() -> None:
    assert (
        verdict(Spread(100, 100, 100, "windows"), Spread(102, 102, 102, "windows"), Direction.LOWER)
        == "undecided"
    )
    assert (
        verdict(Spread(100, 100, 100, "windows"), Spread(103, 103, 103, "windows"), Direction.LOWER)
        == "better"
    )


def test_overlapping_bands_are_undecided_however_far_the_values() -> None:
    assert (
        verdict(Spread(100, 90, 130, "windows"), Spread(125, 120, 140, "windows"), Direction.LOWER)
        == "undecided"
    )


@given(VALUES, VALUES, st.sampled_from([Direction.LOWER, Direction.HIGHER]))
def test_the_verdict_turns_with_the_pair(one: float, other: float, better: Direction) -> None:
    forth = verdict(spread(one), spread(other), better)
    assert verdict(spread(other), spread(one), better) is OPPOSITE[forth]


@given(VALUES, VALUES, st.floats(1e-3, 1e3))
def test_the_verdict_does_not_depend_on_the_unit(one: float, other: float, factor: float) -> None:
    near_edge = abs(max(one, other) / min(one, other) - 1.02 / 0.98) < 1e-9
    before = verdict(spread(one), spread(other), Direction.LOWER)
    after = verdict(spread(one * factor), spread(other * factor), Direction.LOWER)
    assert before is after or near_edge


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ([Verdict.BETTER, Verdict.WORSE], "mixed"),
        ([Verdict.BETTER, Verdict.UNDECIDED, None], "better"),
        ([Verdict.WORSE, None], "worse"),
        ([Verdict.UNDECIDED, None], "undecided"),
        ([None], "none"),
        ([], "none"),
    ],
)
def test_several_verdicts_make_one_word(verdicts: list[Verdict | None], wanted: str) -> None:
    assert overall(verdicts) == wanted


def test_the_words_are_those_of_the_metric() -> None:
    assert word(Verdict.BETTER, "latency_ms") == "faster"
    assert word(Verdict.WORSE, "energy_uj_per_inf") == "more energy"
    assert word(Verdict.UNDECIDED, "quality") == "undecided"
    assert word(Verdict.WORSE, "macs_per_cycle") == "worse"


close = st.builds(lambda value, factor: value * factor, st.sampled_from([1.0, 3.7]), st.floats(0.9, 1.1))
spreads = st.builds(
    lambda value, below, above: Spread(value, value * below, value * above, "windows"),
    close | st.sampled_from([1.0, 1 + FLOOR, 1 / (1 + FLOOR)]), st.floats(0.9, 1.0), st.floats(1.0, 1.1),
)  # fmt: skip


@given(spreads, st.lists(spreads, max_size=8))
def test_verdicts_of_many_at_once_are_those_of_each_pair(own: Spread, others: list[Spread]) -> None:
    sign = {Verdict.BETTER: 1, Verdict.UNDECIDED: 0, Verdict.WORSE: -1}
    wanted = [sign[verdict(own, other, Direction.LOWER)] for other in others]
    assert sides(bands([own])[0], bands(others)).tolist() == wanted


def test_a_condition_has_no_verdict_and_a_spread_no_negative_value() -> None:
    with pytest.raises(ValueError, match="neither better nor worse"):
        verdict(spread(1), spread(2), Direction.NONE)
    with pytest.raises(ValueError, match="finite value"):
        spread(float("nan"))
