"""Exit codes of the commands on submitted files."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from results.models import Publication
from submissions.management.commands._arguments import absent_files
from tests.makers import make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_folder(tmp_path: Path) -> Path:
    make_submission(tmp_path / "round")
    return tmp_path / "round"


def test_a_round_without_a_rulebook_does_not_read_as_an_invalid_submission(round_folder: Path) -> None:
    with pytest.raises(CommandError, match=r"v9\.9") as refused:
        call_command("check_submission", str(round_folder), round="v9.9")
    assert refused.value.returncode == 2


def test_an_unusable_manifest_does_not_read_as_an_invalid_submission(
    round_folder: Path, tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("name\nx\n")
    with pytest.raises(CommandError, match="round,path,bytes,here") as refused:
        call_command("check_submission", str(round_folder), round="v1.1", manifest=manifest)
    assert refused.value.returncode == 2


@pytest.mark.parametrize("as_json", [True, False])
def test_an_import_that_could_not_publish_a_submission_fails_and_names_it(
    round_folder: Path, as_json: bool
) -> None:
    (round_folder / "closed/nobody/systems").mkdir(parents=True)
    (round_folder / "closed/nobody/systems/board.json").write_text("{}")
    with pytest.raises(CommandError, match="not published: closed/nobody$"):
        call_command("import_round", str(round_folder), round="v1.1", json=as_json)


def test_an_import_under_another_division_than_the_folders_is_refused(round_folder: Path) -> None:
    with pytest.raises(CommandError, match=r"--division open: .* lies in closed/"):
        call_command("import_round", str(round_folder / "closed/example_lab"), round="v1.1", division="open")
    assert not Publication.objects.exists()


@pytest.mark.parametrize("division", ["closed", None])
def test_a_manifest_names_only_what_is_left_out_of_a_folder_outside_its_round(
    round_folder: Path, tmp_path: Path, division: str | None
) -> None:
    alone = (round_folder / "closed/example_lab").rename(tmp_path / "example_lab")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        "round,path,bytes,here\nv1.1,closed/example_lab/results/a,1,no\nv1.1,closed/other/results/b,1,no\n"
    )
    absent = absent_files(alone, "v1.1", manifest, division=division)
    assert absent == ({"results/a"} if division else set())
