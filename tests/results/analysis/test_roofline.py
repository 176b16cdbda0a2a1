"""The roofline: verified statements only, and the reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.roofline import Roofline, roofline_of

positive = st.floats(min_value=1e-3, max_value=1e9, allow_nan=False)


@dataclass
class Stated:
    field: str
    value: str
    unit: str
    source_tier: int = 1
    source: str = "data sheet"


PEAK = Stated("accelerator_peak", "64 MAC/cycle (Ethos-U55-64)", "MAC/cycle")
BANDWIDTH = Stated("ext_memory_bandwidth_gb_s", "3.2", "GB/s")


def test_a_peak_per_cycle_is_taken_at_the_clock_of_the_operating_point() -> None:
    found = roofline_of([PEAK, BANDWIDTH], clock_mhz=400.0)
    assert isinstance(found, Roofline)
    assert (found.peak_gops, found.bandwidth_gb_per_s) == (pytest.approx(51.2), 3.2)
    assert (found.peak_source, found.bandwidth_source) == ("data sheet", "data sheet")


def test_a_peak_per_cycle_without_a_clock_is_refused() -> None:
    assert "clock of the unit that computes is not stated" in str(roofline_of([PEAK, BANDWIDTH]))


def test_tera_and_bits_become_giga_and_bytes() -> None:
    facts = [
        Stated("accelerator_peak", "0.5", "TOPS"),
        Stated("ext_memory_bandwidth_gbit_s", "16.8", "Gbit/s"),
    ]
    found = roofline_of(facts)
    assert isinstance(found, Roofline)
    assert (found.peak_gops, found.bandwidth_gb_per_s) == (500.0, pytest.approx(2.1))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([], "No source states the peak rate. No source states the memory bandwidth."),
        ([PEAK], "No source states the memory bandwidth."),
        ([Stated("accelerator_peak", "50", "GOPS", 4), BANDWIDTH], "not verified"),
        ([Stated("accelerator_peak", "50", "GOPS", 5), BANDWIDTH], "not verified"),
        ([Stated("accelerator_peak", "256 MAC/cycle (HP) + 128 MAC/cycle (HE)", "MAC/cycle"), BANDWIDTH], "not one number"),
        ([Stated("accelerator_peak", "32 MAC (CNN part)", "MAC/cycle"), BANDWIDTH], "not one number"),
        ([Stated("accelerator_peak", "up to 42x a CPU core (no GOPS stated)", ""), BANDWIDTH], "not one number"),
        ([Stated("accelerator_peak", "50", "GOPS"), Stated("accelerator_peak", "60", "GOPS"), BANDWIDTH], "contradict"),
    ],
)  # fmt: skip
def test_without_two_verified_numbers_there_is_a_sentence(facts: list[Stated], reason: str) -> None:
    found = roofline_of(facts, clock_mhz=400.0)
    assert isinstance(found, str)
    assert reason in found


def test_an_unverified_statement_does_not_disturb_a_verified_one() -> None:
    found = roofline_of([PEAK, Stated("accelerator_peak", "999", "GOPS", 4), BANDWIDTH], clock_mhz=400.0)
    assert isinstance(found, Roofline)
    assert found.peak_gops == pytest.approx(51.2)


@given(positive, positive, positive, positive)
def test_the_bound_is_the_slower_of_computing_and_moving(
    peak: float, bandwidth: float, macs: float, moved_bytes: float
) -> None:
    bound = Roofline(peak, bandwidth, "", "").bound_ms(macs, moved_bytes)
    assert bound >= 2e-6 * macs / peak * (1 - 1e-9)
    assert bound >= 1e-6 * moved_bytes / bandwidth * (1 - 1e-9)
