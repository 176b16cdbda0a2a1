"""The worked example of the neighbours in docs/method.md is computed again from the figures that it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from results.analysis.similarity import profile_distance

PAGE = Path(__file__).parents[3] / "docs" / "method.md"


def test_the_distance_of_the_example_follows_from_its_figures() -> None:
    example = PAGE.read_text(encoding="utf-8").partition("### Worked example: neighbours")[2]
    table = example.partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    rows = {
        cells[0]: cells[1:]
        for line in lines
        if (cells := [c.strip(" *") for c in line.strip("|").split("|")])
    }
    own, other = ({name: float(rows[name][k]) for name in ("kws", "vww", "ic", "ad")} for k in (0, 1))
    distance = profile_distance(own, other)
    assert distance is not None
    assert distance.value == pytest.approx(float(rows["distance"][3]), abs=0.00006)
    assert distance.factor == pytest.approx(float(rows["distance"][2]), abs=0.0006)
    assert distance.ratios == pytest.approx({name: float(rows[name][2]) for name in own}, abs=0.0006)
