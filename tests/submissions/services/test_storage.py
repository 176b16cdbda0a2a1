from __future__ import annotations

import json
import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from submissions.models import Archive
from submissions.services import incoming
from submissions.services.audit import audit
from submissions.services.storage import ArchiveDamaged, archive_storage, local_copy, name_of, store

pytestmark = pytest.mark.django_db


def stored(folder: Path, content: bytes = b"an archive") -> Archive:
    path = folder / "archive"
    path.write_bytes(content)
    return store(path)


def damage(archive: Archive) -> None:
    path = Path(archive_storage().path(name_of(archive.sha256)))
    path.chmod(0o644)
    path.write_bytes(b"x" * archive.size_bytes)


def test_damaged_bytes_are_never_handed_out_and_mended_by_sending_them_again(tmp_path: Path) -> None:
    archive = stored(tmp_path)
    damage(archive)
    with pytest.raises(ArchiveDamaged), local_copy(archive.sha256):
        pass
    stored(tmp_path)
    with local_copy(archive.sha256) as path:
        assert path.read_bytes() == b"an archive"


def test_an_audit_tells_damaged_missing_and_orphaned_bytes_apart(tmp_path: Path) -> None:
    stored(tmp_path)
    damage(stored(tmp_path, b"damaged"))
    archive_storage().delete(name_of(stored(tmp_path, b"missing").sha256))
    Archive.objects.filter(pk=stored(tmp_path, b"orphan").pk).delete()
    assert sorted(problem.kind for problem in audit().problems) == ["damaged", "missing", "orphan"]


def test_the_command_says_what_is_wrong_and_fails(tmp_path: Path) -> None:
    damage(stored(tmp_path))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_storage", "--json", stdout=out)
    assert ended.value.code == 1
    assert [problem["kind"] for problem in json.loads(out.getvalue())["problems"]] == ["damaged"]


def test_a_whole_storage_passes(tmp_path: Path) -> None:
    stored(tmp_path)
    out = StringIO()
    call_command("check_storage", stdout=out)
    assert out.getvalue() == "1 archives, 10 bytes, 0 problems\n"


def test_what_a_killed_upload_left_goes_after_a_day(settings) -> None:
    old, new = (incoming.incoming_folder() / name for name in ("upload-old", "upload-new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert incoming.remove_leftovers() == 1
    assert [path.name for path in incoming.incoming_folder().iterdir()] == ["upload-new"]


def test_an_unpacked_archive_of_a_killed_check_goes_once_no_check_can_last_so_long(settings) -> None:
    old, new = (incoming.incoming_folder() / f"{incoming.CHECK_PREFIX}{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
        (folder / "1").write_bytes(b"unpacked")
    ended_at = time.time() - 3 * settings.CHECK_DEADLINE_S
    os.utime(old, (ended_at, ended_at))
    assert incoming.remove_leftovers() == 1
    assert list(incoming.incoming_folder().iterdir()) == [new]
