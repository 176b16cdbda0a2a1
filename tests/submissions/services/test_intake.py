from __future__ import annotations

import errno
from pathlib import Path

import pytest

from submissions.archive_storage import ArchiveFolder
from submissions.models import Archive, Event, Submission, Version
from submissions.services import intake
from submissions.services.transitions import NotAllowed
from submissions.services.validate import give_up

from .senders import make_call, make_member, make_zip

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def sender():
    return make_member()


def send(path: Path, sender, **changes):
    user, organisation = sender
    call = changes.pop("call", None) or make_call()
    columns = {"kind": "round", "call": call, "round_id": "v1.1", "filename": path.name} | changes
    return intake.submit(path, user=user, organisation=organisation, **columns)


def test_an_archive_becomes_a_submission_with_one_version_and_one_event(tmp_path: Path, sender) -> None:
    made = send(make_zip(tmp_path), sender, note=" first ")
    assert (made.created, made.submission.state, made.version.number) == (True, "received", 1)
    assert made.version.note == "first"
    assert list(Event.objects.values_list("kind", "to_state")) == [("received", "received")]


def test_the_same_archive_twice_is_one_submission(tmp_path: Path, sender) -> None:
    path, call = make_zip(tmp_path), make_call()
    first, second = send(path, sender, call=call), send(path, sender, call=call)
    assert (second.created, second.submission, second.version) == (False, first.submission, first.version)
    assert Event.objects.count() == 1


def test_a_key_that_stands_for_other_bytes_is_refused(tmp_path: Path, sender) -> None:
    call = make_call()
    send(make_zip(tmp_path), sender, call=call, idempotency_key="k")
    with pytest.raises(intake.KeyReused):
        send(make_zip(tmp_path, mark="2"), sender, call=call, idempotency_key="k")
    assert Submission.objects.count() == 1


def test_two_organisations_with_the_same_bytes_share_the_archive_only(tmp_path: Path, sender) -> None:
    from submissions.models import Organisation

    path, call = make_zip(tmp_path), make_call()
    other = make_member(
        email="bob@other.example", organisation=Organisation.objects.create(slug="o", name="Other")
    )
    assert send(path, sender, call=call).submission != send(path, other, call=call).submission
    assert Archive.objects.count() == 1


def test_a_new_version_is_the_newest_and_the_log_says_from_which(tmp_path: Path, sender) -> None:
    first = send(make_zip(tmp_path), sender)
    second = intake.add_version(
        first.submission, make_zip(tmp_path, mark="2"), user=sender[0], filename="b.zip"
    )
    submission = Submission.objects.get()
    assert (submission.current_version, second.version.number) == (second.version, 2)
    assert Event.objects.get(kind="upload").data == {"from_version": 1, "version": 2}


def test_a_viewer_sends_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="submitters and owners"):
        send(make_zip(tmp_path), make_member("viewer"))
    assert not Archive.objects.exists()


def test_a_closed_call_takes_nothing(tmp_path: Path, sender) -> None:
    with pytest.raises(NotAllowed, match="closed on"):
        send(make_zip(tmp_path), sender, call=make_call(closed=True))
    assert not Submission.objects.exists()


def test_too_many_bytes_are_refused(tmp_path: Path, sender, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(intake.TooLarge, match="at most 10"):
        send(make_zip(tmp_path), sender)


def test_a_full_disk_keeps_nothing_and_asks_to_send_again(tmp_path: Path, sender, monkeypatch) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ArchiveFolder, "_save", full)
    with pytest.raises(intake.StorageFull, match="again"):
        send(make_zip(tmp_path), sender)
    assert not (Archive.objects.exists())
    assert not (Submission.objects.exists())


def test_sending_again_what_could_not_be_checked_has_it_checked_again(tmp_path: Path, sender) -> None:
    path, call = make_zip(tmp_path), make_call()
    first = send(path, sender, call=call)
    give_up(first.version, "send again")
    again = send(path, sender, call=call)
    assert (again.created, again.version.progress, again.submission.state) == (False, "queued", "received")


def test_a_message_that_cannot_be_sent_does_not_lose_the_submission(
    tmp_path: Path, sender, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    def gone(_: int) -> None:
        raise ConnectionError("the broker is gone")

    monkeypatch.setattr("submissions.tasks.check_version.delay", gone)
    with django_capture_on_commit_callbacks(execute=True):
        send(make_zip(tmp_path), sender)
    assert Version.objects.get().progress == "queued"
