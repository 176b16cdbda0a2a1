"""Scores against any reference and with any weights: what holds for every field of measurements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.comparability import Conditions
from results.analysis.ranking import Interval, interval_bands
from results.analysis.system_score import Figure, spread_of, system_score, why_no_reference
from results.domain.score_metrics import COMMON_SET, SCORE_METRICS

LATENCY, ENERGY = SCORE_METRICS["latency"], SCORE_METRICS["energy"]
values = st.fixed_dictionaries(dict.fromkeys(COMMON_SET, st.floats(1e-3, 1e6)))
weightings = st.fixed_dictionaries(dict.fromkeys(COMMON_SET, st.floats(0.01, 100)))


def figures(
    held: dict[str, float], *, scope: str = "chip-rail", supply_mv: float = 1800.0
) -> dict[str, Figure]:
    return {name: Figure(value, 0.02, Conditions(name, scope, supply_mv, "")) for name, value in held.items()}


def score(
    own: dict[str, float], reference: dict[str, float], weights: dict[str, float] | None = None
) -> float:
    found = system_score(LATENCY, figures(own), figures(reference), weights).value
    assert found is not None
    return found


def scaled(held: dict[str, float], factor: float) -> dict[str, float]:
    return {name: value * factor for name, value in held.items()}


@given(values, values, weightings, st.sampled_from([1e-3, 1e3, 1e6]))
def test_a_score_does_not_depend_on_the_unit(own, reference, weights, unit):
    expected = score(own, reference, weights)
    assert score(scaled(own, unit), scaled(reference, unit), weights) == pytest.approx(expected, rel=1e-9)


@given(values, values, values, values, weightings)
def test_the_ratio_of_two_scores_is_that_of_any_reference(a, b, reference, other, weights):
    first = score(a, reference, weights) / score(b, reference, weights)
    second = score(a, other, weights) / score(b, other, weights)
    assert first == pytest.approx(second, rel=1e-9)


@given(values, values, values)
def test_a_stored_score_is_rebased_by_the_score_of_the_new_reference(own, reference, other):
    assert score(own, other) == pytest.approx(score(own, reference) / score(other, reference), rel=1e-9)


@given(values, values, weightings, st.floats(0.001, 1000))
def test_weights_count_relative_to_their_sum(own, reference, weights, factor):
    assert score(own, reference, scaled(weights, factor)) == pytest.approx(
        score(own, reference, weights), rel=1e-9
    )


@given(values, values, st.sets(st.sampled_from(COMMON_SET), min_size=1))
def test_missing_data_never_improves_a_score_because_there_is_none(own, reference, gone):
    less = {name: value for name, value in own.items() if name not in gone}
    found = system_score(LATENCY, figures(less), figures(reference))
    assert (found.value, found.low, found.high) == (None, None, None)
    assert (found.covered, set(found.missing)) == (len(COMMON_SET) - len(gone), gone)
    assert found.reason


@given(values, values, st.sampled_from(COMMON_SET), st.floats(1.01, 100))
def test_a_worse_value_never_gives_a_better_score(own, reference, benchmark, factor):
    assert score(own | {benchmark: own[benchmark] * factor}, reference) < score(own, reference)


@given(values, values)
def test_the_score_of_the_energy_delay_product_is_that_of_both(latencies, energies):
    product = {name: latencies[name] * energies[name] for name in COMMON_SET}
    ones = dict.fromkeys(COMMON_SET, 1.0)
    assert score(product, ones) == pytest.approx(score(latencies, ones) * score(energies, ones), rel=1e-9)


def test_the_reference_scores_one():
    own = dict(zip(COMMON_SET, (3.0, 5.0, 7.0, 11.0), strict=True))
    assert score(own, own, {"kws": 7.0}) == pytest.approx(1)


def test_each_value_is_asked_whether_it_compares():
    own = figures(dict.fromkeys(COMMON_SET, 2.0)) | figures({"ic": 2.0}, supply_mv=3000.0)
    found = system_score(ENERGY, own, figures(dict.fromkeys(COMMON_SET, 1.0)))
    assert (found.value, found.covered) == (None, 3)
    assert found.refused == {"ic": "measured at 3.0 V: not compared with the 1.8 V reference"}


def test_energies_compare_with_a_reference_of_their_own_scope_and_supply():
    board = {"scope": "board", "supply_mv": 5000.0}
    own, reference = dict.fromkeys(COMMON_SET, 2.0), dict.fromkeys(COMMON_SET, 4.0)
    assert system_score(ENERGY, figures(own, **board), figures(reference, **board)).value == pytest.approx(2)
    assert system_score(ENERGY, figures(own), figures(reference, **board)).value is None


def test_what_compares_with_nothing_is_no_reference():
    unknown = figures(dict.fromkeys(COMMON_SET, 2.0), scope="unknown")
    assert "scope and supply" in why_no_reference(ENERGY, unknown)
    assert system_score(ENERGY, unknown, unknown).value is None


def test_a_reference_without_a_value_says_that_nobody_measured_it():
    memory = SCORE_METRICS["memory"]
    found = system_score(memory, figures(dict.fromkeys(COMMON_SET, 64.0)), {})
    assert found.value is None
    assert "nobody measured it" in found.reason
    assert "kws, vww, ic, ad" in why_no_reference(memory, {})


def test_a_weight_decides_whose_spread_counts():
    own = figures(dict.fromkeys(COMMON_SET, 1.0))
    own["kws"] = Figure(1.0, 0.5, own["kws"].conditions)
    reference = figures(dict.fromkeys(COMMON_SET, 1.0))
    even = system_score(LATENCY, own, reference)
    heavy = system_score(LATENCY, own, reference, {"kws": 1000.0})
    assert even.high == pytest.approx((1.5 * 1.02**3) ** 0.25)
    assert heavy.high == pytest.approx(1.5, rel=0.002)


def test_windows_widen_a_latency_and_a_product_but_no_energy():
    assert spread_of(LATENCY, 0.1) == 0.1
    assert spread_of(LATENCY, None) == spread_of(LATENCY, 0.001) == spread_of(ENERGY, 0.1) == 0.02
    assert spread_of(SCORE_METRICS["energy-delay"], 0.1) == pytest.approx(1.1 * 1.02 - 1)


def intervals(*held: tuple[float, float]) -> list[Interval]:
    return [Interval(value, value / width, value * width) for value, width in held]


def test_bands_that_reach_the_first_share_its_rank():
    bands = interval_bands(intervals((10.0, 1.02), (9.7, 1.02), (9.5, 1.02), (5.0, 1.02)))
    assert [str(band) for band in bands] == ["1–2", "1–2", "3", "4"]


def test_a_rank_does_not_creep():
    # each overlaps its neighbour, the third does not reach the first
    bands = interval_bands(intervals((100.0, 1.02), (97.0, 1.02), (94.1, 1.02)))
    assert [str(band) for band in bands] == ["1–2", "1–2", "3"]


def test_a_wide_first_interval_holds_more():
    assert [str(band) for band in interval_bands(intervals((10.0, 1.5), (8.0, 1.02)))] == ["1–2", "1–2"]


def test_a_ranking_that_rises_is_none():
    with pytest.raises(ValueError, match="greatest"):
        interval_bands(intervals((1.0, 1.02), (2.0, 1.02)))


@given(st.lists(st.tuples(st.floats(0.01, 100), st.floats(1.02, 2)), min_size=1, max_size=20))
def test_every_row_has_a_rank_and_bands_follow_one_another(held):
    ordered = sorted(intervals(*held), key=lambda one: -one.value)
    bands = interval_bands(ordered)
    assert len(bands) == len(ordered)
    assert all(band.first <= place <= band.last for place, band in enumerate(bands, start=1))
    assert all(a == b or b.first == a.last + 1 for a, b in zip(bands, bands[1:], strict=False))
