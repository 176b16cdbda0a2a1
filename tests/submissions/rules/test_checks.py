"""What the rules say: the words, the numbers, and the cases at their edges."""

from __future__ import annotations

import dataclasses
import math

import pytest

from results.domain.findings import Finding, Severity
from results.domain.records import Readability, Reading, SourceFile, SubmissionRecord, Window

from .changes import (
    KWS,
    anomaly,
    described,
    metered,
    replaced,
    stated,
    timed,
    with_energy_folder,
    without,
)
from .records import (
    FOLDER,
    a_run,
    a_submission,
    a_system,
    codes,
    files,
    judged,
    measurement,
    windows,
    with_value,
)

RATE = 1000 / 10.05


@pytest.mark.parametrize("round", ["v0.7", "v1.0", "v1.1", "v1.2"])
def test_a_complete_submission_has_no_finding_at_all(round: str) -> None:
    runs = [a_run(benchmark, energy=True) for benchmark in ("kws", "vww", "ic", "ad")]
    judgement = judged(a_submission(*runs), round=round)
    assert judgement.findings == ()
    assert judgement.verdict == "valid"
    assert set(judgement.run_verdicts.values()) == {True}


def only(code: str, submission: SubmissionRecord, **options: object) -> Finding:
    found = [finding for finding in judged(submission, **options).findings if finding.code == code]  # type: ignore[arg-type]
    assert len(found) == 1
    return found[0]


def test_short_energy_windows_are_told_in_one_sentence_with_the_count_that_would_do() -> None:
    finding = only("energy.window-too-short", metered(5.942, 5.943, 5.944, 5.942, 5.942, iterations=50))
    assert finding.expected == "5 windows of at least 10 s each"
    assert finding.found == "5 windows of 5.942 to 5.944 s, 50 inferences each"
    assert finding.mend == "Raise the iteration count of the energy script to 90 or more and run it again."
    assert (finding.file, finding.line) == (f"{KWS}/energy/results.txt", 1)


def test_one_short_window_among_five_is_told_as_one_of_five() -> None:
    finding = only("perf.window-too-short", timed(10.1, 10.2, 9.9, 10.1, 10.1))
    assert finding.found == "1 window of 9.9 s, 1000 inferences, of 5"


def test_windows_of_different_lengths_are_told_with_their_spread() -> None:
    made = windows("performance", (4.0, 5.0), folder=KWS, iterations=10) + windows(
        "performance", (6.0,), folder=KWS, iterations=20
    )
    assert (
        "3 windows of 4 to 6 s, 10 to 20 inferences"
        in only("perf.window-too-short", replaced(windows=made)).found
    )


def test_a_short_window_without_a_count_is_told_without_a_number() -> None:
    made = windows("performance", (4.0,) * 5, folder=KWS, iterations=None)
    finding = only("perf.window-too-short", replaced(windows=made))
    assert finding.mend == "Make each window of the performance run at least 10 s long and run it again."


def test_windows_between_2_and_10_percent_apart_are_a_note_and_beyond_a_warning() -> None:
    near = judged(metered(*[10.05] * 5, energy_throughput_inf_per_s=RATE * 1.05, average_power_mw=None))
    far = judged(metered(*[10.05] * 5, energy_throughput_inf_per_s=RATE * 1.4, average_power_mw=None))
    assert [(f.code, f.severity) for f in near.findings] == [("energy.throughput-differs", Severity.NOTE)]
    assert [(f.code, f.severity) for f in far.findings] == [("energy.throughput-far-off", Severity.WARNING)]


def test_an_open_result_below_the_closed_target_is_a_note() -> None:
    run = with_value(a_run(division="open"), top1_pct=71.0)
    judgement = judged(a_submission(run, division="open"))
    assert [(f.code, f.severity) for f in judgement.findings] == [
        ("open.accuracy-below-target", Severity.NOTE)
    ]
    assert judgement.verdict == "valid"


