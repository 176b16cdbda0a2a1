"""The place of one value among others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.places import place, score_band

positive = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False)


def test_the_best_value_is_first():
    assert str(place(1.0, [2.0, 3.0]).rank) == "1"


def test_values_within_the_tolerance_share_a_rank():
    own = place(101.0, [100.0, 50.0, 200.0])
    assert (str(own.rank), own.of) == ("2–3", 4)


def test_the_ratio_is_to_the_median_of_all():
    assert place(1.0, [2.0, 4.0]).times_median == 0.5


def test_a_value_alone_has_a_rank_and_no_median():
    own = place(3.0, [])
    assert (str(own.rank), own.of, own.times_median) == ("1", 1, None)


def test_zero_is_no_measurement():
    with pytest.raises(ValueError, match="positive"):
        place(0.0, [1.0])


@given(positive, st.lists(positive, max_size=20))
def test_a_rank_lies_within_the_field(value, rivals):
    own = place(value, rivals)
    assert 1 <= own.rank.first <= own.rank.last <= own.of == len(rivals) + 1


@given(positive, st.lists(positive, min_size=1, max_size=20))
def test_a_worse_rival_never_improves_the_rank(value, rivals):
    before = place(value, rivals).rank
    after = place(value, [*rivals, max(value, *rivals) * 10]).rank
    assert (before.first, before.last) == (after.first, after.last)


def test_the_band_of_a_score_is_the_declared_tolerance_where_no_window_is_wider():
    assert score_band(3.0, [None, 0.001, 0.02]) == pytest.approx((3.0 / 1.02, 3.0 * 1.02))


def test_a_wide_window_widens_the_band_by_its_share():
    low, high = score_band(1.0, [0.02, 0.02, 0.02, 0.21])
    assert high == pytest.approx((1.02**3 * 1.21) ** 0.25)
    assert low == pytest.approx(1 / high)


@given(positive, st.lists(st.none() | st.floats(min_value=0, max_value=10), min_size=1, max_size=4))
def test_a_score_lies_in_its_own_band(score, ranges):
    low, high = score_band(score, ranges)
    assert low < score < high
