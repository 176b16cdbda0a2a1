"""What plots say in words."""

import pytest

from results.charts.sentences import Quantity, beaten_by, front_title, next_step

ENERGY = Quantity("energy", "µJ", lower_is_better=True)
LATENCY = Quantity("latency", "ms", lower_is_better=True)
TOP1 = Quantity("Top-1", "%", lower_is_better=False, quality_metric="top1_pct")
ERRORS = Quantity("errors", "", lower_is_better=True, quality_metric="fp_fn")
FRONT = [(40.8, 83.2), (71.7, 84.8), (1921.0, 85.3), (15531.0, 85.8)]


def test_the_title_is_the_dearest_step_of_the_front() -> None:
    assert front_title(FRONT, ENERGY, TOP1) == "From 84.8\u00a0% to 85.3\u00a0% costs 27 times the energy"


def test_the_title_is_the_same_from_either_axis() -> None:
    turned = [(quality, energy) for energy, quality in reversed(FRONT)]
    assert front_title(turned, TOP1, ENERGY) == front_title(FRONT, ENERGY, TOP1)


@pytest.mark.parametrize("front", [[], [(1.0, 2.0)], [(1.0, 2.0), (1.0, 2.0)]])
def test_a_front_without_a_step_trades_nothing(front: list[tuple[float, float]]) -> None:
    assert front_title(front, ENERGY, TOP1) == ""


@pytest.mark.parametrize(
    ("here", "there", "x", "y", "words"),
    [
        (FRONT[0], FRONT[1], ENERGY, TOP1, "+1.6 points for 1.8 times the energy"),
        ((85.3, 1921.0), (84.8, 71.7), TOP1, ENERGY, "27 times less energy for \u22120.5 points"),
        ((1.12, 58.4), (1.73, 40.8), LATENCY, ENERGY, "1.4 times less energy for 1.5 times the latency"),
        ((100.0, 5.0), (200.0, 4.0), ENERGY, ERRORS, "1 error less for 2.0 times the energy"),
        ((4.0, 200.0), (7.0, 100.0), ERRORS, ENERGY, "2.0 times less energy for 3 errors more"),
    ],
)
def test_a_step_says_what_is_gained_for_what(
    here: tuple[float, float], there: tuple[float, float], x: Quantity, y: Quantity, words: str
) -> None:
    assert next_step(here, there, x, y) == words


def test_a_front_that_gives_up_throughput_says_so() -> None:
    speed = Quantity("throughput", "inf/s", lower_is_better=False)
    assert front_title([(400.0, 80.0), (100.0, 85.0)], speed, TOP1) == (
        "From 80.0\u00a0% to 85.0\u00a0% costs a factor of 4.0 in throughput"
    )
    assert next_step((400.0, 80.0), (100.0, 85.0), speed, TOP1) == "+5.0 points for 4.0 times less throughput"


def test_a_beaten_result_says_by_how_much_in_both() -> None:
    assert beaten_by([(ENERGY, 58.4, 40.8), (TOP1, 83.2, 83.2)]) == "1.4 times less energy, same Top-1"
