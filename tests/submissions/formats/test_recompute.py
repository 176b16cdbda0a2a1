"""Values computed again from raw lines, and the numbers they are made of."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.domain.records import Window
from submissions.formats.mlperf_tiny import recompute
from submissions.formats.mlperf_tiny.eembc import Inference
from submissions.formats.mlperf_tiny.labels import complete_set, containing_set, read_labels, shipped_labels
from submissions.formats.mlperf_tiny.numbers import parse_number, rounded, significant_digits
from tests.makers import write


def timed(iterations: int, duration_us: int, line: int = 1) -> Inference:
    return Inference("a.bin", 0, iterations, line, [0, duration_us], [line + 1, line + 2], done=True)


def test_throughput_is_the_median_over_timed_calls():
    found = recompute.throughput(
        [timed(100, 10_000_000, 1), timed(100, 20_000_000, 10), timed(100, 12_500_000, 20)]
    )
    assert (found.value, found.first_line, found.last_line) == (8.0, 1, 22)


def test_calls_without_laps_give_no_throughput():
    assert recompute.throughput([Inference(None, 0, 5, 1)]) is None


def test_windows_from_laps_are_numbered_from_one():
    windows = recompute.windows_from_laps(
        [timed(100, 10_000_000), Inference(None, 0, 5, 9), timed(50, 5_000_000)], "log.txt"
    )
    assert [(window.number, window.runtime_s, window.throughput_inf_per_s) for window in windows] == [
        (1, 10, 10),
        (2, 5, 10),
    ]


def test_energy_is_the_median_of_energy_by_iterations():
    windows = [
        Window("energy", n, "r", n, 100, 10.0, None, energy)
        for n, energy in ((2, 4000.0), (4, 5000.0), (6, 4500.0))
    ]
    assert recompute.energy_uj_per_inf(windows).value == 45.0


def test_energy_per_inference_stands_in_where_iterations_are_missing():
    assert recompute.energy_uj_per_inf([Window("energy", 2, "r", 1, energy_uj_per_inf=7.5)]).value == 7.5
    assert recompute.energy_uj_per_inf([]) is None


def test_power_is_energy_times_rate():
    assert recompute.power_mw(400.0, 100.0) == 40.0


def test_top1_takes_the_first_of_equal_outputs():
    outputs = {"a": (0.5, 0.5), "b": (0.1, 0.9), "c": (0.9, 0.1)}
    assert recompute.top1_pct(outputs, {"a": 0, "b": 1, "c": 1}) == pytest.approx(200 / 3)


def test_top1_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no outputs"):
        recompute.top1_pct({}, {})


@pytest.mark.parametrize(
    ("truth", "scores", "expected"),
    [
        ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75),  # the example of scikit-learn's roc_auc_score
        ([0, 1], [1.0, 2.0], 1.0),
        ([0, 1], [2.0, 1.0], 0.0),
        ([0, 1, 0, 1], [1.0, 1.0, 1.0, 1.0], 0.5),
        ([0, 0, 1], [1.0, 2.0, 2.0], 0.75),
    ],
)
def test_auc_counts_ties_half(truth, scores, expected):
    assert recompute.auc_score(truth, scores) == pytest.approx(expected)


def test_auc_needs_both_kinds():
    with pytest.raises(ValueError, match="both"):
        recompute.auc_score([1, 1], [0.1, 0.2])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=30))
def test_auc_is_the_share_of_pairs_in_order(pairs):
    truth, scores = zip(*pairs, strict=True)
    wins = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for t, a in pairs if t for u, b in pairs if not u
    ]  # fmt: skip
    if wins:
        assert recompute.auc_score(truth, scores) == pytest.approx(np.mean(wins))


def test_an_anomaly_score_is_the_mean_over_the_sliding_windows():
    inferences = [
        Inference("a", offset, 1, 1, vector=(value,)) for offset, value in ((0, 1.0), (512, 3.0), (512, 5.0))
    ]
    inferences.append(Inference("b", 0, 1, 1, vector=(1.0, 2.0)))
    assert recompute.anomaly_scores(inferences) == {"a": 3.0}


def test_the_last_output_of_an_input_counts():
    inferences = [Inference("a", 0, 1, 1, vector=(0.0, 1.0)), Inference("a", 0, 1, 1, vector=(1.0, 0.0))]
    assert recompute.last_outputs(inferences) == {"a": (1.0, 0.0)}


@pytest.mark.parametrize(
    ("name", "inputs", "classes"),
    [
        ("kws01", 1000, 12),
        ("vww01", 1000, 2),
        ("ic01-v0.5", 200, 10),
        ("ic01-v0.7", 200, 10),
        ("ad01", 248, 2),
        ("ad01-alt", 72, 2),
    ],
)
def test_a_shipped_label_set_is_complete(name, inputs, classes):
    labels = next(labels for labels in shipped_labels() if labels.name == name)
    assert len(labels.classes) == inputs
    assert set(labels.classes.values()) == set(range(classes))


def test_every_shipped_label_file_says_where_it_comes_from():
    assert len(shipped_labels()) == 6


def test_the_two_sets_of_image_classification_share_three_images():
    old, new = (labels for labels in shipped_labels() if labels.model == "ic01")
    assert len(old.classes.keys() & new.classes.keys()) == 3


def test_a_folder_of_labels_is_read(tmp_path):
    write(tmp_path / "ad01/y_labels.csv", "n.bin,2,0,2560,512\na.bin,2,1,2560,512\n")
    write(tmp_path / "ad01/y_labels_alt.csv", "n.bin,2,0,2560,512\n")
    sets = read_labels(tmp_path)
    assert [labels.name for labels in sets] == ["ad01", "ad01-alt"]
    assert complete_set(sets, "ad01", ["a.bin", "n.bin"]).name == "ad01"
    assert containing_set(sets, "ad01", ["n.bin"]).name == "ad01-alt"
    assert containing_set(sets, "ad01", ["a.bin"]).name == "ad01"
    assert containing_set(sets, "ad01", []) is None
    assert complete_set(sets, "kws01", ["n.bin"]) is None


@pytest.mark.parametrize("row", ["a.bin,2", "a.bin,2,x"])
def test_a_bad_label_file_is_named_with_its_line(tmp_path, row):
    write(tmp_path / "ad01/y_labels.csv", f"n.bin,2,0\n{row}\n")
    with pytest.raises(ValueError, match="line 2"):
        read_labels(tmp_path)


def test_a_folder_without_labels_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"no <model>/y_labels\.csv"):
        read_labels(tmp_path)


@pytest.mark.parametrize(
    ("printed", "digits"), [("99.487", 5), ("0.0150", 3), ("1800", 4), ("0", 1), ("1.5e3", 2), ("-2.50", 3)]
)
def test_significant_digits_are_counted(printed, digits):
    assert significant_digits(printed) == digits


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (10.05156, 5, "10.052"),
        (214.0, 4, "214.0"),
        (0.018738, 3, "0.0187"),
        (73166.299, 3, "73200"),
        (0, 3, "0"),
    ],
)
def test_a_value_is_written_to_significant_digits(value, digits, text):
    assert rounded(value, digits) == text


@given(st.text(max_size=30) | st.floats().map(str))
def test_a_parsed_number_is_finite(text):
    value = parse_number(text)
    assert value is None or (math.isfinite(value) and abs(value) < 1e15)
