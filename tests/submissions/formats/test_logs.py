"""log.txt of both runners and results.json."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.formats.mlperf_tiny.eembc import iso_time, parse_vector, read_eembc_log
from submissions.formats.mlperf_tiny.mlcommons import is_mlcommons_log, read_mlcommons_log, read_results_json
from tests.makers import eembc_log_text


def test_an_eembc_log_tells_session_device_inputs_and_laps():
    log = read_eembc_log(eembc_log_text("kws", [(1000, 10.5)] * 5))
    assert (log.runner, log.version, log.model) == ("EEMBC", "3.0.10", "kws01")
    assert log.session_start == "2023-05-12T18:58:57"
    assert log.inputs[0] == "tst_000000_Stop_7.bin"
    assert [entry.duration_us for entry in log.inferences] == [10_500_000] * 5
    assert all(entry.done for entry in log.inferences)


def test_an_energy_log_tells_voltage_and_monitor():
    log = read_eembc_log(eembc_log_text("kws", [], voltage_mv=3000, monitor="js110"))
    assert [(stated.value, stated.printed) for stated in log.voltages] == [(3000, "3000")]
    assert log.monitor == "js110"


@pytest.mark.parametrize("voltage", ["nan", "0", "-5", "high"])
def test_an_impossible_voltage_is_no_value(voltage):
    assert read_eembc_log(f"emon: m-voltage-mv[{voltage}]").voltages == []


def test_a_windows_path_and_an_offset_are_understood():
    lines = ['parser: Command "bload dut "C:\\d\\ad01\\normal_1.bin" 512 2560"', "dut: m-infer-start-1"]
    entry = read_eembc_log("\n".join(lines)).inferences[0]
    assert (entry.file, entry.offset) == ("normal_1.bin", 512)


def test_lines_without_a_time_stamp_count():
    lines = ["dut: m-infer-start-10", "dut: m-lap-us-100", "got ack", "m-lap-us-350", "dut: m-infer-done"]
    assert read_eembc_log("\n".join(lines)).inferences[0].duration_us == 250


def test_a_timer_that_wrapped_at_32_bits_is_followed():
    lines = ["m-infer-start-1", f"m-lap-us-{2**32 - 100}", "m-lap-us-400", "m-infer-done"]
    assert read_eembc_log("\n".join(lines)).inferences[0].duration_us == 500


@pytest.mark.parametrize("laps", [[], [5], [7, 7], [2**40, 5]])
def test_laps_that_do_not_rise_give_no_duration(laps):
    lines = ["m-infer-start-1", *(f"m-lap-us-{lap}" for lap in laps), "m-infer-done", "m-lap-us-999"]
    assert read_eembc_log("\n".join(lines)).inferences[0].duration_us is None


def test_results_that_are_no_numbers_are_noted_with_their_line():
    log = read_eembc_log("m-infer-start-1\nm-infer-done\nm-results-[0.1,nan]\nm-results-[1]")
    assert log.inferences[0].vector is None
    assert log.bad_vectors == [3]


def test_a_voltage_carries_the_line_that_states_it():
    stated = read_eembc_log("first\n00012.1 emon: m-voltage-mv[3000] set\nlast").voltages[0]
    assert (stated.line, stated.text) == (2, "00012.1 emon: m-voltage-mv[3000] set")


def test_only_the_first_statement_of_a_line_counts():
    log = read_eembc_log("m-infer-start-1 m-infer-done m-lap-us-5\nm-lap-us-7 m-lap-us-9\nm-results-[1]")
    entry = log.inferences[0]
    assert (entry.laps_us, entry.done, entry.vector_line) == ((7,), False, 3)


events = st.sampled_from([
    "dut: m-infer-start-1", "dut: m-lap-us-10", "dut: m-lap-us-35", "dut: m-infer-done", "dut: m-results-[0.5,0.5]",
    "m-results-[nan]", 'parser: Command "bload dut "C:\\ad01\\a.bin"" 512', "m-ready", "m-lap-us-1 m-infer-done", "Done ... m",
])  # fmt: skip
inferences = st.just(["m-infer-start-8", "m-lap-us-100", "m-lap-us-350", "m-infer-done", "m-results-[1,0]"])


@given(st.lists(inferences | st.lists(events, max_size=5), max_size=8))
def test_what_a_log_tells_does_not_depend_on_other_output_between_its_lines(parts):
    lines = [line for part in parts for line in part]
    close = read_eembc_log("\n".join(lines))
    apart = read_eembc_log("\n".join(f"{line}\ndut: m-ready\nrandom" for line in lines))

    def at(line):
        return None if line is None else 3 * line - 2

    assert apart.bad_vectors == [at(line) for line in close.bad_vectors]
    for one, other in zip(close.inferences, apart.inferences, strict=True):
        assert (one.file, one.offset, one.iterations, one.laps_us, one.done, one.vector) == (
            other.file, other.offset, other.iterations, other.laps_us, other.done, other.vector
        )  # fmt: skip
        assert [at(one.line), *map(at, one.lap_lines), at(one.vector_line)] == [
            other.line, *other.lap_lines, other.vector_line
        ]  # fmt: skip


def test_a_trailing_comma_in_results_is_harmless():
    assert parse_vector("0.961,0.039,") == (0.961, 0.039)


def test_a_moment_that_does_not_exist_is_none():
    assert iso_time("20231345000000") is None


MLCOMMONS = [
    "Logging initialized. Writing output to sessions\\20250726_005104\\log.txt",
    "Device model retrieved: ic01",
    "0726.005106 ulp-mlperf: Loading file emu_s_002009.bin segment 3",
    "0726.005118 ulp-mlperf:   m-results    : [0.0, 0.621]",
    "0726.005119 ulp-mlperf: Loading file taxi.bin segment 0",
    "0726.005119 ulp-mlperf:   m-results    : [oops]",
]


def test_an_mlcommons_log_tells_session_model_inputs_and_results():
    assert is_mlcommons_log("\n".join(MLCOMMONS))
    log = read_mlcommons_log(MLCOMMONS)
    assert (log.runner, log.model, log.session_start) == ("MLCommons", "ic01", "2025-07-26T00:51:04")
    first = log.inferences[0]
    assert (first.file, first.offset, first.vector) == ("emu_s_002009.bin", 3, (0.0, 0.621))
    assert log.bad_vectors == [6]


def test_an_eembc_log_is_not_taken_for_an_mlcommons_log():
    assert not is_mlcommons_log(eembc_log_text("kws", []))


def test_results_json_gives_iterations_laps_and_results():
    entry = {
        "file": "a.bin",
        "infer": {"start_time": 5, "end_time": 25, "iterations": 4, "results": [0.1, 0.9]},
    }
    inference = read_results_json(json.dumps([entry]))[0]
    assert (inference.file, inference.iterations, inference.duration_us) == ("a.bin", 4, 20)
    assert inference.vector == (0.1, 0.9)


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[{]", "[NaN]", "[" * 100_000, "[" + "9" * 6000 + "]"])
def test_results_json_of_another_shape_is_none(text):
    assert read_results_json(text) is None


def test_entries_of_a_streaming_run_are_passed_over():
    assert read_results_json('[{"infer": {"wav_file": "long.wav"}}, {"file": "x", "infer": null}]') == []


def test_laps_of_a_wrong_type_are_not_taken():
    entry = {"file": "a", "infer": {"start_time": True, "end_time": "9", "iterations": -1, "results": None}}
    inference = read_results_json(json.dumps([entry]))[0]
    assert (inference.duration_us, inference.iterations, inference.vector) == (None, 0, None)


marks = st.sampled_from(
    ["m-infer-start-", "m-lap-us-", "m-results-[", "m-infer-done", 'Command "bload dut "', "m-voltage-mv[", "]", "9", '"',
     "Loading file ", " segment ", "m-results : [", "sessions\\20259999_999999", "\n"]
)  # fmt: skip


@given(st.lists(marks | st.text(max_size=8), max_size=60))
def test_arbitrary_logs_never_raise(parts):
    lines = "".join(parts).split("\n")
    read_mlcommons_log(lines)
    for entry in read_eembc_log("\n".join(lines)).inferences:
        assert entry.duration_us is None or entry.duration_us > 0


@given(st.text(max_size=60) | st.recursive(st.none() | st.floats() | st.text(max_size=5),
       lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["file", "infer", "iterations", "results"]), inner)
       ).map(json.dumps))  # fmt: skip
def test_arbitrary_results_json_never_raises(text):
    read_results_json(text)
