from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from submissions.models import Event, Submission, Version
from submissions.services import claims, intake, processing
from submissions.services.isolated import CheckFailed
from submissions.services.storage import archive_storage, name_of

from .senders import make_call, make_member, make_zip

pytestmark = pytest.mark.usefixtures("catalogue")


def received(folder: Path, **changes) -> Version:
    user, organisation = make_member()
    made = intake.submit(
        make_zip(folder, **changes), user=user, organisation=organisation, kind="round", call=make_call(),
        round_id="v1.1", filename="a.zip",
    )  # fmt: skip
    return made.version


def checked_events() -> int:
    return Event.objects.filter(kind="checked").count()


def test_a_received_version_ends_with_a_report_and_the_owner_that_its_folder_names(tmp_path: Path) -> None:
    version = received(tmp_path)
    assert processing.claim_and_check(version.pk)
    submission = Submission.objects.get()
    assert (submission.state, submission.submitter, submission.division) == ("valid", "Acme", "closed")
    assert Version.objects.get().attempts == 1


def test_a_version_is_checked_once_however_often_it_is_handed_over(tmp_path: Path) -> None:
    version = received(tmp_path)
    assert [processing.claim_and_check(version.pk) for _ in range(3)] == [True, False, False]
    assert checked_events() == 1


def test_an_archive_of_two_submitters_is_invalid(tmp_path: Path) -> None:
    processing.claim_and_check(received(tmp_path, submitters=("Acme", "Other")).pk)
    version = Version.objects.get()
    assert version.verdict == "invalid"
    assert "archive.several-submitters" in {finding["code"] for finding in version.findings}


def test_a_worker_that_lost_its_claim_writes_nothing(tmp_path: Path, monkeypatch) -> None:
    version = received(tmp_path)
    real = processing.check_archive

    def slow(*arguments, **names):
        Version.objects.update(progress="reading", attempts=2)  # the sweep has given it to another meanwhile
        return real(*arguments, **names)

    monkeypatch.setattr(processing, "check_archive", slow)
    assert not processing.claim_and_check(version.pk)
    assert Version.objects.get().progress == "reading"
    assert checked_events() == 0


def test_a_fault_of_the_site_is_tried_again_and_then_said(tmp_path: Path, monkeypatch) -> None:
    version = received(tmp_path)

    def fault(*_: object, **__: object) -> None:
        raise CheckFailed("no disk space")

    monkeypatch.setattr(processing, "check_archive", fault)
    states = []
    for _ in range(claims.MAX_ATTEMPTS):
        processing.claim_and_check(version.pk)
        states.append(Version.objects.get().progress)
    assert states == ["queued", "queued", "failed"]
    assert Submission.objects.get().state == "failed"
    assert "Send it again" in Version.objects.get().failure
    assert checked_events() == 1


def test_lost_bytes_are_said_at_once(tmp_path: Path) -> None:
    version = received(tmp_path)
    archive_storage().delete(name_of(version.archive_id))
    processing.claim_and_check(version.pk)
    assert Version.objects.get().failure == processing.BYTES_LOST


def test_the_sweep_finishes_what_a_killed_worker_began(tmp_path: Path) -> None:
    version = received(tmp_path)
    claims.claim(Version, version.pk)
    long_ago = timezone.now() - timedelta(minutes=5)
    Version.objects.update(claimed_at=long_ago, created_at=long_ago)
    claimed_anew = claims.stale(Version)
    Version.objects.update(claimed_at=long_ago)
    assert (claimed_anew, processing.sweep()) == ([], 1)
    assert Submission.objects.get().state == "valid"
    assert checked_events() == 1


def test_a_check_that_kills_its_worker_every_time_ends_as_failed(tmp_path: Path) -> None:
    version = received(tmp_path)
    Version.objects.update(
        progress="checking", attempts=claims.MAX_ATTEMPTS, claimed_at=timezone.now() - timedelta(minutes=5)
    )
    processing.sweep()
    version.refresh_from_db()
    assert (version.progress, version.failure) == ("failed", processing.INTERRUPTED)


def test_the_sweep_leaves_a_living_claim_alone(tmp_path: Path) -> None:
    version = received(tmp_path)
    claims.claim(Version, version.pk)
    assert processing.sweep() == 0
    assert Version.objects.get().progress == "reading"


def test_a_claim_is_given_back_over_a_new_connection_when_the_database_was_away(
    tmp_path: Path, monkeypatch
) -> None:
    version = received(tmp_path)
    real, asked = claims._own, []

    def own(row: Version):
        asked.append(row)
        if len(asked) == 1:
            raise claims.DATABASE_GONE[0]("the server closed the connection")
        return real(row)

    claimed = claims.claim(Version, version.pk)
    monkeypatch.setattr(claims, "_own", own)
    monkeypatch.setattr(claims.connection, "close", lambda: None)  # the test's own transaction hangs on it
    assert claims.release(claimed)
    assert Version.objects.get().progress == "queued"
