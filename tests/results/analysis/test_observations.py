from __future__ import annotations

from dataclasses import replace
from itertools import combinations, count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.comparing import Answer, Subject, compare
from results.analysis.observations import (
    ENOUGH_RESULTS,
    Result,
    latency_is_not_energy,
    mixed_energies,
    newest_round,
    software_alone,
    undecided_neighbours,
    version_key,
    zero_channels,
)
from results.analysis.uncertainty import Verdict, spread, verdict
from results.domain.metrics import Direction

NETWORKS = {"vww": ("vww01", 1000, 500), "kws": ("kws01", 300, 300)}
_numbers = count(1)


def result(
    latency_ms: float | None = 10.0, *, energy_uj: float | None = None, software: str = "A 1", device: str = "board",
    framework: str = "A", position: int = 3, log: str = "", repeats: bool = False, windows_ms: tuple[float, ...] = (),
    **subject: object,
) -> Result:  # fmt: skip
    own = {
        "public_id": f"run-{next(_numbers):05}", "benchmark": "vww", "round": f"v{position}", "division": "closed",
        "availability": "available", "provenance": "reviewed", "energy_scope": "chip-rail",
        "supply_voltage_mv": 1800.0, "evaluation_set": "", "clock_mhz": 120.0, "precision": "int8",
        "neural_model": "", "submitter": "lab",
    }  # fmt: skip
    return Result(
        subject=Subject(**{**own, **subject}, device=device, software=software),
        device_name=device.upper(),
        framework=framework,
        round_position=position,
        latency=None if latency_ms is None else spread(latency_ms, windows_ms),
        energy=None if energy_uj is None else spread(energy_uj),
        log=log,
        repeats=repeats,
    )


def energy_order(*results: Result):
    return latency_is_not_energy(results, group="chip-rail@1800", total=len(results))


@pytest.mark.parametrize(
    "observe",
    [
        software_alone,
        mixed_energies,
        undecided_neighbours,
        lambda results: zero_channels(results, NETWORKS),
        lambda results: latency_is_not_energy(results, group="chip-rail@1800", total=0),
    ],
)
@pytest.mark.parametrize("results", [[], [result()], [result(None), result(None)]])
def test_without_figures_that_support_it_nothing_is_said(observe, results):
    assert observe(results) is None


def test_software_stands_for_its_fastest_result_on_one_board_at_one_clock():
    found = software_alone([
        result(10.0), result(12.0), result(30.0, software="B 2"), result(44.0, software="B 2"),
        result(10.0, benchmark="kws"), result(20.0, benchmark="kws", software="B 2"),
    ])  # fmt: skip
    assert (found.largest, found.median, found.cases, found.boards, found.stacks) == (3.0, 2.5, 2, 1, 4)
    assert (found.benchmark, found.best_software, found.best_ms, found.worst_software, found.worst_ms) == (
        "vww", "A 1", 10.0, "B 2", 30.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"clock_mhz": 240.0},
        {"clock_mhz": None},
        {"device": "other"},
        {"position": 4},
        {"availability": "preview"},
        {"benchmark": "kws"},
        {"software": ""},
        {"repeats": True},
        {"latency_ms": 10.9},
    ],
)
def test_what_is_not_the_software_alone_is_no_case(other):
    changes = {"latency_ms": 30.0, "software": "B 2"} | other
    assert software_alone([result(10.0), result(**changes)]) is None


_stack = st.builds(
    result,
    st.floats(0.01, 1e4),
    software=st.sampled_from(["A 1", "A 2", "B 1", ""]),
    benchmark=st.sampled_from(["vww", "kws"]),
    device=st.sampled_from(["board", "other"]),
    clock_mhz=st.sampled_from([80.0, 120.0, None]),
)


@given(st.lists(_stack, max_size=12))
def test_the_fastest_of_each_software_say_the_same_as_all(results):
    fastest: dict[object, Result] = {}
    for one in sorted(results, key=lambda one: (one.latency.value, one.subject.public_id)):
        own = one.subject
        fastest.setdefault((own.software, own.benchmark, own.device, own.clock_mhz), one)
    assert software_alone(fastest.values()) == software_alone(results)


@given(st.lists(_stack, max_size=12), st.floats(0.5, 20))
def test_software_ratios_do_not_depend_on_the_order_or_the_unit(results, factor):
    found, turned = software_alone(results), software_alone(results[::-1])
    assert found == turned
    if found is None:
        return
    assert found.largest >= found.median >= 1
    scaled = software_alone([replace(one, latency=spread(one.latency.value * factor)) for one in results])
    assert scaled.largest == pytest.approx(found.largest)


