"""Lines of equal energy-delay product and of equal mean power."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.charts.iso_lines import ENERGY_DELAY, POWER, iso_lines
from results.charts.scales import LogScale

LATENCY = LogScale(1.0, 1000.0, 0.0, 600.0)
ENERGY = LogScale(10.0, 100_000.0, 400.0, 0.0)
positive = st.floats(min_value=0.01, max_value=100.0)


def ends(svg: str) -> list[tuple[float, ...]]:
    found = re.findall(r'd="M(-?[\d.]+) (-?[\d.]+)L(-?[\d.]+) (-?[\d.]+)"', svg)
    return [tuple(map(float, line)) for line in found]


def read_back(scale: LogScale, place: float) -> float:
    return scale.low * (scale.high / scale.low) ** ((place - scale.start) / (scale.end - scale.start))


@pytest.mark.parametrize(("kind", "slope"), [(ENERGY_DELAY, 1), (POWER, -1)])
def test_both_ends_of_a_line_have_the_same_product_or_quotient(kind: str, slope: int) -> None:
    lines = ends(iso_lines(kind, LATENCY, ENERGY, []))
    assert lines
    for x1, y1, x2, y2 in lines:
        levels = [read_back(ENERGY, y) * read_back(LATENCY, x) ** slope for x, y in ((x1, y1), (x2, y2))]
        assert levels[0] == pytest.approx(levels[1], rel=0.01)


@given(low=positive, width=st.floats(min_value=3.0, max_value=1e4))
def test_no_line_leaves_the_plot(low: float, width: float) -> None:
    x, y = LogScale(low, low * width, 0.0, 600.0), LogScale(low, low * width, 400.0, 0.0)
    for x1, y1, x2, y2 in ends(iso_lines(ENERGY_DELAY, x, y, [])):
        assert all(-0.1 <= place <= 600.1 for place in (x1, x2))
        assert all(-0.1 <= place <= 400.1 for place in (y1, y2))


def test_names_keep_clear_of_what_is_there() -> None:
    free = iso_lines(ENERGY_DELAY, LATENCY, ENERGY, [])
    everywhere = [(float(x), float(y)) for x in range(0, 601, 20) for y in range(0, 401, 20)]
    full = iso_lines(ENERGY_DELAY, LATENCY, ENERGY, everywhere)
    assert "1 µJ·s" in free
    assert "<text" not in full
    assert len(ends(full)) == len(ends(free))


def test_with_the_energy_across_power_falls_from_left_to_right() -> None:
    svg = iso_lines(POWER, ENERGY, LATENCY, [], energy_across=True)
    assert {"100 mW"} <= set(re.findall(r">([^<]+)</text>", svg))
