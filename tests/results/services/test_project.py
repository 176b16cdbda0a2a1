"""Projections after a publication: what is asked, what is written, what is left, and when an engine is held back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from results.analysis.projection.wider import WiderTinySite
from results.models import (
    Backtest,
    DeviceFact,
    LeaderboardEntry,
    ParetoPoint,
    Projection,
    ProjectionGeneration,
)
from results.services import project as service
from results.services.backtests import backtest, frozen_part, frozen_sha256, standing
from results.services.cells_elsewhere import rows_elsewhere
from results.services.project import project, project_due
from results.services.projection_engine import ENGINE, Learned
from tests.results.figures_data import QUARANTINED, figure, load
from tests.results.makers import aggregate, make_publication, make_round, make_run, make_system

pytestmark = pytest.mark.django_db

BASE_MS = {"kws": 20.0, "vww": 60.0, "ic": 70.0}


@pytest.fixture(autouse=True)
def _quick_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same engine, validated under one hold-out class instead of nine."""

    def fit(learned: Learned) -> WiderTinySite:
        return WiderTinySite(("cell",), ("cell",), n_folds=2, max_blocks=4).fit(
            learned.cells, learned.n_rounds
        )

    monkeypatch.setattr(service, "fitted_engine", fit)


@pytest.fixture
def publish() -> Callable[..., None]:
    """Publish ``boards`` boards in a round, each on three networks but for the last, on two."""

    def publish(round_id: str = "v1.0", boards: int = 12, speed: float = 1.0) -> None:
        for number in range(boards):
            system = make_system(make_publication(round_id), f"s{number}", device=f"board-{number}")
            for benchmark, latency in list(BASE_MS.items())[: 2 if number == boards - 1 else 3]:
                make_run(benchmark, latency_ms=latency * speed * (number + 1), energy_uj=None, system=system)
        aggregate()

    return publish


def test_the_cell_that_nobody_measured_is_projected_near_what_the_others_say(
    publish: Callable[..., None],
) -> None:
    publish()
    generation = project(1)
    assert generation is not None
    assert generation.shipped
    cell = Projection.objects.get(system__device__slug="board-11", model="ic01", metric="latency_ms")
    assert cell.state == "projected", cell.reason
    assert cell.value == pytest.approx(70 * 12, rel=0.15)
    assert cell.low_90 <= cell.low_80 <= cell.value <= cell.high_80 <= cell.high_90


def test_what_was_measured_is_not_projected(publish: Callable[..., None]) -> None:
    publish()
    project(1)
    measured = set(LeaderboardEntry.objects.values_list("system_id", "neural_model"))
    projected = set(Projection.objects.filter(metric="latency_ms").values_list("system_id", "model"))
    assert projected
    assert not measured & projected


def test_every_cell_names_measured_results_as_its_anchors(publish: Callable[..., None]) -> None:
    publish()
    project(1)
    known = set(LeaderboardEntry.objects.values_list("public_id", flat=True))
    for cell in Projection.objects.all():
        assert cell.anchors
        assert set(cell.anchors) <= known


def test_a_second_pass_over_the_same_data_writes_nothing(publish: Callable[..., None]) -> None:
    publish()
    first = project(1)
    rows = list(Projection.objects.values())
    second = project(2)
    assert first is not None
    assert second is not None
    assert second.changed == 0
    assert second.sha256 == first.sha256
    assert list(Projection.objects.values()) == rows


def test_a_cell_that_is_measured_meanwhile_stops_being_projected(publish: Callable[..., None]) -> None:
    publish()
    project(1)
    cell = Projection.objects.get(system__device__slug="board-11", model="ic01", metric="latency_ms")
    make_run("ic", latency_ms=500.0, energy_uj=None, system=cell.system)
    aggregate()
    project(2)
    assert not Projection.objects.filter(system=cell.system, model="ic01", metric="latency_ms").exists()


def test_a_network_larger_than_the_flash_does_not_fit(publish: Callable[..., None]) -> None:
    publish()
    system = LeaderboardEntry.objects.filter(device_slug="board-11")[0].system
    DeviceFact.objects.create(
        device=system.device, field="flash_kib", value="16", source="datasheet", source_tier=1
    )
    project(1)
    cell = Projection.objects.get(system=system, model="ic01", metric="latency_ms")
    assert cell.state == "does-not-fit"
    assert cell.value is None
    assert "of 16 KiB" in cell.reason


