"""What the worker runs: each task is one call of a service, and running it again changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone

from submissions import tasks
from submissions.models import Check, Event, Version
from submissions.services import accounts, audit, calls, checks, intake, mail, processing

from .services.senders import make_call, make_member, make_zip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings) -> None:
    settings.ARCHIVE_DIR, settings.INCOMING_DIR = tmp_path / "archives", tmp_path / "incoming"
    folder = {
        "BACKEND": "submissions.archive_storage.ArchiveFolder",
        "OPTIONS": {"location": settings.ARCHIVE_DIR},
    }
    settings.STORAGES = settings.STORAGES | {"archives": folder}
    call_command("load_catalogue", verbosity=0)


def received(folder: Path) -> Version:
    user, organisation = make_member()
    return intake.submit(
        make_zip(folder), user=user, organisation=organisation, kind="round", call=make_call(), round_id="v1.1",
        filename="a.zip",
    ).version  # fmt: skip


@pytest.mark.parametrize(
    ("task", "arguments", "service", "name", "answer"),
    [
        (tasks.check_version, (7,), processing, "claim_and_check", True),
        (tasks.run_check, ("abc",), checks, "run", True),
        (
            tasks.send_password_reset,
            ("ada@lab.example", "https://tiny.example"),
            accounts,
            "send_password_reset",
            None,
        ),
        (tasks.tidy_accounts, (), accounts, "tidy", None),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_task_hands_its_arguments_to_its_service(
    task, arguments: tuple[object, ...], service, name: str, answer: object, monkeypatch
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(service, name, lambda *given: asked.append(given) or answer)
    assert task(*arguments) == answer
    assert asked == [arguments]


def test_a_mail_is_delivered_as_it_was_asked_for(monkeypatch) -> None:
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(mail, "deliver", lambda **given: sent.append(given))
    tasks.send_mail("ada@lab.example", "Received", "Thank you.")
    assert sent == [{"to": "ada@lab.example", "subject": "Received", "body": "Thank you."}]


def test_a_version_that_is_handed_over_twice_is_checked_once(tmp_path: Path) -> None:
    version = received(tmp_path)
    assert [tasks.check_version(version.pk), tasks.check_version(version.pk)] == [True, False]
    assert Event.objects.filter(kind="checked").count() == 1


def test_a_check_that_is_handed_over_twice_is_run_once_and_expires_once(tmp_path: Path) -> None:
    check = checks.start(make_zip(tmp_path), round_id="v1.1", filename="a.zip")
    assert [tasks.run_check(check.pk), tasks.run_check(check.pk)] == [True, False]
    Check.objects.update(expires_at=timezone.now())
    assert [tasks.expire_checks(), tasks.expire_checks()] == [1, 0]


def test_a_second_sweep_finds_nothing_more(tmp_path: Path) -> None:
    version = received(tmp_path)
    Version.objects.filter(pk=version.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    assert [tasks.sweep_submissions(), tasks.sweep_submissions()] == [1, 0]
    version.refresh_from_db()
    assert (version.progress, version.attempts) == ("done", 1)


def test_publishing_what_is_due_twice_publishes_it_once(monkeypatch) -> None:
    due = [[make_call()], []]
    monkeypatch.setattr(calls, "publish_due", lambda now: due.pop(0))
    assert [tasks.publish_due_calls(), tasks.publish_due_calls()] == [1, 0]


def test_every_damaged_archive_is_an_error_in_the_log(monkeypatch, caplog) -> None:
    problem = audit.Problem("damaged", "ab/cd/abcd", "its bytes have another SHA-256")
    monkeypatch.setattr(audit, "audit", lambda: audit.Audit(1, 10, (problem,)))
    assert tasks.check_storage() == 1
    assert [(record.levelname, "ab/cd/abcd" in record.getMessage()) for record in caplog.records] == [
        ("ERROR", True)
    ]


def test_whatever_the_clock_starts_is_a_task_that_exists() -> None:
    current_app.loader.import_default_modules()  # as a worker does when it starts
    scheduled = {entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(current_app.tasks)
