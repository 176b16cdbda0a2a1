"""Receive → read → check → publish, on small submissions written for the tests."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from results.models import Evidence, Measurement, Publication, PublishedFinding, Recomputation, Run, System
from submissions.models import Archive, Event, Submission
from submissions.services import import_round as importing
from submissions.services.import_round import import_round
from submissions.services.receive import CannotReceive, receive
from tests.makers import make_submission
from tests.stored import path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def round_folder(tmp_path: Path) -> Path:
    root = tmp_path / "round"
    make_submission(root, benchmarks=("kws", "ad"), energy_uj_per_inf=250.0)
    make_submission(root, division="open", submitter="second_lab", benchmarks=("vww",))
    return root


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return target


def snapshot() -> list[tuple]:
    return list(
        Measurement.objects.order_by("run__public_id", "metric").values_list(
            "run__public_id", "run_id", "metric", "value"
        )
    )


def test_a_round_folder_becomes_runs_with_evidence(round_folder: Path) -> None:
    done = import_round(round_folder, round_id="v1.1")
    assert [(entry.division, entry.submitter, entry.runs) for entry in done] == [
        ("closed", "example_lab", 2),
        ("open", "second_lab", 1),
    ]
    energy = Measurement.objects.get(run__benchmark="kws", metric="energy_uj_per_inf")
    assert energy.value == 250.0
    place = energy.evidence.first()
    assert place.path == "closed/example_lab/results/example_board/kws/energy/results.txt"
    assert "Median energy cost is 250.000 uJ/inf." in place.text


def test_an_excerpt_marks_the_line_that_the_number_was_read_from(round_folder: Path) -> None:
    import_round(round_folder, round_id="v1.1")
    place = Measurement.objects.get(run__benchmark="kws", metric="energy_uj_per_inf").evidence.first()
    marked = [(number, text) for number, text, hit in place.excerpt if hit]
    assert [number for number, _ in marked] == [place.line]
    assert "Median energy cost is 250.000 uJ/inf." in marked[0][1]
    assert len(place.excerpt) == 5


def test_an_energy_of_a_known_microcontroller_at_1_8_v_is_chip_rail(tmp_path: Path) -> None:
    make_submission(
        tmp_path / "round", system_fields={"Board Name": "NUCLEO-L4R5ZI"}, energy_uj_per_inf=250.0
    )
    import_round(tmp_path / "round", round_id="v1.1")
    assert Measurement.objects.get(metric="energy_uj_per_inf").energy_scope == "chip-rail"
    assert System.objects.get().device.slug == "nucleo-l4r5zi"


def test_an_energy_of_a_board_that_nobody_classified_has_no_stated_scope(round_folder: Path) -> None:
    import_round(round_folder, round_id="v1.1")
    assert set(
        Measurement.objects.filter(metric="energy_uj_per_inf").values_list("energy_scope", flat=True)
    ) == {"unknown"}


def test_what_was_not_measured_has_no_row(round_folder: Path) -> None:
    import_round(round_folder, round_id="v1.1")
    assert not Measurement.objects.filter(run__benchmark="vww", metric="energy_uj_per_inf").exists()


def test_importing_twice_changes_nothing(round_folder: Path) -> None:
    import_round(round_folder, round_id="v1.1")
    before, due = snapshot(), Recomputation.objects.count()
    again = import_round(round_folder, round_id="v1.1")
    assert not any(entry.changed for entry in again)
    assert snapshot() == before
    assert Recomputation.objects.count() == due
    assert Submission.objects.count() == 2


def test_an_archive_of_the_round_gives_the_same_figures(round_folder: Path, tmp_path: Path) -> None:
    import_round(round_folder, round_id="v1.1")
    from_folder = [row[:1] + row[2:] for row in snapshot()]
    Publication.objects.all().delete()
    import_round(zipped(round_folder, tmp_path / "round.zip"), round_id="v1.1")
    assert [row[:1] + row[2:] for row in snapshot()] == from_folder


def test_one_submitters_folder_has_the_paths_of_its_round(round_folder: Path) -> None:
    import_round(round_folder / "closed" / "example_lab", round_id="v1.1", division="closed")
    assert Publication.objects.get().submitter_directory == "example_lab"
    assert Evidence.objects.filter(path__startswith="closed/example_lab/results/").exists()


def test_one_submitters_folder_without_a_division_is_refused_with_the_way_out(round_folder: Path) -> None:
    with pytest.raises(CannotReceive, match="say closed or open"):
        receive(round_folder / "closed" / "example_lab", round_id="v1.1")


def test_a_folder_that_is_no_round_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("hello")
    (tmp_path / "notes" / "b.txt").write_text("hello")
    with pytest.raises(CannotReceive, match="closed/ or open/ on top"):
        receive(tmp_path / "notes", round_id="v1.1")


def test_an_unknown_round_is_refused_with_the_known_ones(round_folder: Path) -> None:
    with pytest.raises(CannotReceive, match=r"v9\.9.*known are v0\.5"):
        import_round(round_folder, round_id="v9.9")


def test_the_archive_is_kept_byte_for_byte(round_folder: Path, tmp_path: Path) -> None:
    packed = zipped(round_folder, tmp_path / "round.zip")
    receive(packed, round_id="v1.1")
    assert path_of(Archive.objects.get().sha256).read_bytes() == packed.read_bytes()


def test_a_crash_in_the_middle_leaves_the_old_state(
    round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_round(round_folder, round_id="v1.1")
    before = snapshot()
    changed = round_folder / "closed/example_lab/results/example_board/kws/accuracy/results.txt"
    changed.write_text(changed.read_text().replace("90.6", "91.6"))
    monkeypatch.setattr("results.services.publish._store_findings", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_round(round_folder, round_id="v1.1")
    assert snapshot() == before


def test_a_changed_figure_replaces_the_old_one_under_the_same_address(round_folder: Path) -> None:
    import_round(round_folder, round_id="v1.1")
    run = Run.objects.get(benchmark="kws")
    changed = round_folder / "closed/example_lab/results/example_board/kws/accuracy/results.txt"
    changed.write_text(changed.read_text().replace("90.6", "91.6"))
    import_round(round_folder, round_id="v1.1")
    assert Run.objects.get(benchmark="kws").pk == run.pk
    assert Measurement.objects.get(run=run, metric="top1_pct").value == 91.6


def test_a_run_that_is_gone_from_the_submission_is_gone_from_the_site(round_folder: Path) -> None:
    import_round(round_folder, round_id="v1.1")
    shutil.rmtree(round_folder / "closed/example_lab/results/example_board/ad")
    import_round(round_folder, round_id="v1.1")
    assert list(
        Run.objects.filter(system__publication__division="closed").values_list("benchmark", flat=True)
    ) == ["kws"]


def test_findings_stay_with_the_run_that_they_concern(tmp_path: Path) -> None:
    make_submission(tmp_path / "round", benchmarks=("kws",), top1_pct=80.0)
    import_round(tmp_path / "round", round_id="v1.1")
    finding = PublishedFinding.objects.get(code="closed.accuracy-below-target")
    assert (finding.severity, finding.run.benchmark_id) == ("error", "kws")


def test_an_unknown_board_is_listed_as_uncurated_and_not_merged(round_folder: Path) -> None:
    import_round(round_folder, round_id="v1.1")
    devices = {system.device for system in System.objects.all()}
    assert {(d.name, d.curated, d.device_class) for d in devices} == {("Example Board", False, "uncurated")}


def test_a_submission_of_which_nothing_is_understood_says_so(tmp_path: Path) -> None:
    folder = make_submission(tmp_path / "round", benchmarks=("kws",))
    shutil.rmtree(folder / "results")
    (done,) = import_round(tmp_path / "round", round_id="v1.1")
    assert "no run was understood" in done.error
    assert not Run.objects.exists()


def test_progress_is_told_as_each_submitter_is_done(round_folder: Path) -> None:
    seen: list[importing.Imported] = []
    import_round(round_folder, round_id="v1.1", progress=seen.append)
    assert [entry.submitter for entry in seen] == ["example_lab", "second_lab"]


@pytest.mark.parametrize("change", [lambda e: e.save(), lambda e: e.delete()])
def test_the_database_refuses_to_change_an_event(round_folder: Path, change) -> None:
    import_round(round_folder, round_id="v1.1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change(Event.objects.first())
