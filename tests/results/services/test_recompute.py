from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from results import tasks
from results.models import LeaderboardEntry, Recomputation
from results.services import aggregate, background, recompute
from results.services.recompute import FULL, MAX_ATTEMPTS, claim_and_run, follow_up, schedule, sweep
from tests.results.makers import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def due() -> Recomputation:
    return schedule(make_run().system.publication)


def state(row: Recomputation) -> str:
    row.refresh_from_db()
    return row.state


def left_running(row: Recomputation, minutes: int, attempts: int = 1) -> None:
    Recomputation.objects.filter(pk=row.pk).update(
        state="running", attempts=attempts, claimed_at=timezone.now() - timedelta(minutes=minutes)
    )


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(publication_id: int) -> None:
        LeaderboardEntry.objects.all().delete()
        raise RuntimeError("the disc is full")

    monkeypatch.setattr(aggregate, "recompute_publication", fail)


def test_what_a_publish_makes_due_is_done_once(due):
    assert claim_and_run(due.pk) is True
    assert claim_and_run(due.pk) is False
    assert (state(due), due.attempts, due.error) == ("done", 1, "")
    assert LeaderboardEntry.objects.count() == 1


def test_the_worker_is_told_once_the_publish_has_committed(django_capture_on_commit_callbacks):
    run = make_run()
    with django_capture_on_commit_callbacks(execute=True):
        row = schedule(run.system.publication)
        assert state(row) == "due"
    assert state(row) == "done"


def test_a_lost_message_costs_a_delay_only(due, monkeypatch, django_capture_on_commit_callbacks):
    def unreachable(recomputation_id: int) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.recompute, "delay", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        row = schedule(due.publication)
    assert state(row) == "due"
    assert tasks.sweep_due_recomputations() == 2
    assert state(row) == "done"


def test_a_row_that_a_crash_left_running_is_picked_up(due):
    left_running(due, minutes=11)
    assert sweep() == 1
    assert (state(due), due.attempts) == ("done", 2)


def test_a_row_that_still_runs_is_left_alone(due):
    left_running(due, minutes=1)
    assert sweep() == 0
    assert state(due) == "running"


def test_a_failure_keeps_its_error_and_the_old_rows(due, broken):
    old = make_run()
    aggregate.recompute_all()
    assert claim_and_run(due.pk) is False
    assert state(due) == "due"
    assert "the disc is full" in due.error
    assert LeaderboardEntry.objects.filter(run=old).exists()


def test_a_row_that_fails_every_time_is_given_up(due, broken):
    for _ in range(MAX_ATTEMPTS + 2):
        sweep()
    assert (state(due), due.attempts) == ("failed", MAX_ATTEMPTS)


def test_a_row_that_kills_its_worker_every_time_is_given_up(due):
    left_running(due, minutes=11, attempts=MAX_ATTEMPTS)
    assert sweep() == 0
    assert state(due) == "failed"
    assert "the worker stopped" in due.error


def test_a_full_recomputation_can_be_scheduled():
    make_run()
    assert tasks.recompute(schedule(None, FULL).pk) is True
    assert LeaderboardEntry.objects.count() == 1


def test_the_command_computes_everything_or_what_is_due(due, capsys):
    call_command("recompute", "--due")
    assert "1 recomputations done" in capsys.readouterr().out
    call_command("recompute")
    assert "everything was computed again" in capsys.readouterr().out


def test_findings_that_take_long_leave_the_worker_to_other_things(
    due: Recomputation, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    settings.RUN_TASKS_AT_ONCE = False
    taken = []
    monkeypatch.setattr(recompute.aggregate, "follow_up", lambda: taken.append(1) or len(taken))
    monkeypatch.setattr(background, "LONG_S", -1.0)
    monkeypatch.setattr(background, "REST_FACTOR", 1e9)
    cache.clear()
    for row in (due, schedule(make_run("kws").system.publication)):
        assert claim_and_run(row.pk)
        follow_up()
    assert len(taken) == 1  # the publication is shown, its findings wait
    cache.delete("background-resting-findings")
    sweep()
    assert len(taken) == 2
    cache.clear()
