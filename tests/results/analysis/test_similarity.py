"""Distances between profiles: what has to hold for any of them, and worked figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.similarity import grouped_distance, nearest, profile_distance

BENCHMARKS = ("kws", "vww", "ic", "ad")
positive = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False)
profiles = st.dictionaries(st.sampled_from(BENCHMARKS), positive)
full = st.fixed_dictionaries(dict.fromkeys(BENCHMARKS, positive))


@given(profiles, profiles)
def test_a_distance_is_the_same_from_both_sides(a, b):
    there, back = profile_distance(a, b), profile_distance(b, a)
    assert (there is None) == (back is None)
    if there and back:
        assert there.value == pytest.approx(back.value, rel=1e-12)


@given(full)
def test_a_profile_has_no_distance_from_itself(profile):
    distance = profile_distance(profile, profile)
    assert distance is not None
    assert (distance.value, distance.factor) == (0.0, 1.0)


@given(profiles, profiles)
def test_fewer_than_two_shared_benchmarks_have_no_distance(a, b):
    assert (profile_distance(a, b) is None) == (len(a.keys() & b.keys()) < 2)


@given(full, full, full)
def test_a_detour_is_never_shorter(a, b, c):
    straight = profile_distance(a, c)
    detour = [profile_distance(a, b), profile_distance(b, c)]
    assert straight.value <= sum(leg.value for leg in detour) + 1e-9


@given(full, full, positive)
def test_a_distance_does_not_depend_on_the_unit(a, b, factor):
    in_unit = profile_distance(a, b)
    in_other = profile_distance(*({name: value * factor for name, value in one.items()} for one in (a, b)))
    assert in_unit.value == pytest.approx(in_other.value, abs=1e-9)


@given(full, st.dictionaries(st.sampled_from("defgh"), profiles), profiles)
def test_another_device_does_not_change_the_distances_of_the_rest(own, others, irrelevant):
    before = {one.name: one.distance for one in nearest(own, others, 99)}
    after = {one.name: one.distance for one in nearest(own, {**others, "x": irrelevant}, 99)}
    assert before == {name: distance for name, distance in after.items() if name != "x"}


@given(full, full, st.sampled_from(BENCHMARKS))
def test_a_missing_benchmark_never_brings_a_device_nearer(own, other, missing):
    partial = {name: value for name, value in other.items() if name != missing}
    assert [one.name for one in nearest(own, {"whole": other, "partial": partial}, 2)] == ["whole", "partial"]


def test_twice_as_slow_everywhere_is_a_factor_of_two():
    distance = profile_distance({"kws": 10.0, "ic": 40.0}, {"kws": 20.0, "ic": 80.0, "ad": 1.0})
    assert distance.factor == pytest.approx(2.0)
    assert distance.ratios == {"kws": 2.0, "ic": 2.0}
    assert distance.shared == 2


def test_faster_here_and_slower_there_do_not_cancel():
    distance = profile_distance({"kws": 10.0, "ic": 40.0}, {"kws": 20.0, "ic": 20.0})
    assert distance.value == pytest.approx(math.log(2))


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_a_profile_holds_measurements_only(value):
    with pytest.raises(ValueError, match="positive and finite"):
        profile_distance({"kws": value, "ic": 1.0}, {"kws": 1.0, "ic": 1.0})


def test_energies_of_two_supplies_never_meet():
    at_1v8, at_3v = {"kws": 10.0, "ic": 40.0}, {"kws": 30.0, "ic": 90.0}
    assert grouped_distance({"chip-rail@1800": at_1v8}, {"chip-rail@3000": at_3v}) is None
    group, distance = grouped_distance(
        {"chip-rail@1800": at_1v8, "chip-rail@3000": at_3v}, {"chip-rail@3000": at_3v}
    )
    assert (group, distance.value) == ("chip-rail@3000", 0.0)
