"""Derived figures by the column are those of one result, to the last bit."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from results.analysis import derived, derived_columns
from results.analysis.frame_power import busy_share, keeps_up

_VALUE = st.none() | st.floats(0.001, 1e6) | st.sampled_from([0.0, 100.0, 100.00000000001, 200.0, 1e300, math.inf])  # fmt: skip
_ROWS = st.lists(st.tuples(_VALUE, _VALUE), max_size=8)
_FPS = st.none() | st.sampled_from([1.0, 5.0, 10.0]) | st.floats(0.01, 1e4)
_SLEEP = st.none() | st.floats(0, 100)


def _columns(rows) -> tuple[np.ndarray, np.ndarray]:
    table = np.array([[np.nan if one is None else one for one in row] for row in rows], dtype=float)
    table = table.reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _plain(values: np.ndarray) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


@given(_ROWS, _FPS, _SLEEP)
def test_columns_hold_the_figures_of_each_result(rows, fps, sleep) -> None:
    energy, latency = _columns(rows)
    assert _plain(derived_columns.inferences_per_joule(energy)) == [
        derived.inferences_per_joule(one).value for one, _ in rows
    ]
    assert _plain(derived_columns.energy_delay_product_uj_ms(energy, latency)) == [
        derived.energy_delay_product_uj_ms(one, other).value for one, other in rows
    ]
    assert _plain(derived_columns.average_power_at_fps_mw(energy, latency, fps, sleep)) == [
        derived.average_power_at_fps_mw(one, other, fps, sleep).value for one, other in rows
    ]


@given(_ROWS, st.sampled_from([1.0, 5.0, 10.0]) | st.floats(0.01, 1e4))
def test_a_frame_is_overrun_where_the_device_does_not_keep_up(rows, fps) -> None:
    _, latency = _columns(rows)
    for share, (_, one) in zip(derived_columns.busy_share(latency, fps).tolist(), rows, strict=True):
        if one is None:
            assert math.isnan(share)
        else:
            assert share == (min(1.0, busy_share(one, fps)) if keeps_up(one, fps) else busy_share(one, fps))
            assert (share <= 1) == keeps_up(one, fps)