def test_a_closed_result_below_the_target_is_invalid_and_names_the_line() -> None:
    finding = only("closed.accuracy-below-target", stated(top1_pct=89.7))
    assert (finding.severity, finding.line) == (Severity.ERROR, 7)
    assert (finding.expected, finding.found) == ("Top-1 at least 90 %", "Top-1 89.7 %")


def test_an_accuracy_computed_from_the_log_is_judged_and_said_so() -> None:
    low = measurement("top1_pct", 89.7, reading=Reading.RECOMPUTED)
    assert (
        only("closed.accuracy-below-target", stated(top1_pct=low)).found
        == "Top-1 89.7 %, computed from the log"
    )


def test_a_log_of_an_earlier_round_is_recognised_and_where_it_stood_is_said() -> None:
    submission = replaced(performance_log_sha256="aa" * 32)
    earlier = {"aa" * 32: "v1.0 closed/example_lab"}
    finding = only("run.same-log-as-earlier-round", submission, earlier_logs=earlier)
    assert finding.severity is Severity.NOTE
    assert "v1.0 closed/example_lab" in finding.found
    assert judged(submission, earlier_logs={"bb" * 32: "v1.0"}).findings == ()


def test_a_file_that_this_copy_left_out_counts_as_present() -> None:
    left_out = SourceFile(f"{KWS}/accuracy/log.txt", None, None, here=False)
    kept = tuple(entry for entry in a_run().files if entry.path != left_out.path)
    assert "files.log-missing" in codes(judged(replaced(files=kept)))
    assert "files.log-missing" not in codes(judged(replaced(files=(*kept, left_out))))


def test_early_rounds_accept_names_with_the_mode_in_front() -> None:
    names = [
        f"{mode}/{mode}_{name}"
        for mode in ("performance", "accuracy")
        for name in ("results.txt", "log.txt", "script.async")
    ]
    prefixed = replaced(files=files(KWS, *names))
    assert judged(prefixed, round="v0.7").findings == ()
    assert {"files.log-missing", "files.results-missing", "files.unexpected"} <= codes(judged(prefixed))


def test_a_missing_log_makes_the_submission_invalid_and_leaves_the_run() -> None:
    judgement = judged(without("performance/log.txt"))
    assert judgement.verdict == "invalid"
    assert set(judgement.run_verdicts.values()) == {True}


def test_the_energy_folder_is_read_under_its_other_names() -> None:
    assert judged(with_energy_folder("power")).findings == ()


def test_the_auc_with_digits_from_the_log_is_not_doubted() -> None:
    precise = anomaly(0.85, "0.85", recomputed={"auc": measurement("auc", 0.8512)})
    assert "accuracy.at-target-by-rounding" not in codes(judged(precise))


def test_a_recomputed_auc_within_the_printed_digits_agrees() -> None:
    assert "accuracy.log-disagrees" not in codes(
        judged(anomaly(0.87, "0.87", recomputed={"auc": measurement("auc", 0.8745)}))
    )
    assert "accuracy.log-disagrees" in codes(
        judged(anomaly(0.87, "0.87", recomputed={"auc": measurement("auc", 0.881)}))
    )


def test_the_images_of_v0_5_are_right_in_v0_5_and_other_images_later() -> None:
    submission = a_submission(a_run("ic", facts={"accuracy_stimuli": "ic01-v0.5", "accuracy_inputs": "200"}))
    assert judged(submission, round="v0.5").findings == ()
    assert codes(judged(submission, round="v0.7")) == {"accuracy.other-stimuli"}


def test_the_smaller_set_of_ad_is_accepted_from_v1_2() -> None:
    submission = a_submission(a_run("ad", facts={"accuracy_stimuli": "ad01-alt", "accuracy_inputs": "72"}))
    assert codes(judged(submission, round="v1.1")) == {"accuracy.other-stimuli", "accuracy.not-whole-set"}
    assert judged(submission, round="v1.2").findings == ()


