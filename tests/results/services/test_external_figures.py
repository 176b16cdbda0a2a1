"""Loading external figures: once, with their reasons of quarantine, and without any effect on what is ranked."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from results.models import (
    CatalogueState,
    Device,
    DeviceScore,
    ExternalFigure,
    ExternalModel,
    LeaderboardEntry,
    ModelGraph,
    ParetoPoint,
)
from results.selectors.site import data_generation
from results.services.external_figures import load_external_figures
from tests.results.figures_data import QUARANTINED, USABLE, figure, load, write_folder
from tests.results.makers import aggregate, make_device, make_reference, make_run

pytestmark = pytest.mark.django_db


def test_every_row_is_held_and_those_that_cannot_be_say_why(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.changed
    assert loaded.rows == ExternalFigure.objects.count() == len(USABLE) + len(QUARANTINED)
    assert loaded.quarantined == {"board-name": 1, "malformed-number": 1}
    assert set(ExternalFigure.objects.exclude(quarantine="").values_list("quarantine_text", flat=True)) == {
        "The vendor has no board “BOARD-X”. It is BOARD-A.", "“521.210.0.0” is not one number.",
    }  # fmt: skip


def test_a_second_load_changes_nothing_and_a_changed_file_keeps_the_keys(tmp_path: Path) -> None:
    load(tmp_path)
    generation, keys = data_generation(), set(ExternalFigure.objects.values_list("key", flat=True))
    assert not load_external_figures(tmp_path).changed
    assert data_generation() == generation
    load(tmp_path, *USABLE, *QUARANTINED, figure(value=19.0, raw="19.0"))
    assert data_generation() == generation + 1, "pages and answers that were kept have to be asked for again"
    assert keys < set(ExternalFigure.objects.values_list("key", flat=True))


def test_rows_that_say_the_same_have_different_keys(tmp_path: Path) -> None:
    load(tmp_path, figure(), figure())
    assert ExternalFigure.objects.values("key").distinct().count() == 2


def test_a_figure_is_linked_to_the_same_board_of_the_catalogue_and_keeps_its_stated_name(
    tmp_path: Path,
) -> None:
    board = make_device("board-a")
    load(tmp_path)
    assert ExternalFigure.objects.filter(device=board).count() == 4
    other = ExternalFigure.objects.get(device_name="BOARD-X")
    assert (other.device, other.device_group) == (None, "board-x")


def test_a_changed_catalogue_loads_them_again_so_that_new_devices_are_linked(tmp_path: Path) -> None:
    CatalogueState.objects.create(name="catalogue", sha256="a" * 64)
    load(tmp_path)
    make_device("board-a")
    CatalogueState.objects.update_or_create(name="catalogue", defaults={"sha256": "b" * 64})
    assert load_external_figures(tmp_path).changed
    assert ExternalFigure.objects.filter(device__slug="board-a").exists()


def test_a_device_that_leaves_the_catalogue_leaves_the_figures(tmp_path: Path) -> None:
    make_device("board-a")
    load(tmp_path)
    Device.objects.all().delete()
    assert ExternalFigure.objects.filter(device_name="BOARD-A", device=None).count() >= 3


def test_networks_and_their_graphs_are_held_once(tmp_path: Path) -> None:
    load(tmp_path)
    load(tmp_path, figure())
    assert list(ExternalModel.objects.values_list("slug", "family")) == [("net-96", "net")]
    assert ModelGraph.objects.get().macs == 1_000_000


def test_a_network_may_not_take_the_address_of_a_reference_network(tmp_path: Path) -> None:
    make_run("kws")
    with pytest.raises(ValueError, match="kws01"):
        load(tmp_path, figure(model="kws01"))
    assert not ExternalFigure.objects.exists()


def test_nothing_that_is_ranked_scored_or_on_a_front_changes(tmp_path: Path) -> None:
    make_reference()
    make_run("vww", latency_ms=50.0, energy_uj=10.0)
    aggregate()

    def ranked() -> list[object]:
        return [
            list(model.objects.order_by("pk").values())
            for model in (LeaderboardEntry, ParetoPoint, DeviceScore)
        ]

    before = ranked()
    # Faster than anything that was reviewed, on the same board, and named like a benchmark.
    load(tmp_path, figure(model="vww", model_stated="vww", input="", value=2.0, raw="2.0"))
    assert ranked() == before
    aggregate()
    assert [len(rows) for rows in ranked()] == [len(rows) for rows in before]


@pytest.mark.parametrize("change", [
    {"provenance": "reviewed"}, {"provenance": "self-reported"}, {"value": None}, {"metric": "speed"},
    {"quarantine": "board-name"},
])  # fmt: skip
def test_the_database_refuses_a_figure_that_claims_to_be_more_than_it_is(
    tmp_path: Path, change: dict[str, object]
) -> None:
    load(tmp_path, figure())
    with pytest.raises(IntegrityError), transaction.atomic():
        ExternalFigure.objects.update(**change)


def test_a_wrong_file_leaves_what_was_loaded(tmp_path: Path) -> None:
    load(tmp_path, figure())
    write_folder(tmp_path, (figure(metric="speed"),))
    with pytest.raises(ValueError, match="metric"):
        load_external_figures(tmp_path)
    assert ExternalFigure.objects.count() == 1


def test_the_command_says_what_was_loaded_and_then_that_nothing_changed(tmp_path: Path, monkeypatch) -> None:
    from io import StringIO

    from django.core.management import call_command

    from results.management.commands import load_external_figures as command

    write_folder(tmp_path)
    monkeypatch.setattr(command, "load_external_figures", lambda: load_external_figures(tmp_path))
    first, second = StringIO(), StringIO()
    call_command("load_external_figures", stdout=first)
    call_command("load_external_figures", stdout=second)
    assert (
        first.getvalue()
        == "7 external figures, 2 of them quarantined\n  board-name: 1\n  malformed-number: 1\n"
    )
    assert second.getvalue() == "external figures are up to date\n"
