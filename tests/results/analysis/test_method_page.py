"""The worked example of docs/method.md is computed again from the figures that it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from results.analysis.normalisation import normalised_score

PAGE = Path(__file__).parents[3] / "docs" / "method.md"


def rows() -> dict[str, list[str]]:
    """The cells of the example's table by their first cell, without emphasis."""
    example = PAGE.read_text(encoding="utf-8").partition("### Worked example\n")[2].partition("\n## ")[0]
    lines = [line for line in example.splitlines() if line.startswith("| ")]
    cells = [[cell.strip().strip("*") for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells}


def column(number: int) -> dict[str, float]:
    return {name: float(rows()[name][number]) for name in ("kws", "vww", "ic", "ad")}


def test_the_latency_score_of_the_example_follows_from_its_figures():
    milliseconds = [{name: 1000 / rate for name, rate in column(number).items()} for number in (0, 1)]
    score = normalised_score(milliseconds[1], milliseconds[0])
    assert score.text == rows()["score"][2]
    assert score.ratios == pytest.approx(column(2), abs=0.0006)


def test_the_energy_score_of_the_example_follows_from_its_figures():
    score = normalised_score(column(4), column(3))
    assert score.text == rows()["score"][5]
    assert score.ratios == pytest.approx(column(5), abs=0.0006)
