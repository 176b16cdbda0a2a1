"""results.txt of both runners, as printed, appended, interleaved and broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.formats.mlperf_tiny.mode_files import printed_windows
from submissions.formats.mlperf_tiny.results_text import Block, distinct_blocks, read_results_text
from tests.makers import (
    eembc_energy_text,
    eembc_results_text,
    mlcommons_energy_text,
    mlcommons_results_text,
    sww_results_text,
)

FIVE = [(1000, 10.0 + i / 10) for i in range(5)]


def lines_of(text: str) -> list[str]:
    return text.splitlines()


def codes(result) -> list[str]:
    return [problem.code for problem in result.problems]


def test_eembc_windows_and_median_are_read_with_their_lines():
    result = read_results_text(lines_of(eembc_results_text(FIVE)))
    median = result.last("median_throughput")
    assert (median.value, median.printed, median.line) == (98.039, "98.039", 27)
    windows = printed_windows(result, "results.txt", "performance")
    assert [window.number for window in windows] == [2, 4, 6, 8, 10]
    assert (windows[1].iterations, windows[1].runtime_s, windows[1].line) == (1000, 10.1, 6)
    assert result.problems == []


def test_mlcommons_windows_and_median_are_read():
    result = read_results_text(lines_of(mlcommons_results_text(FIVE)))
    assert result.last("median_throughput").printed == "98.039"
    assert [window.number for window in printed_windows(result, "r", "performance")] == [1, 2, 3, 4, 5]


def test_both_halves_of_an_eembc_energy_file_describe_the_same_windows():
    text = eembc_energy_text([(n, s, 400.0) for n, s in FIVE]) + eembc_results_text(FIVE, source="ulp-ml")
    result = read_results_text(lines_of(text))
    windows = printed_windows(result, "r", "energy")
    assert len(windows) == 5
    assert windows[0].energy_uj_per_inf == 400.0
    assert windows[0].throughput_inf_per_s == 100.0
    assert result.last("median_energy").value == 400.0
    assert printed_windows(result, "r", "performance")[0].energy_uj is None


def test_mlcommons_power_is_brought_to_microwatt():
    result = read_results_text(lines_of(mlcommons_energy_text([(250, 10.0, 1430.0)])))
    window = printed_windows(result, "r", "energy")[0]
    assert window.power_uw == pytest.approx(35750.0)
    assert (window.runtime_s, window.iterations, window.energy_uj) == (10.0, 250, 357500.0)


def test_an_energy_window_without_its_runtime_line_lasts_as_its_header_says():
    result = read_results_text(lines_of(eembc_energy_text([(1000, 10.5, 400.0)])))
    assert printed_windows(result, "r", "energy")[0].runtime_s == 10.5


@pytest.mark.parametrize("copies", [2, 5])
def test_output_that_was_appended_several_times_gives_each_window_once(copies):
    once = lines_of(eembc_results_text(FIVE))
    result = read_results_text(once * copies)
    assert len(printed_windows(result, "r", "performance")) == 5
    assert codes(result) == ["results.repeated"]
    assert result.last("median_throughput").line == 27 + 28 * (copies - 1)


def test_output_that_was_interleaved_line_by_line_gives_each_window_once():
    once = lines_of(eembc_results_text(FIVE))
    interleaved = [line for line in once for _ in range(4)]
    result = read_results_text(interleaved)
    assert printed_windows(result, "r", "performance")[4].runtime_s == 10.4
    assert len(result.blocks) == 5
    assert codes(result) == ["results.repeated"]


def test_the_last_of_several_different_medians_is_read_and_noted():
    text = eembc_results_text(FIVE) + eembc_results_text([(1000, 20.0)] * 5)
    result = read_results_text(lines_of(text))
    assert result.last("median_throughput").value == 50.0
    assert printed_windows(result, "r", "performance")[0].runtime_s == 20.0
    assert codes(result) == ["results.medians-differ", "results.repeated"] + ["results.windows-differ"] * 5


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("00238.752 ulp-mlperf: Top-1: 77.4%", "top1", 77.4),
        ("00238.774 ulp-mlperf: AUC: 0.86", "auc", 0.86),
        ("0725.211938 ulp-mlperf: Top 1% = 77.8", "top1", 77.8),
        ("0725.211938 ulp-mlperf: AUC = 0.862", "auc", 0.862),
        ("Median throughput is     11.181 inf./sec.", "median_throughput", 11.181),
        ("Median energy cost is 160.4232 uJ/inf.", "median_energy", 160.4232),
    ],
)
def test_a_statement_is_read_in_either_spelling(line, name, value):
    assert read_results_text([line]).last(name).value == value


def test_streaming_lines_are_read():
    result = read_results_text(lines_of(sww_results_text(false_positives=0)))
    assert [result.last(name).value for name in ("true_positives", "false_negatives", "false_positives")] == [
        44,
        6,
        0,
    ]
    assert result.last("duty_cycle").value == 0.56085
    assert result.last("period").value == 0.031987
    assert result.last("estimated_throughput").value == 55.742


@pytest.mark.parametrize("printed", ["NaN", "inf", "-inf", "1e999", "abc", "99,487", "1" * 50, "0x10"])
def test_what_is_not_a_finite_number_is_not_a_value(printed):
    result = read_results_text([f"x: Median throughput is {printed} inf./sec."])
    assert result.last("median_throughput") is None
    assert codes(result) == ["results.not-a-number"]


@pytest.mark.parametrize("printed", ["0", "-4.5", "0.000"])
def test_zero_and_negative_numbers_are_not_values(printed):
    result = read_results_text([f"x: Median throughput is {printed} inf./sec."])
    assert result.last("median_throughput") is None
    assert codes(result) == ["results.not-positive"]


@pytest.mark.parametrize(
    "line",
    [
        "Median throughput is 5.0 inf./min.",
        "Median energy cost is 5.0 mJ/inf.",
        "Median energy cost is 5.0",
        "Power : 5.0 W.",
    ],
)
def test_another_unit_is_no_value(line):
    result = read_results_text(["Energy data for trial 0", line])
    assert codes(result) == ["results.unit"]
    assert not result.stated
    assert not result.blocks[0].values


def test_a_window_line_outside_any_window_is_passed_over():
    result = read_results_text(["x:   Runtime      :       10.052 sec."])
    assert result.blocks == []
    assert result.problems == []


values = st.dictionaries(st.sampled_from(["iterations", "runtime_s"]), st.integers(1, 3))


def block_of(number: int, numbers: dict[str, int]) -> Block:
    result = read_results_text([f"Performance results for window {number}:"])
    block = result.blocks[0]
    for name, value in numbers.items():
        label, unit = {"iterations": ("# Inferences", ""), "runtime_s": ("Runtime", "sec.")}[name]
        stated = read_results_text([f"Performance results for window {number}:", f"{label} : {value} {unit}"])
        block.values[name] = stated.blocks[0].values[name]
    return block


@given(st.lists(st.tuples(st.integers(1, 3), values), max_size=12))
def test_removing_copies_is_idempotent(described):
    blocks = [block_of(number, numbers) for number, numbers in described]
    once = distinct_blocks(blocks)
    assert distinct_blocks(once) == once
    assert len({(block.kind, block.number) for block in once}) == len(once)


pieces = st.sampled_from(
    ["Performance results for window ", "Energy data for trial ", "Power : ", "Median throughput is ", " inf./sec.",
     "Top-1: ", "Accuracy: ", "NaN", "1e400", "-1", " uJ", "\n", ":", "7", " for 3 sec"]
)  # fmt: skip


@given(st.lists(pieces | st.text(max_size=10), max_size=40))
def test_arbitrary_text_never_raises_and_gives_positive_finite_numbers(parts):
    result = read_results_text("".join(parts).split("\n"))
    for stated in (entry for entries in result.stated.values() for entry in entries):
        assert 0 <= stated.value < float("inf")
    for block in result.blocks:
        assert all(0 < stated.value < float("inf") for stated in block.values.values())


def test_a_file_of_nothing_but_window_headers_is_read_in_one_pass():
    result = read_results_text(["Performance results for window 2:"] * 20_000 + ["# Inferences : 5"] * 20_000)
    assert len(result.blocks) == 1
