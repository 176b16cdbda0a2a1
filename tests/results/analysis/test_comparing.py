"""The three answers of a comparison, their printed differences and reasons, and the footnote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from results.analysis.comparing import Answer, Subject, compare, footnote
from results.analysis.derived import energy_per_correct_uj, inferences_per_joule, macs_per_cycle

ONE = Subject(
    public_id="one", benchmark="kws", round="v1.1", division="closed", availability="available",
    provenance="reviewed", energy_scope="chip-rail", supply_voltage_mv=1800.0, evaluation_set="", clock_mhz=120.0,
    device="board-a", software="TFLite Micro", precision="int8", neural_model="kws01", submitter="lab",
)  # fmt: skip
IC = replace(ONE, benchmark="ic", evaluation_set="ic01-v0.7")


def test_the_same_conditions_compare_without_a_word() -> None:
    other = replace(
        ONE, public_id="two", device="board-b", software="X-CUBE-AI", clock_mhz=160.0, submitter="maker"
    )
    assert compare("latency_ms", ONE, other).text == "Comparable."


def test_another_division_is_printed() -> None:
    found = compare("latency_ms", replace(ONE, division="open", neural_model=""), ONE)
    assert found.answer is Answer.WITH_DIFFERENCES
    assert found.text == (
        "Comparable with differences: division: open against closed; neural model: not stated against kws01."
    )


def test_the_clock_is_a_difference_on_the_same_device_only() -> None:
    assert "clock: 80 MHz against 120 MHz" in compare("latency_ms", replace(ONE, clock_mhz=80.0), ONE).text


@pytest.mark.parametrize(
    ("rounds", "stated"), [(("v0.5", "v0.7"), True), (("v0.7", "v1.0"), False), (("v1.0", "v1.1"), False)]
)
def test_a_pair_of_versions_that_the_official_table_does_not_state_says_so(
    rounds: tuple[str, str], stated: bool
) -> None:
    left, right = (replace(ONE, round=name) for name in rounds)
    assert (
        "not in the official compatibility table" not in compare("latency_ms", left, right).text
    ) is stated


@pytest.mark.parametrize(
    ("metric", "left", "right", "reason"),
    [
        ("latency_ms", ONE, IC, "kws and ic are different benchmarks."),
        ("energy_uj_per_inf", replace(ONE, supply_voltage_mv=3000.0), ONE, "measured at 3.0 V, the other at 1.8 V."),
        ("energy_uj_per_inf", replace(ONE, energy_scope="board"), ONE, "whole board, the other that of the chip rail."),
        ("energy_uj_per_inf", replace(ONE, energy_scope="unknown"), ONE, "Nobody states what the joules"),
        ("average_power_mw", replace(ONE, supply_voltage_mv=None), ONE, "Nobody states the supply voltage"),
        ("quality", replace(IC, evaluation_set="ic01-v0.5"), IC, "test set of v0.5, the other on the test set since v0.7"),
        ("quality", replace(IC, evaluation_set=""), IC, "is not known"),
        ("latency_ms", replace(ONE, provenance="projected"), ONE, "projected and the other measured"),
    ],
)  # fmt: skip
def test_what_does_not_compare_says_why_in_both_directions(
    metric: str, left: Subject, right: Subject, reason: str
) -> None:
    found = compare(metric, left, right)
    assert found.answer is Answer.NOT_COMPARABLE
    assert reason in found.text
    assert compare(metric, right, left).answer is Answer.NOT_COMPARABLE


def test_latencies_on_another_test_set_compare() -> None:
    assert compare("latency_ms", replace(IC, evaluation_set="ic01-v0.5"), IC).answer is Answer.COMPARABLE


def test_supplies_that_an_instrument_cannot_tell_apart_are_one() -> None:
    one, other = (replace(ONE, supply_voltage_mv=volts) for volts in (4944.0, 4951.0))
    assert compare("energy_uj_per_inf", one, other).answer is Answer.COMPARABLE


def test_the_footnote_keeps_what_mlcommons_has_not_verified_apart() -> None:
    text = footnote(
        [ONE, replace(ONE, public_id="own", provenance="self-reported")], date(2026, 11, 4), "site.example"
    )
    assert text.startswith(
        "MLPerf Tiny v1.1, closed division. Retrieved from site.example on 4 November 2026, entries one."
    )
    assert "own is a result not verified by MLCommons Association" in text


def test_the_footnote_of_a_long_view_counts_its_results_and_says_who_names_them() -> None:
    many = [replace(ONE, public_id=f"r{k}") for k in range(40)]
    text = footnote([*many, *many], date(2026, 11, 4), "site.example")
    assert "40 entries, which the CSV and the JSON of this view name." in text
    assert "r39" not in text
    own = [replace(one, provenance="self-reported") for one in many]
    assert "r31 and 8 more are results not verified" in footnote(own, date(2026, 11, 4), "site.example")


def test_closed_results_of_different_numeric_formats_say_so_where_both_state_it() -> None:
    other = replace(ONE, public_id="two", device="board-b", precision="fp32")
    assert (
        compare("latency_ms", ONE, other).text == "Comparable with differences: precision: int8 against fp32."
    )
    assert compare("latency_ms", ONE, replace(other, precision="")).text == "Comparable."


def test_the_worked_example_of_the_method_comes_out() -> None:
    assert (
        round(
            energy_per_correct_uj(2833.138, 90.0, division="closed", energy_scope="chip-rail").value or 0, 2
        )
        == 3147.93
    )
    assert round(inferences_per_joule(2833.138).value or 0, 2) == 352.97


def test_a_derived_value_without_an_input_says_which() -> None:
    found = macs_per_cycle(2_657_520, 10.0, None)
    assert (found.value, found.refusal) == (None, "Its clock was not measured or is not stated.")
