"""The address of a view of the coverage, read and written."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.domain.coverage import (
    CELLS,
    METRICS,
    CellState,
    GridQuery,
    GridWords,
    TaxonomyQuery,
    grid_query_string,
    parse_grid_query,
    parse_taxonomy_query,
    taxonomy_query_string,
)
from results.domain.query import QueryError

WORDS = GridWords(("mcu", "npu"), ("kws", "ic"), ("v1.0", "v1.1"))
KINDS = ("audio", "image")


def several(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), unique=True).map(tuple)


GRID_QUERIES = st.builds(
    GridQuery, several(WORDS.classes), several(WORDS.benchmarks), st.sampled_from([None, "closed", "open"]),
    several(WORDS.rounds), st.sampled_from([None, *METRICS]), st.sampled_from([None, *map(str, CELLS)]),
)  # fmt: skip


@given(GRID_QUERIES)
def test_an_address_of_the_grid_reads_back_as_the_view_that_wrote_it(query: GridQuery) -> None:
    assert parse_grid_query(parse_qs(grid_query_string(query)), WORDS) == query


@given(st.builds(TaxonomyQuery, several(KINDS), several(tuple(map(str, CellState)))))
def test_an_address_of_the_taxonomy_reads_back_as_the_view_that_wrote_it(query: TaxonomyQuery) -> None:
    assert parse_taxonomy_query(parse_qs(taxonomy_query_string(query)), KINDS) == query


def test_a_view_of_everything_has_no_query_string() -> None:
    assert grid_query_string(GridQuery()) == taxonomy_query_string(TaxonomyQuery()) == ""


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("class", "gpu", "mcu, npu"),
        ("benchmark", "vww", "kws, ic"),
        ("division", "any", "closed, open"),
        ("round", "v9.9", "v1.0, v1.1"),
        ("metric", "beauty", "latency, energy, quality"),
        ("cells", "some", "measured, empty, metric-not-measured"),
        ("colour", "red", "class"),
    ],
)
def test_what_the_grid_does_not_understand_is_refused_with_what_is_allowed(
    name: str, value: str, allowed: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse_grid_query({name: [value]}, WORDS)
    assert caught.value.problems[0].parameter == name
    assert allowed in caught.value.problems[0].message


@pytest.mark.parametrize(("name", "value"), [("input", "smell"), ("state", "full"), ("round", "v1.1")])
def test_what_the_taxonomy_does_not_understand_is_refused(name: str, value: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_taxonomy_query({name: [value]}, KINDS)
    assert caught.value.problems[0].parameter == name
