"""The vocabulary of external figures: cells that hold one number, spellings of numeric formats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.domain.figures import (
    FIGURE_METRICS,
    QUARANTINE_MEANING,
    Quarantine,
    numeric_format,
    plain_number,
    precision_bits,
)


@given(st.floats(min_value=0, max_value=1e9))
def test_a_number_with_or_without_thousands_and_per_cent_reads_back(value: float) -> None:
    assert plain_number(f"{value:.6f}") == pytest.approx(value, abs=1e-6)
    assert plain_number(f" {value:,.6f} %") == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("cell", ["521.210.0.0", "1654.5 KiB KiB", "1,5", "", "n/a", "12 34", "NaN", "inf", "1,23,456", "١٢"])  # fmt: skip
def test_anything_else_is_no_number(cell: str) -> None:
    assert plain_number(cell) is None


@pytest.mark.parametrize(("stated", "spelt", "bits"), [
    ("FLOAT32", "fp32", 32), ("Float", "fp32", 32), ("Int8", "int8", 8), ("INT2", "int2", 2), ("FP16", "fp16", 16),
    ("Hybrid", "hybrid", None), ("", "", None),
])  # fmt: skip
def test_numeric_formats_have_one_spelling(stated: str, spelt: str, bits: int | None) -> None:
    assert numeric_format(stated) == spelt
    assert precision_bits(spelt) == bits


def test_every_reason_of_quarantine_has_a_meaning_and_every_metric_a_unit() -> None:
    assert set(QUARANTINE_MEANING) == set(Quarantine)
    assert all(metric.unit and metric.name for metric in FIGURE_METRICS.values())