def test_memory_outside_the_chip_keeps_a_network_possible(publish: Callable[..., None]) -> None:
    publish()
    system = LeaderboardEntry.objects.filter(device_slug="board-11")[0].system
    for field, value in (("flash_kib", "16"), ("ext_storage", "64 MiB")):
        DeviceFact.objects.create(
            device=system.device, field=field, value=value, source="datasheet", source_tier=1
        )
    project(1)
    assert Projection.objects.get(system=system, model="ic01", metric="latency_ms").state == "projected"


def test_projections_enter_no_ranking_and_no_front(publish: Callable[..., None]) -> None:
    publish()
    entries, points = LeaderboardEntry.objects.count(), ParetoPoint.objects.count()
    project(1)
    aggregate()
    assert (LeaderboardEntry.objects.count(), ParetoPoint.objects.count()) == (entries, points)


def test_projecting_is_due_once_per_data_generation(publish: Callable[..., None]) -> None:
    publish()
    assert project_due()
    assert not project_due()
    aggregate()
    assert project_due()


def test_too_little_to_learn_from_projects_nothing() -> None:
    make_run("kws")
    aggregate()
    assert project(1) is None
    assert not ProjectionGeneration.objects.exists()


def test_an_engine_that_lost_on_the_back_test_is_held_back_and_the_old_answers_stay(
    publish: Callable[..., None],
) -> None:
    publish()
    project(1)
    rows = list(Projection.objects.values())
    cells = [
        {"metric": "latency", "measured": 100.0, "projected": {"tinysite": 150.0, "additive": 101.0}}
        for _ in range(5)
    ]
    make_backtest(cells)
    held = project(2)
    assert held is not None
    assert not held.shipped
    assert "additive errs by 1.0 %" in held.reason
    assert list(Projection.objects.values()) == rows


def test_a_difference_within_the_noise_does_not_hold_an_engine_back() -> None:
    make_round("v1.1")
    make_backtest(
        [{"metric": "latency", "measured": 100.0, "projected": {"tinysite": 102.5, "additive": 101.0}}]
    )
    assert standing() == ""


def test_a_back_test_is_frozen_before_its_values_are_read(
    publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("v1.0")
    publish("v1.1", boards=3, speed=0.9)
    row = backtest("v1.1", 1)
    assert row.figures["latency"]["n"] == len(row.cells) == 5
    assert frozen_sha256(frozen_part(row.cells)) == row.frozen_sha256
    # Other values of the same cells: what was frozen stays the same to the last digit, the scores do not.
    for entry in LeaderboardEntry.objects.filter(round="v1.1"):
        if entry.public_id in {cell["result"] for cell in row.cells}:
            LeaderboardEntry.objects.filter(pk=entry.pk).update(latency_ms=entry.latency_ms * 3)
    Backtest.objects.all().delete()
    again = backtest("v1.1", 1)
    assert again.frozen_sha256 == row.frozen_sha256
    assert again.figures != row.figures


def test_latencies_published_elsewhere_are_learned_from_and_named_as_such(
    publish: Callable[..., None], tmp_path: Path
) -> None:
    publish()
    load(
        tmp_path,
        *(figure(model="net-96", locator=f"row {n}", value=20.0 + n, engine=f"{n} CPU") for n in range(3)),
    )
    (row, *_) = rows_elsewhere()
    assert row["key"].startswith("figure:")
    assert (row["model"], row["class"], row["metric"]) == ("net-96", "elsewhere", "latency")
    learned = service.learned_from()
    assert learned is not None
    assert [r["key"].startswith("figure:") for r in learned.rows] == [
        n >= learned.n_rounds for n in range(len(learned.rows))
    ]


def test_a_quarantined_figure_teaches_nothing(publish: Callable[..., None], tmp_path: Path) -> None:
    publish()
    load(tmp_path, *QUARANTINED)
    assert rows_elsewhere() == []


def make_backtest(cells: list[dict[str, object]]) -> Backtest:
    from django.utils import timezone

    return Backtest.objects.create(
        round=make_round("v1.1"),
        anchors=1,
        engine=ENGINE,
        data_sha256="0" * 64,
        frozen_sha256="0" * 64,
        cells=cells,
        figures={},
        scored_at=timezone.now() + timezone.timedelta(seconds=1),
    )
