"""What a Pareto plot may be asked."""

from __future__ import annotations

import pytest

from results.domain.metrics import Direction
from results.domain.trade_offs import METRICS, ParetoQuery, pareto_params
from results.domain.vocabulary import DIVISIONS, TRADE_OFF_METRICS


def test_every_axis_that_an_address_may_name_is_described() -> None:
    assert tuple(sorted(METRICS)) == tuple(sorted(TRADE_OFF_METRICS))
    assert all(name == metric.name for name, metric in METRICS.items())


def test_only_quality_takes_its_direction_from_the_benchmark() -> None:
    assert [name for name, metric in METRICS.items() if metric.direction is Direction.NONE] == ["quality"]


def test_a_plot_of_defaults_names_its_axes_only() -> None:
    assert pareto_params(ParetoQuery("kws")) == [("x", "energy"), ("y", "quality")]


def test_what_differs_from_the_defaults_stands_in_the_address() -> None:
    query = ParetoQuery(
        "kws", x="latency", y="energy", group="chip-rail@1800", by="class", lines="power", log_y=True
    )
    assert pareto_params(query) == [
        ("x", "latency"), ("y", "energy"), ("group", "chip-rail@1800"), ("by", "class"), ("lines", "power"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("x", "y", "log_x", "log_y", "lines"),
    [
        ("energy", "latency", True, True, True),
        ("latency", "energy", True, True, True),
        ("energy", "latency", True, False, False),
        ("energy", "quality", True, False, False),
    ],
)
def test_lines_need_energy_against_latency_on_logarithmic_axes(
    x: str, y: str, log_x: bool, log_y: bool, lines: bool
) -> None:
    assert ParetoQuery("kws", x=x, y=y, log_x=log_x, log_y=log_y).has_lines is lines


def test_without_a_filter_every_division_may_stand_in_the_plot() -> None:
    assert ParetoQuery("kws").divisions == DIVISIONS
    assert ParetoQuery("kws", filters={"division": ("open",)}).divisions == ("open",)
