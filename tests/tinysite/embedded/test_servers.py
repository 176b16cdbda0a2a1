import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tinysite.embedded import postgres
from tinysite.embedded.paths import DataFolder
from tinysite.embedded.servers import postgres_for_command, valkey_is_running


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    path = Path(tempfile.mkdtemp(prefix="tinysite-servers-"))
    yield DataFolder(path)
    shutil.rmtree(path, ignore_errors=True)


def test_a_command_starts_the_server_for_its_own_duration(folder):
    with postgres_for_command(folder, "first", throwaway=True) as started_here:
        assert started_here
        assert postgres.is_answering(folder)
    assert not postgres.is_answering(folder)


def test_a_second_command_uses_the_server_of_the_first_which_waits_for_it(folder):
    started, leave = threading.Event(), threading.Event()

    def first() -> None:
        with postgres_for_command(folder, "first", throwaway=True):
            started.set()
            leave.wait(60)

    owner = threading.Thread(target=first)
    owner.start()
    assert started.wait(60)
    with postgres_for_command(folder, "second") as started_here:
        assert not started_here
        leave.set()
        assert postgres.is_answering(folder)
    owner.join(60)
    assert not owner.is_alive()
    assert not postgres.is_answering(folder)


def test_a_failing_command_stops_its_server(folder):
    with pytest.raises(SystemExit), postgres_for_command(folder, "first", throwaway=True):
        raise SystemExit(1)
    assert not postgres.is_answering(folder)


def test_no_valkey_runs_in_an_empty_folder(folder):
    assert not valkey_is_running(folder)
