"""The judge: all findings at once, weighed, sorted, and a verdict on each run."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.domain.findings import SEVERITY_ORDER, Finding, Severity
from results.domain.metrics import METRICS
from results.domain.records import (
    Readability,
    ReadResult,
    RunRecord,
    SourceFile,
    SubmissionRecord,
    SystemRecord,
    Window,
)
from submissions.rules.judge import judge
from submissions.rules.registry import RULES, describe
from submissions.rules.rulebook import available_rounds, load_rulebook

from .records import FOLDER, SYSTEM, a_run, a_submission, a_system, codes, judged, measurement, with_value


def reader_finding(code: str, **changes: object) -> Finding:
    entry = Finding(
        code, Severity.WARNING, f"{FOLDER}/systems/{SYSTEM}.json", 3, "one thing", "another", "Change it."
    )
    return dataclasses.replace(entry, **changes)  # type: ignore[arg-type]


def test_all_findings_come_at_once_sorted_by_severity_file_and_line() -> None:
    run = with_value(a_run(energy=True), top1_pct=71.0, supply_voltage_mv=None)
    submission = a_submission(run, system=a_system(Status="", SoC_Name="", Division="Open"))
    judgement = judged(submission)
    assert codes(judgement) == {
        "closed.accuracy-below-target", "energy.no-voltage", "system.status-missing", "system.key-empty",
        "system.division-contradicts-folder",
    }  # fmt: skip
    order = [(SEVERITY_ORDER[f.severity], f.file, f.line or 0) for f in judgement.findings]
    assert order == sorted(order)


def test_findings_of_the_reader_are_kept_and_weighed_by_the_round() -> None:
    said = reader_finding("system.json-repaired", submitter="example_lab", division="closed", system=SYSTEM)
    judgement = judged(a_submission(), findings=(said,))
    assert [(f.code, f.severity, f.line) for f in judgement.findings] == [
        ("system.json-repaired", Severity.ERROR, 3)
    ]
    assert judgement.verdict == "invalid"


def test_a_code_that_no_rulebook_names_keeps_the_severity_of_the_reader() -> None:
    said = reader_finding("log.from-the-future")
    assert judged(a_submission(), findings=(said,)).findings == (said,)


def test_a_code_that_the_round_switches_off_is_not_shown() -> None:
    assert judged(a_submission(), findings=(reader_finding("results.no-median"),)).findings == ()


def test_what_the_reader_said_twice_is_shown_once() -> None:
    said = reader_finding("log.truncated")
    assert len(judged(a_submission(), findings=(said, said)).findings) == 1


def test_an_unreadable_reading_is_unreadable_whatever_else() -> None:
    said = reader_finding("archive.corrupt", severity=Severity.ERROR)
    judgement = judge(ReadResult((), (said,), unreadable=True), load_rulebook("v1.1"))
    assert (judgement.verdict, judgement.findings, judgement.run_verdicts) == ("unreadable", (said,), {})


def test_an_error_of_a_run_leaves_the_other_runs() -> None:
    bad = with_value(a_run("vww"), top1_pct=50.0)
    verdicts = judged(a_submission(a_run("kws"), bad)).run_verdicts
    assert verdicts == {f"closed/example_lab/{SYSTEM}/kws": True, f"closed/example_lab/{SYSTEM}/vww": False}


def test_an_error_of_a_system_takes_all_its_runs_and_no_others() -> None:
    runs = [a_run("kws"), a_run("vww"), a_run("ic", system_id="another_board")]
    verdicts = judged(a_submission(*runs, system=a_system(Status="soon"))).run_verdicts
    assert [verdicts[run.key] for run in runs] == [False, False, True]


def test_an_error_of_the_submission_takes_all_its_runs_and_leaves_other_submitters() -> None:
    junk = SourceFile(f"{FOLDER}/code/__pycache__/a.pyc", 5, "ab" * 32)
    other = dataclasses.replace(
        a_submission(dataclasses.replace(a_run(), submitter="other_lab")),
        submitter="other_lab",
        folder="closed/other_lab",
    )
    verdicts = judged(a_submission(more=(junk,)), other).run_verdicts
    assert verdicts == {f"closed/example_lab/{SYSTEM}/kws": False, f"closed/other_lab/{SYSTEM}/kws": True}


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (reader_finding("archive.link", severity=Severity.ERROR, file=f"{FOLDER}/code/a"), False),
        (reader_finding("archive.link", severity=Severity.ERROR, file="closed/other_lab/code/a"), True),
        (reader_finding("system.json-repaired", submitter="example_lab", division="closed"), True),
        (
            reader_finding("system.json-repaired", submitter="example_lab", division="open", system=SYSTEM),
            True,
        ),
        (reader_finding("system.json-repaired", system=SYSTEM), False),
        (reader_finding("layout.unknown-benchmark", submitter="example_lab", division="closed"), True),
        (reader_finding("results.no-energy", run=f"closed/example_lab/{SYSTEM}/kws"), False),
        (reader_finding("results.no-energy", run=f"closed/example_lab/{SYSTEM}/vww"), True),
    ],
)
def test_an_error_of_the_reader_takes_what_it_concerns(said: Finding, stands: bool) -> None:
    assert list(judged(a_submission(), findings=(said,)).run_verdicts.values()) == [stands]


def test_two_rules_cannot_share_a_code() -> None:
    with pytest.raises(ValueError, match="two rules have the same code"):
        describe(RULES["perf.no-median"])


def test_a_run_of_an_unknown_benchmark_and_without_anything_is_judged() -> None:
    bare = RunRecord("a", "", "", "", "", "", None, None, (), (), {})
    empty = SubmissionRecord(
        "a", "", "", (SystemRecord("a", "", "", None, None, Readability.UNREADABLE),), (bare,), ()
    )
    for round in available_rounds():
        assert judged(empty, round=round).verdict == "valid"


odd_numbers = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, -1.0, math.nan, math.inf, 1e308, 5e-324]),
)
odd_texts = st.one_of(
    st.text(max_size=12), st.sampled_from(["", ".", "/", "kws", "sww", "ic2", "closed", "systems", "energy"])
)


@st.composite
def odd_windows(draw: st.DrawFn) -> Window:
    count = draw(st.one_of(st.none(), st.integers(-5, 10**12)))
    return Window(
        draw(st.sampled_from(["performance", "energy", "x"])), draw(st.integers(-1, 9)), draw(odd_texts),
        draw(st.integers(0, 9)), count, *(draw(odd_numbers) for _ in range(5)),
    )  # fmt: skip


@st.composite
def odd_runs(draw: st.DrawFn) -> RunRecord:
    benchmark = draw(st.one_of(odd_texts, st.sampled_from(["kws", "ad", "sww", "ic2"])))
    folder = draw(odd_texts)
    values = draw(
        st.dictionaries(
            st.sampled_from(sorted(METRICS)), odd_numbers.filter(lambda v: v is not None), max_size=8
        )
    )
    records = {metric: measurement(metric, value) for metric, value in values.items()}
    paths = draw(st.lists(st.tuples(odd_texts, odd_texts, odd_texts), max_size=4))
    files = tuple(SourceFile("/".join((folder, *parts)), None, None, here=False) for parts in paths)
    return RunRecord(
        draw(odd_texts), draw(st.sampled_from(["closed", "open", "", "x"])), draw(odd_texts), benchmark, "", folder,
        draw(st.sampled_from([None, "EEMBC", "MLCommons", "x"])), None, files,
        tuple(draw(st.lists(odd_windows(), max_size=6))), records,
        recomputed={metric: measurement(metric, value) for metric, value in values.items() if draw(st.booleans())},
        performance_log_sha256=draw(st.sampled_from([None, "", "aa"])),
        facts=draw(st.dictionaries(st.sampled_from(["accuracy_stimuli", "performance_stimuli", "accuracy_inputs"]), odd_texts)),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(runs=st.lists(odd_runs(), max_size=3), round=st.sampled_from(available_rounds()))
def test_no_rule_raises_on_odd_records(runs: list[RunRecord], round: str) -> None:
    submission = SubmissionRecord(
        "a", "closed", "", (a_system(),), tuple(runs), tuple(f for run in runs for f in run.files)
    )
    for finding in judged(submission, round=round, earlier_logs={"aa": "v0.5"}).findings:
        assert finding.expected
        assert finding.found is not None
        assert finding.mend
