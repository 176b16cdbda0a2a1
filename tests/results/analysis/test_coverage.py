"""A device on a benchmark: what is counted, and that an empty cell has the one reason that its results give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.coverage import DeviceRecord, Group, View, device_cell, round_key
from results.domain.coverage import METRICS, Gap

HELD = ("v0.5", "v0.7", "v1.0", "v1.1")
ROUNDS = st.sampled_from(HELD)
DIVISIONS = st.sampled_from(["closed", "open"])
BENCHMARKS = st.sampled_from(["kws", "vww"])
GROUPS = st.lists(
    st.builds(
        Group, BENCHMARKS, DIVISIONS, ROUNDS, st.frozensets(st.sampled_from(METRICS)), st.integers(1, 20)
    ),
    max_size=8,
).map(tuple)
RECORDS = st.builds(
    DeviceRecord,
    GROUPS,
    st.none() | st.dictionaries(BENCHMARKS, st.integers(1, 3)),
    st.none() | st.booleans(),
    st.sampled_from(["", "v0.7", "v1.2"]),
)
VIEWS = st.builds(
    View,
    st.none() | DIVISIONS,
    st.lists(ROUNDS, unique=True).map(tuple),
    st.none() | st.sampled_from(METRICS),
)
SINCE = st.sampled_from(["v0.5", "v1.0", "v1.3"])


def group(
    benchmark: str = "kws", round_id: str = "v1.1", division: str = "closed", measured: str = "latency"
) -> Group:
    return Group(benchmark, division, round_id, frozenset(measured.split()), 1)


def gap_of(record: DeviceRecord, view: View | None = None, since: str = "v0.5") -> tuple[Gap | None, str]:
    cell = device_cell("kws", since, record, view or View(), HELD)
    return cell.gap, cell.because


@given(RECORDS, VIEWS, SINCE)
def test_a_cell_has_results_or_a_reason_and_never_both(record: DeviceRecord, view: View, since: str) -> None:
    cell = device_cell("kws", since, record, view, HELD)
    assert (cell.results > 0) == (cell.gap is None)
    assert bool(cell.because) == (cell.gap is not None)


@given(RECORDS, VIEWS, SINCE)
def test_a_filled_cell_counts_exactly_the_results_of_the_view(
    record: DeviceRecord, view: View, since: str
) -> None:
    counted = [
        one
        for one in record.groups
        if one.benchmark == "kws"
        and view.division in (None, one.division)
        and (one.round in view.rounds or not view.rounds)
        and (view.metric is None or view.metric in one.measured)
    ]
    cell = device_cell("kws", since, record, view, HELD)
    assert cell.results == sum(one.results for one in counted)
    if counted:
        assert sum((cell.divisions or {}).values()) == cell.results
        assert set(cell.rounds) == {one.round for one in counted}
        assert list(cell.rounds) == sorted(cell.rounds, key=round_key)
        for name in METRICS:
            assert (cell.metrics or {})[name] == sum(o.results for o in counted if name in o.measured)


@given(RECORDS, VIEWS, SINCE)
def test_narrowing_a_view_never_fills_a_cell(record: DeviceRecord, view: View, since: str) -> None:
    whole = device_cell("kws", since, record, View(), HELD)
    assert device_cell("kws", since, record, view, HELD).results <= whole.results


@given(RECORDS, VIEWS, SINCE)
def test_the_reason_is_one_that_the_results_bear_out(record: DeviceRecord, view: View, since: str) -> None:
    gap = device_cell("kws", since, record, view, HELD).gap
    own = [one for one in record.groups if one.benchmark == "kws"]
    if gap in (Gap.NOT_MEASURED, Gap.OUTSIDE_VIEW):
        assert own
    if gap in (Gap.NOT_RUN, Gap.BENCHMARK_LATER, Gap.NOT_SUBMITTED_IN_VIEW):
        assert record.groups
        assert not own
    if gap == Gap.NOT_RUN:
        assert any(round_key(one.round) >= round_key(since) for one in record.groups)
    if gap in (Gap.ROUND_NOT_HELD, Gap.SPECIFICATION_ONLY, Gap.NO_RESULT):
        assert not record.groups
    if gap == Gap.SPECIFICATION_ONLY:
        assert record.in_suite is False
    if gap == Gap.ROUND_NOT_HELD:
        assert record.first_round not in HELD


@pytest.mark.parametrize(
    ("record", "view", "since", "gap", "because"),
    [
        (DeviceRecord((group(),)), View(metric="energy"), "v0.5", Gap.NOT_MEASURED,
         "1 result in this view; energy was not measured in any."),
        (DeviceRecord((group(division="open", round_id="v0.7"),)), View("closed"), "v0.5", Gap.OUTSIDE_VIEW,
         "1 result outside this view: open, v0.7."),
        (DeviceRecord(withdrawn={"kws": 2}), View(), "v0.5", Gap.WITHDRAWN,
         "2 results, withdrawn or removed after publication."),
        (DeviceRecord((group("vww", "v0.7"),)), View(rounds=("v1.1",)), "v0.5", Gap.NOT_SUBMITTED_IN_VIEW,
         "All results of the device are outside this view: closed, v0.7."),
        (DeviceRecord((group("vww", "v1.1"), group("vww", "v0.7"))), View(), "v1.3", Gap.BENCHMARK_LATER,
         "Came with v1.3; the device was submitted in v0.7, v1.1."),
        (DeviceRecord((group("vww", "v1.1"), group("vww", "v0.7"))), View(), "v1.0", Gap.NOT_RUN,
         "Submitted in v1.1; nobody ran this benchmark on it."),
        (DeviceRecord(in_suite=True, first_round="v1.2"), View(), "v0.5", Gap.ROUND_NOT_HELD,
         "First submitted in v1.2, a round of which this site holds no result."),
        (DeviceRecord(in_suite=False), View(), "v0.5", Gap.SPECIFICATION_ONLY,
         "No system description of MLPerf Tiny names the device."),
        (DeviceRecord(), View(), "v0.5", Gap.NO_RESULT,
         "No result on this device, and no source here says whether it was ever submitted."),
    ],
)  # fmt: skip
def test_each_reason_says_what_it_follows_from(
    record: DeviceRecord, view: View, since: str, gap: Gap, because: str
) -> None:
    assert gap_of(record, view, since) == (gap, because)


def test_a_device_said_to_be_in_the_suite_is_never_called_known_by_specification_only() -> None:
    assert gap_of(DeviceRecord(in_suite=True, first_round="v0.7"))[0] == Gap.NO_RESULT


def test_rounds_are_ordered_by_number() -> None:
    assert sorted(["v1.10", "v1.2", "v0.7"], key=round_key) == ["v0.7", "v1.2", "v1.10"]
