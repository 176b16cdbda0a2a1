import signal
import subprocess
import sys

from tinysite.embedded.lock import FolderLock, OwnerLock

_HOLD = """
import sys
from pathlib import Path
from tinysite.embedded.lock import OwnerLock
lock = OwnerLock(Path(sys.argv[1]))
print(lock.claim(command="a test"), flush=True)
sys.stdin.read()
"""


def test_one_process_owns_a_folder(tmp_path):
    first, second = OwnerLock(tmp_path / "lock"), OwnerLock(tmp_path / "lock")
    assert first.claim(command="manage.py up", address="http://127.0.0.1:8000/")
    assert not second.claim(command="manage.py up")
    assert "http://127.0.0.1:8000/" in second.refusal().message()
    first.release()
    assert second.claim(command="manage.py up")
    second.release()


def test_a_refusal_names_the_command_that_owns_the_folder(tmp_path):
    with OwnerLock(tmp_path / "lock") as first:
        assert first.claim(command="manage.py import_round")
        assert "`manage.py import_round`" in OwnerLock(tmp_path / "lock").refusal().message()


def test_a_shared_lock_is_held_by_many_and_keeps_an_exclusive_one_out(tmp_path):
    with FolderLock(tmp_path / "lock") as first, FolderLock(tmp_path / "lock") as second:
        assert first.acquire(shared=True)
        assert second.acquire(shared=True)
        assert not FolderLock(tmp_path / "lock").acquire(wait=False)


def test_a_killed_owner_leaves_no_lock(tmp_path):
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "True\n"
    mine = OwnerLock(path)
    assert not mine.claim()
    assert mine.holder()["pid"] == holder.pid
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert mine.claim()
    mine.release()
