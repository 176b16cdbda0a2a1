"""The rulebooks of the rounds, and what is said when one of them is wrong."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from results.domain.findings import Severity
from submissions.rules.rulebook import ROUNDS_FOLDER, RulebookError, available_rounds, load_rulebook


def test_the_rounds_with_a_rulebook_are_listed_oldest_first() -> None:
    assert available_rounds() == ("v0.5", "v0.7", "v1.0", "v1.1", "v1.2", "v1.3")


def test_rounds_are_ordered_by_number_and_not_by_letter(tmp_path: Path) -> None:
    for name in ("v1.10", "v1.9", "v1.1", "base", "vnext"):
        (tmp_path / f"{name}.toml").touch()
    assert available_rounds(tmp_path) == ("v1.1", "v1.9", "v1.10")


@pytest.mark.parametrize("round", available_rounds())
@pytest.mark.parametrize(
    ("benchmark", "metric", "target"),
    [("kws", "top1_pct", 90), ("vww", "top1_pct", 80), ("ic", "top1_pct", 85), ("ad", "auc", 0.85)],
)
def test_the_targets_are_the_same_in_all_rounds(
    round: str, benchmark: str, metric: str, target: float
) -> None:
    rules = load_rulebook(round).benchmark(benchmark)
    assert rules is not None
    assert (rules.metric, rules.target) == (metric, target)


def test_streaming_wakeword_came_with_v1_3() -> None:
    assert "sww" in load_rulebook("v1.3").benchmarks
    assert "sww" not in load_rulebook("v1.2").benchmarks


def test_short_windows_are_a_warning_until_the_runner_itself_refuses_them() -> None:
    for code in ("perf.window-too-short", "energy.window-too-short", "energy.window-count"):
        weights = [load_rulebook(round).severity(code, "closed") for round in available_rounds()]
        assert weights == [Severity.WARNING] * 5 + [Severity.ERROR]


def test_five_timed_windows_are_an_error_from_v1_1() -> None:
    weights = [load_rulebook(round).severity("perf.window-count", "closed") for round in available_rounds()]
    assert weights == [Severity.WARNING] * 3 + [Severity.ERROR] * 3


def test_the_targets_gate_the_closed_division_only() -> None:
    book = load_rulebook("v1.1")
    assert book.severity("closed.accuracy-below-target", "closed") is Severity.ERROR
    assert book.severity("closed.accuracy-below-target", "open") is None
    assert book.severity("no.such-code", "closed") is None


def test_a_rulebook_cannot_be_changed() -> None:
    book = load_rulebook("v1.1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        book.round = "v9.9"  # type: ignore[misc]
    with pytest.raises(TypeError):
        book.rules["a.b"] = book.rules["perf.no-median"]  # type: ignore[index]


def test_an_unknown_round_is_named_with_those_that_exist() -> None:
    with pytest.raises(
        RulebookError, match=r"v9\.9: no rulebook of that name; rounds with one: v0\.5, .*v1\.3"
    ):
        load_rulebook("v9.9")


def test_an_empty_folder_has_no_rounds(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="rounds with one: none"):
        load_rulebook("v1.1", tmp_path)


@pytest.fixture
def rounds(tmp_path: Path) -> Path:
    """A copy of base.toml and v1.1.toml to spoil."""
    for name in ("base.toml", "v1.1.toml"):
        shutil.copy(ROUNDS_FOLDER / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("base.toml", "target = 90.0", 'target = "90"', "base.toml: benchmark.kws.target: expected a number, found '90'"),
        ("base.toml", "target = 90.0", "target = true", "benchmark.kws.target: expected a number, found True"),
        ("base.toml", 'metric = "auc"', 'metric = "f1"', "benchmark.ad.metric: expected one of top1_pct, auc, found 'f1'"),
        ("base.toml", "minimum_s = 10.0", "minimum_s = 0", "windows.performance.minimum_s: expected a number above 0"),
        ("base.toml", 'severity = "error"', 'severity = "fatal"', "severity: expected one of error, warning, note, off"),
        ("base.toml", "keeps_run = true", 'keeps_run = "yes"', "keeps_run: expected true or false, found 'yes'"),
        ("base.toml", "minimum = 0, maximum = 100 }", "minimum = 100, maximum = 0 }", "maximum: expected more than minimum"),
        ("base.toml", "[streaming]", "[streming]", "base.toml: streaming: expected a value, found None"),
        ("base.toml", 'accuracy = ["accuracy"]', 'accuracy = "accuracy"', "folders.accuracy: expected a list of texts"),
        ("base.toml", "wakewords = 50", "wakewords = 50\nlimit = 3", "base.toml: streaming.limit: expected a known key"),
        ("base.toml", 'accuracy_sets = ["kws01"]', 'accuracy_sets = ["kws02"]', "accuracy_sets: expected entries among"),
        ("base.toml", "[system]", "[system", "base.toml: not valid TOML"),
        ("v1.1.toml", 'round = "v1.1"', 'round = "v1.2"', "v1.1.toml: round: expected \"v1.1\", as the file is named"),
        ("v1.1.toml", 'source = "', 'source = ""\nnote = "', "v1.1.toml: source: expected a text, found ''"),
        ("v1.1.toml", 'default_runner = "EEMBC"', 'default_runner = "X"', "v1.1.toml: default_runner: expected one of EEMBC"),
        ("v1.1.toml", 'round = "v1.1"', 'round = "v1.1"\nstreaming = 3', "v1.1.toml: streaming: expected a table, found 3"),
        ("v1.1.toml", 'round = "v1.1"', 'round = "v1.1"\nextra = 3', "v1.1.toml: extra: expected a known key"),
    ],
)  # fmt: skip
def test_a_wrong_rulebook_says_file_key_expected_and_found(
    rounds: Path, file: str, old: str, new: str, message: str
) -> None:
    text = (rounds / file).read_text(encoding="utf-8")
    assert old in text
    (rounds / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    load_rulebook.cache_clear()
    with pytest.raises(RulebookError) as raised:
        load_rulebook("v1.1", rounds)
    assert message in str(raised.value)


def test_a_missing_base_is_named(rounds: Path) -> None:
    (rounds / "base.toml").unlink()
    load_rulebook.cache_clear()
    with pytest.raises(RulebookError, match=r"base\.toml: the file is missing"):
        load_rulebook("v1.1", rounds)


def test_a_list_of_a_round_replaces_that_of_the_base() -> None:
    old, new = load_rulebook("v0.5").benchmark("ic"), load_rulebook("v1.1").benchmark("ic")
    assert old is not None
    assert new is not None
    assert (dict(old.accuracy_sets), dict(new.accuracy_sets)) == ({"ic01-v0.5": 200}, {"ic01-v0.7": 200})


def test_a_rule_that_a_round_names_takes_nothing_over_from_the_base() -> None:
    rules = load_rulebook("v0.7").rules["layout.extra-level"]
    assert (rules.closed, rules.open) == (Severity.NOTE, Severity.NOTE)
    rules = load_rulebook("v1.1").rules["layout.extra-level"]
    assert (rules.closed, rules.open) == (Severity.ERROR, Severity.WARNING)
