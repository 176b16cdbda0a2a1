"""How numbers are written: tables of cases, and what must hold for any number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results import presentation

SPACE = presentation.NARROW_SPACE
positive = st.floats(min_value=1e-6, max_value=1e12, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.373, "0.373"),
        (0.098, "0.0980"),
        (0.09996, "0.100"),
        (12.7, "12.7"),
        (99.96, "100"),
        (119.4, "119"),
        (999.6, f"1{SPACE}000"),
        (1869.2, f"1{SPACE}869"),
        (1234567.0, f"1{SPACE}234{SPACE}567"),
        (0, "0"),
        (-12.74, "\u221212.7"),
    ],
)
def test_a_table_number_has_three_significant_digits_and_grouped_thousands(value, text):
    assert presentation.table_number(value) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="cannot be printed"):
        presentation.table_number(value)


@given(positive)
def test_a_table_number_is_within_half_a_unit_of_its_third_digit(value):
    printed = float(presentation.table_number(value).replace(SPACE, ""))
    assert math.isclose(printed, value, rel_tol=0.0051)


@given(st.lists(st.one_of(st.none(), positive), max_size=8))
def test_numbers_of_a_column_align_on_the_decimal_point(values):
    cells = presentation.aligned_column(values)
    widths = set()
    for cell in cells:
        if cell.text:
            missing = int(cell.css.strip("pi") or 0)
            has_point = "." in cell.text or cell.css.endswith("i")
            widths.add((presentation.decimals_of(cell.text) + missing, has_point))
    assert len({width for width, _ in widths}) <= 1 or max(w for w, _ in widths) > 6
    assert [cell.value for cell in cells] == values


def test_a_value_that_is_not_there_is_an_empty_cell_and_never_zero():
    assert presentation.aligned_column([None, 0.0])[0].text == ""
    assert presentation.aligned_column([None, 0.0])[1].text == "0"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1, "×1"), (1.004, "×1.0"), (2.98, "×3.0"), (9.94, "×9.9"), (9.96, "×10"), (134.6, "×135"), (4850, f"×4{SPACE}850")],
)  # fmt: skip
def test_a_ratio_has_one_decimal_below_ten(ratio, text):
    assert presentation.ratio_text(ratio) == text


@pytest.mark.parametrize("ratio", [0, -1, math.nan, math.inf])
def test_a_ratio_that_cannot_be_is_refused(ratio):
    with pytest.raises(ValueError, match="above 0"):
        presentation.ratio_text(ratio)


@pytest.mark.parametrize(
    ("points", "text"), [(5.31, "+5.3"), (-0.24, "\u22120.2"), (0, "±0.0"), (-0.01, "±0.0"), (10, "+10.0")]
)
def test_a_margin_always_has_a_sign(points, text):
    assert presentation.points_text(points) == text


@pytest.mark.parametrize(
    ("millivolts", "text"), [(1800, "1.8"), (3000, "3.0"), (650, "0.65"), (1825, "1.825"), (3300, "3.3")]
)
def test_a_supply_voltage_is_written_in_volts(millivolts, text):
    assert presentation.volts_text(millivolts) == f"{text}{SPACE}V"


def test_footnote_letters_go_on_after_z():
    assert [presentation.note_letter(i) for i in (0, 1, 25, 26, 51, 52)] == ["a", "b", "z", "aa", "az", "ba"]
    with pytest.raises(ValueError, match="counted from 0"):
        presentation.note_letter(-1)


@given(st.integers(min_value=0, max_value=2000), st.integers(min_value=0, max_value=2000))
def test_two_footnotes_never_share_a_letter(first, second):
    same = presentation.note_letter(first) == presentation.note_letter(second)
    assert same == (first == second)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_a_count_keeps_its_digits(value):
    text = presentation.whole_number(value)
    assert int(text.replace(SPACE, "").replace("\u2212", "-")) == value
    assert all(len(group) == 3 for group in text.lstrip("\u2212").split(SPACE)[1:])


def test_words_are_joined_as_in_a_sentence():
    assert presentation.joined([]) == ""
    assert presentation.joined(["a"]) == "a"
    assert presentation.joined(["a", "b"], "or") == "a or b"
    assert presentation.joined(["a", "b", "c"]) == "a, b and c"


def test_a_supply_voltage_of_a_table_is_cut_to_two_decimals():
    assert presentation.volts_text(6936, most_decimals=2) == f"6.94{SPACE}V"
    assert presentation.volts_text(1800, most_decimals=2) == f"1.8{SPACE}V"
