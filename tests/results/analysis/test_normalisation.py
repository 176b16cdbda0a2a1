from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.normalisation import normalised_score

# MLPerf Tiny closed division, latency in ms: the v0.5 reference on NUCLEO-L4R5ZI and X-CUBE-AI 8.1.0 of v1.1 on the
# same board.
REFERENCE = {"kws": 181.917, "vww": 600.601, "ic": 704.225, "ad": 10.0516}
X_CUBE_AI = {"kws": 62.873, "vww": 118.694, "ic": 213.995, "ad": 6.857}


def test_a_published_system_against_the_reference():
    score = normalised_score(X_CUBE_AI, REFERENCE)
    assert score.value == pytest.approx(2.90, abs=0.005)
    assert (score.covered, score.of, score.text) == (4, 4, "2.90")
    assert score.ratios["vww"] == pytest.approx(5.06, abs=0.005)


def test_the_reference_scores_one():
    assert normalised_score(REFERENCE, REFERENCE).value == pytest.approx(1)


def test_without_full_coverage_there_is_no_score():
    score = normalised_score({"kws": 100.0, "ic": None, "sww": 3.0}, REFERENCE)
    assert score.value is None
    assert score.text == "1 of 4"
    assert list(score.ratios) == ["kws"]


def test_weights_count_relative_to_their_sum():
    weights = {"kws": 3.0, "vww": 1.0}
    score = normalised_score({"kws": 1.0, "vww": 1.0}, {"kws": 2.0, "vww": 32.0}, weights)
    assert score.value == pytest.approx(2 ** ((3 * 1 + 5) / 4))


@pytest.mark.parametrize(
    ("values", "reference", "weights"),
    [
        ({}, {}, None),
        ({"kws": 0.0}, {"kws": 1.0}, None),
        ({"kws": 1.0}, {"kws": math.inf}, None),
        ({"kws": math.nan}, {"kws": 1.0}, None),
        ({"kws": 1.0}, {"kws": 1.0}, {"kws": 0.0}),
    ],
)
def test_values_that_have_no_logarithm_are_refused(values, reference, weights):
    with pytest.raises(ValueError):
        normalised_score(values, reference, weights)


positive = st.floats(1e-3, 1e6)
systems = st.fixed_dictionaries(dict.fromkeys(("kws", "vww", "ic", "ad"), positive))


@given(systems, systems, systems, systems)
def test_the_ratio_of_two_scores_does_not_depend_on_the_reference(a, b, reference, other):
    first = normalised_score(a, reference).value / normalised_score(b, reference).value
    second = normalised_score(a, other).value / normalised_score(b, other).value
    assert first == pytest.approx(second, rel=1e-9)