def test_an_unreadable_description_is_not_also_blamed_for_what_it_may_hold() -> None:
    unread = dataclasses.replace(a_system(readability=Readability.UNREADABLE), fields=())
    assert judged(a_submission(system=unread)).findings == ()


def test_a_status_line_that_is_absent_and_one_that_is_empty_are_told_apart() -> None:
    assert only("system.status-missing", described(Status=None)).found == "no such key"
    empty = only("system.status-missing", described(Status=""))
    assert (empty.found, empty.line) == ("empty", 4)


def test_every_value_outside_physical_sense_is_found() -> None:
    wrong = stated(latency_ms=math.nan, top1_pct=101.0, throughput_inf_per_s=-3.0)
    found = {
        finding.expected: finding.found
        for finding in judged(wrong).findings
        if finding.code == "value.out-of-range"
    }
    assert found == {
        "Latency of 0.001 to 3600000 ms": "nan ms",
        "Top-1 of 0 to 100 %": "101 %",
        "Throughput of 0.000277 to 1000000 inf/s": "-3 inf/s",
    }


def test_a_window_without_inferences_is_out_of_range() -> None:
    empty = Window("performance", 2, f"{KWS}/performance/results.txt", 1, iterations=0, runtime_s=10.5)
    assert (
        "iterations of window 2 of 1 to 1e+09"
        in only("value.out-of-range", replaced(windows=(empty,))).expected
    )


def test_junk_that_the_reader_has_named_is_not_named_again() -> None:
    path = f"{FOLDER}/systems/._a.json"
    said = Finding(
        "file.junk", Severity.WARNING, path, None, "files of the submission only", "._a.json", "Delete it."
    )
    judgement = judged(a_submission(more=(SourceFile(path, 10, "12" * 32),)), findings=(said,))
    assert codes(judgement) == {"file.junk"}


def test_a_value_that_results_do_not_state_is_missing_even_where_the_copy_leaves_the_log_out() -> None:
    for metric, code in (("top1_pct", "accuracy.not-stated"), ("throughput_inf_per_s", "perf.no-median")):
        silent = stated(**{metric: None})
        assert code in codes(judged(silent))
        left_out = [dataclasses.replace(entry, here=False) for entry in silent.files]
        absent = dataclasses.replace(silent.runs[0], files=tuple(left_out))
        assert code not in codes(judged(a_submission(absent)))


def test_a_value_whose_absence_the_reader_has_told_is_not_told_again() -> None:
    silent = stated(top1_pct=None)
    said = Finding(
        "results.no-quality",
        Severity.WARNING,
        KWS,
        None,
        "a Top-1",
        "nothing",
        "Add it.",
        run=silent.runs[0].key,
    )
    assert codes(judged(silent, findings=(said,))) == {"results.no-quality"}


def test_a_set_that_the_accuracy_run_used_is_not_told_of_the_timed_inputs_again() -> None:
    facts = {"accuracy_stimuli": "ic01-v0.5", "performance_stimuli": "ic01-v0.5"}
    assert codes(judged(a_submission(a_run("ic", facts=facts)))) == {"accuracy.other-stimuli"}
    facts["accuracy_stimuli"] = "ic01-v0.7"
    assert codes(judged(a_submission(a_run("ic", facts=facts)))) == {"perf.other-stimuli"}


def test_a_voltage_under_the_hardware_notes_counts_as_stated() -> None:
    silent = with_value(a_run(energy=True), supply_voltage_mv=None)
    for notes, told in (
        ("Operating at 3 V with external SMPS", True),
        ("VIN = 1800mV", True),
        ("2 Vector cores", False),
    ):
        judgement = judged(a_submission(silent, system=a_system(Hardware_Notes=notes)))
        assert ("energy.no-voltage" in codes(judgement)) is not told
