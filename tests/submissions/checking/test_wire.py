"""Reports survive the way through JSON, and nothing else passes for one."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.domain.findings import Finding, Severity
from results.domain.records import (
    Evidence,
    How,
    MeasurementRecord,
    Readability,
    ReadResult,
    RunRecord,
    SourceFile,
    SubmissionRecord,
    SystemField,
    SystemRecord,
    Window,
)
from submissions.checking.check import check
from submissions.checking.report import Report
from submissions.checking.wire import WireError, report_from_wire, report_to_wire
from submissions.rules.judge import Judgement
from tests.makers import make_submission

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
COUNTS = st.integers(0, 2**63 - 1)
LINES = st.none() | st.integers(1, 10**6)


def tuples(entries: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(entries, max_size=2).map(tuple)


FINDINGS = st.builds(
    Finding, code=TEXTS, severity=st.sampled_from(Severity), file=TEXTS, line=LINES, expected=TEXTS, found=TEXTS,
    mend=TEXTS, submitter=st.none() | TEXTS, division=st.none() | TEXTS, system=st.none() | TEXTS, run=st.none() | TEXTS,
)  # fmt: skip
FILES = st.builds(SourceFile, TEXTS, st.none() | COUNTS, st.none() | TEXTS, st.booleans())
EVIDENCE = st.builds(Evidence, TEXTS, LINES, TEXTS, st.just("stated"), TEXTS, LINES)
MEASUREMENTS = st.builds(
    MeasurementRecord, TEXTS, NUMBERS, TEXTS, st.sampled_from(How), st.just("stated"), tuples(EVIDENCE)
)
WINDOWS = st.builds(Window, TEXTS, COUNTS, TEXTS, COUNTS, st.none() | COUNTS, st.none() | NUMBERS)
SYSTEMS = st.builds(
    SystemRecord, TEXTS, TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS, st.sampled_from(Readability),
    tuples(st.builds(SystemField, TEXTS, TEXTS, COUNTS)),
)  # fmt: skip
RUNS = st.builds(
    RunRecord, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS, tuples(FILES),
    tuples(WINDOWS), st.dictionaries(TEXTS, MEASUREMENTS, max_size=2), facts=st.dictionaries(TEXTS, TEXTS, max_size=2),
)  # fmt: skip
SUBMISSIONS = st.builds(SubmissionRecord, TEXTS, TEXTS, TEXTS, tuples(SYSTEMS), tuples(RUNS), tuples(FILES))
REPORTS = st.builds(
    Report,
    st.builds(ReadResult, tuples(SUBMISSIONS), tuples(FINDINGS), st.booleans()),
    st.builds(
        Judgement,
        st.sampled_from(["valid", "invalid", "unreadable"]),
        tuples(FINDINGS),
        st.dictionaries(TEXTS, st.booleans()),
    ),
    st.dictionaries(
        st.tuples(TEXTS, LINES, LINES),
        st.lists(st.tuples(COUNTS, TEXTS, st.booleans()), max_size=2),
        max_size=2,
    ),
)


def real_report(folder: Path) -> Report:
    make_submission(folder, energy_uj_per_inf=400.0)
    return check(folder, round_id="v1.1", earlier_logs=lambda _: {}, with_excerpts=True)


@given(REPORTS)
def test_any_report_comes_back_as_it_was(report: Report) -> None:
    assert report_from_wire(json.loads(json.dumps(report_to_wire(report), allow_nan=False))) == report


def test_a_real_report_comes_back_with_values_findings_verdicts_and_excerpts(tmp_path: Path) -> None:
    report = real_report(tmp_path)
    back = report_from_wire(json.loads(json.dumps(report_to_wire(report), allow_nan=False)))
    assert back == report
    assert back.as_json() == report.as_json()
    assert back.excerpts
    assert isinstance(back.read.submissions[0].runs[0].measurements["latency_ms"].how, How)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) within ``value``, at most one per list."""
    keys = (
        list(value)
        if isinstance(value, dict)
        else list(range(len(value)))[:1]
        if isinstance(value, list)
        else []
    )
    return [(value, key) for key in keys] + [inner for key in keys for inner in places(value[key])]


@pytest.mark.parametrize(
    "wrong",
    [object, {"x": 1}, [[[]]], 10**400, float("nan"), "a\x00b", "\ud800"],
    ids=lambda wrong: repr(wrong)[:20],
)
def test_a_wrong_value_anywhere_in_a_report_is_refused(tmp_path: Path, wrong: Any) -> None:
    sent = json.loads(json.dumps(report_to_wire(real_report(tmp_path))))
    for index in range(len(places(sent))):
        broken = copy.deepcopy(sent)
        container, key = places(broken)[index]
        container[key] = wrong
        with pytest.raises(WireError):
            report_from_wire(broken)


@pytest.mark.parametrize("sent", [None, [], "x", 1, {}, {"read": None}])
def test_what_is_no_report_is_refused(sent: object) -> None:
    with pytest.raises(WireError):
        report_from_wire(sent)


def test_a_field_too_many_and_a_key_that_stands_twice_are_refused(tmp_path: Path) -> None:
    sent = report_to_wire(real_report(tmp_path))
    with pytest.raises(WireError, match="expected an object"):
        report_from_wire({**sent, "more": 1})
    sent["judgement"]["run_verdicts"] *= 2
    with pytest.raises(WireError, match="twice"):
        report_from_wire(sent)


def test_the_verdict_is_one_of_three(tmp_path: Path) -> None:
    sent = report_to_wire(real_report(tmp_path))
    sent["judgement"]["verdict"] = "splendid"
    with pytest.raises(WireError, match="valid, invalid, unreadable"):
        report_from_wire(sent)


def test_what_is_no_record_is_not_sent() -> None:
    with pytest.raises(WireError, match="set is not carried"):
        report_to_wire({1})  # type: ignore[arg-type]
