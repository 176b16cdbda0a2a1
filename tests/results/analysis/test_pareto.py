from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.pareto import dominated_by, front_mask
from results.domain.metrics import Direction

LOWER, HIGHER, NONE = Direction.LOWER, Direction.HIGHER, Direction.NONE


def dominates(a, b, directions) -> bool:
    """The definition, point by point."""
    turned = [(-x, -y) if way is HIGHER else (x, y) for x, y, way in zip(a, b, directions, strict=True)]
    return all(x <= y for x, y in turned) and any(x < y for x, y in turned)


coordinates = st.integers(1, 6).map(float) | st.just(float("nan"))
tables = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.lists(st.tuples(*[coordinates] * width), max_size=25),
        st.tuples(*[st.sampled_from([LOWER, HIGHER])] * width),
    )
)


@given(tables)
def test_the_front_equals_brute_force(table):
    points, directions = table
    known = [point for point in points if not any(map(math.isnan, point))]
    expected = [
        not any(map(math.isnan, point)) and not any(dominates(other, point, directions) for other in known)
        for point in points
    ]
    assert front_mask(points, directions).tolist() == expected


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_the_front_of_many_points_equals_brute_force(width):
    chance = np.random.default_rng(width)
    points = chance.integers(1, 40, size=(1500, width)).astype(float)
    points[chance.random(points.shape) < 0.05] = np.nan
    directions = [LOWER, HIGHER, LOWER, HIGHER][:width]
    known = np.flatnonzero(~np.isnan(points).any(axis=1))
    costs = points * [1 if way is LOWER else -1 for way in directions]
    beaten = [
        ((costs[known] <= own).all(axis=1) & (costs[known] < own).any(axis=1)).any() for own in costs[known]
    ]
    found = np.flatnonzero(front_mask(points, directions))
    assert found.tolist() == known[~np.array(beaten)].tolist()


@given(tables)
def test_whatever_is_beaten_is_beaten_by_the_front(table):
    points, directions = table
    front = front_mask(points, directions)
    for point, on_front, rival in zip(points, front, dominated_by(points, directions), strict=True):
        if on_front or any(map(math.isnan, point)):
            assert rival is None
        else:
            assert front[rival.index]
            assert dominates(points[rival.index], point, directions)
            assert all(factor >= 1 for factor in rival.factors)


def test_identical_points_share_the_front():
    assert front_mask([(1, 5), (1, 5), (2, 5)], [LOWER, LOWER]).tolist() == [True, True, False]


def test_a_missing_value_is_never_on_the_front_and_beats_nothing():
    assert front_mask([(np.nan, 1), (3, 3)], [LOWER, LOWER]).tolist() == [False, True]


def test_it_says_by_how_much():
    energy_and_accuracy = [(40.8, 83.2), (58.4, 83.2), (71.7, 84.8)]
    _, rival, _ = dominated_by(energy_and_accuracy, [LOWER, HIGHER])
    assert rival.index == 0
    assert rival.factors == pytest.approx((1.431, 1.0), abs=1e-3)
    assert rival.differences == pytest.approx((17.6, 0.0))


def test_a_factor_of_zero_errors_is_not_a_number():
    _, rival = dominated_by([(1.0, 0.0), (2.0, 4.0)], [LOWER, LOWER])
    assert rival.factors[0] == 2
    assert math.isnan(rival.factors[1])
    assert rival.differences == (1.0, 4.0)


def test_no_points_have_no_front():
    assert front_mask([], [LOWER, HIGHER]).tolist() == []


def test_shapes_and_directions_must_fit():
    with pytest.raises(ValueError, match="do not fit"):
        front_mask([(1, 2, 3)], [LOWER, LOWER])
    with pytest.raises(ValueError, match="direction"):
        front_mask([(1, 2)], [LOWER, NONE])


@given(tables)
def test_the_rival_is_the_one_that_is_better_by_the_greatest_product_of_factors(table):
    points, directions = table
    for point, rival in zip(points, dominated_by(points, directions), strict=True):
        if rival is None:
            continue
        better = [other for other in points if dominates(other, point, directions)]
        gains = [
            math.prod(max(a, b) / min(a, b) for a, b in zip(other, point, strict=True)) for other in better
        ]
        assert math.prod(rival.factors) == pytest.approx(max(gains))
        expected = [abs(a - b) for a, b in zip(points[rival.index], point, strict=True)]
        assert list(rival.differences) == expected


@given(tables, st.randoms(use_true_random=False))
def test_the_front_does_not_depend_on_the_order_of_the_points(table, random):
    points, directions = table
    order = list(range(len(points)))
    random.shuffle(order)
    shuffled = front_mask([points[k] for k in order], directions)
    front = front_mask(points, directions)
    assert [bool(front[k]) for k in order] == shuffled.tolist()


@given(tables, st.floats(0.001, 1000))
def test_the_front_does_not_depend_on_the_units(table, factor):
    points, directions = table
    scaled = [tuple(value * factor for value in point) for point in points]
    assert front_mask(scaled, directions).tolist() == front_mask(points, directions).tolist()


@given(tables)
def test_a_further_missing_value_puts_nothing_on_the_front_and_takes_nothing_off(table):
    points, directions = table
    more = [*points, (float("nan"),) * len(directions)]
    assert front_mask(more, directions).tolist() == [*front_mask(points, directions).tolist(), False]
