"""What the worker runs: each task calls one service and can run twice."""

from __future__ import annotations

from celery import current_app, shared_task

from results.services import background, backtests, dumps
from results.services import project as project_service
from results.services import recompute as recompute_service


@shared_task
def recompute(recomputation_id: int) -> bool:
    """Bring leaderboards, Pareto points and scores up to date with one publication."""
    done = recompute_service.claim_and_run(recomputation_id)
    if done:
        follow_up.delay()
        write_due_dumps.delay()
        # Learning takes minutes when the engine is cold: a command without a worker leaves it to the schedule.
        if not current_app.conf.task_always_eager:
            project.delay()
    return done


@shared_task
def follow_up() -> None:
    """Take the findings of the home page again after a publication."""
    recompute_service.follow_up()


@shared_task
def sweep_due_recomputations() -> int:
    """Run what a lost message or a killed worker has left undone."""
    return recompute_service.sweep()


@shared_task
def write_due_dumps() -> bool:
    """Write the files of the published data, unless they are those of the current generation already."""
    with background.turn("files") as is_ours:
        return is_ours and dumps.write_due()


@shared_task
def project() -> bool:
    """Project what nobody measured, unless that was done for the data of today."""
    with background.turn("projections") as is_ours:
        return is_ours and project_service.project_due()


@shared_task
def backtest() -> bool:
    """Back-test one round that the engine has not projected yet; False when there is none."""
    done = backtests.backtest_due() is not None
    if done and not current_app.conf.task_always_eager:
        backtest.delay()  # the next one, after whatever else waits
    return done
