"""The query string of a comparison."""

from __future__ import annotations

import pytest

from results.domain.comparison import parse_chooser, parse_comparison, to_query_string
from results.domain.parameters import QueryError


def test_a_comma_list_and_repeated_parameters_mean_the_same() -> None:
    assert parse_comparison({"run": ["a,b"]}) == parse_comparison({"run": ["a", "b"]})


def test_the_first_is_the_reference_unless_another_is_named() -> None:
    assert parse_comparison({"run": ["a", "b"]}).to == "a"
    assert parse_comparison({"run": ["a", "b"], "to": ["b"]}).to == "b"


def test_the_same_one_twice_is_one() -> None:
    with pytest.raises(QueryError, match="is 1 result"):
        parse_comparison({"run": ["a", "a"]})


def test_defaults_are_left_out_of_the_address() -> None:
    query = parse_comparison({"device": ["x", "y"], "to": ["x"], "metric": ["all"]})
    assert to_query_string(query) == "device=x&device=y"
    assert to_query_string(query, to="y", metric="energy") == "device=x&device=y&metric=energy&to=y"


def test_an_empty_address_asks_for_the_chooser_and_a_named_one_does_not() -> None:
    assert parse_chooser({}) is not None
    assert parse_chooser({"run": ["a"]}) is None


def test_what_is_chosen_stays_first_and_once() -> None:
    query = parse_chooser({"with": ["run:b"], "run": ["a", "b"]})
    assert query is not None
    assert (query.kind, query.ids) == ("run", ("b", "a"))


def test_the_chooser_refuses_another_kind_than_the_chosen() -> None:
    with pytest.raises(QueryError, match="one kind is compared at a time"):
        parse_chooser({"with": ["run:b"], "device": ["a"]})
