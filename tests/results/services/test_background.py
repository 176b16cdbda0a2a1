"""Long work in the background leaves the worker to what people wait for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from results import tasks
from results.services import background


@pytest.fixture(autouse=True)
def _with_a_worker(settings) -> Iterator[None]:
    settings.RUN_TASKS_AT_ONCE = False
    cache.clear()
    yield
    cache.clear()


def test_one_piece_at_a_time() -> None:
    with background.turn("findings") as first, background.turn("files") as second:
        assert (first, second) == (True, False)
    with background.turn("files") as later:
        assert later


def test_a_piece_that_failed_gives_its_turn_back() -> None:
    with pytest.raises(ValueError, match="broken"), background.turn("files"):
        raise ValueError("broken")
    with background.turn("findings") as later:
        assert later


def test_a_long_piece_rests_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LONG_S", -1.0)
    monkeypatch.setattr(background, "REST_FACTOR", 1e9)
    with background.turn("files"):
        pass
    with background.turn("files") as again:
        assert not again
    with background.turn("findings") as other:
        assert other


def test_a_turn_that_a_killed_worker_left_is_taken_up_by_the_next() -> None:
    killed = background.turn("files")
    assert killed.__enter__()
    background.forget_turns()
    with background.turn("files") as next_one:
        assert next_one


def test_files_are_left_while_another_piece_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.dumps, "write_due", lambda: True)
    with background.turn("findings"):
        assert tasks.write_due_dumps() is False
    assert tasks.write_due_dumps() is True
