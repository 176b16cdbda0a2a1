"""Lines over rounds, breaks between them, curves of operating points: what they join and what they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.comparing import Subject
from results.analysis.pivots import (
    BreakKind,
    OperatingPoint,
    Sample,
    beside,
    curves,
    lines,
    round_breaks,
    same_supply,
)
from results.analysis.uncertainty import Spread, Verdict
from results.domain.metrics import Direction

ROUNDS = {"v0.5": 0, "v0.7": 1, "v1.0": 2, "v1.1": 3, "v1.2": 4}
LATENCY, ENERGY = "latency_ms", "energy_uj_per_inf"
positive = st.floats(min_value=1e-3, max_value=1e6, allow_nan=False)


def _subject(**changes: object) -> Subject:
    stated = Subject(
        public_id="a", benchmark="kws", round="v1.1", division="closed", availability="available",
        provenance="reviewed", energy_scope="chip-rail", supply_voltage_mv=1800.0, evaluation_set="kws01",
        clock_mhz=120.0, device="board", software="X-CUBE-AI 8.1", precision="int8", neural_model="kws01",
        submitter="maker",
    )  # fmt: skip
    return replace(stated, **changes)


def _spread(value: float) -> Spread:
    return Spread(value, value * 0.98, value * 1.02, "declared")


def _sample(value: float, round_id: str = "v1.1", line: str = "maker", **changes: object) -> Sample:
    return Sample(_subject(round=round_id, **changes), _spread(value), ROUNDS[round_id], line)


def _point(clock_mhz: float | None, supply_mv: float | None = 1800.0, **changes: object) -> OperatingPoint:
    subject = _subject(clock_mhz=clock_mhz, supply_voltage_mv=supply_mv, **changes)
    return OperatingPoint(subject, _spread(10.0), _spread(100.0))


def test_half_the_latency_is_twice_as_good() -> None:
    found = beside(LATENCY, Direction.LOWER, _sample(50.0), _sample(100.0))
    assert found.times_better == pytest.approx(2.0)
    assert found.verdict is Verdict.BETTER


def test_energies_of_different_supplies_give_no_number() -> None:
    found = beside(ENERGY, Direction.LOWER, _sample(50.0), _sample(100.0, supply_voltage_mv=3000.0))
    assert (found.compared, found.times_better, found.verdict) == (False, None, None)
    assert found.comparison.reasons


@given(positive, positive)
def test_what_is_better_one_way_is_worse_the_other(a: float, b: float) -> None:
    there = beside(LATENCY, Direction.LOWER, _sample(a), _sample(b))
    back = beside(LATENCY, Direction.LOWER, _sample(b), _sample(a))
    assert there.times_better * back.times_better == pytest.approx(1.0)
    turned = {
        Verdict.BETTER: Verdict.WORSE,
        Verdict.WORSE: Verdict.BETTER,
        Verdict.UNDECIDED: Verdict.UNDECIDED,
    }
    assert back.verdict is turned[there.verdict]


def test_a_line_takes_the_best_of_each_round_in_their_order() -> None:
    samples = [_sample(60.0), _sample(90.0, "v1.0"), _sample(55.0), _sample(70.0, line="rival")]
    maker, rival = lines(LATENCY, Direction.LOWER, samples)
    assert [sample.value.value for sample in maker.samples] == [90.0, 55.0]
    assert [step.beside.verdict for step in maker.steps] == [Verdict.BETTER]
    assert (len(rival.samples), rival.steps) == (1, ())


def test_a_boundary_that_no_energy_crosses_is_a_complete_break() -> None:
    samples = [_sample(60.0, "v1.0", supply_voltage_mv=3300.0), _sample(50.0, supply_voltage_mv=3000.0)]
    (found,) = round_breaks(ENERGY, samples)
    assert (found.before, found.after, found.kind) == ("v1.0", "v1.1", BreakKind.COMPLETE)
    assert found.reasons


def test_a_boundary_that_some_energies_cross_is_not_complete() -> None:
    samples = [_sample(60.0, "v1.0"), _sample(61.0), _sample(50.0, supply_voltage_mv=3000.0)]
    assert [found.kind for found in round_breaks(ENERGY, samples)] == [BreakKind.PARTIAL]


def test_latencies_of_two_supplies_have_no_break_between_versions_that_the_official_table_joins() -> None:
    samples = [_sample(60.0, "v0.5"), _sample(50.0, "v0.7", supply_voltage_mv=3000.0)]
    assert round_breaks(LATENCY, samples) == ()


def test_a_boundary_that_the_official_table_leaves_open_is_drawn_and_crossed() -> None:
    (found,) = round_breaks(LATENCY, [_sample(60.0, "v0.7"), _sample(50.0, "v1.0")])
    assert found.kind is BreakKind.NOT_STATED
    assert "does not state whether v0.7 and v1.0 compare" in found.reasons[0]


def test_points_that_differ_in_clock_and_supply_alone_are_one_curve_in_order_of_the_clock() -> None:
    (curve,) = curves([_point(240.0), _point(120.0), _point(240.0, 3000.0)])
    assert [(p.subject.clock_mhz, p.subject.supply_voltage_mv) for p in curve.points] == [
        (120.0, 1800.0),
        (240.0, 1800.0),
        (240.0, 3000.0),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"software": "X-CUBE-AI 8.0"}, {"device": "other"}, {"round": "v1.0"}, {"submitter": "rival"},
        {"precision": "int4"}, {"neural_model": "kws02"}, {"division": "open"}, {"energy_scope": "board"},
    ],
)  # fmt: skip
def test_points_that_differ_in_anything_else_are_not_joined(change: dict[str, str]) -> None:
    assert len(curves([_point(120.0), _point(240.0, **change)])) == 2


@pytest.mark.parametrize("change", [{"software": ""}, {"device": ""}])
def test_points_whose_device_or_software_nobody_states_stand_alone(change: dict[str, str]) -> None:
    assert len(curves([_point(120.0, **change), _point(240.0, **change)])) == 2


def test_points_without_a_clock_and_second_points_at_one_place_stand_alone() -> None:
    found = curves([_point(120.0), _point(240.0), _point(None), _point(240.0, public_id="b")])
    assert [len(curve.points) for curve in found] == [2, 1, 1]


def test_an_unknown_supply_is_no_supply_in_common() -> None:
    unknown = _subject(supply_voltage_mv=None)
    assert not same_supply(unknown, unknown)
    assert same_supply(_subject(supply_voltage_mv=4944.0), _subject(supply_voltage_mv=4951.0))
