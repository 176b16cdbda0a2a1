from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.comparability import (
    ANY,
    Conditions,
    comparability,
    supply_text,
    why_not_compared,
)
from results.analysis.comparing import Answer, Subject, compare


def conditions(**changes) -> Conditions:
    return Conditions(
        **{"benchmark": "vww", "energy_scope": "chip-rail", "supply_voltage_mv": 1800.0, "evaluation_set": ""}
        | changes
    )


def group(metric: str, **changes) -> str | None:
    return comparability().group(metric, conditions(**changes))


def test_latency_compares_over_everything():
    assert group("latency_ms") == group("latency_ms", benchmark="ic", supply_voltage_mv=None) == ANY


def test_energy_compares_within_one_scope_and_supply():
    assert group("energy_uj_per_inf") == "chip-rail@1800"
    assert group("average_power_mw", energy_scope="board", supply_voltage_mv=6936.0) == "board@6950"


def test_readings_of_one_supply_fall_into_one_group():
    assert {group("energy_uj_per_inf", supply_voltage_mv=mv) for mv in (4944.0, 4948.0, 4951.0)} == {
        "chip-rail@4950"
    }


def test_an_energy_without_scope_or_supply_compares_with_nothing():
    assert group("energy_uj_per_inf", energy_scope="unknown") is None
    assert group("energy_uj_per_inf", supply_voltage_mv=None) is None


def test_qualities_on_a_changed_test_set_do_not_compare():
    old, new = (group("top1", benchmark="ic", evaluation_set=f"ic01-{name}") for name in ("v0.5", "v0.7"))
    assert old != new
    assert group("top1", benchmark="ic", evaluation_set="other") is None
    assert group("top1", benchmark="vww", evaluation_set="vww01") == ANY


def test_a_trade_off_needs_both_groups():
    rules = comparability()
    ic = conditions(benchmark="ic", evaluation_set="ic01-v0.7")
    assert rules.trade_off_group(("energy_uj_per_inf", "top1"), ic) == "chip-rail@1800:ic-set-v0.7"
    assert rules.trade_off_group(("latency_ms", "energy_uj_per_inf"), ic) == "chip-rail@1800"
    assert rules.trade_off_group(("latency_ms", "auc"), conditions(benchmark="ad")) == ANY
    assert (
        rules.trade_off_group(("latency_ms", "energy_uj_per_inf"), conditions(supply_voltage_mv=None)) is None
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("any", ""),
        ("chip-rail@1800", "chip rail, 1.8 V"),
        ("board@4950", "whole board, 4.95 V"),
        ("chip-rail@3000:ic-set-v0.5", "chip rail, 3.0 V; test set of v0.5"),
        ("something-else", "something-else"),
    ],
)
def test_a_group_has_words(name, words):
    assert comparability().label(name) == words


@pytest.mark.parametrize(
    ("metric", "changes", "reference", "sentence"),
    [
        ("energy_uj_per_inf", {}, "chip-rail@1800", ""),
        ("energy_uj_per_inf", {"supply_voltage_mv": 3000.0}, "chip-rail@1800",
         "measured at 3.0 V: not compared with the 1.8 V reference"),
        ("energy_uj_per_inf", {"supply_voltage_mv": None}, "chip-rail@1800",
         "supply voltage not stated: not compared with the 1.8 V reference"),
        ("energy_uj_per_inf", {"energy_scope": "board", "supply_voltage_mv": 4944.0}, "chip-rail@1800",
         "whole board at 4.95 V: not compared with the 1.8 V reference on the chip rail"),
        ("top1", {"benchmark": "ic", "evaluation_set": "ic01-v0.5"}, "ic-set-v0.7",
         "measured on the test set of v0.5: not compared with the test set since v0.7"),
        ("top1", {"benchmark": "ic", "evaluation_set": ""}, "ic-set-v0.7",
         "measured on an unknown test set: not compared with the test set since v0.7"),
    ],
)  # fmt: skip
def test_a_refusal_says_why(metric, changes, reference, sentence):
    assert why_not_compared(metric, conditions(**changes), reference) == sentence


def test_voltages_keep_one_decimal_at_least():
    assert [supply_text(mv) for mv in (1800, 3000, 4950, 900)] == ["1.8 V", "3.0 V", "4.95 V", "0.9 V"]


def test_every_changed_set_says_what_changed():
    assert "changed after v0.5" in comparability().reasons["ic"]


_measured_as = st.builds(
    Conditions,
    st.sampled_from(["ic", "vww"]),
    st.sampled_from(["chip-rail", "board", "unknown", "none"]),
    st.sampled_from([None, 1800.0, 1805.0, 3000.0, 4944.0, 4951.0]),
    st.sampled_from(["", "ic01-v0.5", "ic01-v0.7", "elsewhere"]),
)


def _subject(measured_as: Conditions) -> Subject:
    return Subject(
        public_id="x", benchmark=measured_as.benchmark, round="v1.1", division="closed", availability="available",
        provenance="reviewed", energy_scope=measured_as.energy_scope,
        supply_voltage_mv=measured_as.supply_voltage_mv, evaluation_set=measured_as.evaluation_set, clock_mhz=None,
        device="", software="", precision="", neural_model="", submitter="",
    )  # fmt: skip


@given(
    _measured_as,
    _measured_as,
    st.sampled_from(
        ["latency_ms", "throughput_inf_per_s", "energy_uj_per_inf", "average_power_mw", "quality"]
    ),
)
def test_rankings_and_the_comparison_of_two_never_contradict_each_other(one, other, metric):
    """Leaderboards, fronts and scores rank within a group; the compare page, pivots and findings ask of two."""
    own, rival = (
        comparability().group("top1" if metric == "quality" else metric, each) for each in (one, other)
    )
    alike = one.benchmark == other.benchmark and own is not None and own == rival
    answer = compare(metric, _subject(one), _subject(other)).answer
    assert (answer is not Answer.NOT_COMPARABLE) == alike
