"""The catalogue in the database: loaded once, corrected in place, never at the cost of a result."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from results.catalog.reader import FILES, FOLDER, CatalogueError, catalogue
from results.models import (
    Benchmark,
    CatalogueState,
    Device,
    DeviceFact,
    NeuralModel,
    Publication,
    Recomputation,
    Round,
    Run,
    Submitter,
    System,
)
from results.services.catalogue import store_catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue that a test may correct."""
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


def drop(folder: Path, name: str, start: str) -> None:
    """Leave out the lines of a CSV file that begin with ``start``."""
    lines = (folder / name).read_text().splitlines(keepends=True)
    (folder / name).write_text("".join(line for line in lines if not line.startswith(start)))


def drop_device(folder: Path, slug: str) -> None:
    drop(folder, "devices.csv", f"{slug},")
    drop(folder, "device_facts.csv", f"{slug},")
    tables = (folder / "device_aliases.toml").read_text().split("[[device]]")
    kept = [table for table in tables if f'slug = "{slug}"' not in table]
    (folder / "device_aliases.toml").write_text("[[device]]".join(kept))


def publish_run(device: str, submitter: str = "andes") -> Run:
    publication = Publication.objects.create(
        round_id="v0.7", division="closed", submitter=Submitter.objects.get(slug=submitter),
        submitter_directory=submitter, provenance="reviewed",
    )  # fmt: skip
    system = System.objects.create(
        publication=publication, system_id="board", device=Device.objects.get(slug=device)
    )
    return Run.objects.create(public_id="v0.7-board-kws", system=system, benchmark_id="kws", folder="kws")


def test_loading_stores_every_entry() -> None:
    assert store_catalogue().changed
    known = catalogue()
    assert Device.objects.filter(curated=True).count() == len(known.devices)
    assert DeviceFact.objects.count() == len(known.facts)
    assert Submitter.objects.count() == len(known.submitters)
    assert list(Round.objects.values_list("id", flat=True)) == list(known.rounds)
    assert list(Benchmark.objects.values_list("id", flat=True)) == list(known.benchmarks)
    assert NeuralModel.objects.get(slug="kws01").macs == 2_656_768
    assert NeuralModel.objects.get(slug="sww01").weight_bytes_fp32 is None
    assert Benchmark.objects.get(pk="ad").reference_model.slug == "ad01"
    assert Device.objects.get(slug="lc236r5e176").vendor == ""
    assert Submitter.objects.get(slug="bosch").aliases == ["bosch", "Robert Bosch GmbH"]


def test_loading_twice_reads_one_row_and_writes_nothing(django_assert_num_queries) -> None:
    store_catalogue()
    with django_assert_num_queries(1):
        assert not store_catalogue().changed


def test_a_correction_reaches_the_row_and_keeps_its_key(folder: Path) -> None:
    store_catalogue(folder)
    before = Device.objects.get(slug="gap9-evk").pk
    change(folder, "devices.csv", "GAP9 EVK,GreenWaves", "GAP9 board,GreenWaves")
    assert store_catalogue(folder).changed
    assert Device.objects.get(slug="gap9-evk").short_name == "GAP9 board"
    assert Device.objects.get(slug="gap9-evk").pk == before


def test_a_device_that_left_the_files_goes_when_nothing_stands_on_it(folder: Path) -> None:
    store_catalogue(folder)
    drop_device(folder, "gap8")
    assert store_catalogue(folder).kept == ()
    assert not Device.objects.filter(slug="gap8").exists()


def test_a_device_that_left_the_files_stays_for_its_results_and_is_listed_for_a_curator(folder: Path) -> None:
    store_catalogue(folder)
    publish_run("gap8")
    drop_device(folder, "gap8")
    assert store_catalogue(folder).kept == ("device gap8",)
    assert Device.objects.get(slug="gap8").curated is False
    assert Run.objects.count() == 1


def test_an_uncurated_device_stays_while_results_stand_on_it(folder: Path) -> None:
    store_catalogue(folder)
    for slug in ("uncurated-used", "uncurated-unused"):
        Device.objects.create(slug=slug, name=slug, short_name=slug, device_class="uncurated", curated=False)
    publish_run("uncurated-used")
    change(folder, "submitters.toml", "Latent AI", "LatentAI")
    assert store_catalogue(folder).kept == ()
    assert list(Device.objects.filter(curated=False).values_list("slug", flat=True)) == ["uncurated-used"]


def test_a_submitter_that_left_the_files_stays_for_its_results(folder: Path) -> None:
    store_catalogue(folder)
    publish_run("gap8", submitter="andes")
    change(
        folder,
        "submitters.toml",
        '[[submitter]]\nslug = "andes"\nname = "Andes"\ndirectories = ["Andes"]\n'
        'declared_names = ["Andes Technology Corporation"]\n',
        "",
    )
    assert store_catalogue(folder).kept == ("submitter andes",)


def test_a_change_makes_one_full_recomputation_due_once_there_are_results(folder: Path) -> None:
    store_catalogue(folder)
    assert not Recomputation.objects.exists()
    publish_run("gap8")
    for name in ("Latent A.I.", "LatentAI"):
        text = (folder / "submitters.toml").read_text()
        (folder / "submitters.toml").write_text(text.replace('name = "Latent AI"', f'name = "{name}"'))
        store_catalogue(folder)
    assert Recomputation.objects.filter(kind="full", state="due").count() == 1


def test_a_change_after_an_upgrade_leaves_what_its_migrations_made_due(folder: Path) -> None:
    store_catalogue(folder)
    publish_run("gap8")
    for _ in range(2):
        Recomputation.objects.create(kind="full")
    change(folder, "submitters.toml", 'name = "Plumerai"', 'name = "Plumerai Ltd"')
    store_catalogue(folder)
    assert Recomputation.objects.filter(kind="full", state="due").count() == 2


def test_a_wrong_file_changes_nothing(folder: Path) -> None:
    store_catalogue(folder)
    before = CatalogueState.objects.get(name="catalogue").sha256
    change(folder, "rounds.toml", 'licence = "Apache-2.0"\n', "")
    with pytest.raises(CatalogueError):
        store_catalogue(folder)
    assert CatalogueState.objects.get(name="catalogue").sha256 == before


def test_the_command_says_what_it_did() -> None:
    said = StringIO()
    call_command("load_catalogue", stdout=said)
    call_command("load_catalogue", stdout=said)
    assert said.getvalue().splitlines() == ["catalogue loaded", "catalogue is up to date"]


def test_the_command_names_the_wrong_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong() -> None:
        raise CatalogueError("rounds.toml, round v0.5: licence: expected a value, found none")

    monkeypatch.setattr("results.management.commands.load_catalogue.store_catalogue", wrong)
    with pytest.raises(CommandError, match="rounds.toml, round v0.5"):
        call_command("load_catalogue")