def board(software: str, position: int, device: str = "board", **latencies: float) -> list[Result]:
    return [
        result(ms, software=software, position=position, device=device, benchmark=name)
        for name, ms in latencies.items()
    ]


OLD = board("A 9.0", 3, vww=200.0, kws=50.0, ic=100.0, ad=8.0)


def test_software_that_gains_on_the_network_of_zeros_alone_seems_to_skip_them():
    found = zero_channels(OLD + board("A 10.0", 3, vww=100.0, kws=50.0, ic=100.0, ad=8.0), NETWORKS)
    assert (found.benchmark, found.removable, found.gain, found.boards) == ("vww", 0.5, 2.0, 1)
    assert (found.old_software, found.new_software) == ("A 9.0", "A 10.0")
    assert (found.times_faster, found.others_faster) == pytest.approx((2.0, 1.0))


def test_the_gain_is_counted_once_per_board_and_the_median_is_printed():
    new = board("A 10.0", 4, vww=100.0, kws=50.0, ic=100.0)
    more = board("A 11.0", 5, vww=50.0, kws=50.0, ic=100.0)
    other = [replace(one, subject=replace(one.subject, device="b2")) for one in OLD + new]
    found = zero_channels(OLD + new + more + other, NETWORKS)
    assert (found.boards, found.gain, found.largest, found.device) == (2, 3.0, 4.0, "board")


@pytest.mark.parametrize(
    "new",
    [
        board("A 10.0", 4, vww=100.0, kws=25.0, ic=50.0, ad=4.0),
        board("A 10.0", 4, vww=100.0, kws=50.0),
        board("A 10.0", 4, vww=400.0, kws=50.0, ic=100.0),
        board("A 10.0", 4, device="other", vww=100.0, kws=50.0, ic=100.0),
        board("A 10.0", 4, kws=50.0, ic=100.0, ad=8.0),
    ],
    ids=["all gained", "one control", "became slower", "another board", "not run"],
)
def test_a_gain_that_has_another_reason_is_not_told(new):
    assert zero_channels(OLD + new, NETWORKS) is None


def test_without_a_network_of_zeros_nothing_is_said_of_them():
    new = board("A 10.0", 4, vww=100.0, kws=50.0, ic=100.0)
    assert zero_channels(OLD + new, {"kws": NETWORKS["kws"]}) is None
    assert zero_channels(OLD + new, {}) is None


@given(st.floats(0.1, 10), st.floats(1.6, 5))
def test_a_gain_that_all_share_cancels(shared, own):
    new = board("A 10.0", 4, vww=200 / shared / own, kws=50 / shared, ic=100 / shared, ad=8 / shared)
    assert zero_channels(OLD + new, NETWORKS).gain == pytest.approx(own)


def test_the_fastest_that_draws_more_is_told_with_both_ends():
    fast = result(1.0, energy_uj=50.0, device="fast")
    thrifty = result(2.0, energy_uj=20.0, device="thrifty")
    slow = result(30.0, energy_uj=900.0, device="slow")
    found = energy_order(fast, thrifty, slow)
    assert (found.differing, found.benchmarks, found.pairs, found.swapped) == (1, 1, 3, 1)
    assert (found.fastest, found.thriftiest) == ("FAST", "THRIFTY")
    assert (found.fastest_uj, found.thriftiest_uj) == (50.0, 20.0)


@pytest.mark.parametrize(
    "rival",
    [
        {"latency_ms": 2.0, "energy_uj": 60.0},
        {"latency_ms": 1.01, "energy_uj": 20.0},
        {"latency_ms": 2.0, "energy_uj": 49.9},
        {"latency_ms": 2.0, "energy_uj": 20.0, "supply_voltage_mv": 3000.0},
        {"latency_ms": 2.0, "energy_uj": 20.0, "repeats": True},
        {"latency_ms": 2.0, "energy_uj": 20.0, "benchmark": "kws"},
    ],
    ids=[
        "order agrees",
        "latency undecided",
        "energy undecided",
        "other supply",
        "repeated",
        "other benchmark",
    ],
)
def test_an_order_that_is_not_told_apart_is_no_difference(rival):
    assert energy_order(result(1.0, energy_uj=50.0), result(**rival, device="other")) is None


_both = st.builds(
    result,
    st.floats(0.1, 100),
    energy_uj=st.floats(1, 1e4),
    device=st.sampled_from(["a", "b", "c"]),
    benchmark=st.sampled_from(["vww", "kws"]),
)


