"""Analysing a model in a child process and keeping its facts for a while."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from results.selectors.analysed_model import analysed_model
from submissions.checking import limits
from submissions.formats.neural_models.analyse import analyse
from submissions.models import ModelAnalysis
from submissions.services import confined, model_analysis
from submissions.services.confined import CheckFailed
from submissions.services.erasure import delete_account, personal_data
from submissions.services.model_analysis import ModelRefused, TooManyAnalyses, analyse_file, analyse_upload
from submissions.tasks import expire_checks
from tests.submissions.formats.neural_models import onnx_files, tflite_files
from tests.submissions.stages import person


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings) -> None:
    settings.INCOMING_DIR = tmp_path / "incoming"
    settings.ARCHIVE_DIR = tmp_path / "archives"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "vww.tflite"
    path.write_bytes(tflite_files.mobilenet())
    return path


def speaking(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let ``code`` be the child."""
    real = confined.subprocess.Popen
    monkeypatch.setattr(
        confined.subprocess, "Popen", lambda _, **options: real([sys.executable, "-c", code], **options)
    )


@pytest.mark.parametrize("content", [tflite_files.mobilenet(), onnx_files.mobilenet(quantised=True)])
def test_the_facts_of_the_child_are_those_of_this_process(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model").write_bytes(content)
    assert analyse_file(tmp_path / "model") == analyse(content)


def test_what_is_wrong_with_a_file_is_said_as_the_child_says_it(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"hello")
    with pytest.raises(ModelRefused) as refused:
        analyse_file(tmp_path / "model")
    assert refused.value.where == "the file"
    assert refused.value.expected == "a .tflite or .onnx model"


BEGIN = 'import sys, os, time, signal; sys.stdin.readline(); print(\'{"stage": "reading"}\', flush=True); '


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            f"{BEGIN} os.kill(os.getpid(), signal.SIGXCPU)",
            f"at most {limits.MODEL_CPU_S} s of processor time",
        ),
        (f'{BEGIN} print(\'{{"stage": "too-costly", "limit": "memory"}}\')', "at most 1024 MiB of memory"),
        (f"{BEGIN} os.kill(os.getpid(), signal.SIGSEGV)", "a model that can be taken apart"),
        (f"{BEGIN} print('hello')", "a model that can be taken apart"),
        (f'{BEGIN} print(\'{{"stage": "done", "facts": {{}}}}\')', "a model that can be taken apart"),
        (f'{BEGIN} print(\'{{"stage": "refused", "where": 1}}\')', "a model that can be taken apart"),
        (f'{BEGIN} print(\'{{"stage": "checking"}}\')', "a model that can be taken apart"),
    ],
)
def test_a_child_that_dies_or_talks_nonsense_is_the_files_doing(
    model: Path, monkeypatch: pytest.MonkeyPatch, code: str, expected: str
) -> None:
    speaking(monkeypatch, code)
    with pytest.raises(ModelRefused) as refused:
        analyse_file(model)
    assert refused.value.expected == expected


def test_a_child_that_never_answers_is_ended(model: Path, monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.MODEL_DEADLINE_S = 1
    speaking(monkeypatch, f"{BEGIN} signal.pause()")
    with pytest.raises(ModelRefused, match="more time"):
        analyse_file(model)


@pytest.mark.parametrize("code", ["import sys; sys.exit(1)", f"{BEGIN} os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_fault_of_the_site_is_not_held_against_the_file(
    model: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    speaking(monkeypatch, code)
    with pytest.raises(CheckFailed):
        analyse_file(model)


@pytest.mark.django_db
def test_only_so_many_are_analysed_at_once_and_a_place_is_given_back(
    model: Path, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    settings.MODELS_AT_ONCE = 1
    real, inside = model_analysis.analyse_file, []

    def meanwhile(path: Path):
        with pytest.raises(TooManyAnalyses):
            analyse_upload(path, filename="b.tflite", owner=None)
        inside.append(True)
        return real(path)

    with monkeypatch.context() as patched:
        patched.setattr(model_analysis, "analyse_file", meanwhile)
        analyse_upload(model, filename="a.tflite", owner=None)
    assert inside == [True]
    analyse_upload(model, filename="c.tflite", owner=None)
    assert [analysis.filename for analysis in ModelAnalysis.objects.all()] == ["a.tflite", "c.tflite"]


@pytest.mark.django_db
def test_no_more_than_a_number_of_analyses_is_kept(model: Path, settings) -> None:
    settings.MODELS_KEPT_MAX = 1
    analyse_upload(model, filename="a.tflite", owner=None)
    with pytest.raises(TooManyAnalyses):
        analyse_upload(model, filename="b.tflite", owner=None)


@pytest.mark.django_db
def test_the_facts_of_a_token_are_found_by_the_pages_of_results(model: Path) -> None:
    kept = analyse_upload(model, filename="C:\\models\\vww.tflite", owner=AnonymousUser())
    assert kept.filename == "vww.tflite"
    assert analysed_model(kept.pk, AnonymousUser()) == analyse(model.read_bytes())
    assert analysed_model(kept.pk, person("somebody")) is not None
    for unknown in ("", "x" * 24, "../etc", "a\0b", "é"):
        assert analysed_model(unknown, AnonymousUser()) is None


@pytest.mark.django_db
def test_the_facts_of_an_account_are_its_own_alone(model: Path) -> None:
    owner = person("owner")
    kept = analyse_upload(model, filename="vww.tflite", owner=owner)
    assert analysed_model(kept.pk, owner) is not None
    for reader in (None, AnonymousUser(), person("stranger"), person("staff", is_staff=True)):
        assert analysed_model(kept.pk, reader) is None


@pytest.mark.django_db
def test_facts_that_have_had_their_time_are_gone(model: Path) -> None:
    kept = analyse_upload(model, filename="vww.tflite", owner=None)
    ModelAnalysis.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert analysed_model(kept.pk, None) is None
    assert expire_checks() == 1
    assert not ModelAnalysis.objects.exists()


@pytest.mark.django_db
def test_facts_of_another_release_are_not_shown_half_understood(model: Path) -> None:
    kept = analyse_upload(model, filename="vww.tflite", owner=None)
    ModelAnalysis.objects.update(facts={"file_format": "tflite"})
    assert analysed_model(kept.pk, None) is None


@pytest.mark.django_db
def test_an_account_takes_its_analyses_along_and_leaves_none(model: Path) -> None:
    owner = person("owner")
    analyse_upload(model, filename="vww.tflite", owner=owner)
    assert [row["filename"] for row in personal_data(owner)["model_analyses"]] == ["vww.tflite"]
    delete_account(owner)
    assert not ModelAnalysis.objects.exists()
