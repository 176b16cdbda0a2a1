from __future__ import annotations

import pytest

from results.domain.query import parse_pareto_query
from results.models import ParetoPoint
from results.selectors.pareto import pareto_view
from tests.results.makers import aggregate, make_run

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
    stored = ParetoPoint.objects.filter(x_metric="energy_uj_per_inf", y_metric="top1_pct", on_front=True)
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
    with django_assert_num_queries(4):
        view()
