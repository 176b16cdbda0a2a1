"""Addresses of the page of scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.domain.parameters import QueryError
from results.domain.score_metrics import COMMON_SET, SCORE_METRICS
from results.domain.scores_query import ScoresQuery, parse_scores_query, scores_params


def asked(**params: str) -> ScoresQuery:
    return parse_scores_query({name: [value] for name, value in params.items()})


def refused(**params: str) -> str:
    with pytest.raises(QueryError) as caught:
        asked(**params)
    return str(caught.value)


def test_without_parameters_it_is_latency_against_the_fixed_reference():
    assert asked() == ScoresQuery()
    assert asked().is_fixed


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "1e9", "many", "0.0001"])
def test_a_weight_that_cannot_count_is_refused_with_what_would(weight):
    message = refused(w_kws=weight)
    assert "from 0.001 to 1000" in message
    assert "leaderboard" in message


def test_four_equal_weights_are_none():
    assert asked(**{f"w_{name}": "3" for name in COMMON_SET}).weights == {}


def test_a_group_belongs_to_energies():
    assert asked(metric="energy", group="chip-rail@1800").group == "chip-rail@1800"
    assert "metric=energy" in refused(metric="latency", group="chip-rail@1800")
    assert "chip-rail@1800" in refused(metric="energy", group="3 V")


def test_a_reference_is_the_number_of_a_system():
    assert asked(to="7").to == 7
    assert "/systems/3/" in refused(to="nucleo")


def test_everything_that_is_wrong_is_said_at_once():
    message = refused(metric="beauty", w_kws="0", round="first", colour="red")
    for parameter in ("metric", "w_kws", "round", "colour"):
        assert f"{parameter}:" in message


@given(
    st.sampled_from([word for word in SCORE_METRICS if SCORE_METRICS[word].needs_energy]),
    st.none() | st.integers(1, 999_999_999),
    st.dictionaries(st.sampled_from(COMMON_SET), st.floats(0.001, 1000)),
    st.sets(st.sampled_from(["v0.5", "v1.1"])),
    st.none() | st.just("board@5000"),
)
def test_an_address_reads_back_as_the_view_it_was_written_from(word, to, weights, rounds, group):
    given_params = {"metric": [word], "round": sorted(rounds)} | {
        f"w_{k}": [repr(v)] for k, v in weights.items()
    }
    given_params |= {"to": [str(to)]} if to else {}
    given_params |= {"group": [group]} if group else {}
    query = parse_scores_query(given_params)
    again = parse_scores_query({name: [value] for name, value in scores_params(query)})
    assert again == query
    assert scores_params(again) == scores_params(query)
