"""The roofline of a device with its measured results, or the reason why there is none."""

from __future__ import annotations

import pytest

from results.analysis.derived import ABOVE_ROOF, NO_MACS_OF_EVENTS
from results.models import Benchmark, Device, NeuralModel
from results.selectors.device import device_detail
from results.selectors.device_roofline import DeviceRoofline, device_roofline, weight_bytes
from tests.results.makers import aggregate
from tests.results.views.device_data import known_networks, measured, stated

pytestmark = pytest.mark.django_db


def roofline() -> DeviceRoofline:
    detail = device_detail("own-board")
    benchmarks = list(Benchmark.objects.select_related("reference_model"))
    return device_roofline(detail, detail.systems[0], benchmarks)


@pytest.fixture
def board() -> None:
    """A board with verified statements: 0.4 · 10⁹ operations and 0.05 · 10⁹ bytes per second."""
    measured("own-board", 1.0)
    stated("own-board", "accelerator_peak", "0.4", "GOPS")
    stated("own-board", "ext_memory_bandwidth_gb_s", "0.05", "GB/s", tier=2)
    known_networks()


@pytest.mark.usefixtures("board")
def test_each_measured_result_stands_below_the_roof_with_its_share() -> None:
    found = roofline()
    assert found.refusal == ""
    kws = next(result for result in found.results if result.entry.benchmark == "kws")
    # 4 million operations at 0.4 · 10⁹ a second: 10 ms of the 100 ms measured
    assert (kws.bound_ms, kws.share_pct, kws.remark) == (pytest.approx(10.0), pytest.approx(10.0), "")
    assert (kws.intensity, kws.gops) == (pytest.approx(80.0), pytest.approx(0.04))


@pytest.mark.usefixtures("board")
def test_a_result_faster_than_the_roof_stands_with_a_doubt() -> None:
    remarks = {result.entry.benchmark: (result.share_pct, result.remark) for result in roofline().results}
    assert remarks["ad"] == (pytest.approx(200.0), ABOVE_ROOF)
    assert remarks["kws"][1] == ""


@pytest.mark.usefixtures("board")
def test_a_network_whose_macs_nobody_counted_has_no_point() -> None:
    NeuralModel.objects.filter(slug="kws01").update(macs=None)
    assert {result.entry.benchmark for result in roofline().results} == {"vww", "ic", "ad"}


@pytest.mark.usefixtures("board")
def test_an_event_based_device_has_no_roofline_of_macs() -> None:
    Device.objects.filter(slug="own-board").update(device_class="event-based")
    found = roofline()
    assert (found.refusal, found.roof, found.results) == (NO_MACS_OF_EVENTS, None, ())


def test_without_statements_the_reason_stands_for_the_roofline() -> None:
    measured("own-board", 1.0)
    aggregate()
    assert roofline().refusal == "No source states the peak rate. No source states the memory bandwidth."


def test_without_a_system_there_is_nothing_to_draw() -> None:
    measured("own-board", 1.0)
    aggregate()
    assert (
        device_roofline(device_detail("own-board"), None, []).refusal
        == "There is no result to draw below it."
    )


@pytest.mark.parametrize(
    ("precision", "size"),
    [("int8", 50), ("INT8 weights", 50), ("fp32", 200), ("float32", 200), ("", None), ("int4", None)],
)
def test_the_bytes_of_the_weights_are_those_of_the_stated_format(precision: str, size: int | None) -> None:
    assert weight_bytes(precision, NeuralModel(weight_bytes_int8=50, weight_bytes_fp32=200)) == size
