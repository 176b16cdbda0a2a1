"""manage.py analyse_model: exit codes and what is printed. It needs no database."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from results.domain.model_facts_data import facts_json
from submissions.formats.neural_models.analyse import analyse
from submissions.services import confined
from tests.submissions.model_analyses import incomplete_model, pruned_model
from tinysite.commandline import needs_embedded_postgres


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings) -> None:
    settings.INCOMING_DIR = tmp_path / "incoming"


def run(tmp_path: Path, content: bytes, **options: object) -> tuple[int, str, str]:
    (tmp_path / "ours.tflite").write_bytes(content)
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("analyse_model", str(tmp_path / "ours.tflite"), stdout=out, stderr=err, **options)
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def test_the_facts_are_printed(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, pruned_model())
    assert code == 0
    lines = {line.split("  ")[1]: line.split()[-1] for line in out.splitlines() if "MACs" in line}
    assert lines["MACs"] == "128"
    assert lines["effective MACs"] == "96"


def test_json_has_the_shape_of_the_api(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, pruned_model(), json=True)
    assert (code, json.loads(out)) == (0, facts_json(analyse(pruned_model())))


def test_what_is_incomplete_is_said_and_ends_with_1(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, incomplete_model())
    assert code == 1
    assert "unknown" in out
    assert "incomplete: MACs: 1 of 2 operators are not known here" in out


def test_a_file_that_is_no_model_ends_with_2_and_how_to_mend_it(tmp_path: Path) -> None:
    code, _, err = run(tmp_path, b"hello")
    assert code == 2
    assert "to mend" in err


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("analyse_model", str(tmp_path / "none"), stderr=StringIO())
    assert ended.value.code == 2


def test_a_fault_of_this_machine_is_not_held_against_the_file(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(confined.sys, "executable", "/nowhere/python")
    (tmp_path / "ours.tflite").write_bytes(pruned_model())
    with pytest.raises(CommandError, match="could not be done here") as failed:
        call_command("analyse_model", str(tmp_path / "ours.tflite"))
    assert failed.value.returncode == 3


def test_no_database_is_started_for_it() -> None:
    assert not needs_embedded_postgres(["manage.py", "analyse_model", "x.tflite"])
