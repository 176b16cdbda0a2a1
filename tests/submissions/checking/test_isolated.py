"""The check in a child: the same report as in this process, and a finding whatever the archive does to the child."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from submissions.checking import limits
from submissions.checking.check import check
from submissions.checking.report import Report
from submissions.formats.archive import open_tree
from submissions.formats.packing import pack_deterministic
from submissions.rules.rulebook import RulebookError
from submissions.services import confined, isolated
from submissions.services.isolated import CheckFailed, check_archive
from tests.makers import make_submission


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where children get their folders; it is empty after every check."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    make_submission(tmp_path / "round", energy_uj_per_inf=400.0)
    with open_tree(tmp_path / "round") as tree:
        pack_deterministic(tree, [""], tmp_path / "up.tar.gz")
    return tmp_path / "up.tar.gz"


def checked(path: Path, **options) -> Report:
    return check_archive(path, round_id="v1.1", earlier_logs=lambda logs: {}, **options)


def speaking(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let ``code`` be the child."""
    real = confined.subprocess.Popen
    monkeypatch.setattr(
        confined.subprocess,
        "Popen",
        lambda arguments, **options: real([sys.executable, "-c", code], **options),
    )


def only_code(report: Report) -> str:
    assert report.judgement.verdict == "unreadable"
    (finding,) = report.judgement.findings
    return finding.code


def test_the_report_is_that_of_a_check_in_this_process(archive: Path) -> None:
    stages: list[str] = []
    report = checked(archive, on_progress=stages.append)
    assert report == check(archive, round_id="v1.1", earlier_logs=lambda _: {}, with_excerpts=True)
    assert report.judgement.verdict == "valid"
    assert stages == ["reading", "checking"]


def test_the_child_asks_for_logs_of_earlier_rounds(archive: Path) -> None:
    report = check_archive(
        archive, round_id="v1.1", earlier_logs=lambda logs: dict.fromkeys(logs, "v1.0 closed/lab/kws")
    )
    assert any("v1.0 closed/lab/kws" in finding.found for finding in report.judgement.findings)


def test_an_unknown_round_is_no_matter_of_the_archive(archive: Path) -> None:
    with pytest.raises(RulebookError):
        check_archive(archive, round_id="v9.9", earlier_logs=lambda logs: {})


BEGIN = 'import sys, os, time, signal; sys.stdin.readline(); print(\'{"stage": "reading"}\', flush=True); '


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{BEGIN} os.kill(os.getpid(), signal.SIGXCPU)", "archive.too-costly"),
        (f'{BEGIN} print(\'{{"stage": "too-costly", "limit": "memory"}}\')', "archive.too-costly"),
        (f"{BEGIN} os.kill(os.getpid(), signal.SIGSEGV)", "archive.unjudged"),
        (f"{BEGIN} sys.exit(3)", "archive.unjudged"),
        (f"{BEGIN} print('hello')", "archive.unjudged"),
        (f"{BEGIN} print('[' * 100000)", "archive.unjudged"),
        (f"{BEGIN} print('[1]')", "archive.unjudged"),
        (f"{BEGIN} print('{{}}')", "archive.unjudged"),
        (f'{BEGIN} print(\'{{"stage": "done", "report": 1}}\')', "archive.unjudged"),
        (f'{BEGIN} print(\'{{"stage": "checking", "logs": ["x"]}}\')', "archive.unjudged"),
        (f'{BEGIN} print(\'{{"stage": "broken", "what": "KeyError"}}\')', "archive.unjudged"),
    ],
)
def test_a_child_that_dies_or_talks_nonsense_makes_the_archive_unreadable(
    archive: Path, monkeypatch: pytest.MonkeyPatch, code: str, expected: str
) -> None:
    speaking(monkeypatch, code)
    assert only_code(checked(archive)) == expected


def test_a_child_that_never_answers_is_ended_at_the_deadline(
    archive: Path, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    settings.CHECK_DEADLINE_S = 1
    speaking(monkeypatch, f"{BEGIN} signal.pause()")
    assert only_code(checked(archive)) == "archive.too-costly"


def test_a_child_that_never_stops_talking_is_ended(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "ANSWER_BYTES", 1 << 20)
    speaking(monkeypatch, f"{BEGIN}\nwhile True: sys.stdout.write('x' * 65536)")
    assert only_code(checked(archive)) == "archive.too-costly"


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.exit(1)",
        f"{BEGIN} os.kill(os.getpid(), signal.SIGKILL)",
        f'{BEGIN} print(\'{{"stage": "site-fault", "what": "No space left on device"}}\')',
    ],
    ids=["it does not start", "it is killed from outside", "the disk is full"],
)
def test_a_fault_of_the_site_is_not_held_against_the_archive(
    archive: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    speaking(monkeypatch, code)
    with pytest.raises(CheckFailed):
        checked(archive)


def test_a_site_that_cannot_start_a_child_says_so(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined.sys, "executable", "/nowhere/python")
    with pytest.raises(CheckFailed):
        checked(archive)


def test_no_secret_of_the_site_is_in_the_environment_of_the_child(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")
    speaking(monkeypatch, f"{BEGIN} sys.exit(0 if 'SECRET_KEY' in os.environ else 3)")
    assert "status 3" in checked(archive).judgement.findings[0].found


def test_a_confined_process_gets_no_memory_files_or_processes_beyond_its_bounds(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:  # the bounds cannot be taken back, so a process of its own tries them
        broken = 0
        limits.confine(os.getppid(), 1 << 20)
        try:
            bytearray(3 << 30)
            broken |= 1
        except MemoryError:
            pass
        try:
            with open(tmp_path / "large", "wb") as out:
                out.write(bytes(2 << 20))
            broken |= 2
        except OSError:
            pass
        os._exit(broken)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (tmp_path / "large").stat().st_size <= 1 << 20
    assert signal.getsignal(signal.SIGXCPU) == signal.SIG_DFL
