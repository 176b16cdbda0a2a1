"""Reading a catalogue folder: what is understood, and what a wrong file is told."""

import shutil
from pathlib import Path

import pytest

from results.catalog.reader import (
    FILES,
    FOLDER,
    CatalogueError,
    catalogue,
    catalogue_sha256,
    load_catalogue,
    normalise,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue that a test may spoil."""
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


def test_a_copy_of_the_shipped_catalogue_reads_the_same(folder: Path) -> None:
    assert load_catalogue(folder) == catalogue()


def test_the_hash_follows_the_content(folder: Path) -> None:
    before = catalogue_sha256(folder)
    assert before == catalogue_sha256(FOLDER)
    change(folder, "submitters.toml", "Latent AI", "Latent")
    assert catalogue_sha256(folder) != before


def test_an_empty_cell_is_an_absent_value() -> None:
    assert catalogue().devices["lc236r5e176"].vendor is None
    assert catalogue().devices["zcu106"].soc is None


def test_long_names_of_benchmarks_are_known() -> None:
    assert catalogue().benchmark_id("keyword_spotting") == "kws"
    assert catalogue().benchmark_id("ic2") == "ic2"
    assert catalogue().benchmark_id("speech") is None


def test_contradictions_between_sources_stay_apart() -> None:
    facts = [fact for fact in catalogue().facts if fact.device == "gap9-evk"]
    clocks = [fact.value for fact in facts if fact.field == "submitted_clock_mhz"]
    assert clocks == ["240", "370"]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("NUCLEO_L4R5ZI", "Nucleo-L4R5ZI"),
        ("  GAP9   EVK ", "gap9 evk"),
        ("AndesCore™ D25F", "AndesCore D25F"),
    ],
)
def test_case_punctuation_and_space_do_not_tell_names_apart(text: str, same: str) -> None:
    assert normalise(text) == normalise(same)


WRONG = [
    ("benchmarks.toml", 'quality_metric = "auc"', 'quality_metric = "f1"', "benchmark ad: quality_metric: expected one of"),
    ("benchmarks.toml", 'input_kind = "audio"', 'input_kind = "sound"', "benchmark kws: input_kind"),
    ("benchmarks.toml", 'use_case = "Keyword spotting"', 'use_case = "Chess"', "benchmark kws: use_case"),
    ("benchmarks.toml", 'reference_model = "ad01"', 'reference_model = "ad09"', "benchmark ad: reference_model"),
    ("benchmarks.toml", "closed_target = 90.0", 'closed_target = "90"', "closed_target: expected float"),
    ("benchmarks.toml", "closed_target = 90.0", "closed_traget = 90.0", "closed_traget: expected one of"),
    ("benchmarks.toml", 'id = "vww"', 'id = "kws"', "kws: expected one entry, found a second"),
    ("benchmarks.toml", 'aliases = ["keyword_spotting"]', "aliases = [1]", "aliases: expected tuple[str, ...]"),
    ("benchmarks.toml", '[[benchmark]]\nid = "kws"', '[[benchmark]\nid = "kws"', "benchmarks.toml: expected TOML"),
    ("neural_models.toml", "macs = 264_192", "macs = 0", "neural_model ad01: macs: expected more than 0"),
    ("neural_models.toml", "zero_weights = 168", "zero_weights = 22_017", "neural_model kws01: zero_weights: expected 0 to 22016"),
    ("neural_models.toml", 'benchmark = "ad"', 'benchmark = "xx"', "neural_model ad01: benchmark"),
    ("rounds.toml", "published_on = 2021-06-16", 'published_on = "June"', "round v0.5: published_on: expected datetime.date"),
    ("rounds.toml", 'licence = "Apache-2.0"\n', "", "round v0.5: licence: expected a value, found none"),
    ("submitters.toml", 'directories = ["Andes"]', 'directories = ["alibaba"]', "submitter andes: directories 'alibaba'"),
    ("devices.csv", "gap8,GreenWaves GAP8,GAP8,GreenWaves Technologies,mcu-npu", "gap8,GreenWaves GAP8,GAP8,GreenWaves Technologies,tpu", "gap8: class: expected one of"),
    ("devices.csv", "alif-e3,", ",", "slug: expected a value"),
    ("devices.csv", "alif-e3,", "alif-e3,extra,", "cells"),
    ("device_facts.csv", "adp-xc7k-andes,", "nobody,", "nobody availability_declared: device"),
    ("device_aliases.toml", 'board = ["ZedBoard"]', 'board = ["ZyBo"]', "board 'ZyBo': expected one device"),
    ("device_aliases.toml", 'slug = "gap8"', 'slug = "gap88"', "device gap88: slug"),
    ("device_aliases.toml", 'rounds = ["v1.0"]', 'rounds = ["v9.9"]', "snapdragon-next-2022: rounds"),
    ("software.toml", '"interpreter"', '"magic"', "framework TFLite Micro: deployment_style"),
    ("taxonomy.toml", 'name = "Audio"', 'name = "Audio "', "input_kind audio: name"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), WRONG)
def test_a_wrong_entry_is_told_by_file_entry_and_expectation(
    folder: Path, name: str, old: str, new: str, said: str
) -> None:
    change(folder, name, old, new)
    with pytest.raises(CatalogueError) as error:
        load_catalogue(folder)
    assert str(error.value).startswith(name)
    assert said in str(error.value)


def test_a_source_tier_outside_1_to_6_is_told(folder: Path) -> None:
    with (folder / "device_facts.csv").open("a") as facts:
        facts.write("gap8,year,2018,,somewhere,7,press,\n")
    with pytest.raises(
        CatalogueError, match="device_facts.csv, gap8 year: source_tier: expected 1 to 6, found 7"
    ):
        load_catalogue(folder)


def test_a_missing_file_is_told(folder: Path) -> None:
    (folder / "rounds.toml").unlink()
    with pytest.raises(CatalogueError, match=r"rounds\.toml: expected a readable file"):
        load_catalogue(folder)


def test_a_file_without_entries_is_told(folder: Path) -> None:
    (folder / "rounds.toml").write_text("# nothing\n")
    with pytest.raises(CatalogueError, match=r"rounds\.toml: expected at least one \[\[round\]\]"):
        load_catalogue(folder)


def test_one_board_name_may_mean_another_device_in_another_round(folder: Path) -> None:
    change(folder, "device_aliases.toml", "Next Generation Snapdragon Mobile Platform MTP", "Next Generation Snapdragon Mobile Platform HDK")  # fmt: skip
    assert load_catalogue(folder)
