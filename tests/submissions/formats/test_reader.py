"""Whole submissions into records: layout, values with evidence, facts and findings."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from results.domain.records import How, Readability, Reading
from submissions.formats import registry
from submissions.formats.archive import open_tree
from submissions.formats.codes import READING_CODES
from submissions.formats.mlperf_tiny import run as run_module
from submissions.formats.mlperf_tiny.labels import shipped_labels
from tests.makers import (
    eembc_log_text,
    make_eembc_run,
    make_mlcommons_run,
    make_submission,
    make_sww_run,
    make_system_json,
    write,
)


def read(path: Path, *, absent=(), **options):
    with open_tree(path, absent=absent) as tree:
        return registry.read(tree, **options)


def only_run(result):
    (submission,) = result.submissions
    (run,) = submission.runs
    return run


def codes(result) -> list[str]:
    return sorted(finding.code for finding in result.findings)


def full_accuracy(name: str, *, wrong: int) -> list[tuple[str, list[float]]]:
    """Outputs for every input of a shipped set, the first ``wrong`` of them off by one class."""
    labels = next(labels for labels in shipped_labels() if labels.name == name)
    count = max(labels.classes.values()) + 1
    outputs = []
    for index, (file, true_class) in enumerate(labels.classes.items()):
        vector = [0.0] * count
        vector[(true_class + (index < wrong)) % count] = 1.0
        outputs.append((file, vector))
    return outputs


# what is read


def test_a_clean_submission_gives_its_values_and_no_finding(tmp_path):
    make_submission(tmp_path, energy_uj_per_inf=400.0)
    result = read(tmp_path)
    run = only_run(result)
    assert result.findings == ()
    assert run.key == "closed/example_lab/example_board/kws"
    assert {metric: found.printed for metric, found in run.measurements.items()} == {
        "throughput_inf_per_s": "99.502", "latency_ms": "10.050", "energy_uj_per_inf": "400.000",
        "average_power_mw": "39.8010", "energy_throughput_inf_per_s": "99.502", "top1_pct": "90.6",
        "supply_voltage_mv": "1800",
    }  # fmt: skip
    assert run.value("throughput_inf_per_s") == 99.502
    assert (run.runner, run.runner_version, run.dut_model) == ("EEMBC", "3.0.10", "kws01")
    assert len(run.phase_windows("performance")) == len(run.phase_windows("energy")) == 5


def test_a_value_carries_file_line_hash_and_the_line_itself(tmp_path):
    make_submission(tmp_path)
    with open_tree(tmp_path) as tree:
        run = only_run(registry.read(tree))
        (evidence,) = run.measurements["throughput_inf_per_s"].evidence
        assert evidence.path.endswith("kws/performance/results.txt")
        assert tree.read_lines(evidence.path)[evidence.line - 1] == evidence.text
        assert "Median throughput is 99.502" in evidence.text
        assert evidence.sha256 == tree.sha256(evidence.path)
        assert run.performance_log_sha256 == tree.sha256(f"{run.folder}/performance/log.txt")


def test_a_derived_value_says_so_and_points_at_what_it_derives_from(tmp_path):
    make_submission(tmp_path)
    run = only_run(read(tmp_path))
    latency = run.measurements["latency_ms"]
    assert (latency.how, latency.reading) == (How.DERIVED, Reading.STATED)
    assert latency.evidence == run.measurements["throughput_inf_per_s"].evidence


def test_raw_lines_are_computed_again_beside_the_stated_values(tmp_path):
    make_submission(tmp_path, energy_uj_per_inf=400.0)
    run = only_run(read(tmp_path))
    assert run.recomputed["throughput_inf_per_s"].value == pytest.approx(1000 / 10.05)
    assert run.recomputed["energy_uj_per_inf"].value == pytest.approx(400.0)
    assert run.recomputed["average_power_mw"].value == pytest.approx(39.8008)
    evidence = run.recomputed["throughput_inf_per_s"].evidence[0]
    assert evidence.path.endswith("log.txt")
    assert evidence.last_line > evidence.line


def test_a_run_without_results_txt_is_read_from_its_logs(tmp_path):
    make_submission(tmp_path, results=False, accuracy_inputs=full_accuracy("kws01", wrong=99))
    result = read(tmp_path)
    run = only_run(result)
    assert run.measurements["throughput_inf_per_s"].reading is Reading.RECOMPUTED
    assert run.measurements["throughput_inf_per_s"].printed == "99.50249"
    assert (run.measurements["top1_pct"].printed, run.measurements["top1_pct"].reading) == (
        "90.1",
        Reading.RECOMPUTED,
    )
    assert run.facts["accuracy_stimuli"] == "kws01"
    assert run.facts["accuracy_inputs"] == "1000"
    assert [window.number for window in run.windows] == [1, 2, 3, 4, 5]


def test_which_images_were_classified_is_told_per_mode(tmp_path):
    make_submission(tmp_path, benchmarks=["ic"], accuracy_inputs=full_accuracy("ic01-v0.5", wrong=43))
    run = only_run(read(tmp_path))
    assert run.facts["accuracy_stimuli"] == "ic01-v0.5"
    assert run.facts["performance_stimuli"] == "ic01-v0.7"
    assert run.recomputed["top1_pct"].printed == "78.5"


def test_an_accuracy_log_of_other_inputs_is_not_evaluated(tmp_path):
    inputs = [*full_accuracy("vww01", wrong=0), ("COCO_val2014_1.bin", [0.0, 1.0])]
    make_submission(tmp_path, benchmarks=["vww"], accuracy_inputs=inputs)
    result = read(tmp_path)
    run = only_run(result)
    assert "top1_pct" not in run.recomputed
    assert (run.facts["accuracy_stimuli"], run.facts["accuracy_inputs"]) == ("other", "1001")
    assert codes(result) == ["log.inputs-incomplete"]


def test_auc_is_computed_from_the_windows_of_an_anomaly_log(tmp_path):
    labels = next(labels for labels in shipped_labels() if labels.name == "ad01-alt")
    inputs = [(file, [10.0 + 5.0 * is_anomaly]) for file, is_anomaly in labels.classes.items()]
    make_submission(tmp_path, benchmarks=["ad"], accuracy_inputs=inputs)
    run = only_run(read(tmp_path))
    assert run.recomputed["auc"].value == 1.0
    assert run.measurements["auc"].printed == "0.86"
    assert "top1_pct" not in run.measurements


def test_a_folder_of_labels_replaces_the_shipped_ones(tmp_path):
    make_submission(tmp_path / "round", accuracy_inputs=[("x.bin", [1.0, 0.0]), ("y.bin", [1.0, 0.0])])
    write(tmp_path / "labels/kws01/y_labels.csv", "x.bin,2,0\ny.bin,2,1\n")
    assert only_run(read(tmp_path / "round", labels=tmp_path / "labels")).recomputed["top1_pct"].value == 50.0


def test_labels_of_one_class_give_no_auc(tmp_path):
    make_submission(tmp_path / "round", benchmarks=["ad"], accuracy_inputs=[("x.bin", [1.0])])
    write(tmp_path / "labels/ad01/y_labels.csv", "x.bin,2,0\n")
    assert codes(read(tmp_path / "round", labels=tmp_path / "labels")) == ["log.inputs-incomplete"]


def test_a_run_of_the_mlcommons_runner_is_read(tmp_path):
    make_system_json(tmp_path / "closed/lab/systems/board.json")
    make_mlcommons_run(tmp_path / "closed/lab/results/board/kws", energy_uj_per_inf=1430.0)
    result = read(tmp_path)
    run = only_run(result)
    assert result.findings == ()
    assert (run.runner, run.runner_version, run.dut_model) == ("MLCommons", None, "kws01")
    assert run.measurements["throughput_inf_per_s"].printed == "23.810"
    assert run.measurements["energy_uj_per_inf"].printed == "1430.0000"
    assert run.value("average_power_mw") == pytest.approx(34.0476)
    assert run.recomputed["throughput_inf_per_s"].evidence[0].path.endswith("results.json")
    assert run.facts == {"session_start": "2025-07-26T00:51:04", "performance_stimuli": "kws01"}


def test_windows_that_stand_only_in_the_log_are_read_from_it(tmp_path):
    folder = make_mlcommons_run(tmp_path / "closed/lab/results/board/kws")
    results = (folder / "performance/results.txt").read_text()
    log = folder / "performance/log.txt"
    log.write_text(log.read_text() + results)
    write(folder / "performance/results.txt", "".join(results.splitlines(keepends=True)[-3:]))
    windows = only_run(read(tmp_path)).phase_windows("performance")
    assert len(windows) == 5
    assert windows[0].path.endswith("log.txt")


def test_streaming_values_come_from_the_energy_run_when_there_is_one(tmp_path):
    make_sww_run(tmp_path / "closed/lab/results/board/sww", false_positives=0)
    run = only_run(read(tmp_path))
    assert run.value("throughput_inf_per_s") == 55.742
    assert run.value("latency_ms") == pytest.approx(17.9398, rel=1e-5)
    assert (run.value("average_power_mw"), run.measurements["average_power_mw"].printed) == (
        25.622,
        "25.6220",
    )
    assert run.value("sww_false_positives") == 0
    assert "energy_uj_per_inf" not in run.measurements
    assert all(window.energy_uj_per_inf is None for window in run.windows)


def test_streaming_values_come_from_the_performance_run_otherwise(tmp_path):
    make_sww_run(tmp_path / "closed/lab/results/board/sww", power_mw=None)
    run = only_run(read(tmp_path))
    assert run.value("throughput_inf_per_s") == 55.908
    assert "average_power_mw" not in run.measurements


def test_streaming_power_in_microwatt_is_brought_to_milliwatt(tmp_path):
    folder = make_sww_run(tmp_path / "closed/lab/results/board/sww")
    path = folder / "energy/results.txt"
    path.write_text(path.read_text().replace("25.6220 mW", "25622.0 uW"))
    found = only_run(read(tmp_path)).measurements["average_power_mw"]
    assert (found.value, found.printed) == (25.622, "25.62200")


# where things stand


@pytest.mark.parametrize("kind", ["round", "submitter"])
def test_a_round_folder_and_a_submitters_folder_give_the_same_values(tmp_path, kind):
    folder = make_submission(tmp_path / "round")
    result = read(tmp_path / "round") if kind == "round" else read(folder, division="closed")
    run = only_run(result)
    assert run.key == "closed/example_lab/example_board/kws"
    assert run.folder == ("closed/example_lab/" if kind == "round" else "") + "results/example_board/kws"
    assert result.submissions[0].system("example_board").get("board name") == "Example Board"
    assert result.findings == ()


def test_a_submitters_name_can_be_said(tmp_path):
    assert read(make_submission(tmp_path), division="open", submitter="X").submissions[0].submitter == "X"


@pytest.mark.parametrize("division", [None, "sideways"])
def test_a_submitters_folder_without_its_division_is_unreadable(tmp_path, division):
    result = read(make_submission(tmp_path), division=division)
    assert result.unreadable
    assert codes(result) == ["layout.division-unknown"]


def test_something_else_is_unreadable(tmp_path):
    write(tmp_path / "photos/cat.txt", "meow")
    write(tmp_path / "letter.txt", "dear")
    result = read(tmp_path)
    assert result.unreadable
    assert codes(result) == ["layout.unknown"]


def test_an_unreadable_archive_stays_unreadable(tmp_path):
    result = read(write(tmp_path / "x.zip", "no archive"))
    assert result.unreadable
    assert codes(result) == ["archive.unknown-format"]


def test_a_round_without_results_is_empty(tmp_path):
    write(tmp_path / "closed/README.md", "soon")
    write(tmp_path / "open/README.md", "soon")
    assert codes(read(tmp_path)) == ["layout.empty"]


@pytest.mark.parametrize(
    ("inner", "benchmark", "variant", "code"),
    [
        ("visual_wake_words", "vww", "", "layout.benchmark-name"),
        ("KWS", "kws", "", "layout.benchmark-name"),
        ("ad/ad_fp32", "ad", "ad_fp32", "layout.extra-level"),
    ],
)
def test_unusual_folders_are_understood_and_noted(tmp_path, inner, benchmark, variant, code):
    make_system_json(tmp_path / "closed/lab/systems/board.json")
    make_eembc_run(tmp_path / "closed/lab/results/board" / inner, benchmark=benchmark)
    result = read(tmp_path)
    run = only_run(result)
    assert (run.benchmark, run.variant) == (benchmark, variant)
    assert codes(result) == [code]
    assert result.findings[0].run == run.key


def test_a_system_id_may_have_two_parts(tmp_path):
    make_system_json(tmp_path / "closed/lab/systems/system_description_BOARD_native.json")
    make_eembc_run(tmp_path / "closed/lab/results/native/BOARD/kws")
    result = read(tmp_path)
    assert only_run(result).system_id == "native/BOARD"
    assert codes(result) == ["layout.extra-level", "system.name-mismatch"]


@pytest.mark.parametrize("name", ["power", "enegy", "Energy"])
def test_an_energy_folder_of_another_name_is_read(tmp_path, name):
    folder = make_submission(tmp_path, energy_uj_per_inf=400.0)
    kws = folder / "results/example_board/kws"
    (kws / "energy").rename(kws / name)
    result = read(tmp_path)
    assert only_run(result).value("energy_uj_per_inf") == 400.0
    assert codes(result) == ["layout.mode-name"]


def test_files_prefixed_with_their_mode_are_read(tmp_path):
    make_submission(tmp_path, prefix=True, energy_uj_per_inf=400.0)
    result = read(tmp_path)
    assert set(only_run(result).measurements) >= {"throughput_inf_per_s", "energy_uj_per_inf", "top1_pct"}
    assert result.findings == ()


def test_the_plain_name_wins_over_the_prefixed_one(tmp_path):
    folder = make_submission(tmp_path) / "results/example_board/kws/performance"
    write(folder / "performance_results.txt", "x: Median throughput is 1.0 inf./sec.")
    result = read(tmp_path)
    assert only_run(result).value("throughput_inf_per_s") == 99.502
    assert codes(result) == ["layout.two-files"]


def test_quality_may_stand_in_postproc_txt(tmp_path):
    folder = make_submission(tmp_path, benchmarks=["ad"]) / "results/example_board/ad/accuracy"
    (folder / "results.txt").rename(folder / "postproc.txt")
    assert only_run(read(tmp_path)).measurements["auc"].printed == "0.86"


def test_junk_is_named_and_not_read(tmp_path):
    folder = make_submission(tmp_path)
    write(folder / "systems/._example_board.json", "\x00\x05\x16\x07")
    write(folder / "results/.DS_Store", "x")
    write(folder / "systems/~$Checklist.docx", "x")
    result = read(tmp_path)
    assert codes(result) == ["file.junk"] * 3
    assert result.submissions[0].systems[0].readability is Readability.VALID


def test_files_beside_the_modes_belong_to_the_run(tmp_path):
    folder = make_submission(tmp_path)
    write(folder / "results/example_board/kws/EEMBC_RUNNER", "")
    write(folder / "results/README.md", "")
    write(folder / "results/example_board/notes/README.md", "")
    result = read(tmp_path)
    assert any(file.path.endswith("EEMBC_RUNNER") for file in only_run(result).files)
    assert result.findings == ()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("board/kws/results.txt", "layout.no-mode"),
        ("kws/performance/results.txt", "layout.system-missing"),
        ("board/segmentation/performance/results.txt", "layout.unknown-benchmark"),
    ],
)
def test_a_folder_that_cannot_be_placed_is_a_finding(tmp_path, path, code):
    folder = make_submission(tmp_path)
    write(folder / "results" / path, "x")
    assert codes(read(tmp_path)) == [code]


def test_two_folders_of_one_run_are_read_once(tmp_path):
    folder = make_submission(tmp_path)
    make_eembc_run(folder / "results/example_board/keyword_spotting")
    result = read(tmp_path)
    assert only_run(result).folder.endswith("/keyword_spotting")
    assert codes(result) == ["layout.benchmark-name", "layout.duplicate-run"]


# system descriptions in their place


def test_a_missing_description_leaves_an_empty_record(tmp_path):
    shutil.rmtree(make_submission(tmp_path) / "systems")
    result = read(tmp_path)
    (system,) = result.submissions[0].systems
    assert (system.path, system.readability, system.fields) == (None, Readability.UNREADABLE, ())
    assert codes(result) == ["system.description-missing"]


def test_a_description_that_the_copy_left_out_is_no_fault(tmp_path):
    folder = make_submission(tmp_path)
    (folder / "systems/example_board.json").unlink()
    result = read(tmp_path, absent={"closed/example_lab/systems/example_board.json"})
    assert codes(result) == ["system.not-in-copy"]


def test_descriptions_that_fit_equally_well_are_a_finding(tmp_path):
    folder = make_submission(tmp_path)
    (folder / "systems/example_board.json").rename(folder / "systems/EXAMPLE-BOARD.json")
    make_system_json(folder / "systems/more/Example Board.json")
    assert codes(read(tmp_path)) == ["system.ambiguous", "system.unused", "system.unused"]


def test_a_repaired_description_is_used_and_named(tmp_path):
    folder = make_submission(tmp_path)
    path = folder / "systems/example_board.json"
    path.write_text(path.read_text().replace('"Example Lab",', '"Example Lab"'))
    result = read(tmp_path)
    (finding,) = result.findings
    assert (finding.code, finding.line, finding.system) == ("system.json-repaired", 3, "example_board")
    assert result.submissions[0].systems[0].readability is Readability.REPAIRED


# what is broken


def break_file(folder: Path, name: str, text: str | None) -> None:
    path = folder / "results/example_board/kws" / name
    path.unlink() if text is None else write(path, text)


@pytest.mark.parametrize(
    ("name", "text", "code", "metric"),
    [
        ("performance/results.txt", "", "results.no-median", None),
        ("performance/results.txt", "x: Median throughput is nan inf./sec.", "results.not-a-number", None),
        ("performance/results.txt", "x: Median throughput is -1 inf./sec.", "results.not-positive", None),
        ("performance/results.txt", "x: Median throughput is 5 inf./min.", "results.unit", None),
        ("accuracy/results.txt", "garbage", "results.no-quality", "top1_pct"),
        ("accuracy/results.txt", None, "results.no-quality", "top1_pct"),
        ("energy/results.txt", "garbage", "results.no-energy", "energy_uj_per_inf"),
        ("energy/results.txt", None, "results.no-energy", "energy_uj_per_inf"),
        ("performance/log.txt", eembc_log_text("ic", [(100, 11.0)]), "log.other-model", None),
        ("performance/log.txt", "m-session-start-id[20230512185857]\nm-infer-start-5\nm-lap-us-1\n", "log.truncated", None),
        ("performance/log.txt", "m-session-start-id[20230512185857]\nm-infer-start-5\nm-infer-done\n", "log.laps-unreadable", None),
        ("performance/log.txt", eembc_log_text("kws", [(1000, 10.05)] * 2), "log.windows-missing", None),
        ("performance/log.txt", "", "log.windows-missing", None),
        ("accuracy/log.txt", "m-infer-start-5\nm-infer-done\nm-results-[nan]\n", "log.result-unreadable", None),
        ("performance/results.json", "[NaN]", "results.json-unreadable", None),
    ],
)  # fmt: skip
def test_a_broken_file_is_a_finding_and_an_absent_value_stays_absent(tmp_path, name, text, code, metric):
    break_file(make_submission(tmp_path, energy_uj_per_inf=400.0), name, text)
    result = read(tmp_path)
    run = only_run(result)
    assert code in codes(result)
    assert all(finding.run == run.key for finding in result.findings)
    assert metric not in run.measurements
    assert {"throughput_inf_per_s", "energy_uj_per_inf", "top1_pct"} - {metric} <= set(run.measurements)


def test_without_log_the_median_of_the_printed_windows_is_taken(tmp_path):
    folder = make_submission(tmp_path)
    path = folder / "results/example_board/kws/performance/results.txt"
    path.write_text(
        "".join(line for line in path.read_text().splitlines(keepends=True) if "Median" not in line)
    )
    break_file(folder, "performance/log.txt", None)
    found = only_run(read(tmp_path)).measurements["throughput_inf_per_s"]
    assert (found.printed, found.how, found.reading) == ("99.5020", How.DERIVED, Reading.RECOMPUTED)
    assert len(found.evidence) == 5


def test_without_log_and_results_there_is_no_throughput(tmp_path):
    folder = make_submission(tmp_path)
    break_file(folder, "performance/log.txt", None)
    break_file(folder, "performance/results.txt", None)
    result = read(tmp_path)
    assert codes(result) == ["results.no-throughput"]
    assert "latency_ms" not in only_run(result).measurements
    assert only_run(result).performance_log_sha256 is None


def test_a_value_in_a_file_that_the_copy_left_out_is_no_fault(tmp_path):
    folder = make_submission(tmp_path)
    break_file(folder, "performance/log.txt", None)
    break_file(folder, "performance/results.txt", None)
    left_out = "closed/example_lab/results/example_board/kws/performance/log.txt"
    result = read(tmp_path, absent={left_out})
    assert [(finding.code, finding.file) for finding in result.findings] == [("file.not-in-copy", left_out)]


def test_a_broken_streaming_run_says_what_is_missing(tmp_path):
    folder = make_sww_run(tmp_path / "closed/lab/results/board/sww")
    make_system_json(tmp_path / "closed/lab/systems/board.json")
    write(folder / "energy/results.txt", "garbage")
    assert codes(read(tmp_path)) == ["results.no-energy", "results.no-quality", "results.no-throughput"]


def test_a_streaming_run_without_results_has_no_values(tmp_path):
    make_system_json(tmp_path / "closed/lab/systems/board.json")
    write(tmp_path / "closed/lab/results/board/sww/performance/log.txt", "")
    result = read(tmp_path)
    assert codes(result) == ["results.no-throughput"]
    assert only_run(result).measurements == {}
    assert only_run(result).runner is None


def test_the_runner_is_told_by_its_files_when_no_log_tells(tmp_path):
    make_system_json(tmp_path / "closed/lab/systems/board.json")
    write(tmp_path / "closed/lab/results/board/kws/performance/script.async", "[]")
    write(tmp_path / "closed/lab/results/board/vww/performance/results.json", "[]")
    runs = read(tmp_path).submissions[0].runs
    assert [(run.benchmark, run.runner) for run in runs] == [("kws", "EEMBC"), ("vww", "MLCommons")]


def test_a_text_beyond_any_size_is_not_interpreted(tmp_path, monkeypatch):
    make_submission(tmp_path)
    monkeypatch.setattr(run_module, "_LARGEST_TEXT", 500)
    result = read(tmp_path)
    assert "file.too-large" in codes(result)
    assert "throughput_inf_per_s" not in only_run(result).measurements


def test_accuracy_is_computed_from_results_json_where_the_log_has_none(tmp_path):
    folder = make_mlcommons_run(tmp_path / "closed/lab/results/board/kws")
    entries = [
        {"file": file, "infer": {"results": vector}} for file, vector in full_accuracy("kws01", wrong=98)
    ]
    write(folder / "accuracy/results.json", json.dumps(entries))
    write(folder / "accuracy/log.txt", "")
    assert only_run(read(tmp_path)).recomputed["top1_pct"].printed == "90.2"


def test_every_code_has_a_severity_and_a_meaning():
    assert all(meaning.endswith(".") for _, meaning in READING_CODES.values())


NAMES = ["performance/results.txt", "performance/log.txt", "accuracy/log.txt", "energy/results.txt", "energy/log.txt",
         "accuracy/results.txt", "performance/results.json", "../../../systems/example_board.json"]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(name=st.sampled_from(NAMES), at=st.integers(0, 4000), junk=st.binary(max_size=40))
def test_arbitrary_damage_never_raises(tmp_path_factory, name, at, junk):
    root = tmp_path_factory.mktemp("damage")
    path = make_submission(root, energy_uj_per_inf=400.0) / "results/example_board/kws" / name
    before = path.read_bytes() if path.exists() else b""
    path.write_bytes(before[:at] + junk + before[at + len(junk) :])
    for run in read(root).submissions[0].runs:
        assert all(0 <= found.value < 1e15 for found in run.measurements.values())
