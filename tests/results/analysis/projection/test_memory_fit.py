"""Verdicts on flash and RAM: never a false “fits”."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.projection.memory_fit import (
    MeasuredMemory,
    MemoryCalibration,
    NeedRange,
    calibration,
    verdict,
)


def test_a_verdict_is_one_of_three_and_says_what_is_missing() -> None:
    need = NeedRange(80.0, 100.0, 130.0, "test")
    assert [verdict("RAM", need, kib).verdict for kib in (130, 100, 79)] == [
        "fits",
        "borderline",
        "does not fit",
    ]
    assert verdict("RAM", need, 100).missing_kib == pytest.approx(30)
    assert "30 KiB more" in verdict("RAM", need, 100).sentence
    assert "more" not in verdict("RAM", need, 200).sentence


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan")])
def test_a_size_that_is_not_positive_is_refused(size: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        calibration().ram(size)
    with pytest.raises(ValueError, match="positive"):
        verdict("RAM", NeedRange(1, 2, 3, ""), size)


def test_of_networks_left_out_none_is_said_to_fit_where_it_does_not() -> None:
    whole = calibration().measured_
    false_fits, within = 0, []
    for left_out in {(row.family, row.live_set_kib) for row in whole}:
        rest = [row for row in whole if (row.family, row.live_set_kib) != left_out]
        fitted = MemoryCalibration().fit(rest)
        for row in whole:
            if (row.family, row.live_set_kib) == left_out:
                ram = fitted.ram(row.live_set_kib, row.toolchain, row.family)
                flash = fitted.flash(row.weight_kib, row.toolchain, row.family)
                within.append(abs(ram.middle_kib / row.measured_ram_kib - 1) <= 0.25)
                assert abs(flash.middle_kib / row.measured_flash_kib - 1) <= 0.1
                for kib in 2.0 ** np.arange(1, 13):
                    false_fits += verdict("RAM", ram, kib).verdict == "fits" and row.measured_ram_kib > kib
                    false_fits += (
                        verdict("flash", flash, kib).verdict == "fits" and row.measured_flash_kib > kib
                    )
    assert false_fits == 0
    assert np.mean(within) > 0.75


def test_an_unknown_toolchain_and_family_have_the_wider_range_and_say_so() -> None:
    known = calibration().ram(100, "X-CUBE-AI 8.1.0", "mobilenetv1")
    unknown = calibration().ram(100, "somebody's compiler", "transformer")
    assert unknown.high_kib / unknown.low_kib > known.high_kib / known.low_kib
    assert "other families on other toolchains" in unknown.basis


@given(st.floats(1, 1e5), st.floats(1, 1e5))
def test_more_live_set_never_needs_less(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert calibration().ram(low).high_kib <= calibration().ram(high).high_kib


def test_a_row_that_its_twin_contradicts_does_not_calibrate() -> None:
    rows = [
        MeasuredMemory("t", "f", name, 100, 60, 200, flash) for name, flash in (("a", 200.0), ("b", 158.0))
    ]
    assert [row.model for row in MemoryCalibration().fit(rows).measured_] == ["a"]


def test_code_adds_to_flash() -> None:
    assert calibration().flash(100, code_kib=50).middle_kib == pytest.approx(
        calibration().flash(100).middle_kib + 50
    )
