from __future__ import annotations

from random import Random

import pytest

from results.domain.query import parse_pareto_query
from results.models import ParetoPoint
from results.selectors.pareto import pareto_view
from results.selectors.snapshot import current_snapshot
from tests.results.makers import aggregate, make_device, make_publication, make_run, make_system

pytestmark = pytest.mark.django_db


def view(benchmark: str = "vww", **params: str):
    return pareto_view(
        parse_pareto_query({name: [value] for name, value in params.items()}, benchmark=benchmark)
    )


def front(plot) -> list[str]:
    return [point.entry.public_id for point in plot.front.points]


@pytest.fixture
def published() -> None:
    """Four results of one front and one behind it, two of another supply, one without energy."""
    make_run(energy_uj=40.801, quality=83.2, latency_ms=1.73, public_id="gap9", submitter="a")
    make_run(energy_uj=58.356, quality=83.2, latency_ms=1.12, public_id="gap9-fast", submitter="a")
    make_run(energy_uj=71.711, quality=84.8, latency_ms=12.7, public_id="ndp", log="d" * 64, round_id="v1.0")
    make_run(energy_uj=71.711, quality=84.8, latency_ms=12.7, public_id="ndp-again", log="d" * 64)
    make_run(energy_uj=1920.636, quality=85.3, latency_ms=71.6, public_id="u575")
    make_run(energy_uj=3699.0, quality=85.9, latency_ms=29.6, supply_mv=3000.0, public_id="h7")
    make_run(quality=86.0, latency_ms=5.0, public_id="no-energy")
    make_run(energy_uj=90.0, quality=89.0, division="open", public_id="open")
    aggregate()


@pytest.mark.usefixtures("published")
def test_a_front_holds_one_scope_supply_and_division():
    plot = view()
    assert plot.group == "chip-rail@1800"
    assert plot.group_label == "chip rail, 1.8 V"
    assert front(plot) == ["gap9", "ndp", "u575"]
    assert {(one.division, one.group): len(one.points) for one in plot.fronts} == {
        ("closed", "chip-rail@1800"): 3, ("closed", "chip-rail@3000"): 1, ("open", "chip-rail@1800"): 1,
    }  # fmt: skip


@pytest.mark.usefixtures("published")
def test_what_is_beaten_names_its_rival_and_by_how_much():
    beaten = next(point for point in view().points if point.entry.public_id == "gap9-fast")
    assert beaten.rival.public_id == "gap9"
    assert beaten.dominance.factors == pytest.approx((1.43, 1.0), abs=0.01)


@pytest.mark.usefixtures("published")
def test_the_front_is_that_of_the_rows_that_the_filter_leaves():
    plot = view(submitter="a", division="closed", latency_max="1.5")
    assert front(plot) == ["gap9-fast"]


@pytest.mark.usefixtures("published")
def test_what_is_not_drawn_is_counted_with_its_reason():
    plot = view(division="closed")
    assert {one.reason: one.count for one in plot.left_out} == {
        "without measured energy": 1,
        "whose log is identical to one of an earlier round, drawn once": 1,
    }
    assert (len(plot.points), plot.total_in_view, plot.total_in_benchmark) == (5, 7, 8)


@pytest.mark.usefixtures("published")
def test_a_group_can_be_chosen():
    plot = view(group="chip-rail@3000")
    assert front(plot) == ["h7"]
    assert plot.points[0].entry.public_id == "h7"
    assert [name for name, _, _ in plot.groups] == ["chip-rail@1800", "chip-rail@3000"]


@pytest.mark.usefixtures("published")
def test_without_energy_everything_of_a_division_compares():
    plot = view(x="latency", y="quality", division="closed")
    assert plot.group == "any"
    assert plot.group_label == ""
    assert front(plot) == ["gap9-fast", "no-energy"]


@pytest.mark.usefixtures("published")
def test_without_a_filter_the_plot_equals_the_stored_points():
    stored = ParetoPoint.objects.filter(x_metric="energy_uj_per_inf", y_metric="top1_pct")
    shown = {point.entry.public_id for point in view().points if point.on_front}
    assert shown == set(stored.values_list("run__public_id", flat=True))


def test_a_point_that_compares_with_nothing_is_drawn_and_counted():
    make_run(energy_uj=1.0, scope="unknown")
    aggregate()
    plot = view()
    assert (plot.group, plot.front, len(plot.points)) == (None, None, 1)
    assert not plot.points[0].on_front
    assert "nobody states" in plot.left_out[0].reason


@pytest.mark.usefixtures("published")
def test_a_plot_takes_four_queries(django_assert_num_queries):
    current_snapshot()
    with django_assert_num_queries(3):
        view()


def on_front(plot) -> set[str]:
    return {point.entry.public_id for point in plot.points if point.on_front}


def test_the_fronts_of_random_results_equal_brute_force_with_ties_and_missing_values():
    random = Random(20)
    known: dict[str, tuple[str, float, float]] = {}
    for k in range(60):
        latency, energy = (random.choice([None, 1.0, 2.0, 3.0, 4.0]) for _ in range(2))
        supply = random.choice([1800.0, 3000.0])
        make_run(latency_ms=latency, energy_uj=energy, supply_mv=supply, public_id=f"random-{k}")
        if latency and energy:
            known[f"random-{k}"] = (str(supply), latency, energy)
    aggregate()
    plot = view(x="latency", y="energy")
    assert {point.entry.public_id for point in plot.points} == set(known)
    expected = {
        name
        for name, (group, x, y) in known.items()
        if not any(g == group and a <= x and b <= y and (a, b) != (x, y) for g, a, b in known.values())
    }
    assert on_front(plot) == expected


