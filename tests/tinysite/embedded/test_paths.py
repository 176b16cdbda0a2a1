import os
import tempfile
from pathlib import Path

import pytest

from tinysite.embedded.errors import EmbeddedError, last_lines
from tinysite.embedded.paths import SOCKET_PATH_MAX_BYTES, DataFolder, make_private_folder


def test_the_data_folder_is_var_beside_the_code(monkeypatch, tmp_path):
    monkeypatch.delenv("TINYSITE_DATA", raising=False)
    assert DataFolder.from_environment(tmp_path).root == tmp_path / "var"


def test_the_data_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("TINYSITE_DATA", "elsewhere")
    assert DataFolder.from_environment(tmp_path).root == tmp_path / "elsewhere"


def test_sockets_lie_in_the_data_folder(tmp_path):
    folder = DataFolder(Path("/srv/data"))
    assert folder.postgres_socket.parent == folder.valkey_socket.parent == Path("/srv/data/run")


@pytest.mark.parametrize("letter", ["a", "ü"])
def test_a_long_path_moves_the_sockets_to_a_short_one(letter):
    folder = DataFolder(Path("/srv") / (letter * 90))
    assert folder.sockets.parent == Path(tempfile.gettempdir())
    assert len(os.fsencode(folder.postgres_socket)) + len(".lock") <= SOCKET_PATH_MAX_BYTES
    assert folder.sockets != DataFolder(Path("/srv") / (letter * 91)).sockets


def test_the_folder_of_the_sockets_is_private(tmp_path):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    assert folder.sockets.stat().st_mode & 0o777 == 0o700


def test_an_open_folder_of_sockets_is_closed(tmp_path):
    (tmp_path / "run").mkdir(mode=0o755)
    make_private_folder(tmp_path / "run")
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700


def test_a_planted_folder_of_sockets_is_refused(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "target")
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        make_private_folder(tmp_path / "run")


def test_a_data_folder_that_cannot_be_made_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="TINYSITE_DATA"):
        DataFolder(tmp_path / "file" / "data").create()


def test_the_last_lines_of_a_log_are_shown(tmp_path):
    log = tmp_path / "some.log"
    log.write_text("".join(f"line {number}\n" for number in range(30)))
    message = EmbeddedError("It ended.", remedy="try again.", log=log).message()
    assert "line 29" in message
    assert "line 17" not in message
    assert message.endswith("What to do: try again.")
    assert last_lines(tmp_path / "absent.log") == ["(the log is empty)"]
