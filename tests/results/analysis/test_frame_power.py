"""Average power at a frame rate, with the reader's sleep power."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.frame_power import average_power_mw, busy_share, keeps_up


def test_the_example_of_the_method_page() -> None:
    # 50 inferences per second of 4 ms and 250 µJ, 0.5 mW asleep: busy 20 % of the time.
    assert busy_share(4.0, 50.0) == pytest.approx(0.2)
    assert average_power_mw(250.0, 4.0, 50.0, 0.5) == pytest.approx(12.9)


def test_a_device_without_sleep_draws_the_energy_of_its_inferences() -> None:
    assert average_power_mw(1000.0, 100.0, 10.0, sleep_power_mw=0.0) == pytest.approx(10.0)


def test_a_device_that_is_just_busy_never_sleeps() -> None:
    assert keeps_up(20.0, 50.0)
    assert average_power_mw(1000.0, 20.0, 50.0, sleep_power_mw=900.0) == pytest.approx(50.0)


def test_there_is_no_average_where_the_device_does_not_keep_up() -> None:
    assert not keeps_up(25.0, 50.0)
    with pytest.raises(ValueError, match="more than the time there is"):
        average_power_mw(1000.0, 25.0, 50.0, sleep_power_mw=0.1)


@given(st.floats(0.1, 1e5), st.floats(0.01, 100), st.floats(0.01, 9), st.floats(0, 10), st.floats(0, 10))
def test_more_sleep_power_never_lowers_the_average(energy, latency, fps, sleep, more) -> None:
    assert average_power_mw(energy, latency, fps, sleep + more) >= average_power_mw(
        energy, latency, fps, sleep
    )
