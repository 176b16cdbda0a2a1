"""Places of runs that are not published, and what of them is worth a second look."""

from __future__ import annotations

import pytest

from results.analysis.comparability import Conditions
from results.analysis.standing import Standpoint, second_looks, standing


def make(number: int = 0, *, benchmark: str = "vww", scope: str = "chip-rail", supply_mv: float | None = 1800.0,
         division: str = "closed", submitter: str = "lab", device: str = "board-a", device_class: str = "mcu",
         log: str = "", quality_metric: str = "top1_pct", **values: float) -> Standpoint:  # fmt: skip
    return Standpoint(
        Conditions(benchmark, scope, supply_mv, ""), values, quality_metric, division, submitter, device,
        device_class, f"run-{number}" if number else "", f"run {number}", log,
    )  # fmt: skip


PUBLISHED = [
    make(
        1,
        submitter="other",
        latency_ms=10.0,
        energy_uj_per_inf=90.0,
        quality=85.0,
        throughput_inf_per_s=100.0,
    ),
    make(
        2,
        submitter="other",
        device="board-b",
        latency_ms=30.0,
        energy_uj_per_inf=40.0,
        supply_mv=3000.0,
        quality=88.0,
    ),
    make(3, submitter="other", division="open", latency_ms=1.0, quality=99.0),
]


def kinds(run: Standpoint) -> list[str]:
    return [look.kind for look in second_looks(run, PUBLISHED)]


def test_a_latency_ranks_among_all_of_its_division() -> None:
    found = standing(make(latency_ms=20.0), "latency_ms", PUBLISHED)
    assert found is not None
    assert (str(found.rank), found.of) == ("2", 3)


def test_values_within_two_per_cent_share_a_rank() -> None:
    found = standing(make(latency_ms=10.1), "latency_ms", PUBLISHED)
    assert found is not None
    assert str(found.rank) == "1–2"


def test_an_energy_ranks_only_among_its_supply() -> None:
    found = standing(make(energy_uj_per_inf=100.0), "energy_uj_per_inf", PUBLISHED)
    assert found is not None
    assert (str(found.rank), found.of, found.group_label) == ("2", 2, "chip rail, 1.8 V")


def test_an_energy_without_supply_is_not_ranked() -> None:
    found = standing(make(energy_uj_per_inf=100.0, supply_mv=None), "energy_uj_per_inf", PUBLISHED)
    assert found is not None
    assert found.rank is None


def test_a_value_that_is_not_there_has_no_place() -> None:
    assert standing(make(latency_ms=1.0), "energy_uj_per_inf", PUBLISHED) is None


def test_quality_that_counts_errors_ranks_the_lowest_first() -> None:
    published = [make(1, benchmark="sww", quality_metric="fp_fn", quality=9.0)]
    run = make(benchmark="sww", quality_metric="fp_fn", quality=2.0)
    found = standing(run, "quality", published)
    assert found is not None
    assert str(found.rank) == "1"
    assert [look.kind for look in second_looks(run, published)] == ["best-quality"]


@pytest.mark.parametrize(
    ("latency_ms", "expected"), [(3.34, []), (3.33, ["far-ahead"]), (0.5, ["far-ahead"]), (10.0, [])]
)
def test_three_times_faster_on_the_same_device_is_worth_a_look(
    latency_ms: float, expected: list[str]
) -> None:
    assert kinds(make(latency_ms=latency_ms)) == expected


def test_a_device_without_results_is_seen_beside_its_class() -> None:
    (look,) = second_looks(make(device="board-new", latency_ms=2.0), PUBLISHED)
    assert (look.among, look.value, look.other_value, look.other.public_id) == ("mcu", 2.0, 10.0, "run-1")


def test_a_device_of_an_unknown_class_is_seen_beside_nothing() -> None:
    assert kinds(make(device="", device_class="", latency_ms=0.01)) == []


def test_the_same_log_is_said_once_and_not_again_as_equal_digits() -> None:
    published = [make(1, submitter="other", log="ab", throughput_inf_per_s=123.456)]
    run = make(log="ab", throughput_inf_per_s=123.456)
    assert [look.kind for look in second_looks(run, published)] == ["same-log"]


def test_the_digits_of_another_submitter_are_worth_a_look() -> None:
    assert kinds(make(throughput_inf_per_s=100.0)) == ["same-digits"]
    assert kinds(make(submitter="other", throughput_inf_per_s=100.0)) == []


def test_a_quality_above_all_published_ones_is_worth_a_look() -> None:
    assert kinds(make(quality=88.1)) == ["best-quality"]
    assert kinds(make(quality=88.0)) == []