def test_equal_results_share_the_front_and_name_each_other():
    make_run(latency_ms=2.0, energy_uj=5.0, public_id="one")
    make_run(latency_ms=2.0, energy_uj=5.0, public_id="two", device="board-b")
    make_run(latency_ms=3.0, energy_uj=5.0, public_id="slower")
    aggregate()
    plot = view(x="latency", y="energy")
    assert front(plot) == ["one", "two"]
    ties = {point.entry.public_id: [other.public_id for other in point.ties] for point in plot.points}
    assert ties == {"one": ["two"], "two": ["one"], "slower": []}


@pytest.fixture
def classes() -> None:
    make_device("npu-board", "npu")
    make_run(latency_ms=1.0, energy_uj=10.0, device="npu-board", public_id="npu-fast")
    make_run(latency_ms=2.0, energy_uj=12.0, device="npu-board", public_id="npu-slow")
    make_run(latency_ms=50.0, energy_uj=900.0, device="board-a", public_id="mcu-fast")
    make_run(latency_ms=80.0, energy_uj=800.0, device="board-b", public_id="mcu-thrifty")
    make_run(latency_ms=90.0, energy_uj=950.0, device="board-b", public_id="mcu-beaten")
    aggregate()


@pytest.mark.usefixtures("classes")
def test_each_device_class_can_have_a_front_of_its_own():
    plot = view(x="latency", y="energy", by="class")
    fronts = {one.part: [point.entry.public_id for point in one.points] for one in plot.main_fronts}
    assert fronts == {"mcu": ["mcu-fast", "mcu-thrifty"], "npu": ["npu-fast"]}
    beaten = next(point for point in plot.points if point.entry.public_id == "mcu-beaten")
    assert beaten.rival.public_id in ("mcu-fast", "mcu-thrifty")
    assert on_front(view(x="latency", y="energy")) == {"npu-fast"}


@pytest.mark.usefixtures("classes")
def test_each_device_can_have_a_front_of_its_own():
    plot = view(x="latency", y="energy", by="device")
    assert on_front(plot) == {"npu-fast", "mcu-fast", "mcu-thrifty"}


def test_a_result_without_a_stated_framework_is_in_no_front_per_framework():
    unstated = make_system(make_publication(submitter="quiet"), framework="")
    make_run(latency_ms=1.0, energy_uj=1.0, system=unstated, public_id="unstated")
    make_run(latency_ms=5.0, energy_uj=5.0, public_id="stated")
    aggregate()
    plot = view(x="latency", y="energy", by="framework")
    assert on_front(plot) == {"stated"}
    assert plot.left_out[0].reason == "drawn and in no front: nobody states their framework"


def test_fronts_per_supply_divide_what_compares_too():
    make_run(latency_ms=1.0, energy_uj=5.0, supply_mv=1800.0, public_id="at-1v8")
    make_run(latency_ms=2.0, energy_uj=5.0, supply_mv=3000.0, public_id="at-3v")
    make_run(latency_ms=0.5, public_id="no-energy", quality=80.0)
    aggregate()
    plot = view(x="latency", y="quality", by="supply")
    assert {one.part_label for one in plot.main_fronts} == {"chip rail, 1.8 V", "chip rail, 3.0 V"}
    assert on_front(plot) == {"at-1v8", "at-3v"}


@pytest.mark.usefixtures("published")
def test_limits_count_what_fails_and_what_was_not_measured():
    limits = view(division="closed", x="latency", y="quality", energy_max="100", quality_min="84").limits
    assert (limits.within, limits.of) == (2, 7)
    assert [(one.metric, one.is_least, one.failing, one.not_measured) for one in limits.counts] == [
        ("energy", False, 2, 1), ("quality", True, 2, 0),
    ]  # fmt: skip


@pytest.mark.usefixtures("published")
def test_what_fails_a_limit_is_shown_on_request_and_enters_no_front():
    hidden = view(division="closed", latency_max="1.5")
    shown = view(division="closed", latency_max="1.5", outside="1")
    assert front(shown) == front(hidden) == ["gap9-fast"]
    assert len(shown.points) > len(hidden.points) == 1
    slow = next(point for point in shown.points if point.entry.public_id == "u575")
    assert [(one.metric, one.limit, one.value) for one in slow.fails] == [("latency", 1.5, 71.6)]
    assert shown.total_in_view == hidden.total_in_view
    assert shown.left_out == hidden.left_out


def test_derived_metrics_follow_from_the_measured_ones():
    make_run(latency_ms=2.0, energy_uj=50.0, public_id="whole")
    make_run(latency_ms=4.0, public_id="no-energy")
    aggregate()
    (point,) = view(x="inferences-per-joule", y="energy-delay").points
    assert (point.x, point.y) == (pytest.approx(20_000), pytest.approx(100))
    cycles = {p.entry.public_id: p.y for p in view(x="latency", y="macs-per-cycle").points}
    assert cycles["whole"] == pytest.approx(1000 / (2.0 * 120 * 1000))


def test_energies_of_two_supplies_do_not_compare_in_a_derived_metric():
    make_run(latency_ms=2.0, energy_uj=50.0, supply_mv=1800.0, public_id="at-1v8")
    make_run(latency_ms=3.0, energy_uj=90.0, supply_mv=3000.0, public_id="at-3v")
    aggregate()
    assert on_front(view(x="latency", y="energy-delay")) == {"at-1v8", "at-3v"}


@pytest.mark.usefixtures("published")
def test_limits_and_models_take_one_query_each(django_assert_num_queries):
    current_snapshot()
    with django_assert_num_queries(5):
        view(x="latency", y="macs-per-cycle", latency_max="50", outside="1")