@given(st.lists(_both, max_size=12))
def test_the_ends_of_each_device_say_the_same_as_all(results):
    ends = {}
    for by in ("latency", "energy"):
        held = {}
        for one in sorted(results, key=lambda one: (getattr(one, by).value, one.subject.public_id)):
            held.setdefault((one.subject.benchmark, one.subject.device), one)
        ends |= {one.subject.public_id: one for one in held.values()}
    same = latency_is_not_energy(ends.values(), group="g", total=len(results))
    assert same == latency_is_not_energy(results, group="g", total=len(results))
    if same:
        assert 0 < same.differing <= same.benchmarks
        assert same.swapped <= same.pairs


@given(
    st.lists(
        st.builds(
            result, st.floats(1, 1.2), energy_uj=st.floats(1, 1.2), device=st.sampled_from("abcdefgh"),
            supply_voltage_mv=st.sampled_from([1800.0, 1810.0, 3000.0]),
            provenance=st.sampled_from(["reviewed", "projected"]),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_the_pairs_that_are_counted_are_those_that_compare_and_are_told_apart_in_both_metrics(results):
    # two that are far apart, so that there is something to say
    results = [*results, result(0.5, energy_uj=9.0, device="x"), result(5.0, energy_uj=0.1, device="y")]
    fastest = {}
    for one in sorted(results, key=lambda one: (one.latency.value, one.subject.public_id)):
        fastest.setdefault(one.subject.device, one)
    told = []
    for one, other in combinations(fastest.values(), 2):
        verdicts = [
            verdict(getattr(one, by), getattr(other, by), Direction.LOWER) for by in ("latency", "energy")
        ]
        comparison = compare("energy_uj_per_inf", one.subject, other.subject)
        if Verdict.UNDECIDED not in verdicts and comparison.answer is not Answer.NOT_COMPARABLE:
            told.append(verdicts[0] is not verdicts[1])
    seen = energy_order(*results)
    assert (seen.pairs, seen.swapped) == (len(told), sum(told))


def test_energies_of_another_supply_or_scope_and_unstated_ones_are_outside():
    ours = [result(energy_uj=5.0) for _ in range(3)]
    at_3_v = [result(energy_uj=5.0, supply_voltage_mv=3000.0, benchmark="ic") for _ in range(2)]
    unstated = result(energy_uj=5.0, supply_voltage_mv=None)
    found = mixed_energies([*ours, *at_3_v, unstated, result()])
    assert (found.energies, found.outside, found.groups) == (6, 3, 3)
    assert (found.group, found.largest_outside, found.benchmark) == ("chip-rail@1800", "chip-rail@3000", "ic")
    assert mixed_energies(ours) is None
    assert mixed_energies([unstated, result(energy_uj=1.0, supply_voltage_mv=None)]) is None


def test_instruments_that_round_differently_are_one_supply():
    assert mixed_energies([result(energy_uj=5.0, supply_voltage_mv=mv) for mv in (4944.0, 4951.0)]) is None


def test_neighbours_within_two_per_cent_or_within_their_windows_are_undecided():
    found = undecided_neighbours([
        result(100.0), result(101.0), result(120.0), result(130.0, windows_ms=(119.0, 130.0, 131.0)),
        result(10.0, benchmark="kws"), result(20.0, benchmark="kws"), result(None),
    ])  # fmt: skip
    assert (found.pairs, found.undecided, found.results) == (4, 2, 6)
    assert (found.benchmark, found.benchmark_undecided, found.benchmark_pairs) == ("vww", 2, 3)


def test_one_log_is_one_result_however_often_it_was_handed_in():
    twice = [result(100.0, log="a" * 64), result(100.0, log="a" * 64), result(100.0, repeats=True)]
    assert undecided_neighbours([*twice, result(200.0)]) is None


@given(st.lists(st.floats(0.01, 1e4), max_size=20))
def test_undecided_neighbours_are_some_of_the_pairs(latencies):
    found = undecided_neighbours(result(ms) for ms in latencies)
    if found is None:
        ordered = sorted(latencies)
        assert all(b > a * 1.02 for a, b in zip(ordered, ordered[1:], strict=False))
    else:
        assert 0 < found.undecided <= found.pairs == len(latencies) - 1


def test_a_round_of_a_few_results_does_not_stand_for_the_field():
    assert newest_round({}) is None
    assert newest_round({"v1.3": (5, ENOUGH_RESULTS - 1)}) is None
    assert (
        newest_round({"v1.3": (5, 5), "v1.1": (4, 111), "v1.0": (3, 59), "v0.5": (0, ENOUGH_RESULTS)})
        == "v1.1"
    )


def test_versions_are_in_the_order_that_people_read():
    names = ["X 10.0", "X 8.1.0", "X", "X 8.0.0", "X 8.0"]
    assert sorted(names, key=version_key) == ["X", "X 8.0", "X 8.0.0", "X 8.1.0", "X 10.0"]
