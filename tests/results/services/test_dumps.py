"""The published data as files: complete, the same bytes twice, immutable, and nothing that does not count."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.test import override_settings
from pyarrow import parquet

from results.domain.data_dictionary import MEASUREMENTS, RESULTS, SYSTEMS, TABLES
from results.models import (
    DataGeneration,
    DataRelease,
    LeaderboardEntry,
    Measurement,
    Recomputation,
    Run,
    System,
)
from results.services import changes, dumps
from tests.results.makers import aggregate, make_run, make_system, measure
from tests.results.views.detail_data import RESULT, make_result, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings):
    """Releases of a test lie in its own folder."""
    releases = {
        "BACKEND": "submissions.archive_storage.ArchiveFolder",
        "OPTIONS": {"location": tmp_path / "kept"},
    }
    with override_settings(STORAGES={**settings.STORAGES, "releases": releases}):
        yield tmp_path


def _read(release: DataRelease, name: str) -> bytes:
    with storages["releases"].open(release.path(name)) as file:
        return file.read()


def _newest(round_id: str = "") -> DataRelease:
    return DataRelease.objects.filter(round=round_id)[0]


def _rows(release: DataRelease, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_read(release, name).decode(), newline="")))


def test_two_dumps_of_one_generation_have_the_same_bytes(folder: Path) -> None:
    make_world()
    one, two = folder / "one", folder / "two"
    one.mkdir()
    two.mkdir()
    assert dumps.write_files(one, "") == dumps.write_files(two, "")
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes(), path.name


def test_every_file_has_the_hash_that_stands_in_sha256sums() -> None:
    make_world()
    assert dumps.write_due() is True
    release = _newest()
    sums = _read(release, "SHA256SUMS")
    assert hashlib.sha256(sums).hexdigest() == release.sha256
    for line in sums.decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(_read(release, name)).hexdigest() == digest
    assert len(sums.splitlines()) == 3 * len(TABLES) + 1


def test_csv_json_and_parquet_hold_the_same_rows() -> None:
    make_world()
    dumps.write_due()
    release = _newest()
    for table in TABLES:
        as_json = json.loads(_read(release, f"{table.name}.json"))
        as_parquet = parquet.read_table(io.BytesIO(_read(release, f"{table.name}.parquet")))
        assert as_parquet.to_pylist() == as_json
        assert as_parquet.column_names == [column.name for column in table.columns]
        as_csv = _rows(release, f"{table.name}.csv")
        texts = [{k: "" if v is None else str(v) for k, v in row.items()} for row in as_json]
        assert as_csv == texts


def test_a_result_carries_its_values_and_each_measurement_its_evidence() -> None:
    make_world()
    dumps.write_due()
    row = next(row for row in json.loads(_read(_newest(), "results.json")) if row["id"] == RESULT)
    assert row["latency_ms"] == 118.694
    assert row["energy_scope"] == "chip-rail"
    places = [row for row in json.loads(_read(_newest(), "measurements.json")) if row["result"] == RESULT]
    assert {place["metric"] for place in places} >= {"latency_ms", "energy_uj_per_inf", "top1_pct"}
    assert all(place["line"] == 27 and place["file_sha256"] for place in places)
    assert {p["energy_scope"] for p in places if p["metric"] == "latency_ms"} == {None}


def test_what_was_not_measured_is_empty_and_never_zero() -> None:
    make_run("kws", latency_ms=5.0, energy_uj=None, public_id="without-energy")
    aggregate()
    dumps.write_due()
    (row,) = _rows(_newest(), "results.csv")
    assert row["energy_uj_per_inf"] == ""
    assert row["energy_scope"] == ""
    assert json.loads(_read(_newest(), "results.json"))[0]["energy_uj_per_inf"] is None


def test_a_count_of_zero_stays_a_zero() -> None:
    run = make_run("sww", latency_ms=5.0, public_id="quiet")
    measure(run, "sww_false_positives", 0.0)
    aggregate()
    dumps.write_due()
    rows = json.loads(_read(_newest(), "measurements.json"))
    assert [row["value"] for row in rows if row["metric"] == "sww_false_positives"] == [0.0]


@pytest.mark.parametrize("status", ["withdrawn", "removed", "moved"])
def test_nothing_of_a_result_that_no_longer_counts_is_in_a_new_dump(status: str) -> None:
    make_run("kws", public_id="counted")
    gone = make_run("kws", latency_ms=7.654321, public_id="gone", submitter="left", status=status)
    System.objects.filter(pk=gone.system_id).update(system_id="left-system", processor="left-processor")
    aggregate()
    dumps.write_due()
    release = _newest()
    for entry in release.files:
        if not entry["name"].endswith(".parquet"):
            text = _read(release, entry["name"]).decode()
            assert not any(word in text for word in ("gone", "7.654321", "left-"))
    assert release.results == 1


def test_a_run_whose_recomputation_has_not_run_is_in_no_dump() -> None:
    make_run("kws", public_id="known")
    aggregate()
    make_run("kws", public_id="not-yet")
    dumps.write_due()
    assert b"not-yet" not in _read(_newest(), "measurements.csv")


def test_nothing_is_written_while_a_recomputation_is_open() -> None:
    make_world()
    Recomputation.objects.create(kind="full")
    assert dumps.write_due() is False
    assert not DataRelease.objects.exists()


def test_a_dump_is_thrown_away_when_the_data_change_while_it_is_written(monkeypatch) -> None:
    make_world()
    write = dumps.write_files

    def write_and_publish(folder: Path, round_id: str):
        files = write(folder, round_id)
        aggregate()
        return files

    monkeypatch.setattr(dumps, "write_files", write_and_publish)
    assert dumps.write_due() is False
    assert not DataRelease.objects.exists()


def test_the_old_release_stays_the_newest_until_every_file_of_the_next_is_stored(monkeypatch) -> None:
    make_world()
    dumps.write_due()
    before = _newest()
    make_run("kws", public_id="another")
    aggregate()

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(dumps, "_store", full)
    with pytest.raises(OSError, match="no space"):
        dumps.write_due()
    assert _newest() == before


def test_a_generation_is_written_once() -> None:
    make_world()
    assert dumps.write_due() is True
    assert dumps.write_due() is False


def test_a_generation_without_a_change_of_content_makes_no_new_release() -> None:
    make_world()
    dumps.write_due()
    before = set(DataRelease.objects.values_list("sha256", flat=True))
    aggregate()
    assert dumps.write_due() is True
    assert set(DataRelease.objects.values_list("sha256", flat=True)) == before
    assert _newest().generation == DataGeneration.objects.get().number


def test_a_correction_makes_a_new_archive_of_its_round_and_the_old_one_still_answers() -> None:
    make_world()
    dumps.write_due()
    old, other = _newest("v1.1"), _newest("v0.5")
    content = _read(old, "results.csv")
    Measurement.objects.filter(run__public_id=RESULT, metric="latency_ms").update(value=120.5)
    aggregate()
    dumps.write_due()
    new = _newest("v1.1")
    assert new.sha256 != old.sha256
    assert b"120.5" in _read(new, "results.csv")
    assert _read(old, "results.csv") == content
    assert _newest("v0.5") == other


def test_the_archive_of_a_round_holds_only_that_round() -> None:
    make_world()
    dumps.write_due()
    assert {row["round"] for row in _rows(_newest("v0.5"), "results.csv")} == {"v0.5"}
    assert {row["result"] for row in _rows(_newest("v1.1"), "measurements.csv")} == {RESULT}
    assert len(_rows(_newest("v1.1"), "systems.csv")) == 1


def test_only_the_newest_releases_of_everything_are_kept_and_every_archive_of_a_round(monkeypatch) -> None:
    monkeypatch.setattr(dumps, "KEPT", 2)
    run = make_result()
    for latency_ms in (10.0, 20.0, 30.0):
        Measurement.objects.filter(run=run, metric="latency_ms").update(value=latency_ms)
        make_run("kws", round_id="v1.0", latency_ms=latency_ms)
        aggregate()
        dumps.write_due()
    assert DataRelease.objects.filter(round="").count() == 2
    assert DataRelease.objects.filter(round="v1.1").count() == 3
    for release in DataRelease.objects.all():
        assert _read(release, "SHA256SUMS")


def test_a_formula_of_a_stranger_is_harmless_in_the_csv() -> None:
    make_run("kws", system=make_system(system_id="=cmd|calc", software="@SUM(1)"), public_id="hostile")
    aggregate()
    dumps.write_due()
    (row,) = _rows(_newest(), "results.csv")
    assert (row["system"], row["software"]) == ("'=cmd|calc", "'@SUM(1)")


def test_withdrawing_a_result_makes_a_dump_without_it(django_capture_on_commit_callbacks) -> None:
    make_world()
    with django_capture_on_commit_callbacks(execute=True):
        changes.withdraw(Run.objects.get(public_id=RESULT), actor="submitter", text="measured again")
    assert RESULT.encode() not in _read(_newest(), "results.csv")


def test_the_dictionary_names_every_field_of_the_tables() -> None:
    left_out = {
        LeaderboardEntry: {"run", "round_position", "device_short_name"},
        System: {"publication"},
        Measurement: {"id", "run"},
    }
    for model, table in ((LeaderboardEntry, RESULTS), (System, SYSTEMS), (Measurement, MEASUREMENTS)):
        named = {column.field for column in table.columns}
        for field in model._meta.concrete_fields:
            names = {field.name, field.attname, f"{field.name}__slug"}
            assert field.name in left_out[model] or names & named, (
                f"{model.__name__}.{field.name} is not described"
            )
