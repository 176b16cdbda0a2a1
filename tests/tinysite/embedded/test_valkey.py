import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tinysite.embedded.errors import EmbeddedError
from tinysite.embedded.paths import DataFolder
from tinysite.embedded.valkey import Valkey, is_answering, request


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    path = Path(tempfile.mkdtemp(prefix="tinysite-valkey-"))
    yield DataFolder(path)
    shutil.rmtree(path, ignore_errors=True)


def test_it_answers_on_its_socket_until_it_is_stopped(folder):
    server = Valkey(folder)
    server.start()
    assert is_answering(folder.valkey_socket)
    assert request(folder.valkey_socket, b"CONFIG GET maxmemory-policy\r\n").startswith(b"*2")
    server.stop()
    assert not is_answering(folder.valkey_socket)


def test_it_listens_on_no_port(folder):
    server = Valkey(folder)
    server.start()
    assert b"$1\r\n0\r\n" in request(folder.valkey_socket, b"CONFIG GET port\r\n")
    server.stop()


def test_an_earlier_server_is_shut_down_before_its_socket_is_taken(folder):
    earlier, later = Valkey(folder), Valkey(folder)
    earlier.start()
    later.start()
    assert earlier.process.wait(10) == 0
    assert is_answering(folder.valkey_socket)
    later.stop()


def test_a_failed_start_shows_the_end_of_the_log(folder):
    folder.create()
    folder.valkey_socket.mkdir()
    with pytest.raises(EmbeddedError) as caught:
        Valkey(folder).start()
    assert "valkey.log" in caught.value.message()
