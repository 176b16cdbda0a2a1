from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.projection import scoring
from results.analysis.projection.tinysite import TinySite
from results.domain.parameters import QueryError
from results.domain.projections import (
    ENGINE_METHOD,
    FIGURES,
    LEVELS,
    METRICS,
    MODELS,
    SHOWS,
    CellState,
    MatrixQuery,
    matrix_query_string,
    parse_matrix_query,
    parse_projection_query,
    question_anchors,
    question_words,
)

CLASSES = ("mcu", "npu", "fpga")
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
    lambda text: not text.endswith("\\")
)
queries = st.builds(
    MatrixQuery,
    metric=st.sampled_from(list(METRICS)),
    level=st.sampled_from(LEVELS),
    models=st.sampled_from(MODELS),
    classes=st.lists(st.sampled_from(CLASSES), unique=True).map(tuple),
    devices=st.lists(texts, unique=True, max_size=3).map(tuple),
    vendors=st.lists(texts, unique=True, max_size=3).map(tuple),
    states=st.lists(st.sampled_from([s.value for s in CellState]), unique=True).map(tuple),
    show=st.sampled_from([None, *SHOWS]),
    page=st.integers(1, 10_000),
)


def test_the_names_of_method_and_figures_are_those_of_the_engine() -> None:
    assert TinySite.name == ENGINE_METHOD
    assert FIGURES == scoring.FIGURES


@given(queries)
def test_a_view_is_its_address(query: MatrixQuery) -> None:
    assert parse_matrix_query(parse_qs(matrix_query_string(query)), CLASSES) == query


def test_another_filter_leads_to_the_first_page_and_another_page_keeps_the_filters() -> None:
    query = MatrixQuery(classes=("mcu",), page=3)
    assert matrix_query_string(query, states=("projected",)) == "class=mcu&state=projected"
    assert matrix_query_string(query, page=4) == "class=mcu&page=4"


def test_every_problem_is_named() -> None:
    with pytest.raises(QueryError) as error:
        parse_matrix_query({"metric": ["speed"], "page": ["0"], "class": ["toaster"], "x": ["1"]}, CLASSES)
    assert {problem.parameter for problem in error.value.problems} == {"metric", "page", "class", "x"}


@pytest.mark.parametrize("number", ["-1", "one", "1.5", "9" * 30, "²"])
def test_a_system_is_a_number(number: str) -> None:
    with pytest.raises(QueryError):
        parse_projection_query({"system": [number]}, CLASSES)


@pytest.mark.parametrize(
    ("question", "words", "anchors"),
    [
        ("family", "No network of this family was measured in a round.", None),
        ("model", "This network was never measured, its family was.", None),
        ("device:0", "The board was never measured otherwise; of this system no result is known.", 0),
        ("round:2", "The system is new in its round; the results of 2 networks are known.", 2),
        ("", "", None),
        ("something else", "", None),
    ],
)
def test_a_question_in_words(question: str, words: str, anchors: int | None) -> None:
    assert question_words(question) == words
    assert question_anchors(question) == anchors
