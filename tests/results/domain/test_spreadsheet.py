"""Texts of strangers in files that a spreadsheet opens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.domain.spreadsheet import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_would_be_a_formula_is_preceded_by_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", ["NUCLEO-L4R5ZI", "", "1.8 V", -1.5, 0, None, True])
def test_other_texts_and_numbers_stay_as_they_are(value: object) -> None:
    assert harmless(value) is value


@given(st.text())
def test_no_text_starts_as_a_formula_and_none_is_lost(text: str) -> None:
    made = str(harmless(text))
    assert made[:1] not in ("=", "+", "-", "@", "\t", "\r") or made == ""
    assert made in (text, f"'{text}")
