"""Derived figures: the same in every unit, a refusal exactly where there is no value, nothing from what is missing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.derived import (
    ABOVE_ROOF,
    DERIVED_METRICS,
    NO_MACS_OF_EVENTS,
    Measured,
    average_power_at_fps_mw,
    derive,
    derive_all,
    energy_per_correct_uj,
    macs_per_cycle,
    share_of_roofline_pct,
)
from results.analysis.roofline import Roofline

positive = st.floats(min_value=1e-3, max_value=1e9)
counted = st.integers(min_value=1, max_value=10**12)
ROOF = Roofline(51.2, 3.2, "data sheet", "data sheet")
WHOLE = Measured(
    energy_uj=5618.279, latency_ms=118.694, clock_mhz=120.0, dense_macs=7_489_664, effective_macs=3_742_091,
    top1_pct=85.3, division="closed", energy_scope="chip-rail", moved_bytes=333_288, roofline=ROOF, fps=2.0,
    sleep_power_mw=0.01,
)  # fmt: skip

NEEDED: Mapping[str, tuple[str, ...]] = {
    "inferences_per_joule": ("energy_uj",),
    "energy_delay_product_uj_ms": ("energy_uj", "latency_ms"),
    "macs_per_cycle": ("dense_macs", "latency_ms", "clock_mhz"),
    "effective_macs_per_cycle": ("effective_macs", "latency_ms", "clock_mhz"),
    "gops_per_w": ("dense_macs", "energy_uj"),
    "effective_gops_per_w": ("effective_macs", "energy_uj"),
    "share_of_roofline_pct": ("latency_ms", "dense_macs", "moved_bytes"),
    "energy_per_correct_uj": ("energy_uj", "top1_pct"),
    "average_power_at_fps_mw": ("energy_uj", "latency_ms", "fps", "sleep_power_mw"),
}
"""Inputs without which there is no figure."""


@st.composite
def anything(draw: st.DrawFn) -> Measured:
    """A result of which some things are known, others not, and some are 0 or no number."""
    number = st.none() | positive | st.sampled_from([0.0, math.nan, math.inf, -1.0])
    count = st.none() | counted
    return Measured(
        energy_uj=draw(number), latency_ms=draw(number), clock_mhz=draw(number), dense_macs=draw(count),
        effective_macs=draw(count), top1_pct=draw(number), division=draw(st.sampled_from(["closed", "open"])),
        energy_scope=draw(st.sampled_from(["chip-rail", "board", "unknown", ""])), moved_bytes=draw(count),
        roofline=draw(st.just(ROOF) | st.just("No source states the peak rate.")),
        event_based=draw(st.booleans()), fps=draw(number), sleep_power_mw=draw(number),
    )  # fmt: skip


def value(metric: str, measured: Measured) -> float:
    found = derive(metric, measured).value
    assert found is not None
    return found


@given(anything())
def test_there_is_a_refusal_exactly_where_there_is_no_value(measured: Measured) -> None:
    for found in derive_all(measured, of_reader=True):
        assert (found.value is None) == bool(found.refusal)
        if found.value is None:
            assert found.refusal.endswith(".")
            assert found.refusal[0].isupper()
            assert not found.remark
        else:
            assert math.isfinite(found.value)
            assert found.value > 0


@pytest.mark.parametrize("metric", DERIVED_METRICS)
@given(measured=anything())
def test_a_missing_input_never_gives_a_value(metric: str, measured: Measured) -> None:
    for name in NEEDED[metric]:
        assert derive(metric, replace(measured, **{name: None})).value is None


@pytest.mark.parametrize("metric", DERIVED_METRICS)
def test_what_is_wholly_known_has_every_figure_with_its_inputs(metric: str) -> None:
    found = derive(metric, WHOLE)
    assert found.value is not None
    assert all(one.value is not None and one.unit for one in found.inputs)
    assert (found.unit, found.direction) == (found.metric.unit, found.metric.direction)


@given(positive, positive, positive, counted)
def test_figures_are_those_of_si_units_whatever_the_prefix(
    energy_mj: float, latency_us: float, clock_khz: float, macs: int
) -> None:
    measured = Measured(
        energy_uj=energy_mj * 1000, latency_ms=latency_us / 1000, clock_mhz=clock_khz / 1000,
        dense_macs=macs, top1_pct=50.0, division="closed", energy_scope="board",
    )  # fmt: skip
    joules, seconds, hertz = energy_mj / 1e3, latency_us / 1e6, clock_khz * 1e3
    assert value("inferences_per_joule", measured) == pytest.approx(1 / joules)
    assert value("energy_delay_product_uj_ms", measured) == pytest.approx(joules * seconds * 1e9)
    assert value("macs_per_cycle", measured) == pytest.approx(macs / (seconds * hertz))
    assert value("gops_per_w", measured) == pytest.approx(2 * macs / joules / 1e9)
    assert value("energy_per_correct_uj", measured) == pytest.approx(2 * joules * 1e6)


@given(positive, counted, counted, positive, positive)
def test_the_share_of_the_roofline_is_that_of_si_units(
    latency_us: float, macs: int, moved: int, peak_tops: float, bandwidth_mb_per_s: float
) -> None:
    roof = Roofline(peak_tops * 1000, bandwidth_mb_per_s / 1000, "", "")
    found = share_of_roofline_pct(latency_us / 1000, macs, moved, roof)
    seconds = max(2 * macs / (peak_tops * 1e12), moved / (bandwidth_mb_per_s * 1e6))
    assert found.value == pytest.approx(100 * seconds / (latency_us / 1e6))
    assert (found.remark == ABOVE_ROOF) == (found.value is not None and found.value > 100)


@given(positive, positive, st.floats(min_value=0, max_value=1e6), st.floats(min_value=1e-3, max_value=0.999))
def test_average_power_lies_between_sleeping_and_inferring(
    energy_uj: float, latency_ms: float, sleep_mw: float, busy: float
) -> None:
    found = average_power_at_fps_mw(energy_uj, latency_ms, busy * 1000 / latency_ms, sleep_mw)
    awake_mw = energy_uj / latency_ms
    assert found.value is not None
    assert min(awake_mw, sleep_mw) * 0.999999 <= found.value <= max(awake_mw, sleep_mw) * 1.000001


def test_a_device_that_does_not_keep_up_has_no_average_power() -> None:
    found = average_power_at_fps_mw(100.0, 50.0, 21.0, 0.1)
    assert found.value is None
    assert found.refusal.startswith("It does not keep up: 21 inferences per second")


def test_a_sleep_power_of_nothing_is_a_statement_and_none_is_none() -> None:
    assert average_power_at_fps_mw(100.0, 50.0, 10.0, 0.0).value == pytest.approx(1.0)
    assert "does not measure sleep" in average_power_at_fps_mw(100.0, 50.0, 10.0, None).refusal


def test_energy_per_correct_answer_needs_a_closed_result_and_a_stated_scope() -> None:
    assert "open one" in energy_per_correct_uj(10.0, 90.0, division="open", energy_scope="board").refusal
    assert (
        "joules include"
        in energy_per_correct_uj(10.0, 90.0, division="closed", energy_scope="unknown").refusal
    )


def test_an_event_based_device_keeps_what_takes_no_macs_and_is_refused_the_rest() -> None:
    found = {one.id: one for one in derive_all(replace(WHOLE, event_based=True), of_reader=True)}
    refused = {name for name, one in found.items() if one.refusal == NO_MACS_OF_EVENTS}
    assert refused == {name for name in NEEDED if {"dense_macs", "effective_macs"} & set(NEEDED[name])}
    assert all(one.value is not None for name, one in found.items() if name not in refused)


def test_dense_and_effective_macs_do_not_stand_for_each_other() -> None:
    dense_only = replace(WHOLE, effective_macs=None)
    assert derive("macs_per_cycle", dense_only).value is not None
    assert (
        derive("effective_macs_per_cycle", dense_only).refusal
        == "Its number of effective MACs was not measured or is not stated."
    )
    assert value("effective_gops_per_w", WHOLE) < value("gops_per_w", WHOLE)


def test_several_missing_inputs_are_named_together() -> None:
    refusal = macs_per_cycle(None, None, None).refusal
    assert refusal == "Its number of dense MACs, latency and clock were not measured or are not stated."


def test_figures_of_the_reader_come_on_request_only() -> None:
    own = [one.id for one in derive_all(WHOLE)]
    assert [one.id for one in derive_all(WHOLE, of_reader=True)] == list(DERIVED_METRICS)
    assert set(DERIVED_METRICS) - set(own) == {"average_power_at_fps_mw"}


def test_the_table_of_needed_inputs_names_fields_of_what_is_measured() -> None:
    assert NEEDED.keys() == DERIVED_METRICS.keys()
    assert {name for needed in NEEDED.values() for name in needed} <= {
        field.name for field in fields(Measured)
    }
