from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.ranking import RankBand, rank_bands, ratio, ruler_position
from results.domain.metrics import Direction


def texts(values, **options):
    return [str(band) if band else None for band in rank_bands(values, **options)]


def test_rows_within_two_per_cent_of_the_first_of_their_band_share_a_rank():
    assert texts([43.7, 50.33, 50.41, 50.70, 57.03, 57.18]) == ["1", "2–4", "2–4", "2–4", "5–6", "5–6"]


def test_a_band_is_measured_from_its_first_row_and_does_not_creep():
    assert texts([100.0, 101.5, 103.0, 104.5]) == ["1–2", "1–2", "3–4", "3–4"]


def test_exactly_two_per_cent_is_within():
    assert texts([100.0, 102.0]) == ["1–2", "1–2"]
    assert texts([100.0, 102.001]) == ["1", "2"]


def test_what_is_not_ranked_takes_no_rank():
    assert texts([1.0, None, 2.0]) == ["1", None, "2"]
    assert rank_bands([]) == []


def test_falling_values_are_ranked_alike():
    assert texts([90.0, 90.0, 85.0], tolerance=0.0) == ["1–2", "1–2", "3"]


def test_values_in_no_order_are_refused():
    with pytest.raises(ValueError, match="do not turn"):
        rank_bands([1.0, 3.0, 2.0])


@given(st.lists(st.floats(1e-3, 1e6), max_size=40).map(sorted))
def test_bands_cover_every_rank_once(values):
    bands = rank_bands(values)
    assert [band.first <= place <= band.last for place, band in enumerate(bands, start=1)] == [True] * len(
        values
    )
    assert sum(band.last - band.first + 1 for band in dict.fromkeys(bands)) == len(values)


def test_a_ratio_above_one_is_worse_in_either_direction():
    assert ratio(4.0, 2.0, Direction.LOWER) == 2
    assert ratio(2.0, 4.0, Direction.HIGHER) == 2
    with pytest.raises(ValueError, match="positive"):
        ratio(0.0, 1.0, Direction.LOWER)


@pytest.mark.parametrize(("times", "place"), [(0.5, 0), (1, 0), (10, 0.25), (10_000, 1), (1e9, 1)])
def test_the_ruler_has_four_decades(times, place):
    assert ruler_position(times) == pytest.approx(place)


def test_a_band_reads_as_a_range():
    assert (str(RankBand(3, 3)), str(RankBand(14, 16))) == ("3", "14–16")
