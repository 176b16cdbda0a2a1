"""The same archive sent twice at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from submissions.models import Archive, Event, Submission, Version
from submissions.services import intake

from .senders import make_call, make_member, make_zip

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def both_stored_first(monkeypatch) -> None:
    """Neither sender goes on before the other one's bytes are stored too."""
    stored, real = threading.Barrier(2, timeout=30), intake.store

    def store(source: Path) -> Archive:
        archive = real(source)
        stored.wait()
        return archive

    monkeypatch.setattr(intake, "store", store)
    monkeypatch.setattr("submissions.tasks.check_version.delay", lambda pk: None)


def twice(send: Callable[[], intake.Intake]) -> list[intake.Intake]:
    def one(_: int) -> intake.Intake:
        try:
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(2)))


@pytest.mark.usefixtures("both_stored_first")
def test_one_archive_sent_twice_at_once_is_one_submission(tmp_path: Path) -> None:
    user, organisation = make_member()
    call, path = make_call(), make_zip(tmp_path)
    sent = twice(lambda: intake.submit(
        path, user=user, organisation=organisation, kind="round", call=call, round_id="v1.1", filename="a.zip"
    ))  # fmt: skip
    assert sorted(one.created for one in sent) == [False, True]
    assert len({one.version.pk for one in sent}) == 1
    assert (Submission.objects.count(), Version.objects.count(), Archive.objects.count()) == (1, 1, 1)
    assert Event.objects.count() == 1


def test_one_version_sent_twice_at_once_is_one_version(tmp_path: Path, request) -> None:
    user, organisation = make_member()
    submission = intake.submit(
        make_zip(tmp_path), user=user, organisation=organisation, kind="round", call=make_call(), round_id="v1.1",
        filename="a.zip",
    ).submission  # fmt: skip
    request.getfixturevalue("both_stored_first")
    path = make_zip(tmp_path, mark="2")
    sent = twice(lambda: intake.add_version(Submission.objects.get(), path, user=user, filename="b.zip"))
    assert sorted(one.created for one in sent) == [False, True]
    assert sorted(submission.versions.values_list("number", flat=True)) == [1, 2]
