from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from submissions.models import Check
from submissions.services import checks

from .senders import make_zip

pytestmark = pytest.mark.usefixtures("catalogue")


def test_a_check_ends_with_a_verdict_and_can_be_read_until_it_expires(tmp_path: Path) -> None:
    check = checks.start(make_zip(tmp_path), round_id="v1.1", filename="C:\\me\\a.zip")
    assert checks.run(check.pk)
    found = checks.find(check.pk)
    assert (found.progress, found.verdict, found.filename) == ("done", "valid", "a.zip")
    Check.objects.update(expires_at=timezone.now())
    with pytest.raises(Check.DoesNotExist):
        checks.find(check.pk)


def test_an_expired_check_leaves_neither_row_nor_bytes(tmp_path: Path) -> None:
    check = checks.start(make_zip(tmp_path), round_id="v1.1", filename="a.zip")
    assert checks.expire(timezone.now()) == 0
    assert checks.names() == [check.pk]
    assert checks.expire(timezone.now() + timedelta(hours=2)) == 1
    assert (checks.names(), Check.objects.count()) == ([], 0)


def test_bytes_whose_row_was_never_written_go_after_an_hour(tmp_path: Path) -> None:
    check = checks.start(make_zip(tmp_path), round_id="v1.1", filename="a.zip")
    Check.objects.all().delete()
    checks.expire(timezone.now())
    assert checks.names() == [check.pk]
    checks.expire(timezone.now() + timedelta(hours=2))
    assert checks.names() == []


@pytest.mark.parametrize("limit", ["CHECKS_WAITING_MAX", "CHECKS_MAX_BYTES"])
def test_strangers_cannot_fill_queue_or_disk(limit: str, tmp_path: Path, settings) -> None:
    path = make_zip(tmp_path)
    setattr(settings, limit, 0)
    with pytest.raises(checks.TooBusy):
        checks.start(path, round_id="v1.1", filename="a.zip")
    assert checks.names() == []
