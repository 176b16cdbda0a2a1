"""The drawing of memory ranges."""

from __future__ import annotations

import re

import pytest

from results.charts.memory_ranges import range_head, range_row


def test_a_range_begins_and_ends_where_its_bytes_lie_on_the_scale() -> None:
    svg = range_row(250, 500, None, 1000)
    found = re.search(r'<rect class="mr" x="([\d.]+)" y="8" width="([\d.]+)"', svg)
    assert found is not None
    assert [float(number) for number in found.groups()] == [78, 74]
    assert 'class="mt"' not in svg


def test_a_single_value_and_the_typical_one_are_ticks() -> None:
    assert '<path class="mt" d="M152 5V19"/>' in range_row(500, 500, None, 1000)
    assert '<path class="mt" d="M152 5V19"/>' in range_row(0, 1000, 500, 1000)


def test_the_scale_is_named_in_kb() -> None:
    assert ">64.0 kB</text>" in range_head(65_536)


@pytest.mark.parametrize(("low", "high", "most"), [(5, 4, 10), (0, 11, 10), (0, 0, 0)])
def test_what_is_no_range_is_refused(low: int, high: int, most: int) -> None:
    with pytest.raises(ValueError, match="a range lies within"):
        range_row(low, high, None, most)
